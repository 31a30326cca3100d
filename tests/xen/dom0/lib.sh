# Functions for the checks, which run in dom0 under busybox sh with -eux. Each process costs 0.1 s here:
# prefer builtins, and bedtool for anything that waits or moves data.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin:/usr/lib/xen/bin
. /bed/usb.sh
. /bed/leaks.sh
. /bed/usbtest.sh
. /bed/drivers.sh
. /bed/gadgets.sh
. /bed/byhand.sh
. /bed/rates.sh
. /bed/workloads.sh
. /bed/outside.sh
. /bed/hcprobe.sh
. /bed/driver-domain.sh
. /bed/reload.sh
. /bed/books.sh
. /bed/churn.sh
. /bed/operator.sh
. /bed/many.sh
. /bed/unikernel.sh
. /bed/hostile.sh
. /bed/devices.sh
. /bed/kinds.sh
. /bed/camera.sh
# How a device gets from dom0 to its user, and what "guest" means: one answer for each system.
read -r system </bed/system
case $system in
    native) . /bed/native.sh ;;
    usbip) . /bed/native.sh; . /bed/usbip.sh ;;
    *) . /bed/guests.sh; . /bed/pvusb.sh ;;
esac

# fail REASON: ends the check; the reason stands in the runner's FAIL line.
fail() {
    echo "$*" >/tmp/reason
    echo "bed: FAIL: $*"
    exit 1
}

# host REQUEST: ask the runner outside; its answer is printed. The requests are the do_* functions of
# runner/boot.py.
host() { bedtool host 120 "$*"; }

# progress TEXT: a line for the person who watches the run.
progress() { host "say $*"; }

# equal WHAT GOT WANTED
equal() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

# guest_reads SERIAL MIB_FROM MIB, dom0_reads ...: read a part of a stick; sets sum (sha256) and seconds.
# shellcheck disable=SC2034 # used by the checks
guest_reads() {
    read -r sum seconds <<END
$(guest 180 "disk_of $1 && bedtool stick read \$disk $2 $3")
END
}
# shellcheck disable=SC2034
dom0_reads() {
    disk_of "$1" || fail "dom0 has no disk $1"
    read -r sum seconds <<END
$(bedtool stick read "$disk" "$2" "$3")
END
}

# log_mark, then log_since PATTERN: the lines of dom0's kernel log since the mark that match. Each line
# starts with its level: "<3>[   12.345678] text".
log_mark() {
    log_number=$((${log_number:-0} + 1))
    echo "bed: mark $$.$log_number" >/dev/kmsg
}
log_since() { dmesg -r | sed "1,/bed: mark $$\.$log_number\$/d" | grep -E "$1"; }
