# A modem (ACM): 16 KiB there and back.
# timeout: 120
# programs: devices

gadget_up ACM acm
gadget_used ACM 60 "line_of ACM cdc_acm '*:*/tty/ttyACM*' raw 16384" /dev/ttyGS0 raw
