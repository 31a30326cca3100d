# A tablet points and clicks.
# timeout: 120
# programs: devices

plugged tablet TABLET
points TABLET "QEMU USB Tablet" "abs 1234 30000" 4
unplugged
