# A low-speed device: its packets of 8 octets and its control requests are the same natively and in the guest.
# timeout: 180
# only: ours
# machine: uhci

outside_up low
equal "the speed in dom0" "$(usb_speed REDIR)" 1.5
attach REDIR
equal "the speed in the guest" "$(guest 40 "usb_speed REDIR")" 1.5
detach REDIR
outside_down
# QEMU takes messages from the device only while its controller asks for them, and UHCI does not when nothing has waited
# for 32 frames.
outside "
    submit a int1 8
    submit b int1 8
    submit c int1 8
    tell int1 send 3 8 20
    expect a 0 8
    expect b 0 8
    expect c 0 8
    describe
    submit d int1 8
    submit e int1 8
    submit f int1 8
    tell int1 send 3 8 20
    expect d 0 8
    expect e 0 8
    expect f 0 8
    submit g int1 8
    pending g
    discard g
    expect g -2 0
    control 3 0 -32
    control 2 0 5" low
