# Short and full messages in a stream of queued URBs that take what comes.
# timeout: 120

outside "
    tell in1 send 3 100
    tell in1 send 1 1536
    tell in1 send 1 12
    tell in1 send 1 16384
    submit a in1 4096
    submit b in1 4096
    submit c in1 4096
    submit d in1 1024
    submit e in1 1024
    submit f in1 4096
    submit g in1 12288
    expect a 0 100
    expect b 0 100
    expect c 0 100
    expect d 0 1024
    expect e 0 524
    expect f 0 4096
    expect g 0 12288
    order a b c d e f g"
