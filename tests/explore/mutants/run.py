#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Can the explorers fail?  Break a rule in a copy of the library and see.

usage: run.py [-c COMPILER] [-j JOBS] [MUTANT]...

Each *.patch beside this file is a mutant: it breaks one rule of
docs/PROTOCOL.md in libusbif/src.  Its first lines say which one, what that
does to a user, and which run of which explorer must find out:

    Rule: F3
    Breaks: a URB that came back is sent again from its first octet
    Killed-by: explore_queues strict-fragments-out

A mutant that nobody can tell from the original has the reason and the runs
that may try instead:

    Equivalent: ...
    Survives: explore_queues strict-out

To add one: change the library, "git diff libusbif/src > NAME.patch", put the
lines on top, change the library back.
"""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BOUNDS = ["-DUSBIF_MAX_PORTS=2", "-DUSBIF_MAX_EPNUM=1",
          "-DUSBIF_MAX_SLOTS=9", "-DUSBIF_MAX_URBS=4"]
CORE = ["fq", "fq_send", "fq_valid", "bq", "bq_hand", "ids", "msg"]
PROGRAMS = {
    "explore_queues": ["explore_queues", "joint", "joint_front", "joint_back",
                       "joint_hc", "joint_check"],
    "explore_fq": ["explore_fq"],
    "explore_bq": ["explore_bq", "lone_bq"],
}
SECONDS = 300


def header(patch):
    """The lines "Key: value" on top of a patch."""
    fields = {}
    for line in patch.read_text().splitlines():
        if line.startswith(("diff ", "--- ")):
            break
        key, colon, value = line.partition(": ")
        if colon:
            fields[key] = value.strip()
    return fields


def build(compiler, tree, program, output):
    sources = [HERE.parent / (s + ".c")
               for s in PROGRAMS[program] + ["search", "runs"]]
    sources += [tree / "libusbif/src" / (s + ".c") for s in CORE]
    subprocess.run([compiler, "-std=gnu11", "-O2", "-w", *BOUNDS,
                    "-I", str(tree / "libusbif/include"),
                    *map(str, sources), "-o", str(output)], check=True)


def violation(text):
    for line in text.splitlines():
        if "VIOLATION: " in line:
            return line.partition("VIOLATION: ")[2]
    return ""


def steps(text):
    return sum(line[:6].strip().isdigit() or line[:6].strip() == "*"
               for line in text.splitlines())


def try_one(compiler, patch):
    """Returns (is it as it should be, what happened)."""
    fields = header(patch)
    reason = fields.get("Equivalent")
    program, *runs = fields["Survives" if reason else "Killed-by"].split()
    with tempfile.TemporaryDirectory() as name:
        tree = pathlib.Path(name)
        shutil.copytree(ROOT / "libusbif", tree / "libusbif")
        applied = subprocess.run(["patch", "-s", "-p1", "-i", str(patch)],
                                 cwd=tree, capture_output=True, text=True)
        if applied.returncode != 0:
            return False, "does not apply: " + applied.stdout.strip()
        build(compiler, tree, program, tree / program)
        try:
            done = subprocess.run([str(tree / program), *runs],
                                  capture_output=True, text=True,
                                  errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return False, f"no end after {SECONDS} s"
    if reason:
        return done.returncode == 0, "equivalent: " + reason
    if done.returncode < 0:
        return True, f"killed: signal {-done.returncode}"
    if done.returncode == 1:
        return True, f"killed in {steps(done.stdout)} steps: " + \
            violation(done.stdout)
    return False, f"SURVIVED (exit {done.returncode})"


def main():
    args = argparse.ArgumentParser()
    args.add_argument("-c", "--compiler", default="cc")
    args.add_argument("-j", "--jobs", type=int, default=1)
    args.add_argument("mutants", nargs="*")
    args = args.parse_args()
    patches = sorted(HERE.glob("*.patch"))
    if args.mutants:
        patches = [p for p in patches if p.stem in args.mutants]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = pool.map(lambda p: try_one(args.compiler, p), patches)
        for patch, (good, text) in zip(patches, results):
            rule = header(patch).get("Rule", "?")
            print(f"{'ok  ' if good else 'FAIL'} {rule:4} {patch.stem:28} "
                  f"{text}", flush=True)
            failed += not good
    print(f"{len(patches)} mutants, {failed} not as they should be")
    return 1 if failed or not patches else 0


if __name__ == "__main__":
    sys.exit(main())
