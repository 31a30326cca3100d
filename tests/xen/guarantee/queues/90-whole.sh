# Reads and writes of 64 KiB, 120 KiB and 256 KiB are whole.
# timeout: 120

scripted WHOLE "
    tell in1 send 1 65536
    tell in1 send 1 122880
    tell in1 send 1 262144
    submit a in1 65536
    submit b in1 122880
    submit c in1 262144 short-not-ok
    expect a 0 65536
    expect b 0 122880
    expect c 0 262144
    submit d out1 65536
    submit e out1 122880
    submit f out1 262144
    tell out1 read 55 8192
    expect d 0 65536
    expect e 0 122880
    expect f 0 262144
    idle out1"
