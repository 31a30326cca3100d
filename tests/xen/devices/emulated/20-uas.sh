# A disk with UAS at high speed is written and read: several commands at a time, each with four bulk endpoints.
# timeout: 120
# programs: devices

plugged uas UAS
used UAS 60 "disk_both UAS"
unplugged
