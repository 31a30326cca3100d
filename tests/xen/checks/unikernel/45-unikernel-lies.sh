# A stick that lies is read to its end where that is possible, and given up where it is not; the next one works.
# timeout: 240
# only: ours

lied() {
    echo "$1" >/tmp/lie
    plug_into LIAR
    says 30 "$2"
    host "say $1: $line"
}

# dom0 leaves it alone.
echo 1d6b:0104:i >/sys/module/usb_storage/parameters/quirks
dd if=/dev/urandom of=/tmp/disk.img bs=1M count=1 2>/dev/null
echo half >/tmp/lie
gadget_up LIAR ffs
# Every read is short, and every status behind one is sent twice.
lied half 'storage: 2048 blocks, sha256'
set -- "${line##* }" "$(sha256sum /tmp/disk.img)"
equal "sha256 of 1 MiB" "$1" "${2%% *}"
says 5 'storage: .* 3[0-9] short, 0 stalled'
says 5 '^unikernel: .* [3-9][0-9] came back unexecuted, [3-9][0-9] restarts, 0 faults'
host "say $line"
lied nothing 'storage: given up: makes no sense'
lied tag 'storage: given up: makes no sense'
lied residue 'storage: given up: makes no sense'
lied capacity 'storage: given up: makes no sense'
lied none 'storage: 2048 blocks, sha256'
pull_out
gadget_down LIAR
echo >/sys/module/usb_storage/parameters/quirks
