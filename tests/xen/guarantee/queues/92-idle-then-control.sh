# Twenty IN URBs wait on a silent device; a control request is answered, and so is each later message.
# timeout: 120

scripted IDLE "
    submit a in1 16384
    submit b in1 16384
    submit c in1 16384
    submit d in1 16384
    submit e in1 16384
    submit f in1 16384
    submit g in1 16384
    submit h in1 16384
    submit i in1 16384
    submit j in1 16384
    submit k in2 16384
    submit l in2 16384
    submit m in2 16384
    submit n in2 16384
    submit o in2 16384
    submit p in2 16384
    submit q in2 16384
    submit r in2 16384
    submit s in2 16384
    submit t int1 64
    pending a t
    describe
    tell int1 send 1 8
    expect t 0 8
    tell in1 send 10 100
    expect a 0 100
    expect b 0 100
    expect c 0 100
    expect d 0 100
    expect e 0 100
    expect f 0 100
    expect g 0 100
    expect h 0 100
    expect i 0 100
    expect j 0 100
    order a b c d e f g h i j
    describe
    discard k l m n o p q r s
    expect k -2 0
    expect l -2 0
    expect m -2 0
    expect n -2 0
    expect o -2 0
    expect p -2 0
    expect q -2 0
    expect r -2 0
    expect s -2 0"
