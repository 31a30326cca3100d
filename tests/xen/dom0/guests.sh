# Guests: how they are started, and how commands run in them.

read -r guest_type </bed/guest-type

# MiB of a guest; with 128 there is room for four.
guest_memory=256
# More lines of its configuration file, and more options of its kernel.
guest_config=
guest_options=
# The guest that all functions mean.
guest_number=1

# guest_up [1|2|3|4]: have this guest running, and mean it from now on.
guest_up() {
    guest_number=${1:-$guest_number}
    guest_name=guest$guest_number
    if domid=$(xl domid "$guest_name" 2>/dev/null); then return 0; fi
    guest_create "$guest_name" /bed/guest.cpio
}

# guest_create NAME RAMDISK: start a guest and wait for its agent; sets domid.
guest_create() {
    read -r kernel_options </bed/kernel-options || true
    cat >"/tmp/$1.cfg" <<END
name="$1"
type="$guest_type"
kernel="/bed/vmlinux"
ramdisk="$2"
memory=$guest_memory
tsc_mode="native"
vcpus=1
extra="console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off $kernel_options $guest_options"
on_poweroff="destroy"
on_crash="destroy"
$(guest_usb_config)
$guest_config
END
    xl create "/tmp/$1.cfg" >/dev/null
    domid=$(xl domid "$1")
    bedtool xswait 60 "/local/domain/$domid/data/bed/agent" ready || fail "$1 did not start"
}

# guest SECONDS COMMAND: run a shell command in the guest with the functions of guest/lib.sh; gives its
# output (the last 1900 characters) and its status.
guest() { bedtool guest run "$1" "$domid" main ". /bed/lib.sh; $2"; }

# guest_start SLOT COMMAND, guest_wait SLOT SECONDS: the same in two steps; each slot is one command at a time.
guest_start() { bedtool guest start 0 "$domid" "$1" ". /bed/lib.sh; $2"; }
guest_wait() { bedtool guest wait "$2" "$domid" "$1"; }
