# A guest that uses two devices is saved and restored; another guest gets one of them at once.
# timeout: 500
# cycle: 120
# only: ours
# kernel: slub_debug=U,kmalloc-*

saved() {
    xl save guest1 /run/saved >/tmp/xl 2>&1 || fail "cycle $cycle: xl save: $(tail -n 1 /tmp/xl)"
    xl restore /run/saved >/tmp/xl 2>&1 || fail "cycle $cycle: xl restore: $(tail -n 1 /tmp/xl)"
    rm /run/saved
}
churn_guests saved
