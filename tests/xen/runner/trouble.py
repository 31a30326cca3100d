# SPDX-License-Identifier: MIT
"""What no console may show."""

import re

TROUBLE = re.compile(
    r"WARNING:|BUG:|BUG at|INFO: task|INFO: rcu|hung_task|KASAN|UBSAN|Oops|Call Trace|Kernel panic"
    r"|general protection fault|refcount_t:|DEBUG_LOCKS|list_(add|del) corruption|Unhandled: vec"
    r"|Panic on CPU|Xen BUG|segfault at"
    # Kernels that look for errors say these as well.
    r"|INFO: trying to register|lockdep is turned off|unreferenced object"
)
# Two who access the same memory at a time. The kernel's own code does so in many places, most of them on purpose.
RACE = re.compile(r"BUG: KCSAN: ")
OURS = re.compile(r"\[xen_usb(back|front)\]")


def is_race_of_others(line):
    """A data race, and not one of our modules'."""
    return bool(RACE.search(line)) and not OURS.search(line)


def is_trouble(line):
    return bool(TROUBLE.search(line)) and not is_race_of_others(line)
