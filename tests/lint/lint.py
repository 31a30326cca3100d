#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""House rules that no compiler checks.

Usage: lint.py [--cc CC]     with --cc, also what the objects import
Prints one line per violation, as file:line: rule, and fails if there is any.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import docs

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = "libusbif"
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 600

# Who may include whom: only headers of a lower level, or of one's own module
# (fq_send.c belongs to fq).  Neighbours are blind to each other, but for bq,
# which numbers queues as fq.h does.
LEVELS = {
    "port": 0, "err": 1, "limits": 1, "wire": 1, "bits": 1,
    "msg": 2, "ring": 2, "ids": 2, "hub": 2, "xenbus": 2,
    "fq": 3, "bq": 4, "front": 5, "back": 5, "usbif": 6, "names": 6,
}
PLATFORM_HEADER = "libusbif/include/usbif/port.h"
SHARED_MEMORY_FILES = (PLATFORM_HEADER, "libusbif/src/ring.c")
SHARED_MEMORY = re.compile(r"\b(volatile|usbif_load32|usbif_store32|"
                           r"usbif_copy_in|usbif_copy_out)\b")
IMPORTS_ALLOWED = {"memcpy", "memmove", "memset", "memcmp"}
# Folders of somebody's machine; no file here has any business in them.
MACHINE_PATH = re.compile(r"(?<![\w.*}/-])/(home|root|work|Users)/[\w.]")


class Report:
    def __init__(self):
        self.count = 0

    def add(self, path, line, text):
        self.count += 1
        print(f"{path}:{line}: {text}")


def tree_files():
    """Every file that is, or could be, under version control."""
    git = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], capture_output=True, text=True, check=False)
    if git.returncode == 0:
        names = [name for name in git.stdout.split("\0") if name]
    else:
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*")
                 if not any(part.startswith((".", "build"))
                            for part in p.relative_to(ROOT).parts)]
    return sorted(name for name in names if (ROOT / name).is_file())


def text_lines(name):
    try:
        return (ROOT / name).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def module_of(name):
    return pathlib.PurePath(name).stem.split("_")[0]


def check_include(name, number, line, report):
    match = re.match(r'\s*#\s*include\s*([<"])([^">]+)', line)
    if not match or name == PLATFORM_HEADER:
        return
    bracket, header = match.groups()
    private = (ROOT / CORE / "src" / header).is_file()
    if bracket == "<" or not (header.startswith("usbif/") or private):
        report.add(name, number, f"the core may not include {header}")
        return
    own, other = module_of(name), module_of(header)
    for module in (own, other):
        if module not in LEVELS:
            report.add(name, number, f"module {module} has no level yet: "
                       "add it to LEVELS in tests/lint/lint.py")
            return
    if own != other and LEVELS[other] >= LEVELS[own]:
        report.add(name, number, f"{own} may not know {other}")


def check_core(name, lines, report):
    for number, line in enumerate(lines, 1):
        check_include(name, number, line, report)
        if name not in SHARED_MEMORY_FILES and SHARED_MEMORY.search(line):
            report.add(name, number, "only ring.c touches shared memory")


def check_function_lengths(name, lines, report):
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z_]", line) and not line.endswith(":"):
            start = number
        elif line.startswith("}") and start:
            length = number - start + 1
            if line == "}" and length > MAX_FUNCTION_LINES:
                report.add(name, start, f"function of {length} lines")
            start = None


def check_c_style(name, lines, report):
    if len(lines) > MAX_FILE_LINES:
        report.add(name, len(lines), f"file of {len(lines)} lines")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            report.add(name, number, "trailing space")
    check_function_lengths(name, lines, report)


def check_machine_paths(name, lines, report):
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line):
            report.add(name, number, "path of one machine")


