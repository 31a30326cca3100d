# An IN endpoint halts in the middle of an URB; after CLEAR_FEATURE its stream goes on.
# timeout: 120

outside "
    tell in1 send 1 512
    tell in1 halt 512
    tell in1 send 1 100
    submit a in1 512
    expect a 0 512
    submit b in1 4096
    expect b -32 512
    submit c in1 4096
    expect c -32 0
    clear-halt in1
    submit d in1 4096
    expect d 0 100"
