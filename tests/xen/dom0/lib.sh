# Functions for the checks, which run in dom0 under busybox sh with -eux. Each process costs 0.1 s here:
# prefer builtins, and bedtool for anything that waits or moves data.

export PATH=/bin:/sbin:/usr/bin:/usr/lib/xen-4.17/bin

# fail REASON: ends the check; the reason stands in the runner's FAIL line.
fail() {
    echo "$*" >/tmp/reason
    echo "bed: FAIL: $*"
    exit 1
}

# host REQUEST: ask the runner outside; its answer is printed. See Control in runner/control.py.
host() { bedtool host 120 "$*"; }

# progress TEXT: a line for the person who watches the run.
progress() { host "say $*"; }

# equal WHAT GOT WANTED
equal() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

# guest_up [1|2]: have guest number 1 or 2 running; nothing happens when it is.
guest_up() {
    guest_number=${1:-1}
    guest_config=/tmp/guest$guest_number.cfg
    if domid=$(xl domid "guest$guest_number" 2>/dev/null); then
        return 0
    fi
    cat >"$guest_config" <<END
name="guest$guest_number"
kernel="/bed/vmlinux"
ramdisk="/bed/guest.cpio"
memory=256
vcpus=1
extra="console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off"
on_poweroff="destroy"
on_crash="destroy"
END
    xl create "$guest_config" >/dev/null
    domid=$(xl domid "guest$guest_number")
    bedtool xswait 60 "/local/domain/$domid/data/bed/agent" ready || fail "the guest did not start"
}

# guest SECONDS COMMAND: run a shell command in the guest last named to guest_up; its output, its status.
guest() { bedtool guest run "$1" "$domid" main "$2"; }
