# Rubbish in a port node gives a line in the log and leaves the controller working.
# timeout: 180
# only: our-back

controller_up
log_mark
xenstore-write "$backend/port/3" '../../1-1:1.0 %s'
one_complaint
equal "the backend's state" "$(xenstore-read "$backend/state")" 4
xenstore-write "$backend/port/3" ''
still_works
