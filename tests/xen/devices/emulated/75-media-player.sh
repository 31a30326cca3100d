# A media player (MTP): libmtp reads a file of 3 MiB.
# timeout: 120
# programs: devices

plugged mtp MTP
used MTP 60 "song MTP $(host sha256 song 0 3145728)"
unplugged
