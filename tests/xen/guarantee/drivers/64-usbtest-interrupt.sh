# usbtest 25 and 26: interrupt endpoints take and give 63 octets at a time.
# timeout: 120

interrupt_up INTR
both_ways INTR 60 "usbtest_size=63 usbtest_cases INTR 0 '25 26' $repeat"
detach INTR
interrupt_down INTR
