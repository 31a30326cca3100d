# The head of six waiting OUT URBs is unlinked; the others go out in order.
# timeout: 120

scripted HEAD "
    submit a out1 1024
    submit b out1 1024
    submit c out1 1024
    submit d out1 1024
    submit e out1 1024
    submit f out1 1024
    pending a b c d e f
    discard a
    expect a -2 0
    tell out1 read 10 512
    expect b 0 1024
    expect c 0 1024
    expect d 0 1024
    expect e 0 1024
    expect f 0 1024
    order b c d e f
    idle out1"
