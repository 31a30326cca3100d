# Control requests that the device stalls, fails or never answers end so, and the next one works.
# timeout: 120

# Vendor request 3 ends as its value says: 0 is a stall, 1 times out on the bus, 2 is never answered.
outside "
    control 3 0 -32
    describe
    control 3 2 -110
    describe
    control 3 1 $control_failed
    describe
    control 2 0 5"
