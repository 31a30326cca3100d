# The device never answers; the URBs are unlinked one by one, and the next ones work.
# timeout: 120
# only: pv

# QEMU's controller itself forgets the other URBs when one of several is unlinked, so natively this cannot be right.
outside_in_guest "
    submit a in1 16384
    submit b in1 16384
    submit c in1 16384
    pending a b c
    discard b
    expect b -2 0
    pending a c
    discard a
    expect a -2 0
    tell in1 send 1 100
    expect c 0 100"
