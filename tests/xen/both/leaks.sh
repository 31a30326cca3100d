# What kernels that look for errors find only when they are asked.

# Whose leaks are Linux' own: f_sourcesink copies its descriptors each time it is bound, and frees them once; f_uvc
# never frees the intervals of a frame that it is given; f_hid loses requests that it makes when its
# interface is set; a controller of dummy_hcd's is left now and then, why is not known: none of our code is there.
known_leak='sourcesink_bind.*usb_f_ss_lb|uvcg_frame_dw_frame_interval_store.*usb_f_uvc|hidg_set_alt.*usb_f_hid'
known_leak="$known_leak|usb_add_gadget.*udc_core"

# without_stacks: lines of a log but those of stacks, and whose they are. KCSAN prints them of races of Linux' own, too.
without_stacks() { grep -vE '\+0x[0-9a-f]*/0x|\] Workqueue: '; }

# leaks: print what is allocated and known to nobody. An object that was found once may just be on its way from one
# place to another; what is still there some seconds later is lost.
leaks() {
    [ -e /sys/kernel/debug/kmemleak ] || return 0
    echo scan >/sys/kernel/debug/kmemleak
    sleep 6
    echo scan >/sys/kernel/debug/kmemleak
    awk -v known="$known_leak" '
        function show() { if (!pardoned) printf "%s", object; object = ""; pardoned = 0 }
        /^unreferenced object/ { show() }
        { object = object $0 "\n" }
        $0 ~ known { pardoned = 1 }
        END { show() }' /sys/kernel/debug/kmemleak
}

# leaks_by_hand: no scans by the kernel itself, which would take the time of what goes on.
leaks_by_hand() {
    if [ -e /sys/kernel/debug/kmemleak ]; then echo scan=off >/sys/kernel/debug/kmemleak; fi
}
