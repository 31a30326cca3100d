# The status behind a short read comes back unexecuted and is sent again, and is read after a stall as well.
# timeout: 180
# only: ours

dd if=/dev/urandom of=/tmp/disk.img bs=1M count=1 2>/dev/null
set -- $(sha256sum /tmp/disk.img)
for stall in 0 1; do
    gadget_up DISK mass_storage stall=$stall lun.0/file=/tmp/disk.img
    plug_into DISK
    if [ $stall = 0 ]; then
        says 30 'short read: 36 of 255 octets; .* came back unexecuted 1 times, was sent 2 times, 1 with restart'
    else
        # Here the endpoint is halted as well, behind the octets that came.
        says 30 'short read: 36 of 255 octets; '
    fi
    host "say $line"
    says 30 'sha256'
    equal "sha256 of 1 MiB" "${line##* }" "$1"
    says 5 "MB/s, .* short, $( [ $stall = 0 ] && echo 0 || echo '[1-9][0-9]*' ) stalled"
    host "say $line"
    pull_out
    gadget_down DISK
done