def check_netbsd_list(report):
    """config(1) cannot read the sources.mk: files.xusb repeats them."""
    path = "shims/netbsd-front/files.xusb"
    wanted = set()
    for mk, variable, folder in (
            (f"{CORE}/sources.mk", "USBIF_SRCS", f"{CORE}/src"),
            ("shims/netbsd-front/sources.mk", "XUSB_SRCS",
             "shims/netbsd-front")):
        for line in text_lines(mk):
            if line.startswith(variable + "="):
                wanted |= {f"{folder}/{name}" for name
                           in line.split("=", 1)[1].split()}
    found = {match.group(1) for match in
             (re.match(r"file\s+external/mit/libusbif/(\S+)\s+xusb$", line)
              for line in text_lines(path)) if match}
    for name in sorted(wanted ^ found):
        report.add(path, 1, f"{name}: here or in its sources.mk, not in both")


def check_files(report):
    for name in tree_files():
        lines = text_lines(name)
        check_machine_paths(name, lines, report)
        if not name.endswith((".c", ".h")):
            continue
        check_c_style(name, lines, report)
        if name.startswith(CORE + "/"):
            check_core(name, lines, report)


def check_guarantee(report):
    """The table of the guarantee has a row for each workload, and no other."""
    name = "docs/GUARANTEE.md"
    if not (ROOT / name).is_file():
        report.add(name, 1, "missing: scripts/guarantee writes it")
        return
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / name).read_text(), re.M)
    workloads = {path.stem.split("-", 1)[1] for path in
                 (ROOT / "tests/xen/guarantee").glob("*/[0-9]*-*.sh")}
    # The row of rates.
    # NAME@KIND: the same one on another machine.
    there = {row.partition("@")[0] for row in rows}
    for row in sorted((workloads | {"read"}) ^ there):
        kind = "no row" if row in workloads else "no such workload"
        report.add(name, 1, f"{row}: {kind}; see scripts/guarantee --missing")
    if len(rows) != len(set(rows)):
        report.add(name, 1, "two rows of one workload")


def check_shell_functions(report):
    """Checks source all files of the bed: the last of a name would win."""
    seen = {}
    # One of these is chosen, and means the same by the same names.
    choice = {"native.sh", "usbip.sh", "guests.sh", "pvusb.sh"}
    for folder in ("dom0", "both"):
        for path in sorted((ROOT / "tests/xen" / folder).glob("*.sh")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                function = re.match(r"(\w+)\(\)", line)
                if not function:
                    continue
                other = seen.setdefault(function[1], path)
                if other != path and not {other.name, path.name} <= choice:
                    report.add(path.relative_to(ROOT), number,
                               f"{function[1]} is also in {other.name}")


def symbols(obj):
    """The names that an object needs and those that it has."""
    needs, has = set(), set()
    out = subprocess.run(["nm", str(obj)], capture_output=True, text=True,
                         check=True).stdout
    for line in out.splitlines():
        kind, symbol = line.split()[-2:]
        (needs if kind == "U" else has).add(symbol)
    return needs, has


def check_imports(compiler, report):
    needs, has = set(), set()
    sources = re.search(r"^USBIF_SRCS=(.*)$",
                        (ROOT / CORE / "sources.mk").read_text(), re.M)
    with tempfile.TemporaryDirectory() as folder:
        for source in sources.group(1).split():
            obj = pathlib.Path(folder) / (source + ".o")
            path = ROOT / CORE / "src" / source
            if not path.is_file():
                report.add(f"{CORE}/sources.mk", 1, f"no src/{source}")
                continue
            subprocess.run(
                [compiler, "-std=gnu11", "-Os", "-ffreestanding",
                 "-fno-stack-protector", "-DUSBIF_FREESTANDING",
                 "-I", ROOT / CORE / "include", "-c", path, "-o", obj],
                check=True)
            needed, defined = symbols(obj)
            needs |= needed
            has |= defined
    for symbol in sorted(needs - has - IMPORTS_ALLOWED):
        report.add(CORE, 1, f"the core imports {symbol}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", help="compiler, to check what objects import")
    options = parser.parse_args()
    report = Report()
    check_files(report)
    check_guarantee(report)
    check_netbsd_list(report)
    check_shell_functions(report)
    docs.check(ROOT, tree_files(), report)
    if options.cc:
        check_imports(options.cc, report)
    print(f"lint: {report.count} violation(s)")
    return 1 if report.count else 0


if __name__ == "__main__":
    sys.exit(main())
