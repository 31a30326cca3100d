# Four messages wait in the device; four continuation URBs are then queued.
# timeout: 120
# only: pv, usbip

# In the guest only: an xHCI controller goes on after a short packet, and Linux says so to its programs.
outside_in_guest "
    tell in1 hold 0
    tell in1 send 4 100
    submit a in1 16384 short-not-ok
    submit b in1 16384 short-not-ok continues
    submit c in1 16384 short-not-ok continues
    submit d in1 16384 short-not-ok continues
    expect a -121 100
    expect b -104 0
    expect c -104 0
    expect d -104 0
    submit e in1 16384
    expect e 0 100
    submit f in1 16384
    expect f 0 100
    submit g in1 16384
    expect g 0 100"
