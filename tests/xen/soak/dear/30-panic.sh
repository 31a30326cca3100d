# A guest that uses two devices panics; another guest gets one of them at once.
# timeout: 600
# cycle: 150
# only: ours
# kernel: slub_debug=U,kmalloc-*

panics() {
    host "pardon guest1"
    guest_start crash "echo c >/proc/sysrq-trigger"
    bedtool xswait 60 "/local/domain/$old/name" '' || fail "cycle $cycle: the guest did not go"
}
churn_guests panics
