# What the users of devices do with them; the same in dom0 and in the guest. The last line of each is "pass" or a reason
# that begins with "corrupts:", "hangs:" or "wrong:".

# disk_both SERIAL: 4 MiB are written to a disk and read again.
disk_both() {
    modprobe uas
    disk_of "$1" || { echo "wrong: no disk"; return 1; }
    driver=$(readlink "$usb"/*:1.0/driver)
    read -r written _ <<END
$(bedtool stick write "$disk" 2 4 $$)
END
    read -r back _ <<END
$(bedtool stick read "$disk" 2 4)
END
    if [ -z "$written" ] || [ "$written" != "$back" ]; then echo "corrupts: another sha256 was read"; return 1; fi
    echo "${driver##*/}"
    echo pass
}

# line_of SERIAL MODULES PATTERN FORM OCTETS [HOW]: so much through a device file, whose name in sysfs matches, and
# back; HOW: "time" to be told the seconds.
line_of() {
    for module in $2; do modprobe "$module"; done
    device_part "$1" "$3" || return 1
    case $part in
        */midi*) file=/dev/snd/${part##*/} ;;
        */lp*) file=/dev/usb/${part##*/} ;;
        *) file=/dev/${part##*/} ;;
    esac
    bedtool echo "${6:-send}" "$file" "$4" "$5"
}

# frames_of SERIAL MODULE FRAMES: Ethernet frames to the other end and back.
frames_of() {
    modprobe "$2"
    device_part "$1" "*:*/net/*" || return 1
    bedtool frames send "${part##*/}" "$3" 1
}

# play SERIAL SECONDS: numbered frames of sound.
play() {
    modprobe snd-usb-audio
    device_part "$1" "*:*/sound/card*" || return 1
    bedtool sound "$2" >/tmp/sound
    card=${part##*/card}
    # aplay waits 200 ms longer than a period, which an emulated machine may take much more than twice as long for.
    bedtool limit $(($2 * 3 + 20)) aplay -q -D "hw:$card" -t raw -f S16_LE -r 48000 -c 2 --period-time=100000 \
        --buffer-time=2000000 /tmp/sound || { echo "wrong: aplay: status $?"; return 1; }
    rm /tmp/sound
    echo pass
}

# film SERIAL WIDTH HEIGHT: a webcam is started twice, and sends its frames.
film() {
    modprobe uvcvideo
    device_part "$1" "*:*/video4linux/video*" || return 1
    bedtool capture "/dev/${part##*/}" "$2" "$3" 2
}

# song SERIAL SHA256: a media player's one file is read.
song() {
    usb_wait "$1" || { echo "wrong: no device"; return 1; }
    bedtool limit 40 mtp-getfile 2 /tmp/song >/tmp/mtp 2>&1 || { cat /tmp/mtp; echo "wrong: mtp-getfile: status $?"; return 1; }
    sum=$(sha256sum </tmp/song)
    rm /tmp/song
    [ "${sum%% *}" = "$2" ] || { cat /tmp/mtp; echo "corrupts: another sha256 was read"; return 1; }
    echo pass
}

# card_reader SERIAL: the smart card service finds the reader, and its card says who it is and answers a command.
card_reader() {
    usb_wait "$1" || { echo "wrong: no device"; return 1; }
    mkdir -p /run/pcscd
    /usr/sbin/pcscd --foreground >/tmp/pcscd 2>&1 &
    daemon=$!
    tries=$((20 * patience))
    until opensc-tool --list-readers >/tmp/readers 2>&1 && grep -q '^0 ' /tmp/readers; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { cat /tmp/pcscd /tmp/readers; echo "wrong: no reader"; return 1; }
        sleep 0.3
    done
    cat /tmp/readers
    bedtool limit 30 opensc-tool --card-driver default --atr --send-apdu 00:a4:00:00:02:3f:00 >/tmp/card 2>&1 || true
    cat /tmp/card
    kill "$daemon"
    wait "$daemon" || true
    cat /tmp/pcscd
    grep -qi '3b:02:14:50' /tmp/card || { echo "wrong: no card"; return 1; }
    grep -qi 'SW1=0x90' /tmp/card || { echo "wrong: the card has not answered"; return 1; }
    echo pass
}
