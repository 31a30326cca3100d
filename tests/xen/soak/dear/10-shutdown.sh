# A guest that uses two devices shuts down; another guest gets one of them at once.
# timeout: 600
# cycle: 150
# only: ours
# kernel: slub_debug=U,kmalloc-*

shut_down() {
    # The agent cannot report the end of this one.
    guest_start off "poweroff -f"
    bedtool xswait 60 "/local/domain/$old/name" '' || fail "cycle $cycle: the guest did not go"
}
churn_guests shut_down
