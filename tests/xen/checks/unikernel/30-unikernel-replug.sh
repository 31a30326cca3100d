# A stick pulled while a kernel without an operating system reads it, and plugged again.
# timeout: 180
# only: ours

plug_into STICK2
says 60 'blocks of 512'
host "unplug stick2"
says 30 'storage: given up: '
says 30 '^port 1: empty'
usb_gone STICK2 || fail "dom0 still shows the stick"
host "plug stick2"
plug_into STICK2
says 60 'sha256'
equal "sha256 of 32 MiB" "${line##* }" "$(host sha256 stick2 0 33554432)"
