# In the second of the pieces of a request the device is short, halts or babbles, or the URB is unlinked: as natively.
# timeout: 240
# only: ours

# The device outside of the machine can fail in the middle of a transfer; 66048 octets are a piece and a packet.
ends="
    tell in1 send 1 66536
    submit a in1 524288 short-not-ok
    expect a -121 66536
    tell in1 send 1 66536
    submit b in1 524288
    expect b 0 66536
    tell in1 send 1 65536
    tell in1 halt 512
    submit c in1 524288
    expect c -32 66048
    clear-halt in1
    tell in1 send 1 65536
    tell in1 babble 512
    submit d in1 524288
    expect d -75 66048
    clear-halt in1
    tell in1 send 1 100
    submit e in1 524288
    expect e 0 100
    tell out1 read 1 65536
    tell out1 halt 512
    submit f out1 524288
    expect f -32 66048
    clear-halt out1
    tell out1 read 1 1024
    submit g out1 1024
    expect g 0 1024"

# The gadget's host controller says what an unlinked URB has moved.
unlinks="
    submit a in1 524288
    submit b in1 524288
    tell in1 send 1 66048
    idle in1
    pending a b
    discard a
    expect a -2 66048
    tell in1 send 1 100
    expect b 0 100
    tell out1 read 1 66048
    submit c out1 524288
    submit d out1 1024
    idle out1
    pending c d
    discard c
    expect c -2 66048
    tell out1 read 1 1024
    expect d 0 1024
    tell in1 send 1 66536
    submit e in1 524288 short-not-ok
    expect e -121 66536"

outside_up
in_dom0 "bedtool urbs $(usb_node) $repeat '$ends'"
host "redir log in1" >/tmp/in-native
host "redir log out1" >/tmp/out-native
gadget_up PIECES ffs
usb_wait PIECES
in_dom0 "bedtool urbs $(usb_node) $repeat '$unlinks'"
gadget_log >/tmp/log-native

insmod /bed/modules/no-sg.ko
attach PIECES
in_guest 60 "usb_wait PIECES && bedtool urbs \$(usb_node) $repeat '$unlinks'"
gadget_log >/tmp/log-guest
same_log
detach PIECES
gadget_down PIECES

attach REDIR
in_guest 60 "usb_wait REDIR && bedtool urbs \$(usb_node) $repeat '$ends'"
host "redir log in1" >/tmp/in-guest
host "redir log out1" >/tmp/out-guest
detach REDIR
outside_down
cp /tmp/out-native /tmp/log-native
cp /tmp/out-guest /tmp/log-guest
same_log
cat /tmp/in-native /tmp/in-guest
# What the guest read it has checked; that it was by pieces, the device saw.
grep -q 'sent 66536: 0-66535' /tmp/in-native || fail "natively the first read was not one transfer"
grep -q 'sent 65536: 0-65535.*sent 1000: 65536-66535' /tmp/in-guest || fail "the guest's first read was not two pieces"
rmmod no-sg
