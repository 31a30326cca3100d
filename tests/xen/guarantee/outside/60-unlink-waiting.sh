# One URB that the device never answers is unlinked, again and again.
# timeout: 120

outside "
    submit a in1 16384
    pending a
    discard a
    expect a -2 0
    submit b in1 512
    pending b
    discard b
    expect b -2 0
    tell in1 send 2 100
    submit c in1 512
    expect c 0 100
    submit d in1 512
    expect d 0 100"
