# An IN endpoint halts under four URBs: its halt is cleared at once, and the next message is for the next URB.
# timeout: 120

scripted CLEAR "
    tell in1 send 1 100
    tell in1 halt
    tell in1 send 2 200
    submit a in1 16384
    expect a 0 100
    submit b in1 16384 short-not-ok
    submit c in1 16384 short-not-ok continues
    submit d in1 16384 short-not-ok continues
    submit e in1 16384 short-not-ok continues
    expect b -32 0
    clear-halt in1
    expect c -104 0
    expect d -104 0
    expect e -104 0
    submit f in1 16384
    expect f 0 200
    submit g in1 16384
    expect g 0 200"
