# usbtest 0 to 10, 12 to 14, 17 to 21 and 29: transfers, scatter-gather lists, control queues, halts.
# timeout: 180

gadget_up TRANSFERS SourceSink pattern=1
both_ways TRANSFERS 100 "usbtest_cases TRANSFERS 1 '0 1 2 3 4 5 6 7 8 9 10 12 13 14 17 18 19 20 21 29' $repeat"
detach TRANSFERS
gadget_down TRANSFERS
