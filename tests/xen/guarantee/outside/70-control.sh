# xHCI: control requests that the device stalls, fails or never answers end so, and the next one works.
# timeout: 120

outside "
    control 3 0 -32
    describe
    control 3 2 -110
    describe
    control 3 1 -71
    describe
    control 2 0 5"
