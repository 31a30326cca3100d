# The third and the fifth of six waiting OUT URBs are unlinked; the others go out in order.
# timeout: 120

scripted MIDDLE "
    submit a out1 1024
    submit b out1 1024
    submit c out1 1024
    submit d out1 1024
    submit e out1 1024
    submit f out1 1024
    pending a b c d e f
    discard c e
    expect c -2 0
    expect e -2 0
    tell out1 read 8 512
    expect a 0 1024
    expect b 0 1024
    expect d 0 1024
    expect f 0 1024
    order a b d f
    idle out1"
