# How fast the guest moves what a wire of high speed can carry, and what costs nothing but this machine's time.
# timeout: 900

# QEMU's wire takes no time. The other rows are of a stick whose commands take what they take at least on a real one
# (USB 2.0, 5.8.4: at most 13 transactions of 512 octets in a microframe of 125 us; one more for the command, and one
# for its status); so this is as fast as a device can be.
wire_ns() { echo $((($1 / 512 + 12) / 13 * 125000 + 250000)); }

# best_of HOW MIB OCTETS WHERE: sets best, in ms, of two; of one that takes long, as a pause of the machine is lost in it.
best_of() {
    best=''
    for try in 1 2; do
        case $4 in
            dom0) timed bedtool stick "$1" "$disk" 0 "$2" "$3" ;;
            guest) timed guest 180 "disk_of WIRE && bedtool stick $1 \$disk 0 $2 $3" ;;
        esac
        faster "$best"
        if [ "$best" -gt 4000 ]; then break; fi
    done
}

# compared NAME NS MIB OCTETS: MIB of commands of OCTETS, both ways, natively and by the guest.
compared() {
    host "wire $2"
    for how in direct pour; do
        usb_wait WIRE
        disk_of WIRE
        best_of $how "$3" "$4" dom0
        native=$best
        attach WIRE
        best_of $how "$3" "$4" guest
        detach WIRE
        ratio_of "$native" "$best"
        commands=$(($3 * 1048576 / $4))
        case $how in direct) verb=read ;; pour) verb=write ;; esac
        progress "SPEED $1, $verb: native $((commands * 1000 / native)) commands/s, guest ($system) $((commands * 1000 / best)), ratio $ratio"
    done
    host "unplug wire"
    usb_gone WIRE
    host "wire gone"
}

compared "no wire, 32 MiB" 0 32 122880
compared "no wire, 256 MiB" 0 256 122880
compared "no wire, 4 KiB" 0 4 4096
compared "no wire, 512 B" 0 1 512
compared "wire, 120 KiB" "$(wire_ns 122880)" 32 122880
compared "wire, 4 KiB" "$(wire_ns 4096)" 4 4096
compared "wire, 512 B" "$(wire_ns 512)" 1 512
