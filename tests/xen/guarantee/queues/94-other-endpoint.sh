# An endpoint halts, another is unlinked, while messages on a third and a fourth come undisturbed.
# timeout: 120

scripted OTHER "
    submit a in2 16384
    submit b in2 16384
    submit c in2 16384
    submit d in2 16384
    submit p int1 64
    submit q int1 64
    tell in2 send 4 1000 20
    tell int1 send 2 16 30
    submit x out1 1024
    submit y out1 1024 continues
    submit z out1 1024 continues
    submit u out2 2048
    submit v out2 2048
    tell out1 halt
    expect x -32 0
    expect y -104 0
    expect z -104 0
    discard u
    expect u -2 0
    tell out2 read 4 512
    expect v 0 2048
    expect a 0 1000
    expect b 0 1000
    expect c 0 1000
    expect d 0 1000
    order a b c d
    expect p 0 16
    expect q 0 16
    clear-halt out1
    submit w out1 1024
    tell out1 read 2 512
    expect w 0 1024
    idle out1 out2"
