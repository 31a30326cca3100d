# SPDX-License-Identifier: MIT
"""docs/GUARANTEE.md: the workloads of the queue guarantee, natively and with each way to give a device away."""

import collections
import itertools

import store
import table

OUTPUT = store.ROOT / "docs/GUARANTEE.md"
WORKLOADS = store.ROOT / "tests/xen/guarantee"
RATES = store.ROOT / "tests/xen/measure"
# The only check in RATES that every system can run.
RATE = "read"

# The runner's names, and those in the table's heading.
SYSTEMS = {
    "native": "native",
    "ours": "libusbif",
    "ours-pipelined": "libusbif, pipelined",
    "qusb+xen-hcd": "QEMU + xen-hcd",
    "usbip": "USB/IP",
}

# What the groups of workloads have in common.
GROUPS = {
    "disk": "A disk behind xHCI",
    "drivers": "Drivers and tools, with gadgets of dummy_hcd",
    "outside": "A scripted device behind xHCI",
    "queues": "A scripted device on dummy_hcd",
}

# What the part of a row's name behind an @ says.
MACHINES = {"ehci": "EHCI"}

HEAD = """# The queue guarantee, side by side

Written by `scripts/guarantee`; do not edit.

A USB driver may queue several transfers on one endpoint of a device. The USB core of every kernel promises it that
when one of them fails, comes up short or is taken back, the endpoint stops: none of the transfers behind it moves an
octet until the driver has dealt with the failure. Disk, serial, network and camera drivers, and programs that use a
device through libusb, rely on it. When a device is given to another machine, real or virtual, the transfers cross a
border, and where the promise gets lost on the way an answer lands in the wrong buffer, data that was written has a
hole, or a driver waits for ever. The cause is then hard to find, because the device is fine and nothing is logged.

Each row below is a workload that a device, its driver and the USB core of an unmodified Linux do correctly when the
device is plugged into the machine that uses it (*native*). The same workload then runs with each other way to give
the device to its user, on the same emulated machine, and what it reads, what it is told and what the device saw is
compared with what must come out.

| column | system |
|---|---|
| native | dom0 uses the device itself |
| libusbif | a Xen guest, through `xen-usbback` and `xen-usbfront`, as they are when nothing is configured |
| libusbif, pipelined | the same with `pipelined=ehci-pci,dummy_hcd`: several requests of an endpoint in the host controller |
| QEMU + xen-hcd | a Xen guest, through QEMU's `qusb` backend in dom0 and Linux' `xen-hcd` in the guest |
| USB/IP | Linux' `usbip-host` and `vhci-hcd` in one kernel, over the loopback interface |

| cell | meaning |
|---|---|
| pass 3/3 | right in three of three runs |
| corrupts | data is lost, repeated, or in the wrong place, and nobody is told |
| hangs | something that must end does not, within its bound of 5 s or more |
| wrong | another result than the promised one: a status, a length, an error |
| n.a. | the workload needs something that this system, or the emulated machine under it, does not have; the same cells behind EHCI as behind xHCI |
| - | not measured |

A cell that names less than all of its runs passed in the others. One that failed twice in the same way was not run
again. To repeat a cell, with the name of the row and that of the system (`native`, `ours`, `ours-pipelined`,
`qusb+xen-hcd`, `usbip`), and for a row NAME@ehci with `--machine ehci`:

    tests/xen/run --checks tests/xen/guarantee --system SYSTEM --only NAME [--repeat 20]
"""


def table_head():
    return [f"| name | workload | {' | '.join(SYSTEMS.values())} |", "|---" * (2 + len(SYSTEMS)) + "|"]


def tables(checks, stores):
    lines = []
    for (group, kind), members in itertools.groupby(checks, lambda check: (check.group, check.name.partition("@")[2])):
        heading = GROUPS.get(group, group)
        lines += [f"### {heading.replace('xHCI', MACHINES[kind]) if kind else heading}", "", *table_head()]
        for check in members:
            cells = [table.cell(check, system, stores[system].of(check)) for system in SYSTEMS]
            title = check.title.rstrip(".").replace("|", "\\|")
            lines.append(f"| `{check.name}` | {title}{table.machine(check)} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def rates(checks, stores):
    """The row of figures: best of the three readings in the check."""
    lines = ["### Rate", "", *table_head()]
    for check in checks:
        figures = []
        for system in SYSTEMS:
            runs = [run for run in stores[system].of(check) if run["figure"]]
            figures.append(runs[-1]["figure"] if runs else "-")
        lines.append(f"| `{check.name}` | 32 MiB read from a disk, MiB/s (xHCI) | {' | '.join(figures)} |")
    return lines


# What a reader must know to judge a row that is not all "pass".
REMARKS = {
    "interrupt@ehci": "QEMU's EHCI loses what this device sends while it polls for nothing, as between two URBs",
    "network": "Ethernet may lose a frame; this workload cannot tell that from a queue that lost it",
}


def notes(checks, stores):
    """What stands behind each cell that is not a pass."""
    lines = []
    for check in checks:
        for system, heading in SYSTEMS.items():
            if not check.is_for(system):
                continue
            runs = stores[system].of(check)
            reasons = collections.Counter((run["word"], run["reason"]) for run in runs if run["word"] != "pass")
            for (word, reason), count in reasons.most_common():
                reason = table.named(reason).rstrip(".")
                lines.append(f"- `{check.name}`, {heading}, {count}/{table.counted(runs).total()} {word}: {reason}")
        if check.name in REMARKS:
            lines.append(f"- `{check.name}`: {REMARKS[check.name]}")
        if {run["word"] for run in stores["native"].of(check)} - {"pass", "n.a."}:
            lines.append(f"- `{check.name}`: not always right natively either, so the row says little about the others")
    return lines


def sources():
    """What is run: (directory, its checks, runs of each at most)."""
    workloads = store.checks_in(WORKLOADS)
    rates = [check for check in store.checks_in(RATES) if check.name == RATE]
    # Whether a controller goes on by itself behind a failure is not the same with each: xHCI does, EHCI does not.
    ehci = [store.on_machine(check, "ehci") for check in workloads if check.group == "outside"]
    return [(WORKLOADS, workloads, None), (WORKLOADS, ehci, None), (RATES, rates, 1)]


def write(stores, cache):
    (_, workloads, _), (_, ehci, _), (_, rate_checks, _) = sources()
    lines = [HEAD, "## Results", ""]
    lines += tables([*workloads, *ehci], stores) + rates(rate_checks, stores)
    lines += ["", "## What was seen", ""]
    lines += notes([*workloads, *ehci], stores) or ["Everything passed."]
    lines += ["", "## Measured with", ""]
    lines += table.measured(SYSTEMS, stores, [*workloads, *ehci, *rate_checks], cache)
    return "\n".join(lines) + "\n"
