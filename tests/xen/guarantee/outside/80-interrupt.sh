# Messages of an interrupt endpoint arrive, at the device's pace and none twice.
# timeout: 120

# QEMU takes messages from the device only while its controller asks for them, and EHCI does not when nothing waits.
outside "
    submit a int1 64
    submit b int1 64
    submit c int1 8
    submit d int1 64
    submit e int1 64
    submit f int1 64
    tell int1 send 6 8 10
    expect a 0 8
    expect b 0 8
    expect c 0 8
    expect d 0 8
    expect e 0 8
    expect f 0 8
    submit g int1 64
    pending g
    discard g
    expect g -2 0"
