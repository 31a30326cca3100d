# Guests: how they are started, and how commands run in them.

read -r guest_type </bed/guest-type

# MiB of a guest, and of one of four.
read -r guest_memory guest_memory_of_four </bed/guest-memory
# How long it may take to boot.
guest_seconds=60
if [ "$guest_type" = hvm ]; then guest_seconds=150; fi
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

# guest_boot NAME RAMDISK: what a guest's configuration says of its booting. An HVM guest does so from a disk, which has the
# guests' usual ramdisk; its console is that of the others, and it needs no screen.
guest_boot() {
    if [ "$guest_type" = hvm ]; then
        # Nobody writes to it, but QEMU wants it for itself.
        cp /bed/guest.img "/tmp/$1.img"
        echo "disk=[\"format=raw,vdev=hda,access=rw,backendtype=qdisk,target=/tmp/$1.img\"]"
        printf '%s\n' 'hdtype="ahci"' 'boot="c"' 'vga="none"' nographic=1 vnc=0 sdl=0 usb=0
        return
    fi
    echo "kernel=\"/bed/vmlinux\""
    echo "ramdisk=\"$2\""
    echo "extra=\"console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off" \
        "$kernel_options $guest_options\""
}

# guest_create NAME RAMDISK: start a guest and wait for its agent; sets domid.
guest_create() {
    read -r kernel_options </bed/kernel-options || true
    if [ "$guest_type" = hvm ] && [ "$2" != /bed/guest.cpio ]; then
        fail "an HVM guest cannot have a ramdisk of its own"
    fi
    cat >"/tmp/$1.cfg" <<END
name="$1"
type="$guest_type"
$(guest_boot "$1" "$2")
memory=$guest_memory
tsc_mode="native"
vcpus=1
on_poweroff="destroy"
on_crash="destroy"
$(guest_usb_config)
$guest_config
END
    xl create "/tmp/$1.cfg" >/dev/null
    domid=$(xl domid "$1")
    bedtool xswait $guest_seconds "/local/domain/$domid/data/bed/agent" ready || fail "$1 did not start"
}

# guest SECONDS COMMAND: run a shell command in the guest with the functions of guest/lib.sh; gives its
# output (the last 1900 characters) and its status.
guest() { bedtool guest run "$1" "$domid" main ". /bed/lib.sh; $2"; }

# guest_start SLOT COMMAND, guest_wait SLOT SECONDS: the same in two steps; each slot is one command at a time.
guest_start() { bedtool guest start 0 "$domid" "$1" ". /bed/lib.sh; $2"; }
guest_wait() { bedtool guest wait "$2" "$domid" "$1"; }
