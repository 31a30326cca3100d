# A mouse moves and clicks.
# timeout: 120
# programs: devices

plugged mouse MOUSE
points MOUSE "QEMU USB Mouse" "rel 5 -3" 4
unplugged
