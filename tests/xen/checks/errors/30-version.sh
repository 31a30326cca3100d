# usb-ver=9 is refused with a line in the log and an error node; the next attach works.
# timeout: 180
# only: our-back

backend_up
guest_up
log_mark
controller_by_hand 9 4 9
one_complaint
error_node
removed_by_hand
still_works
