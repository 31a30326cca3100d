# SPDX-License-Identifier: MIT
"""docs/DEVICES.md: devices of all kinds, each used by its real driver natively and in a guest."""

import itertools

import store
import table

OUTPUT = store.ROOT / "docs/DEVICES.md"
CHECKS = store.ROOT / "tests/xen/devices"
SYSTEMS = {"native": "natively", "ours": "through libusbif", "qusb+xen-hcd": "through qusb and xen-hcd"}
GROUPS = {
    "emulated": "Devices that QEMU emulates, behind xHCI",
    "gadgets": "Devices that Linux plays (gadgets), behind dummy_hcd",
}

HEAD = """# Devices

Written by `scripts/devices`; do not edit.

Devices of all kinds, each with its real driver, and with the tools of its users where there are any: first in the
domain that has the host controller, then in a guest, where it must do the same. "Through libusbif" is our backend and
our frontend; the last column is what Debian has today, QEMU's backend and Linux' frontend.

| cell | meaning |
|---|---|
| pass 1/1 | right in one of one run |
| corrupts, hangs, wrong | what went wrong instead; the reasons stand below |
| n.a. | does not apply |
| - | not measured |

To repeat a cell: `tests/xen/run --checks tests/xen/devices --system SYSTEM --only NAME` with the system `native`,
`ours` or `qusb+xen-hcd`.
"""


def sources():
    """What is run: (directory, its checks, runs of each at most)."""
    return [(CHECKS, store.checks_in(CHECKS), None)]


def rows(checks, stores):
    for group, members in itertools.groupby(checks, lambda check: check.group):
        yield from [f"## {GROUPS[group]}", ""]
        yield f"| name | what was done | {' | '.join(SYSTEMS.values())} |"
        yield "|---" * (2 + len(SYSTEMS)) + "|"
        for check in members:
            cells = [table.cell(check, system, stores[system].of(check)) for system in SYSTEMS]
            yield f"| `{check.name}` | {check.title.rstrip('.')} | {' | '.join(cells)} |"
        yield ""


def reasons(checks, stores):
    for check in checks:
        for system, heading in SYSTEMS.items():
            for run in stores[system].of(check):
                if run["word"] not in ("pass", "n.a."):
                    yield f"- `{check.name}` {heading}: {run['word']}: {table.named(run['reason'])}"


def write(stores, cache):
    checks = [check for _, members, _ in sources() for check in members]
    lines = [HEAD, *rows(checks, stores), "## Reasons", ""]
    lines += list(dict.fromkeys(reasons(checks, stores))) or ["Everything passed."]
    lines += ["", "## Measured with", "", *table.measured(SYSTEMS, stores, checks, cache)]
    return "\n".join(lines) + "\n"
