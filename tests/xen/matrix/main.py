# SPDX-License-Identifier: MIT
"""Runs a few checks in every place where the drivers shall run, prints a table and writes docs/WHERE.md."""

import argparse
import dataclasses
import datetime
import itertools
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "docs/WHERE.md"

XENS = {"4.17": "12", "4.20": "13"}
KERNELS = {"6.1": "12", "6.12": "13"}
GUESTS = ("pv", "pvh")
# Beside xhci, behind which all versions and types are run.
OTHER_MACHINES = ("ehci", "ohci", "uhci")
# With an IOMMU and an xHCI that can be given away.
PCI_MACHINE = "iommu"

# What a place must be able to do.
CHECKS = ("attach", "speeds", "write", "keyboard", "two-devices", "replug", "detach", "guest-shutdown")
DRIVER_DOMAIN = ("driver-domain", "driver-domain-replug", "driver-domain-detach", "driver-domain-dies")
# The same with a host controller that the driver domain was given as a PCI device.
DRIVER_DOMAIN_PCI = ("driver-domain-pci", "driver-domain-pci-dies")
# And once behind each controller of USB 1.
LOW_SPEED = ("low-speed",)


@dataclasses.dataclass(frozen=True)
class Place:
    xen: str
    dom0: str
    guest: str
    type: str
    machine: str = "xhci"
    backend: str = "dom0"

    def name(self):
        return " ".join(dataclasses.astuple(self))

    def checks(self):
        if self.backend != "dom0":
            return DRIVER_DOMAIN_PCI if self.machine == PCI_MACHINE else DRIVER_DOMAIN
        return CHECKS + (LOW_SPEED if self.machine == "uhci" else ())

    def controller(self):
        """The USB host controller, in words."""
        if self.backend == "dom0":
            return self.machine
        return "xhci, by PCI" if self.machine == PCI_MACHINE else "dummy_hcd"

    def options(self):
        versions = ["--xen", self.xen, "--dom0-kernel", self.dom0, "--guest-kernel", self.guest]
        return [*versions, "--guest", self.type, "--machine", self.machine]


def places():
    """Every combination of versions and types behind xHCI; the rest with the oldest and with the newest versions."""
    for xen, dom0, guest, kind in itertools.product(XENS, KERNELS, KERNELS, GUESTS):
        yield Place(xen, dom0, guest, kind)
    yield Place("4.17", "6.1", "6.1", "hvm")
    for xen, kernel, kind in (("4.17", "6.1", "pv"), ("4.20", "6.12", "pvh")):
        for machine in OTHER_MACHINES:
            yield Place(xen, kernel, kernel, kind, machine)
        for machine in ("xhci", PCI_MACHINE):
            yield Place(xen, kernel, kernel, "pv", machine, "driver domain")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/matrix", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the places, numbered from 1, and stop")
    parser.add_argument("--place", nargs="+", type=int, metavar="N", help="only these places (default: all)")
    parser.add_argument("--missing", action="store_true", help="only those that have no result yet")
    parser.add_argument("--table", action="store_true", help="run nothing, write the table again")
    parser.add_argument("--jobs", type=int, default=1, help="machines at a time")
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT)
    return parser.parse_args()


def run_place(place, jobs):
    """The results of the place's checks; those that did not come to their end are missing."""
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "results"
        command = [str(ROOT / "tests/xen/run"), "--jobs", str(jobs), "--results", str(results)]
        subprocess.run([*command, *place.options(), "--only", *place.checks()], check=False)
        lines = results.read_text().splitlines() if results.exists() else []
    return [json.loads(line) for line in lines]


def outcome(place, results):
    """What is kept of a run: the names that passed, those that failed with their reasons, what consoles showed."""
    wanted = set(place.checks())
    passed = {result["name"] for result in results if result["passed"]} & wanted
    failed = {result["name"]: result["reason"] for result in results if not result["passed"]}
    for name in wanted - passed - failed.keys():
        failed[name] = "did not run"
    return {"passed": sorted(passed), "failed": failed, "date": datetime.date.today().isoformat()}


def described(place, run):
    """The cells of a row, and its notes."""
    cells = [place.xen, place.dom0, place.guest, place.type.upper(), place.controller(), place.backend]
    if not run:
        return [*cells, "-", ""], []
    total = len(place.checks())
    passed = len(set(run["passed"]) & set(place.checks()))
    text = f"{passed} of {total}"
    notes = [f"`{name}`: {reason}" for name, reason in sorted(run["failed"].items())]
    return [*cells, text if notes else f"**{text}**", run["date"]], notes


def table(runs):
    lines = [
        "| Xen | dom0's Linux | guest's Linux | guest | controller | backend in | checks passed | on |",
        "|---|---|---|---|---|---|---|---|",
    ]
    remarks = []
    for place in places():
        cells, notes = described(place, runs.get(place.name()))
        if notes:
            remarks += [f"- {', '.join(cells[:6])}: {'; '.join(notes)}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines + ([""] + remarks if remarks else [])


def document(runs):
    debian = ", ".join(f"Xen {xen} and Linux {kernel} of Debian {debian}"
                       for (xen, debian), kernel in zip(XENS.items(), KERNELS))
    text = f"""# Where it has run

Written by `scripts/matrix`; do not edit.

{debian}: each of their packages as it is, in QEMU. A guest's type is PV, PVH or HVM. The backend is in dom0, or in a
driver domain with a host controller of its own: dummy_hcd, or an xHCI that `xl` gave it as a PCI device. Behind xHCI and EHCI devices run at high speed, behind OHCI and UHCI at
full speed; behind UHCI there is also one at low speed, and a hub.

In each place these checks of `tests/xen/checks/` run: {names(CHECKS)}; behind UHCI also {names(LOW_SPEED)};
with a driver domain: {names(DRIVER_DOMAIN)}, or {names(DRIVER_DOMAIN_PCI)}. "-": not run yet.
"""
    return "\n".join([text, *table(runs), ""])


def names(checks):
    return ", ".join(f"`{name}`" for name in checks)


def main():
    arguments = parse_arguments()
    everything = list(places())
    if arguments.list:
        for number, place in enumerate(everything, 1):
            print(f"{number:2} {place.name()}")
        return 0
    store = pathlib.Path(os.environ["USBIF_CACHE"]) / "results/matrix.json"
    store.parent.mkdir(parents=True, exist_ok=True)
    runs = json.loads(store.read_text()) if store.exists() else {}
    chosen = [everything[n - 1] for n in arguments.place] if arguments.place else everything
    bad = []
    for place in [] if arguments.table else chosen:
        if arguments.missing and place.name() in runs:
            continue
        print(f"== {place.name()}", flush=True)
        run = outcome(place, run_place(place, arguments.jobs))
        runs[place.name()] = run
        store.write_text(json.dumps(runs, indent=1, sort_keys=True))
        bad += [place.name()] if run["failed"] else []
    print("\n".join(table(runs)))
    arguments.output.write_text(document(runs))
    for name in bad:
        print(f"failed: {name}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
