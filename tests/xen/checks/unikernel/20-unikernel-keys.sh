# A kernel without an operating system prints the keys of a keyboard.
# timeout: 120
# only: ours, qusb+ours

plug_into KEYBOARD
says 30 'keyboard: listening'
host "keys x e n"
for key in x e n; do says 20 "key: $key"; done
