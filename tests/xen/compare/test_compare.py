#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How results become words, and words become cells of the table."""

import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import devices  # noqa: E402
import guarantee  # noqa: E402
import interop  # noqa: E402
import outcomes  # noqa: E402
import table  # noqa: E402


def result(passed, reason="", trouble=()):
    return {"passed": passed, "reason": reason, "trouble": list(trouble), "seconds": 1, "figure": "", "stalled": False}


def check(systems=None):
    return types.SimpleNamespace(is_for=lambda system: systems is None or system in systems)


def repeated(word, times):
    return {**outcomes.run_of(result(word == "pass", f"{word}: it did not end"), times)}


def runs(*words):
    return [{"word": word, "reason": ""} for word in words]


class Names(unittest.TestCase):
    def test_a_name_is_one_check(self):
        """Results are kept by the names of checks, for all documents together."""
        paths = {}
        for document in (devices, guarantee, interop):
            for _, checks, _ in document.sources():
                for one in checks:
                    self.assertEqual(paths.setdefault(one.name, one.path), one.path)


class Words(unittest.TestCase):
    def test_a_pass(self):
        self.assertEqual(outcomes.word_of(result(True)), "pass")

    def test_the_stable_word_of_a_reason(self):
        failed = result(False, "corrupts: URB b has 13 octets (in the guest)")
        self.assertEqual(outcomes.word_of(failed), "corrupts")
        self.assertEqual(outcomes.reason_of(failed, "corrupts"), "URB b has 13 octets")

    def test_another_colon_is_no_word(self):
        self.assertEqual(outcomes.word_of(result(False, "sg_raw: no device")), "wrong")

    def test_what_did_not_end(self):
        for reason in ("not finished after 60 s; it was at: +", "dom0 is stuck (no answer)", "the machine died"):
            self.assertEqual(outcomes.word_of(result(False, reason)), "hangs")

    def test_a_pass_with_a_fault_is_none(self):
        passed = result(True, trouble=["[ 1.0] Oops: 0000 [#1]"])
        self.assertEqual(outcomes.word_of(passed), "wrong")
        self.assertNotEqual(outcomes.reason_of(passed, "wrong"), "")

    def test_a_task_that_waits_long_is_no_fault(self):
        self.assertEqual(outcomes.word_of(result(True, trouble=["INFO: task sh blocked"])), "pass")


class Counted(unittest.TestCase):
    def test_a_device_that_is_wrong_natively_says_nothing_about_others(self):
        failed = result(False, "hangs: URB a (natively)")
        self.assertFalse(outcomes.is_about_system(failed, "usbip"))
        self.assertTrue(outcomes.is_about_system(failed, "native"))

    def test_a_machine_that_stood_still_makes_things_late(self):
        failed = result(False, "hangs: URB a (in the guest)") | {"stalled": True}
        self.assertFalse(outcomes.is_about_system(failed, "ours"))
        self.assertTrue(outcomes.is_about_system(result(True) | {"stalled": True}, "ours"))

    def test_a_boot_that_failed_counts_for_nobody(self):
        self.assertFalse(outcomes.is_about_system(result(False, "queues came to no check"), "native"))


class Cells(unittest.TestCase):
    def test_cells(self):
        self.assertEqual(table.cell(check(), "ours", runs("pass", "pass")), "pass 2/2")
        self.assertEqual(table.cell(check(), "ours", runs("hangs", "hangs")), "**hangs 2/2**")
        self.assertEqual(table.cell(check(), "ours", runs("pass", "hangs", "pass")), "**hangs 1/3**")
        self.assertEqual(table.cell(check(), "ours", []), "-")
        self.assertEqual(table.cell(check(), "ours", runs("n.a.")), "n.a.")
        self.assertEqual(table.cell(check(("native",)), "ours", []), "n.a.")

    def test_a_repeated_workload_counts_so_often(self):
        self.assertEqual(table.cell(check(), "ours", [repeated("pass", 20)]), "pass 20/20")
        self.assertEqual(table.cell(check(), "ours", [repeated("pass", 19), repeated("hangs", 20)]), "**hangs 1/20**")

    def test_statuses_are_named(self):
        self.assertEqual(table.named("ended with -104 and 1 octets, not -2 and 0"),
                         "ended with ECONNRESET and 1 octets, not ENOENT and 0")


if __name__ == "__main__":
    unittest.main()
