# SPDX-License-Identifier: MIT
"""docs/GUARANTEE.md, from the kept results."""

import collections
import errno
import itertools
import re
import subprocess

# The runner's names, and those in the table's heading.
SYSTEMS = {
    "native": "native",
    "ours": "libusbif",
    "ours-pipelined": "libusbif, pipelined",
    "mainline": "QEMU + xen-hcd",
    "usbip": "USB/IP",
}

# What the groups of workloads have in common.
GROUPS = {
    "disk": "A disk behind xHCI",
    "drivers": "Drivers and tools, with gadgets of dummy_hcd",
    "outside": "A scripted device behind xHCI",
    "queues": "A scripted device on dummy_hcd",
}

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
| n.a. | the workload needs something that this system, or the emulated machine under it, does not have |
| - | not measured |

A cell that names less than all of its runs passed in the others. One that failed twice in the same way was not run
again. To repeat a cell, with the name of the row and that of the system (`native`, `ours`, `ours-pipelined`,
`mainline`, `usbip`):

    tests/xen/run --checks tests/xen/guarantee --system SYSTEM --only NAME
"""


def cell(check, system, runs):
    if not check.is_for(system):
        return "n.a."
    if not runs:
        return "-"
    words = collections.Counter(run["word"] for run in runs)
    if set(words) == {"n.a."}:
        return "n.a."
    shown = [(word, count) for word, count in words.most_common() if word != "pass"] or [("pass", words["pass"])]
    text = ", ".join(f"{word} {count}/{len(runs)}" for word, count in shown)
    return text if "pass" in dict(shown) else f"**{text}**"


def table_head():
    return [f"| name | workload | {' | '.join(SYSTEMS.values())} |", "|---" * (2 + len(SYSTEMS)) + "|"]


def tables(checks, stores):
    lines = []
    for group, members in itertools.groupby(checks, lambda check: check.group):
        lines += [f"### {GROUPS.get(group, group)}", "", *table_head()]
        for check in members:
            cells = [cell(check, system, stores[system].of(check)) for system in SYSTEMS]
            title = check.title.rstrip(".").replace("|", "\\|")
            lines.append(f"| `{check.name}` | {title}{machine(check)} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def machine(check):
    return " (EHCI)" if check.machine == "ehci" else ""


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


def named(reason):
    """The statuses of URBs in words."""
    return re.sub(
        r"\b(with|not) -(\d+)",
        lambda match: f"{match[1]} {errno.errorcode.get(int(match[2]), '-' + match[2])}",
        reason,
    )


# What a reader must know to judge a row that is not all "pass".
REMARKS = {
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
                reason = named(reason).rstrip(".")
                lines.append(f"- `{check.name}`, {heading}, {count}/{len(runs)} {word}: {reason}")
        if check.name in REMARKS:
            lines.append(f"- `{check.name}`: {REMARKS[check.name]}")
        if {run["word"] for run in stores["native"].of(check)} - {"pass", "n.a."}:
            lines.append(f"- `{check.name}`: not always right natively either, so the row says little about the others")
    return lines


def measured(stores, checks):
    lines = []
    for system, heading in SYSTEMS.items():
        runs = [run for check in checks for run in stores[system].of(check)]
        if not runs:
            continue
        dates = sorted({run["date"] for run in runs})
        when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        lines.append(f"- {heading}: {len(runs)} runs, {when}")
    return lines


def package_version(cache, stamp, pattern):
    path = cache / "xen" / stamp
    match = re.search(pattern, path.read_text()) if path.exists() else None
    return match[1] if match else None


def versions(cache):
    """What took part, as far as the bed's stamps tell."""
    kernel = package_version(cache, "packages.stamp", r"linux-image-\S+?=(\S+)")
    name = package_version(cache, "packages.stamp", r"linux-image-([^=\s]+)=")
    found = {
        "Linux (native, guests, xen-hcd, USB/IP)": kernel and f"{kernel} ({name})",
        "Xen": package_version(cache, "packages.stamp", r"xen-hypervisor-\S+?=(\S+)"),
        "QEMU with `qusb`": package_version(cache, "mainline.stamp", r"qemu-system-xen=(\S+)"),
        "USB/IP's tools": package_version(cache, "usbip.stamp", r"usbip=(\S+)"),
    }
    outer = subprocess.run(["dpkg-query", "-W", "-f=${Version}", "qemu-system-x86"], capture_output=True, text=True)
    found["QEMU that emulates the machine"] = outer.stdout or None
    return [f"- {what}: {version}" for what, version in found.items() if version]


def write(checks, rate_checks, stores, version_lines):
    lines = [HEAD, "## Results", ""]
    lines += tables(checks, stores) + rates(rate_checks, stores)
    lines += ["", "## What was seen", ""]
    lines += notes(checks, stores) or ["Everything passed."]
    lines += ["", "## Measured with", ""]
    lines += measured(stores, [*checks, *rate_checks])
    lines += ["- Debian 12, everything in one emulated machine without hardware virtualisation (`tests/xen/README.md`)"]
    lines += version_lines
    return "\n".join(lines) + "\n"
