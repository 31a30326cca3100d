# How fast 32 MiB are read from a stick: natively in dom0, and by the guest, in turn.
# timeout: 600

# read_in_turn HOW: sets native_ms and guest_ms, the best of three; of one where that takes so long
# that a pause of the machine is lost in it.
read_in_turn() {
    native_ms='' guest_ms=''
    for try in 1 2 3; do
        timed bedtool stick "$1" "$native_disk" 0 32
        faster "$native_ms"; native_ms=$best
        timed guest 180 "disk_of STICK1 && bedtool stick $1 \$disk 0 32"
        faster "$guest_ms"; guest_ms=$best
        if [ "$guest_ms" -gt 10000 ]; then break; fi
    done
}

# told WHAT
told() {
    rate 32 "$native_ms"; native_rate=$rate
    rate 32 "$guest_ms"
    ratio_of "$native_ms" "$guest_ms"
    progress "SPEED $1 of 32 MiB: native $native_rate MiB/s, guest ($system) $rate MiB/s, ratio $ratio"
}

usb_wait STICK2
disk_of STICK2
native_disk=$disk
attach STICK1
# Commands of 120 KiB, as large as usb-storage makes them.
read_in_turn direct
told "direct read"
# The kernel's read-ahead makes commands of 120 KiB and 8 KiB in turn.
read_in_turn time
told "read"
host "figure $rate"
