# SPDX-License-Identifier: MIT
"""Which checks there are: one shell file each, checks/GROUP/NN-NAME.sh, with a header of its own.

    # What the check shows, in one line.
    # timeout: SECONDS
    # only: ours, native            (optional: not for the other systems; a word may stand for several, see SYSTEMS)
    # machine: ehci                 (optional: the USB host controller; xhci when nothing is said)
    # guest: pvh                    (optional: the type of the guests; that of --guest when nothing is said)
    # programs: devices             (optional: an archive of programs for both domains, see PROGRAMS)
    # kernel: OPTIONS               (optional: more options of Linux in dom0 and guests)
    # cycle: SECONDS                (optional: with --repeat, how much longer each further run may take)
"""

import dataclasses
import pathlib
import re

import machine

# What brings a device to its user (see README.md): the system's name, and words that mean it, too.
SYSTEMS = {
    "native": (),
    "ours": ("pv", "our-back", "our-front"),
    "ours-pipelined": ("ours", "pv", "our-back", "our-front"),
    "ours+xen-hcd": ("pv", "our-back"),
    "qusb+ours": ("pv", "our-front"),
    "qusb+xen-hcd": ("pv",),
    "usbip": (),
}
# Archives of programs that tests/xen/run makes when a check wants them.
PROGRAMS = ("", "devices")
# With --repeat: how long each further run of a workload may take, natively and in the guest.
SECONDS_TO_REPEAT = 12


@dataclasses.dataclass
class Check:
    name: str
    group: str
    path: pathlib.Path
    title: str
    timeout: int
    only: tuple
    machine: str
    guest: str
    kernel: str
    programs: str
    cycle: int

    def is_for(self, system):
        """Whether this system has what the check wants."""
        return not self.only or any(word in self.only for word in (system, *SYSTEMS[system]))


def read_check(path):
    header = {}
    title = ""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ")
        field = re.match(r"(timeout|only|machine|guest|kernel|programs|cycle): (.*)$", text)
        if field:
            header[field[1]] = field[2]
        elif not title:
            title = text
    if not title or "timeout" not in header:
        raise SystemExit(f"{path}: a check starts with '# what it shows' and '# timeout: SECONDS'")
    if header.get("machine", "xhci") not in machine.CONTROLLERS:
        raise SystemExit(f"{path}: there are these machines: {', '.join(machine.CONTROLLERS)}")
    if header.get("guest", "pv") not in machine.PROCESSORS:
        raise SystemExit(f"{path}: there are these guests: {', '.join(machine.PROCESSORS)}")
    if header.get("programs", "") not in PROGRAMS:
        raise SystemExit(f"{path}: there are these archives of programs: {', '.join(filter(None, PROGRAMS))}")
    only = tuple(re.split(r"[\s,]+", header["only"].strip())) if "only" in header else ()
    unknown = set(only) - {word for system, words in SYSTEMS.items() for word in (system, *words)}
    if unknown:
        raise SystemExit(f"{path}: no system is called {', '.join(sorted(unknown))}")
    return Check(
        name=re.sub(r"^\d+-", "", path.stem),
        group=path.parent.name,
        path=path,
        title=title,
        timeout=int(header["timeout"]),
        only=only,
        machine=header.get("machine", ""),
        guest=header.get("guest", ""),
        kernel=header.get("kernel", ""),
        programs=header.get("programs", ""),
        cycle=int(header.get("cycle", SECONDS_TO_REPEAT)),
    )


def find_checks(directory):
    """All checks in the order in which they run: by group, then by the number in the file's name."""
    checks = [read_check(path) for path in sorted(directory.glob("*/[0-9]*-*.sh"))]
    names = [check.name for check in checks]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SystemExit(f"two checks have the same name: {', '.join(sorted(twice))}")
    return checks


def select(checks, only, groups):
    """Those named by --only (names) and --group; all without either."""
    known = {check.name for check in checks} | {check.group for check in checks}
    for name in [*only, *groups]:
        if name not in known:
            raise SystemExit(f"no check or group '{name}' (see --list)")
    return [
        check
        for check in checks
        if not (only or groups) or check.name in only or check.group in groups
    ]
