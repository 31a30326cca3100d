# A stick (bulk-only transport) is written and read.
# timeout: 120
# programs: devices

plugged stick6 STICK6
used STICK6 60 "disk_both STICK6"
unplugged
