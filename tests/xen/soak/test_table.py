#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What table.awk makes of a soak's log."""

import pathlib
import subprocess
import unittest

TABLE = pathlib.Path(__file__).with_name("table.awk")
LOG = """\
soak: unplug device: 20 cycles each
[  60.0] cheap: unplug: 10 cycles
[  98.6] cheap: unplug: 20 cycles
[ 112.5] cheap: unplug: BOOKS dom0, 20 cycles: grants 8 -> 8, mapped grants 9 -> 9, pages 1430 -> 1429
[ 113.3] cheap: unplug: BOOKS guest1, 20 cycles: grants 2066 -> 2066, pages 510 -> 512
[ 113.3] cheap: unplug: CHURN 20 cycles, 7 s each
PASS unplug (90.1 s)
[ 150.0] cheap: device: 10 cycles
FAIL device: cycle 14: no port has STICK1 (75.0 s, logs: /there/cheap)
FAIL cheap-consoles: xen-dom0.log during device: WARNING: (and 0 more lines) (0.0 s, logs: /there/cheap)
soak: flood: 1 cycles each
PASS flood (61.0 s)
"""


def rows(log):
    made = subprocess.run(["awk", "-f", TABLE], input=log, capture_output=True, text=True, check=True)
    return [line.split() for line in made.stdout.splitlines()]


class Table(unittest.TestCase):
    def test_rows(self):
        head, before, after, *others = rows(LOG)
        self.assertEqual(head[:5], ["check", "cycles", "minutes", "result", "dom0"])
        none = ["-"] * 8
        self.assertEqual(before, ["unplug", "20", "1.5", "PASS", "before", "8", "9", *none, "1430"])
        self.assertEqual(after, ["after", "8", "9", *none, "1429"])
        # Of a check that failed, as many cycles as it is known to have done.
        self.assertEqual(others[0], ["device", "10", "1.2", "FAIL"])
        self.assertEqual(others[1], ["cheap-consoles", "-", "0.0", "FAIL"])
        self.assertEqual(others[2], ["flood", "1", "1.0", "PASS"])
        self.assertEqual(len(others), 3)

    def test_nothing(self):
        self.assertEqual(rows("soak: unplug: 3 cycles each\n"), [])


if __name__ == "__main__":
    unittest.main()
