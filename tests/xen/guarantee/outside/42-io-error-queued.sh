# Transactions of the first of four continuation URBs time out; no other one moves.
# timeout: 120
# only: pv, usbip

outside_in_guest "
    tell in1 hold 0
    submit a in1 16384 short-not-ok
    submit b in1 16384 short-not-ok continues
    submit c in1 16384 short-not-ok continues
    submit d in1 16384 short-not-ok continues
    pending a b c d
    tell in1 wait 100
    tell in1 fail $retries
    tell in1 send 1 100
    expect a -71 0
    expect b -104 0
    expect c -104 0
    expect d -104 0
    submit e in1 16384
    expect e 0 100
    tell in1 send 1 512
    submit f in1 512
    expect f 0 512"
