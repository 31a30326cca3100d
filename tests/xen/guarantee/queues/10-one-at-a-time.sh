# Four messages of 100 octets, read by one URB at a time.
# timeout: 120

scripted ONE "
    tell in1 send 4 100
    submit a in1 16384 short-not-ok
    expect a -121 100
    submit b in1 16384
    expect b 0 100
    submit c in1 16384 short-not-ok
    expect c -121 100
    submit d in1 100
    expect d 0 100"
