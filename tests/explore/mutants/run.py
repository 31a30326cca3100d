#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Can the explorers fail?  Break a rule in a copy of the library and see.

usage: run.py [-c COMPILER] [-j JOBS] [-o FILE | -e FILE] [MUTANT]...

-o writes the table of docs/MUTANTS.md, -e fails if FILE is another one.

Each *.patch beside this file is a mutant: it breaks one rule of
docs/PROTOCOL.md in libusbif/src, or what that assumes of a host controller in
the world that is explored.  Its first lines say which rule, how it is broken,
what a user would see of that, and which run of which explorer must find out:

    Rule: F3
    Breaks: a URB that came back is sent again from its first octet
    User: a file on a stick has a piece twice
    Killed-by: explore_queues strict-fragments-out

A mutant that nobody can tell from the original has the reason and the runs
that may try instead of the last two:

    Equivalent: ...
    Survives: explore_queues strict-out

To add one: change the library, "git diff libusbif/src > NAME.patch", put the
lines on top, change the library back.
"""
import argparse
import concurrent.futures
import difflib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
QUEUES = ["fq", "fq_send", "fq_valid", "bq", "bq_hand", "bq_valid", "ids",
          "msg"]
JOINT = ["joint", "joint_front", "joint_back", "joint_hc", "joint_check"]
BACK = ["back", "back_special", "back_port", "ring"]
STATES = ["xenbus", "xenbus_front", "xenbus_back", "xenbus_keys",
          "xenbus_names"]
GRAPH = ["graph_model", "graph", "xenbus_books"]
WORLD = [*GRAPH, "xenbus_world", "xenbus_ends"]
SMALL = {"PORTS": 2, "EPNUM": 1, "SLOTS": 9, "URBS": 4}
# Of each explorer: its sources, those of the library, and the bounds.
PROGRAMS = {
    "explore_queues": (["explore_queues", *JOINT], QUEUES, SMALL),
    "explore_fq": (["explore_fq"], QUEUES, SMALL),
    "explore_bq": (["explore_bq", "lone_bq", "lone_bq_check"], QUEUES, SMALL),
    "explore_back": (["explore_back", "lone_back", "lone_back_check",
                      "lone_back_print"],
                     QUEUES + BACK, {**SMALL, "SLOTS": 16}),
    "explore_xenbus": (["explore_xenbus", *WORLD], STATES, {}),
    "explore_xenbus_bad": (["explore_xenbus_bad", "xenbus_bad", *WORLD],
                           STATES, {}),
    "explore_xenbus_alone": (["explore_xenbus_alone", *GRAPH], STATES, {}),
}
SECONDS = 300
# The rules in the order of docs/PROTOCOL.md; others come last.
ORDER = ["1", *(f"B{n}" for n in range(9)), "hold", *(f"F{n}" for n in range(1, 9)),
         "6", "7", "9", "10", "G3"]
ABOUT = """# What breaks when a rule is broken

Made by `tests/explore/mutants/run.py -o docs/MUTANTS.md`; `scripts/check mutants` makes it again and compares.

Each line is a mutant: the library with one rule of [PROTOCOL.md](PROTOCOL.md) section 8 (B, F; G is what it promises), 1 (the handshakes), 6, 7, 9 or 10 broken, or a host controller that breaks an assumption of section 9. The named run of an explorer finds it, by a shortest path of that many steps. "Nothing": every state of the named runs was looked at, and nobody can tell; the reason is beside it.

