# usbtest 11 and 12: URBs are unlinked one by one, reads while the device sends, and writes.
# timeout: 120

gadget_up UNLINK SourceSink pattern=1
both_ways UNLINK 60 "usbtest_cases UNLINK 1 '11 12' $repeat"
detach UNLINK
gadget_down UNLINK
