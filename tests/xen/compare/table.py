# SPDX-License-Identifier: MIT
"""What the documents that are made of kept results have in common: cells, and what took part."""

import collections
import errno
import re
import subprocess


def counted(runs):
    """How often each word; a run in which the workload was repeated counts so often."""
    words = collections.Counter()
    for run in runs:
        words[run["word"]] += run.get("times", 1)
    return words


def cell(check, system, runs):
    if not check.is_for(system):
        return "n.a."
    if not runs:
        return "-"
    words = counted(runs)
    if set(words) == {"n.a."}:
        return "n.a."
    shown = [(word, count) for word, count in words.most_common() if word != "pass"] or [("pass", words["pass"])]
    text = ", ".join(f"{word} {count}/{words.total()}" for word, count in shown)
    return text if "pass" in dict(shown) else f"**{text}**"


def machine(check):
    return " (EHCI)" if check.machine == "ehci" else ""


def named(reason):
    """The statuses of URBs in words."""
    return re.sub(
        r"\b(with|not) -(\d+)",
        lambda match: f"{match[1]} {errno.errorcode.get(int(match[2]), '-' + match[2])}",
        reason,
    )


def measured(systems, stores, checks, cache):
    """How often, when and with what."""
    lines = []
    for system, heading in systems.items():
        runs = [run for check in checks for run in stores[system].of(check)]
        if not runs:
            continue
        dates = sorted({run["date"] for run in runs})
        when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        lines.append(f"- {heading}: {counted(runs).total()} runs, {when}")
    lines += ["- Debian 12, everything in one emulated machine without hardware virtualisation (`tests/xen/README.md`)"]
    return lines + versions(cache)


def package_version(cache, stamp, pattern):
    path = cache / "xen" / stamp
    match = re.search(pattern, path.read_text()) if path.exists() else None
    return match[1] if match else None


def versions(cache):
    """What took part, as far as the bed's stamps tell."""
    kernel = package_version(cache, "linux-6.1/stamp", r"linux-image-\S+?=(\S+)")
    name = package_version(cache, "linux-6.1/stamp", r"linux-image-([^=\s]+)=")
    found = {
        "Linux (native, guests, xen-hcd, USB/IP)": kernel and f"{kernel} ({name})",
        "Xen": package_version(cache, "xen-4.17/stamp", r"xen-hypervisor-\S+?=(\S+)"),
        "QEMU with `qusb`": package_version(cache, "qusb.stamp", r"qemu-system-xen=(\S+)"),
        "USB/IP's tools": package_version(cache, "usbip.stamp", r"usbip=(\S+)"),
    }
    outer = subprocess.run(["dpkg-query", "-W", "-f=${Version}", "qemu-system-x86"], capture_output=True, text=True)
    found["QEMU that emulates the machine"] = outer.stdout or None
    return [f"- {what}: {version}" for what, version in found.items() if version]
