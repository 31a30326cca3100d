# SPDX-License-Identifier: MIT
"""docs/INTEROP.md: what our backend does with Linux' frontend, and our frontend with QEMU's backend."""

import collections
import itertools

import guarantee
import limits
import store
import table

OUTPUT = store.ROOT / "docs/INTEROP.md"
CHECKS = store.ROOT / "tests/xen/checks"
# These are about the emulated machine itself.
NOT_ASKED = {"bed"}

# The runner's names, and those in the table's heading: backend + frontend.
SYSTEMS = {
    "ours": "xen-usbback + xen-usbfront",
    "ours+xen-hcd": "xen-usbback + xen-hcd",
    "qusb+ours": "qusb + xen-usbfront",
    "qusb+xen-hcd": "qusb + xen-hcd",
}
MIXED = ("ours+xen-hcd", "qusb+ours")

GROUPS = {
    "storage": "Sticks and a keyboard behind xHCI",
    "transfers": "Transfers of all kinds and sizes, with gadgets of dummy_hcd",
    "ehci": "A stick behind EHCI",
    "errors": "Wrong nodes in xenstore",
    **guarantee.GROUPS,
}

HEAD = """# With today's peers

Written by `scripts/interop`; do not edit.
"""


def sources():
    """What is run: (directory, its checks, runs of each at most)."""
    checks = [c for c in store.checks_in(CHECKS) if c.group not in NOT_ASKED and any(map(c.is_for, MIXED))]
    return [(CHECKS, checks, 1), (guarantee.WORKLOADS, store.checks_in(guarantee.WORKLOADS), None)]


def failures(check, system, runs):
    """What was seen of a check that did not always pass: (word, reason, how often)."""
    seen = collections.Counter((run["word"], run["reason"]) for run in runs if run["word"] not in ("pass", "n.a."))
    return [(word, table.named(reason).rstrip("."), count) for (word, reason), count in seen.most_common()]


class Notes:
    """Numbered remarks on cells."""

    def __init__(self):
        self.lines = []

    def add(self, check, system, runs):
        """The mark for the cell: empty when there is nothing to say."""
        found = failures(check, system, runs)
        if not found:
            return ""
        said = "; ".join(f"{word} {count}/{len(runs)}: {reason}" for word, reason, count in found)
        why = limits.why(system, check.name)
        text = f"`{check.name}`, {SYSTEMS[system]}: {said}"
        if system != "ours":
            text += f" ({limits.mark(why)})" if why else " (not explained yet)"
        self.lines.append(f"{len(self.lines) + 1}. {text}")
        return f" ({len(self.lines)})"


def rows(checks, stores, notes):
    for group, members in itertools.groupby(checks, lambda check: check.group):
        yield from [f"### {GROUPS.get(group, group)}", ""]
        yield f"| name | what it shows | {' | '.join(SYSTEMS.values())} |"
        yield "|---" * (2 + len(SYSTEMS)) + "|"
        for check in members:
            cells = []
            for system in SYSTEMS:
                runs = stores[system].of(check)
                cells.append(table.cell(check, system, runs) + notes.add(check, system, runs))
            title = check.title.rstrip(".").replace("|", "\\|")
            yield f"| `{check.name}` | {title}{table.machine(check)} | {' | '.join(cells)} |"
        yield ""


def write(stores, cache):
    checks = [check for _, members, _ in sources() for check in members]
    notes = Notes()
    lines = [HEAD, "## Results", "", *rows(checks, stores, notes)]
    lines += ["## What was seen", "", *(notes.lines or ["Everything passed."]), ""]
    lines += limits.lines()
    lines += ["", "## Measured with", "", *table.measured(SYSTEMS, stores, checks, cache)]
    return "\n".join(lines) + "\n"
