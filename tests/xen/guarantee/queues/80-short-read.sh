# A single short read, of any length, has exactly the octets that were sent.
# timeout: 120

scripted SHORT "
    tell in1 send 1 1
    tell in1 send 1 511
    tell in1 send 1 513
    tell in1 send 1 4097
    tell in1 send 1 65535
    submit a in1 65536 short-not-ok
    expect a -121 1
    submit b in1 65536
    expect b 0 511
    submit c in1 65536 short-not-ok
    expect c -121 513
    submit d in1 65536
    expect d 0 4097
    submit e in1 65536 short-not-ok
    expect e -121 65535"
