# A musical instrument (MIDI): 500 notes there and back.
# timeout: 120
# programs: devices

modprobe usb_f_midi
gadget_up MIDI midi id=instrument
for id in /sys/class/sound/card*/id; do
    read -r name <"$id"
    if [ "$name" = instrument ]; then card=${id%/id}; fi
done
gadget_used MIDI 60 "line_of MIDI snd-usb-audio '*:*/sound/card*/midiC*' midi 1500" "/dev/snd/midiC${card##*card}D0" midi
