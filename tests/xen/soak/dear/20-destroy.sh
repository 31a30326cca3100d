# A guest that uses two devices is destroyed; another guest gets one of them at once.
# timeout: 600
# cycle: 150
# only: ours
# kernel: slub_debug=U,kmalloc-*

destroyed() { xl destroy "$old" || fail "cycle $cycle: xl destroy"; }
churn_guests destroyed
