# SPDX-License-Identifier: MIT
"""Runs the checks on real Xen and prints one line for each. Started by tests/xen/run."""

import argparse
import concurrent.futures
import dataclasses
import itertools
import json
import os
import pathlib
import re
import shutil
import threading
import time

import boot
import checks as checks_module
import machine

KEPT_RUNS = 10
FAILED = "failed"  # a file in the directory of a run
GUESTS = tuple(machine.PROCESSORS)
XENS = ("4.17", "4.20")
DEBUG_KERNELS = ("6.1-kasan", "6.1-kcsan")
KERNELS = ("6.1", "6.12", *DEBUG_KERNELS)
# With these all takes so many times longer.
DEBUG_PATIENCE = 4
DEFAULT_MACHINE = "xhci"


@dataclasses.dataclass
class Bed:
    cache: pathlib.Path
    run: pathlib.Path  # this run's directory: logs; Xen, kernels and base images; modules in *-modules/
    system: str
    guest: str
    keep: bool
    repeat: int
    patience: int  # how many times longer all may take
    memory: machine.Memory
    kernel: str  # more options of Linux, in dom0 and guests


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/xen/run", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the checks and stop")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="run these checks only")
    parser.add_argument("--group", nargs="+", action="extend", default=[], metavar="GROUP", help="only these groups")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="machines at a time")
    parser.add_argument("--keep", action="store_true", help="keep the images of the run, too")
    parser.add_argument("--checks", type=pathlib.Path, help="another directory with groups of checks")
    parser.add_argument("--system", choices=checks_module.SYSTEMS, default="ours", help="how devices get to their user")
    parser.add_argument(
        "--machine",
        choices=list(machine.CONTROLLERS),
        default=DEFAULT_MACHINE,
        help="the USB host controller for checks that do not name theirs",
    )
    parser.add_argument("--guest", choices=GUESTS, default=GUESTS[0], help="the type of the guests")
    # tests/xen/run makes the bed for these.
    parser.add_argument("--xen", choices=XENS, default=XENS[0], help="of Debian 12 or 13")
    parser.add_argument(
        "--dom0-kernel", choices=KERNELS, default=KERNELS[0], help="of Debian 12 or 13, or one that looks for errors"
    )
    parser.add_argument("--guest-kernel", choices=KERNELS, default=KERNELS[0])
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="runs of each workload in its check")
    parser.add_argument("--runs", type=int, default=1, help="run each check so many times")
    parser.add_argument("--results", type=pathlib.Path, help="also append them to this file, one JSON a line")
    parser.add_argument("--cache", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--run", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


class Report:
    """All that is printed; lines of several boots come at the same time."""

    def __init__(self, results):
        self.lock = threading.Lock()
        self.started = time.monotonic()
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.results = results  # the file for them, or None
        self.again = set()  # checks that get another try

    def say(self, text):
        with self.lock:
            print(f"[{time.monotonic() - self.started:6.1f}] {text}", flush=True)

    def tries_again(self, result):
        """
        A device that fails natively says nothing about what is checked here, so its check is tried once more. Not when
        results are recorded, or when "natively" is what was asked for.
        """
        with self.lock:
            if self.results or not result.reason.endswith("(natively)") or result.name in self.again:
                return False
            self.again.add(result.name)
            return True

    def result(self, result, logs):
        with self.lock:
            if self.results:
                with open(self.results, "a") as file:
                    file.write(json.dumps({**dataclasses.asdict(result), "logs": str(logs)}) + "\n")
            if result.passed:
                self.passed += 1
                print(f"PASS {result.name} ({result.seconds:.1f} s)", flush=True)
            else:
                self.failed += 1
                print(f"FAIL {result.name}: {result.reason} ({result.seconds:.1f} s, logs: {logs})", flush=True)

    def skip(self, check, reason):
        self.skipped += 1
        print(f"SKIP {check.name}: {reason}", flush=True)


def run_group(bed, group, kind, kernel, checks, report):
    """A failed check ends its boot, so the checks after it get another one."""
    if kind != DEFAULT_MACHINE:
        group = f"{group}-{kind}"
    if kernel:
        group = re.sub(r"[^\w-]+", "-", f"{group}-{kernel}")
    if bed.guest != checks[0].guest and checks[0].guest:
        group = f"{group}-{checks[0].guest}"
        bed = dataclasses.replace(bed, guest=checks[0].guest)
    left = list(checks)
    for number in itertools.count(1):
        name = group if number == 1 else f"{group}-{number}"
        report.say(f"{name}: booting Xen for {len(left)} checks")
        one = boot.Boot(bed, name, kind, kernel, left, report)
        results = one.run()
        consoles = boot.Result(f"{name}-consoles", not one.trouble)
        if one.trouble:
            consoles.reason = f"{one.trouble[0]} (and {len(one.trouble) - 1} more lines)"
        report.result(consoles, bed.run / name)
        left = left[len(results) - one.again :]
        if not left:
            return
        if not results:
            for check in left:
                report.result(boot.Result(check.name, False, f"{name} came to no check"), bed.run / name)
            return


def forget_old_runs(run):
    """Only the logs of the last runs are kept, and of the last runs that failed."""
    runs = sorted(run.parent.iterdir())
    failed = [old for old in runs if (old / FAILED).exists()]
    for old in set(runs) - set(runs[-KEPT_RUNS:]) - set(failed[-KEPT_RUNS:]):
        shutil.rmtree(old, ignore_errors=True)


def main():
    arguments = parse_arguments()
    directory = arguments.checks or pathlib.Path(__file__).parent.parent / "checks"
    checks = checks_module.find_checks(directory)
    if arguments.list:
        for check in checks:
            print(f"{check.group:10} {check.name:24} {check.title}")
        return 0
    checks = checks_module.select(checks, arguments.only, arguments.group)
    debug = any(kernel in DEBUG_KERNELS for kernel in (arguments.dom0_kernel, arguments.guest_kernel))
    bed = Bed(
        arguments.cache,
        arguments.run,
        arguments.system,
        arguments.guest,
        arguments.keep,
        arguments.repeat,
        DEBUG_PATIENCE if debug else 1,
        machine.DEBUG_MEMORY if debug else machine.MEMORY,
        "kasan_multi_shot" if debug else "",
    )
    for check in checks:
        check.timeout += check.cycle * (arguments.repeat - 1)
    report = Report(arguments.results)
    forget_old_runs(bed.run)
    report.say(f"logs: {bed.run}")
    groups = {}
    for check in checks:
        if check.is_for(bed.system):
            kind = check.machine or arguments.machine
            groups.setdefault((check.group, kind, check.guest or bed.guest, check.kernel), []).append(check)
        else:
            report.skip(check, f"is for {', '.join(check.only)} only")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [
            # In rounds: a boot performs each check once.
            pool.submit(run_group, bed, group, kind, kernel, members * arguments.runs, report)
            for (group, kind, _, kernel), members in groups.items()
        ]
        for job in jobs:
            job.result()
    if report.failed:
        (bed.run / FAILED).touch()
    report.say("done")
    skipped = f", {report.skipped} skipped" if report.skipped else ""
    again = f", tried again: {' '.join(sorted(report.again))}" if report.again else ""
    print(f"{report.passed} passed, {report.failed} failed{skipped}{again}")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    raise SystemExit(main())
