# A guest that sleeps keeps its devices: a read goes on, the same stick and keyboard are there.
# timeout: 240
# only: ours

# The kernel's own test of a sleep: everything but the processor goes down, and comes back after a second.
attach STICK1
attach KEYBOARD
numbers=$(guest 20 "usb_find STICK1 && echo \$dev && usb_find KEYBOARD && echo \$dev")
guest 20 "echo 1 >/sys/module/suspend/parameters/pm_test_delay; echo devices >/sys/power/pm_test"
wanted=$(host sha256 stick1 0 16777216)
for round in $(seq "$repeat"); do
    guest 20 "rm -f /tmp/stick-progress"
    guest_start read "disk_of STICK1 && bedtool stick read \$disk 0 16"
    guest 40 "until read -r done </tmp/stick-progress; do sleep 0.1; done"
    guest 60 "echo freeze >/sys/power/state" || fail "the guest cannot sleep"
    # Older kernels tell the frontend; this one does so only after a restore.
    guest 20 "insmod /bed/modules/old-resume.ko && rmmod old-resume" || fail "nobody was told of the sleep"
    read -r sum _ <<END
$(guest_wait read 120)
END
    equal "sha256 of 16 MiB over sleep $round" "$sum" "$wanted"
done
equal "the devices' numbers" "$(guest 20 "usb_find STICK1 && echo \$dev && usb_find KEYBOARD && echo \$dev")" "$numbers"
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
host "keys x e n"
equal "the codes of x, e and n" "$(guest_wait keys 45)" "45 18 49 "
guest 20 "echo none >/sys/power/pm_test"
