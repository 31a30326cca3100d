# "xl save -c" is a moment's sleep for a guest: a read goes on, stick and keyboard stay what they are.
# timeout: 240
# only: ours

attach STICK1
attach KEYBOARD
numbers=$(guest 20 "usb_find STICK1 && echo \$dev && usb_find KEYBOARD && echo \$dev")
wanted=$(host sha256 stick1 0 16777216)
for round in $(seq "$repeat"); do
    guest 20 "rm -f /tmp/stick-progress"
    guest_start read "disk_of STICK1 && bedtool stick read \$disk 0 16"
    guest 40 "until read -r done </tmp/stick-progress; do sleep 0.1; done"
    xl save -c guest1 /run/checkpoint >/tmp/xl 2>&1 || fail "xl save -c: $(tail -n 1 /tmp/xl)"
    rm /run/checkpoint
    read -r sum _ <<END
$(guest_wait read 120)
END
    equal "sha256 of 16 MiB over checkpoint $round" "$sum" "$wanted"
done
equal "the devices' numbers" "$(guest 20 "usb_find STICK1 && echo \$dev && usb_find KEYBOARD && echo \$dev")" "$numbers"
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
host "keys x e n"
equal "the codes of x, e and n" "$(guest_wait keys 45)" "45 18 49 "
