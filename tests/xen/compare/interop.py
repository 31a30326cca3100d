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
# These are about the emulated machine itself, and about another frontend.
NOT_ASKED = {"bed", "unikernel"}

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

HEAD = """# With the drivers of today

Written by `scripts/interop`; do not edit.

A Xen guest uses a USB device through two drivers: a backend in the domain that has the device, and a frontend in the
guest. They speak the protocol of Xen's `usbif.h`, so each of libusbif's two also works with the one that exists today
for the other end: QEMU's backend `qusb`, which runs in dom0 as a process for each guest, and Linux' frontend `xen-hcd`.
All four pairs give a guest a stick and a keyboard. They differ in what happens when a transfer fails,
comes up short or is taken back while others are queued behind it ([GUARANTEE.md](GUARANTEE.md) says why that matters),
in isochronous devices, and in how much a device may keep waiting.

| backend + frontend | when | what to know |
|---|---|---|
| `xen-usbback` + `xen-usbfront` | whenever both ends are yours | nothing is lost |
| `xen-usbback` + `xen-hcd` | the guest's kernel stays as it is | `type=pv`, as with our frontend; replace QEMU's backend first, as that gives such a guest the most |
| `qusb` + `xen-usbfront` | dom0 stays as it is | `type=qusb` in the guest's configuration file, since QEMU serves no controller that comes later; a device that was pulled out is attached again by `xl usbdev-detach` and `xl usbdev-attach` |
| `qusb` + `xen-hcd` | | only for devices whose drivers queue nothing |

## What an old peer loses

Endpoint queues are guaranteed by both ends together; one end alone still keeps what it can
([PROTOCOL.md](PROTOCOL.md#10-peers-without-the-extension), section 10):

- Our frontend with an old backend sends one request of an endpoint at a time and judges lengths itself. So no transfer
  runs behind one that failed, whatever the backend does; it is slower, and the log says
  `endpoint queues kept by this end alone`.
- Our backend with an old frontend keeps the requests behind a failure until the frontend has run its completion routines,
  and then goes on with those that are left; the log says `no endpoint queues (old frontend)`. That is as good as the
  guarantee as long as what the driver unlinks reaches the backend.
- `qusb` tells of a device that was plugged again as of one more that left: it has forgotten its speed. So neither frontend
  sees it come, until `xl usbdev-detach` and `xl usbdev-attach` say it anew.
- `qusb` tells of 256 comings and goings on a connection and of no more; a device that is detached and attached again makes
  two or three of them. From then on a guest sees neither. With our frontend, `rmmod xen-usbfront` and `insmod` in the guest bring the
  devices back, and begin another 256.
- Without the extension a request has at most 60 KiB (64 KiB with `xen-hcd`), and the ring one page: 16 requests at a time.

## Cells

| cell | meaning |
|---|---|
| pass 3/3 | right in three of three runs |
| corrupts | data is lost, repeated, or in the wrong place, and nobody is told |
| hangs | something that must end does not, within its bound of 5 s or more |
| wrong | another result than the right one: a status, a length, an error |
| n.a. | the check is about something that one end of this pair does not have |
| - | not measured |

A number in parentheses is that of a note below. Checks about our two drivers together, their module parameters for
instance, are not here. To repeat a cell:

    tests/xen/run --system SYSTEM --only NAME                                    # the first groups
    tests/xen/run --system SYSTEM --only NAME --checks tests/xen/guarantee       # a disk, drivers, scripted devices

with the system `ours`, `ours+xen-hcd`, `qusb+ours` or `qusb+xen-hcd`.
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
            text += f" (*{', '.join(why)}*)" if why else ""
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
    lines += ["## Notes", "", *(notes.lines or ["Everything passed."]), "", "What the names in parentheses mean:", ""]
    lines += limits.lines(notes.lines)
    lines += ["", "## Measured with", "", *table.measured(SYSTEMS, stores, checks, cache)]
    return "\n".join(lines) + "\n"
