# A host controller that takes no scattered pages executes long requests by pieces; every octet is right.
# timeout: 120
# only: ours

# How often a function of the kernel was called.
calls() {
    while read -r name hits rest; do
        if [ "$name" = "$1" ]; then echo "$hits"; fi
    done </sys/kernel/tracing/kprobe_profile
}

attach STICK1
guest 60 'disk_of STICK1'
insmod /bed/modules/no-sg.ko
mkdir -p /sys/kernel/tracing
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
for f in usbif_back_admit usb_hcd_submit_urb; do
    echo "p:$f $f" >>/sys/kernel/tracing/kprobe_events
    echo 1 >"/sys/kernel/tracing/events/kprobes/$f/enable"
done
guest 60 'disk_of STICK1 && dd if=$disk of=/dev/null bs=120k count=16 iflag=direct 2>/dev/null'
requests=$(calls usbif_back_admit) urbs=$(calls usb_hcd_submit_urb)
echo 0 >/sys/kernel/tracing/events/kprobes/enable
echo >/sys/kernel/tracing/kprobe_events
progress "16 reads of 120 KiB were $requests requests, executed as $urbs URBs"
# Other devices have URBs, too; but there is one more for each read.
[ "$urbs" -ge $((requests + 16)) ] || fail "$requests requests were $urbs URBs: not by pieces"
guest_reads STICK1 1 4
equal "sha256 of 4 MiB read by the guest" "$sum" "$(host sha256 stick1 1048576 4194304)"
read -r sum seconds <<END
$(guest 90 "disk_of STICK1 && bedtool stick write \$disk 8 4 54321")
END
host "verify stick1 8388608 4194304 $sum"
gadget_up PIECES Loopback
attach PIECES
guest 60 "usb_wait PIECES && bedtool loopback \$(usb_node) 65536 65537 122880 131072 1048577" >/tmp/pieces ||
    fail "in the guest: $(grep -m1 -v ok /tmp/pieces)"
gadget_down PIECES
guest 40 "usb_gone PIECES" || fail "the guest still has the gadget"
rmmod no-sg
