# A frontend that says it is connected without writing any key gives a line in the log and an error node.
# timeout: 150
# only: ours

backend_up
guest_up
controller_down
controller_down
guest 40 "rmmod xen-usbfront"
controller_by_hand 9 4 2
bedtool xswait 30 "$back/state" 2 || fail "the backend did not get to InitWait"
log_mark
xenstore-write "$front/state" 4
one_complaint
error_node
removed_by_hand
guest 40 "insmod /bed/modules/xen-usbfront.ko"
still_works
