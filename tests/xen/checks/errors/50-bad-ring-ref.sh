# A grant reference that cannot be mapped gives a line in the log and an error node; the next attach works.
# timeout: 150
# only: ours

backend_up
guest_up
controller_down
# dom0 plays the frontend.
controller_down
guest 40 "rmmod xen-usbfront"
controller_by_hand 9 4 2
bedtool xswait 30 "$back/state" 2 || fail "the backend did not get to InitWait"
log_mark
xenstore-write "$front/urb-ring-ref" 999999 "$front/conn-ring-ref" 999998 "$front/event-channel" 99 "$front/state" 4
one_complaint
error_node
removed_by_hand
guest 40 "insmod /bed/modules/xen-usbfront.ko"
still_works
