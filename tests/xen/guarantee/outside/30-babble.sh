# The device babbles; its endpoint works again after that.
# timeout: 120

outside "
    tell in1 babble
    submit a in1 512
    expect a -75 0
    clear-halt in1
    tell in1 send 1 100
    submit b in1 512
    expect b 0 100"
