# The main job: a guest uses a USB stick through our backend and our frontend.
# timeout: 400
# only: ours

# follow SLOT: say how far the guest's read is, until it has ended.
follow() {
    while :; do
        at=$(guest 20 'at=0; [ ! -s /tmp/stick-progress ] || read -r at </tmp/stick-progress; echo $at')
        progress "   guest: $((at / 1048576)) of 64 MiB"
        [ "$at" -lt 67108864 ] || break
        sleep 1
    done
}

# best_of_3 COMMAND...: sets best.
best_of_3() {
    best=''
    for try in 1 2 3; do
        timed "$@"
        faster "$best"
    done
}

disk_of STICK1
best_of_3 bedtool stick time "$disk" 0 32
native=$best
rate 32 "$native"
progress "1. dom0 reads 32 MiB natively: $rate MiB/s (best of 3)"

attach STICK1
progress "2. xl usbctrl-attach, xl usbdev-attach: the stick is the guest's"
xl usb-list "$domid" | while read -r line; do progress "   xl usb-list: $line"; done
guest 20 'for d in /sys/bus/usb/devices/*; do
    [ -e $d/product ] || continue
    read -r product <$d/product; read -r speed <$d/speed
    read -r vendor <$d/idVendor; read -r id <$d/idProduct
    echo "${d##*/}: $vendor:$id $product, $speed Mbit/s"
done' >/tmp/listing
while read -r line; do progress "   guest: $line"; done </tmp/listing

progress "3. the guest reads the whole stick"
guest 5 "rm -f /tmp/stick-progress"
guest_start read "disk_of STICK1 && bedtool stick read \$disk 0 64"
follow
read -r sum seconds <<END
$(guest_wait read 180)
END
wanted=$(host sha256 stick1 0 67108864)
progress "   sha256 in the guest:      $sum"
progress "   sha256 of the image:      $wanted"
equal "sha256 of 64 MiB" "$sum" "$wanted"

best_of_3 guest 120 "disk_of STICK1 && bedtool stick time \$disk 0 32"
rate 32 "$best"
progress "4. the guest reads 32 MiB: $rate MiB/s (best of 3), $((100 * native / best)) % of native"
detach STICK1
progress "5. xl usbdev-detach: the stick is dom0's again"
