# Who has the processor while a stick is read, natively and by the guest, and how much of it is ours.
# timeout: 240
# only: ours

# module WHERE FILE: tells the runner where that module of ours is; FILE has the domain's /proc/modules.
module() {
    while read -r name size _ _ _ base; do
        case $name in xen_usbback | xen_usbfront) host "sample module $1 $name ${base%% *} $size" ;; esac
    done <"$2"
}

usb_wait STICK2
disk_of STICK2
host "sample start"
for try in 1 2 3 4 5 6; do bedtool stick direct "$disk" 0 32 >/dev/null; done
progress "SPEED shares of the processor, natively: $(host "sample stop")"
attach STICK1
guest 20 "cat /proc/modules" >/tmp/modules
module guest /tmp/modules
module dom0 /proc/modules
guest 60 'disk_of STICK1'
host "sample start"
for try in 1 2 3 4 5 6; do guest 60 "disk_of STICK1 && bedtool stick direct \$disk 0 32" >/dev/null; done
progress "SPEED shares of the processor, guest ($system): $(host "sample stop")"
