# Transactions time out until the URB fails; its endpoint works again after that.
# timeout: 120

outside "
    tell in1 fail $retries
    submit a in1 512
    expect a -71 0
    tell in1 send 1 100
    submit b in1 512
    expect b 0 100
    tell in1 send 1 512
    submit c in1 512
    expect c 0 512"
