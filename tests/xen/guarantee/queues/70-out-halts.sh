# A device halts its OUT endpoint after one and a half of six URBs: no octet of the others reaches it.
# timeout: 120

scripted HALTS "
    submit a out1 1024
    submit b out1 1024
    submit c out1 1024 continues
    submit d out1 1024 continues
    submit e out1 1024 continues
    submit f out1 1024 continues
    tell out1 read 3 512
    tell out1 halt
    expect a 0 1024
    expect b -32 512
    expect c -104 0
    expect d -104 0
    expect e -104 0
    expect f -104 0
    clear-halt out1
    submit g out1 1024
    tell out1 read 2 512
    expect g 0 1024
    idle out1"
