# How fast 32 MiB are read from a stick: natively in dom0, and by the guest, in turn.
# timeout: 240

usb_wait STICK2
disk_of STICK2
native_disk=$disk
attach STICK1
native_ms='' guest_ms=''
for try in 1 2 3 4 5; do
    timed bedtool stick time "$native_disk" 0 32
    faster "$native_ms"; native_ms=$best
    timed guest 180 "disk_of STICK1 && bedtool stick time \$disk 0 32"
    faster "$guest_ms"; guest_ms=$best
done
rate 32 "$native_ms"; native_rate=$rate
rate 32 "$guest_ms"
ratio=$((1000 * native_ms / guest_ms))
progress "SPEED read of 32 MiB: native $native_rate MiB/s, guest ($system) $rate MiB/s, ratio $((ratio / 1000)).$(printf %03d $((ratio % 1000)))"
host "figure $rate"
