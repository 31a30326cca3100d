# A stick that the guest has suspended is read and written as soon as it is wanted, without being found anew.
# timeout: 240
# only: ours

# Keeps the root hub awake if the check before has run, and is no matter of this one.
controller_up
if port_of KEYBOARD; then detach KEYBOARD; fi
attach STICK1
# Even if dom0 wished so, its stick does not sleep while the guest has it.
usb_find STICK1
echo auto >"$usb/power/control"
stick=$usb
devnum=$(guest 40 "disk_of STICK1
    scsi=/sys/block/\${disk#/dev/}/device
    echo 200 >\$scsi/power/autosuspend_delay_ms; echo auto >\$scsi/power/control
    echo 200 >\$usb/power/autosuspend_delay_ms; echo auto >\$usb/power/control
    echo \$dev")
wanted=$(host sha256 stick1 0 1048576)
for round in $(seq $((repeat + 1))); do
    guest 40 "usb_find STICK1; until read -r is <\$usb/power/runtime_status && [ \$is = suspended ]; do sleep 0.2; done" ||
        fail "the stick is not suspended"
    equal "the stick in dom0" "$(cat "$stick/power/runtime_status")" active
    guest_reads STICK1 0 1
    equal "sha256 of 1 MiB after suspend $round" "$sum" "$wanted"
done
# The root hub sleeps as well now; a second stick wakes it.
guest 40 "usb_find STICK1; until read -r is <\$usb/../power/runtime_status && [ \$is = suspended ]; do sleep 0.2; done" ||
    fail "the root hub is not suspended"
attach STICK2
guest_reads STICK2 0 1
equal "sha256 of the other stick" "$sum" "$(host sha256 stick2 0 1048576)"
guest 40 "usb_find STICK1; until read -r is <\$usb/power/runtime_status && [ \$is = suspended ]; do sleep 0.2; done"
# What is written to a suspended stick is there after power-off.
read -r sum _ <<END
$(guest 60 "disk_of STICK1 && bedtool stick write \$disk 40 1 7")
END
host "verify stick1 41943040 1048576 $sum"
equal "the stick's number" "$(guest 5 "usb_find STICK1 && echo \$dev")" "$devnum"
guest 20 "usb_find STICK1; echo on >\$usb/power/control"
detach STICK2
