# usbtest 24: two URBs are unlinked from the middle of a queue; all others succeed.
# timeout: 120

gadget_up QUEUED SourceSink pattern=1
both_ways QUEUED 60 "usbtest_cases QUEUED 1 24 $repeat"
detach QUEUED
gadget_down QUEUED
