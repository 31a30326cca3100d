# 1024 of 4096 octets have arrived when the URB is unlinked: it has them, and nothing is lost or repeated.
# timeout: 120

scripted PARTIAL "
    submit a in1 4096
    submit b in1 4096
    tell in1 send 1 1024
    idle in1
    pending a b
    discard a
    expect a -2 1024
    tell in1 send 1 100
    expect b 0 100
    submit c in1 4096
    tell in1 send 2 512
    idle in1
    discard c
    expect c -2 1024"
