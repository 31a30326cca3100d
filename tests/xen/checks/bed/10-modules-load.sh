# A module built against Debian's headers loads in dom0 and in a guest.
# timeout: 150
# needs: hello

insmod /bed/modules/hello.ko
rmmod hello
guest_up
guest 40 "rmmod hello" || fail "the module was not loaded in the guest"
xl destroy guest1
