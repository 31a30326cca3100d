# A kernel without an operating system gives its device back when it is told to stop.
# timeout: 120
# only: ours

plug_into KEYBOARD
says 30 'keyboard: listening'
xl shutdown guest1 >/dev/null
says 20 '^unikernel: poweroff'
says 20 '^usb: disconnected'
says 20 '^unikernel: .* URBs in'
host "say $line"
bedtool xswait 20 "/local/domain/$domid" '' || fail "the unikernel does not end"
