# dummy_hcd: what it does with an endpoint's queue when URBs end, fail and are unlinked.
# timeout: 150

gadget_up PROBE ffs
probe_up PROBE 0104
probe sequence 50
no_violation runs
# An URB that ends is given back before anything else can happen, so there is nothing to race with.
probe order 50 short
equal "violations ($result)" "$(counted violations)" 0
for how in short halt; do
    probe stop 50 $how
    no_violation tried
done
probe length-in 50
no_violation partial
for length in 0 512 1024 20480 40960; do
    gadget_log >/dev/null
    probe length-out 1 to $length
    continuous "$(grep -v '^run' /tmp/ffs-logs/out1)" $length
done
gadget_down PROBE
