# A serial adapter's line is open, with 17 IN URBs: other devices answer meanwhile, and it can be closed.
# timeout: 120

gadget_up SERIAL acm
attach STICK1
both_ways SERIAL 60 "tty_of SERIAL STICK1 $repeat"
detach SERIAL
gadget_down SERIAL
