# A disk has a sector that cannot be read: reading it ends with an error, everything around it is right.
# timeout: 180
# cycle: 40

# around_error COMMAND...: read around and at the sector, with COMMAND in front of each shell command.
around_error() {
    for part in "0 3" "4 4"; do
        # shellcheck disable=SC2086 # two numbers
        set -- "$1" $part
        sum=$("$1" "disk_of STICK3 && bedtool stick read \$disk $2 $3") ||
            fail "wrong: reading $3 MiB at $2 MiB failed ($1)"
        [ "${sum%% *}" = "$(host sha256 stick3 $(($2 * 1048576)) $(($3 * 1048576)))" ] ||
            fail "corrupts: $3 MiB at $2 MiB ($1)"
    done
    # The sector is the sixth in its block of 4096 octets.
    for try in 1 2 3; do
        "$1" "disk_of STICK3 && dd if=\$disk of=/dev/null bs=4096 skip=768 count=1 iflag=direct" &&
            fail "corrupts: the sector was read ($1)"
        sum=$("$1" "disk_of STICK3 && dd if=\$disk bs=4096 skip=769 count=1 iflag=direct 2>/dev/null | sha256sum") ||
            fail "wrong: the block behind the sector was not read ($1)"
        [ "${sum%% *}" = "$(host sha256 stick3 $((769 * 4096)) 4096)" ] || fail "corrupts: the block behind ($1)"
    done
}
natively() { sh -c ". /bed/guest/lib.sh; $1"; }
in_the_guest() {
    status=0
    guest 40 "$1" || status=$?
    [ $status != 124 ] || fail "hangs: $1"
    return $status
}

host "plug stick3"
usb_wait STICK3 || fail "wrong: dom0 has no device STICK3"
again() { for _ in $(seq "$repeat"); do "$@"; done; }

again around_error natively
attach STICK3
again around_error in_the_guest
detach STICK3