| rule | what is broken | what a user would see | found by | steps | as |
|---|---|---|---|---|---|
"""


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


def touched(patch):
    """The files that a patch changes, below the top of the tree."""
    return re.findall(r"^\+\+\+ b/(\S+)", patch.read_text(), re.M)


def files(program):
    sources, core, _ = PROGRAMS[program]
    return [f"tests/explore/{s}.c" for s in [*sources, "search", "runs"]] + \
        [f"libusbif/src/{s}.c" for s in core]


def compile_one(compiler, program, tree, name, out):
    """Compile one file of a tree; returns the object."""
    obj = out / (program + "-" + name.replace("/", "-") + ".o")
    bounds = PROGRAMS[program][2]
    subprocess.run([compiler, "-std=gnu11", "-O1", "-w", "-c",
                    *(f"-DUSBIF_MAX_{k}={v}" for k, v in bounds.items()),
                    "-I", str(tree / "libusbif/include"),
                    str(tree / name), "-o", str(obj)], check=True)
    return obj


class Tests:
    """The explorers of the library as it is, compiled once."""

    def __init__(self, compiler, out, pool):
        self.compiler = compiler
        jobs = {(program, name): pool.submit(compile_one, compiler, program,
                                             ROOT, name, out)
                for program in PROGRAMS for name in files(program)}
        self.objects = {key: job.result() for key, job in jobs.items()}

    def link(self, program, tree, changed):
        """A program in which some files are those of another tree."""
        header = any(name.endswith(".h") for name in changed)
        objects = [compile_one(self.compiler, program, tree, name, tree)
                   if header or name in changed else
                   self.objects[program, name]
                   for name in files(program)]
        subprocess.run([self.compiler, *map(str, objects), "-o",
                        str(tree / program)], check=True)
        return tree / program

    def run(self, patch):
        """Returns (exit status, or None without an end; what it printed)."""
        fields = header(patch)
        program, *runs = fields.get("Killed-by",
                                    fields.get("Survives")).split()
        with tempfile.TemporaryDirectory() as name:
            tree = pathlib.Path(name)
            shutil.copytree(ROOT / "libusbif", tree / "libusbif")
            shutil.copytree(HERE.parent, tree / "tests/explore")
            applied = subprocess.run(
                ["patch", "-s", "-p1", "-i", str(patch)], cwd=tree,
                capture_output=True, text=True, check=False)
            if applied.returncode != 0:
                return None, "does not apply: " + applied.stdout.strip()
            path = self.link(program, tree, touched(patch))
            try:
                done = subprocess.run([str(path), *runs], capture_output=True,
                                      text=True, errors="replace",
                                      timeout=SECONDS, check=False)
            except subprocess.TimeoutExpired:
                return None, f"no end after {SECONDS} s"
        return done.returncode, done.stdout


def violation(text):
    for line in text.splitlines():
        if "VIOLATION: " in line:
            return line.partition("VIOLATION: ")[2]
    return ""


def steps(text):
    return sum(line[:6].strip().isdigit() or line[:6].strip() == "*"
               for line in text.splitlines())


class Result:
    def __init__(self, patch, status, text):
        self.name = patch.stem
        self.fields = header(patch)
        self.survives = "Equivalent" in self.fields
        self.runs = self.fields.get("Survives" if self.survives else
                                    "Killed-by", "")
        self.good = status == (0 if self.survives else 1)
        self.steps, self.how = "", ""
        if status == 1:
            self.steps, self.how = str(steps(text)), violation(text)
        elif status is None:
            self.how = text
        elif status != 0:
            self.how = f"exit status {status}"

    def say(self):
        what = f"{self.steps} steps: {self.how}" if self.steps else \
            self.how or "nothing breaks"
        print(f"{'ok  ' if self.good else 'FAIL'} mutant {self.name} "
              f"({self.fields.get('Rule', '?')}): {what}", flush=True)

    def row(self):
        user = "Nothing: " + self.fields["Equivalent"] if self.survives else \
            self.fields["User"]
        return f"| {self.fields['Rule']} | {self.fields['Breaks']} | {user} " \
            f"| {self.runs} | {self.steps or '-'} | {self.how or '-'} |\n"

    def place(self):
        rule = self.fields["Rule"]
        return (ORDER.index(rule) if rule in ORDER else len(ORDER), self.name)


def table(results):
    return ABOUT + "".join(r.row() for r in sorted(results, key=Result.place))


def differs(text, path):
    old = path.read_text() if path.exists() else ""
    diff = list(difflib.unified_diff(old.splitlines(), text.splitlines(),
                                     str(path), "as it should be",
                                     lineterm="", n=0))
    print("\n".join(diff))
    print(f"{'FAIL' if diff else 'PASS'} {path.name} says what breaks")
    return bool(diff)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("-c", "--compiler", default="cc")
    args.add_argument("-j", "--jobs", type=int, default=1)
    args.add_argument("-o", "--output", type=pathlib.Path)
    args.add_argument("-e", "--expected", type=pathlib.Path)
    args.add_argument("mutants", nargs="*")
    args = args.parse_args()
    patches = sorted(HERE.glob("*.patch"))
    if args.mutants:
        patches = [p for p in patches if p.stem in args.mutants]
    results = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool, \
            tempfile.TemporaryDirectory() as out:
        tests = Tests(args.compiler, pathlib.Path(out), pool)
        for patch, run in zip(patches, pool.map(tests.run, patches)):
            results.append(Result(patch, *run))
            results[-1].say()
    failed = sum(not r.good for r in results)
    equal = sum(r.good and r.survives for r in results)
    print(f"{'FAIL' if failed or not results else 'PASS'} mutants: "
          f"{len(results) - failed - equal} found, {equal} that nobody can "
          f"tell, {failed} not as they should be")
    if args.output and not failed:
        args.output.write_text(table(results))
    if args.expected:
        failed += differs(table(results), args.expected)
    return 1 if failed or not patches else 0


if __name__ == "__main__":
    sys.exit(main())
