# A module built against Debian's headers loads in dom0 and in a guest.
# timeout: 120

insmod /bed/modules/hello.ko
rmmod hello
guest_up
equal "the module in the guest" "$(guest 20 'while read -r name rest; do [ $name = hello ] && echo $name; done </proc/modules')" hello
guest 20 "rmmod hello"
