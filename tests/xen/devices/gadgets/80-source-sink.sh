# A source and sink of bulk data: usbtest's transfers, with scatter-gather lists, queues and unlinks.
# timeout: 200
# programs: devices

gadget_up ZERO SourceSink pattern=1
gadget_used ZERO 120 "usbtest_cases ZERO 1 '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 17 18 19 20 21 24 29' 1"
