# Attacks by an end of a connection that keeps no rule (modules/hostile). The attacker is guest 1's frontend, and the
# victim dom0's backend; or it is the backend of a driver domain, and guest 1's frontend the victim. Meanwhile a
# bystander reads a stick of dom0: guest 2, or the victim itself by its other controller.

# How many complaints about one controller are logged in ten seconds.
hostile_most=5

# bystander_begins GUEST, bystander_got_on, bystander_ends: 1 MiB of STICK1, again and again, 1.5 s between: all share one
# processor of the host, and without a pause the bystander takes half of it.
bystander_begins() {
    bystander=$1
    guest_up "$bystander"
    attach STICK1
    guest 20 "rm -f /tmp/load-*"
    guest_start read "load_read 1 1500"
    bystander_got_on
}
bystander_got_on() {
    guest_up "$bystander"
    guest 60 "rm -f /tmp/stick-progress; until [ -s /tmp/stick-progress ]; do sleep 0.1; done" ||
        fail "the bystander does not get on"
    guest_up 1
}
bystander_ends() {
    guest_up "$bystander"
    guest 10 ": >/tmp/load-end"
    guest_wait read 60 || fail "the bystander does not stop reading"
    guest 10 "[ ! -e /tmp/load-broken ]" || fail "the bystander's reading broke"
    wanted=$(host sha256 stick1 0 1048576)
    wrong=$(guest 20 "grep -vc '^$wanted ' /tmp/load-sums" || true)
    equal "the number of the bystander's reads with a wrong sha256" "$wrong" 0
    progress "the bystander has read 1 MiB $(guest 20 'wc -l </tmp/load-sums') times, each time right"
    guest_up 1
}

# attacker_up SIDE [SERIAL], attacker_down: SIDE is "front" or "back". At the end the usual driver has a new connection,
# and the device works. A frontend's is KEYBOARD; or REDIR, the one outside of the machine.
attacker_up() {
    hostile_side=$1
    hostile_device=${2:-KEYBOARD}
    attacker_up_"$1"
    round_begins
}
attacker_down() { attacker_down_"$hostile_side"; }

# attacker SECONDS COMMAND, victim_again, victim_log_mark, victim_complaints: of either side. The victim's end of the
# controller begins anew, and with it what it counts; its complaints since the mark.
attacker() { attacker_"$hostile_side" "$@"; }
victim_again() { victim_again_"$hostile_side"; }
victim_log_mark() { victim_log_mark_"$hostile_side"; }
victim_complaints() { victim_complaints_"$hostile_side"; }

attacker_up_front() {
    guest_up 1
    # The attacker's device is that on port 1.
    if [ "$hostile_device" != KEYBOARD ] && port_of KEYBOARD; then detach KEYBOARD; fi
    attach "$hostile_device"
    guest 30 hostile_load || fail "the attacker could not be loaded"
}
attacker_down_front() {
    guest 30 "hostile_unload xen-usbfront" || fail "the usual driver could not be loaded again"
    works_again_"$hostile_device"
}
works_again_REDIR() {
    guest 60 "usb_wait REDIR && bedtool iso \$(usb_node) out 100 0" || fail "no stream after the attacks"
    detach REDIR
}
works_again_KEYBOARD() {
    guest 60 "usb_wait KEYBOARD && rm -f /tmp/keys-ready" || fail "the keyboard is not there after the attacks"
    guest_start keys "bedtool keys 60 'QEMU USB Keyboard' 1"
    guest 30 'until [ -e /tmp/keys-ready ]; do sleep 0.1; done' || fail "the keyboard cannot be opened after the attacks"
    host "keys x"
    equal "the code of x after the attacks" "$(guest_wait keys 30)" "45 "
}
attacker_front() { guest "$@"; }
victim_again_front() {
    echo "vusb-$domid-0" >/sys/bus/xen-backend/drivers/xen-usbback/unbind
    echo "vusb-$domid-0" >/sys/bus/xen-backend/drivers/xen-usbback/bind
}
victim_log_mark_front() { log_mark; }
victim_complaints_front() { log_since '^<[0-4]>.*(usbback|vusb)' | without_stacks || true; }

attacker_up_back() {
    driver_attach
    driver 30 "rmmod xen-usbback && hostile_load back=1" || fail "the attacker could not be loaded"
}
attacker_down_back() {
    driver 30 "rmmod hostile && insmod /bed/driver-domain/xen-usbback.ko" || fail "the usual driver could not be loaded again"
    victim_again
    guest 60 "disk_of DISK" || fail "the disk is not there after the attacks"
    guest_reads DISK 0 8
    equal "sha256 of the disk after the attacks" "$sum" "$(driver_sum 0 8)"
}
attacker_back() { driver "$@"; }
victim_again_back() { guest 30 "hostile_rebind vusb-16" || fail "the frontend could not be bound again"; }
victim_log_mark_back() { guest 10 "hostile_log_mark"; }
victim_complaints_back() { guest 20 "hostile_complaints"; }

# round_begins, round_add NAME OUTCOME REASON: attacks that are performed together.
round_begins() { names='' outcomes='' reasons='' count=0; }
round_add() {
    names="$names $1"
    outcomes="$outcomes$1 $2
"
    if [ "$3" != - ]; then
        reasons="$reasons$3
"
        count=$((count + 1))
    fi
}

# round_ends: perform them. Each must end as it should, and the victim's log must have one line for each that says why,
# in that order, and no other.
round_ends() {
    [ "$names" ] || return 0
    victim_again
    victim_log_mark
    attacker 480 "hostile_attack $names" >/tmp/outcomes || fail "the attacks$names did not end: $(cat /tmp/outcomes)"
    printf %s "$outcomes" >/tmp/wanted
    cmp -s /tmp/outcomes /tmp/wanted || fail "an attack ended in another way: $(odd_line /tmp/outcomes /tmp/wanted)"
    victim_complaints >/tmp/complaints
    printf %s "$reasons" >/tmp/reasons
    while read -r reason <&4; do
        read -r line <&5 || fail "no line in the log about: $reason (attacks:$names)"
        case $line in *"$reason"*) ;; *) fail "the log says '$line', not: $reason (attacks:$names)" ;; esac
    done 4</tmp/reasons 5</tmp/complaints
    equal "lines in the log after$names" "$(grep -c . /tmp/complaints)" "$count"
    bystander_got_on
    round_begins
}

# odd_line GOT WANTED: the first in which they differ.
odd_line() {
    while read -r wanted <&4; do
        read -r got <&5 || got=nothing
        [ "$got" = "$wanted" ] || { echo "'$got', not '$wanted'"; return; }
    done 4<"$2" 5<"$1"
}

# attack_all GROUP...: every attack of the groups, in rounds of as many as the victim logs; sets performed.
attack_all() {
    performed=0
    for group; do
        attacker 10 "hostile_list $group" >/tmp/attacks
        [ -s /tmp/attacks ] || fail "no attacks in group $group"
        while read -r name outcome reason <&3; do
            round_add "$name" "$outcome" "$reason"
            performed=$((performed + 1))
            [ $count -lt $hostile_most ] || round_ends
        done 3</tmp/attacks
        round_ends
    done
    progress "$performed attacks: each ended as it should, with its line in the log"
}

# one_attack NAME: an attack by itself.
one_attack() {
    while read -r name outcome reason <&3; do
        [ "$name" != "$1" ] || round_add "$name" "$outcome" "$reason"
    done 3<<END
$(attacker 10 "hostile_list $2")
END
    [ "$names" ] || fail "no attack $1 in group $2"
    round_ends
}
