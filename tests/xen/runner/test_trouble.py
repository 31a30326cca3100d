#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which lines of a console are trouble."""

import unittest

import trouble

REPORTS = """\
BUG: KASAN: slab-out-of-bounds in xub_note_taken+0x9c/0x150 [xen_usbback]
BUG: KCSAN: data-race in on_event [xen_usbback] / xub_serve_bh [xen_usbback]
BUG: KCSAN: data-race in usb_hcd_unlink_urb_from_ep / urb_enqueue [xen_usbfront]
BUG: sleeping function called from invalid context at include/linux/sched/mm.h:274
WARNING: possible circular locking dependency detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
INFO: trying to register non-static key.
INFO: lockdep is turned off.
UBSAN: shift-out-of-bounds in drivers/usb/core/urb.c:412:9
ODEBUG: WARNING: CPU: 0 PID: 1 at lib/debugobjects.c:502 debug_print_object+0xb8/0x110
unreferenced object 0xffff888006a5f3c0 (size 8):
list_del corruption. prev->next should be ffff888006a5f3c0, but was dead000000000100
"""
NO_REPORTS = """\
BUG: KCSAN: data-race in __mod_timer / run_timer_softirq
kasan: KernelAddressSanitizer initialized
kmemleak: Kernel memory leak detector initialized (mem pool available: 37943)
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
usb 1-1: new high-speed USB device number 2 using xen-usbfront
"""


class Trouble(unittest.TestCase):
    def test_reports(self):
        for line in REPORTS.splitlines():
            self.assertTrue(trouble.is_trouble(f"[   12.345678] {line}"), line)

    def test_what_is_none(self):
        for line in NO_REPORTS.splitlines():
            self.assertFalse(trouble.is_trouble(f"[   12.345678] {line}"), line)

    def test_races_of_others_are_counted(self):
        self.assertTrue(trouble.is_race_of_others(NO_REPORTS.splitlines()[0]))
        self.assertFalse(trouble.is_race_of_others(REPORTS.splitlines()[2]))


if __name__ == "__main__":
    unittest.main()
