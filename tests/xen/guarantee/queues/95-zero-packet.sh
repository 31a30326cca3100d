# A message that fills its packets ends with an empty one where the driver wants that, and so does not run into the next.
# timeout: 120

scripted ZERO "
    submit a out1 1024 zero-packet
    submit b out1 1000
    submit c out1 131072 zero-packet
    submit d out1 512
    tell out1 read 2 8192
    expect a 0 1024
    expect b 0 1000
    tell out1 read 1 262144
    expect c 0 131072
    tell out1 read 1 512
    expect d 0 512
    idle out1"
