# The end of a connection that breaks rules (modules/hostile), for the hostile checks (dom0/hostile.sh).

hostile_parameters=/sys/module/hostile/parameters

# hostile_load ARGUMENT...: the attacker takes the place of our frontend.
hostile_load() {
    [ ! -d /sys/module/xen_usbfront ] || rmmod xen-usbfront
    [ -d /sys/module/hostile ] || insmod /bed/modules/hostile.ko "$@"
}

# hostile_unload MODULE: ... and gives it back.
hostile_unload() {
    rmmod hostile
    insmod "/bed/modules/$1.ko"
}

# hostile_list GROUP: "NAME OUTCOME REASON" of each attack, as it must be.
hostile_list() {
    echo "$1" >$hostile_parameters/group
    cat $hostile_parameters/list
}

# hostile_attack NAME...: perform them, one after the other; says what came of each.
hostile_attack() {
    for name; do
        echo "$name" >$hostile_parameters/attack || return 1
        read -r outcome <$hostile_parameters/outcome
        echo "$name $outcome"
    done
}

# Of a guest that is the victim: hostile_rebind DEVICE: its end begins anew; hostile_log_mark, hostile_complaints: the
# complaints of our frontend since the mark.
hostile_rebind() {
    echo "$1" >/sys/bus/xen/drivers/xen-usbfront/unbind
    echo "$1" >/sys/bus/xen/drivers/xen-usbfront/bind
}
hostile_log_mark() {
    echo "bed: mark $$" >/dev/kmsg
    echo "bed: mark $$" >/tmp/hostile-mark
}
hostile_complaints() {
    dmesg -r | sed "1,/$(cat /tmp/hostile-mark)\$/d" | grep -E '^<[0-4]>.*(usbfront|vusb)' |
        without_stacks || true
}
