# SPDX-License-Identifier: MIT
"""Plants faults in the Linux modules, one at a time, and runs the check on real Xen that has to find it.

usage: tests/xen/faults/run [CHECK...]    the faults of these checks only
       tests/xen/faults/run --fit         are they still in the sources? Needs no machine.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def faults():
    for number, line in enumerate((HERE / "faults.txt").read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            fields = [field.strip() for field in line.split(" | ")]
            if len(fields) != 5:
                sys.exit(f"faults.txt:{number}: not five fields")
            yield fields


def planted(fault, tree):
    """The text of the fault's file with the fault; an error if it is not there exactly once."""
    _, name, before, after, _ = fault
    file = tree / "shims" / name
    text = file.read_text()
    if text.count(before) != 1:
        sys.exit(f"faults.txt: {name} has {text.count(before)} times: {before}")
    return file, text.replace(before, after)


def directory_of(check, tree):
    """The directory with the groups that has this check: checks/, hostile/ ..."""
    for path in (tree / "tests/xen").glob(f"*/*/[0-9]*-{check}.sh"):
        if re.fullmatch(rf"\d+-{re.escape(check)}", path.stem):
            return path.parents[1]
    sys.exit(f"faults.txt: no check {check}")


def find(fault):
    """Does the check find it? Returns what it said, or None."""
    check, says = fault[0], fault[4]
    with tempfile.TemporaryDirectory() as directory:
        tree = pathlib.Path(directory) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "build"), symlinks=True)
        file, text = planted(fault, tree)
        file.write_text(text)
        command = [tree / "tests/xen/run", "--jobs", "1", "--checks", directory_of(check, tree), "--only", check]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env=os.environ)
    failed = re.search(rf"^FAIL {re.escape(check)}: (.*)", done.stdout, re.M)
    if failed and says in failed[1]:
        return failed[1]
    print(done.stdout[-2000:])
    return None


def main():
    if sys.argv[1:] == ["--fit"]:
        for fault in faults():
            planted(fault, ROOT)
            directory_of(fault[0], ROOT)
        return 0
    wanted = [fault for fault in faults() if len(sys.argv) == 1 or fault[0] in sys.argv[1:]]
    if not wanted:
        sys.exit(f"no fault for: {' '.join(sys.argv[1:])}")
    missed = 0
    for fault in wanted:
        print(f"{fault[0]}: {fault[1]}: {fault[3]} for {fault[2]} ...", flush=True)
        said = find(fault)
        missed += not said
        print(f"PASS fault found: {said}" if said else f"FAIL {fault[0]} does not find it", flush=True)
    print(f"{len(wanted) - missed} found, {missed} not found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
