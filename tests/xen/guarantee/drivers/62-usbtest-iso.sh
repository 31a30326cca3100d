# usbtest 15, 16, 22 and 23: queues of isochronous URBs, written and read, aligned in memory and not.
# timeout: 120

iso_begin
gadget_up ISO SourceSink pattern=0 isoc_interval=1
both_ways ISO 60 "usbtest_cases ISO 0 '15 16 22 23' $repeat 1"
detach ISO
gadget_down ISO
iso_end
