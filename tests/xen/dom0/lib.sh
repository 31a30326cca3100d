# Functions for the checks, which run in dom0 under busybox sh with -eux. Each process costs 0.1 s here:
# prefer builtins, and bedtool for anything that waits or moves data.

export PATH=/bin:/sbin:/usr/bin:/usr/lib/xen-4.17/bin
. /bed/usb.sh
. /bed/usbtest.sh
. /bed/gadgets.sh
. /bed/pvusb.sh
. /bed/byhand.sh
. /bed/workloads.sh

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

# guest_up [1|2]: have guest number 1 or 2 running and let 'guest' and 'domid' mean it.
guest_up() {
    guest_name=guest${1:-1}
    if domid=$(xl domid "$guest_name" 2>/dev/null); then return 0; fi
    cat >"/tmp/$guest_name.cfg" <<END
name="$guest_name"
kernel="/bed/vmlinux"
ramdisk="/bed/guest.cpio"
memory=256
tsc_mode="native"
vcpus=1
extra="console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off"
on_poweroff="destroy"
on_crash="destroy"
$(guest_usb_config)
END
    xl create "/tmp/$guest_name.cfg" >/dev/null
    domid=$(xl domid "$guest_name")
    bedtool xswait 60 "/local/domain/$domid/data/bed/agent" ready || fail "$guest_name did not start"
}

# guest SECONDS COMMAND: run a shell command in the guest with the functions of guest/lib.sh; gives its
# output (the last 4000 characters) and its status.
guest() { bedtool guest run "$1" "$domid" main ". /bed/lib.sh; $2"; }

# guest_start SLOT COMMAND, guest_wait SLOT SECONDS: the same in two steps; each slot is one command at a time.
guest_start() { bedtool guest start 0 "$domid" "$1" ". /bed/lib.sh; $2"; }
guest_wait() { bedtool guest wait "$2" "$domid" "$1"; }

# log_mark, then log_since PATTERN: the lines of dom0's kernel log since the mark that match. Each line
# starts with its level: "<3>[   12.345678] text".
log_mark() {
    log_number=$((${log_number:-0} + 1))
    echo "bed: mark $$.$log_number" >/dev/kmsg
}
log_since() { dmesg -r | sed "1,/bed: mark $$\.$log_number\$/d" | grep -E "$1"; }
