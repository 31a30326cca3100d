#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the tests notice when one small thing of the library is another one?

Usage: run.py --build DIR [-j JOBS] [--sample N | --all] [--units] [--write]
       [FILE...]

Each mutant (operators.py) is compiled; one whose object is the original's is
none.  Then come the unit tests, the explorers' short runs, the scenarios, the
ring's weak memory and, with --proofs ROOT, the proof of its function, until one
of them fails; or nobody does, and the mutant survives.  survivors.txt has those that nobody can
tell from the original, with the reason.

--sample N takes N of them, chosen by a hash of what they change: the same ones
as long as those lines stay; with --all those of survivors.txt are tried, too.
--units stops at the unit tests.  Fails if fewer than 95 % of the mutants that are
not in survivors.txt are found.  --write puts the figures into
docs/ASSURANCE.md.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import pathlib
import queue
import shutil
import sys
import time

import layers
import operators

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SRC = ROOT / "libusbif/src"
sys.path.insert(0, str(ROOT / "tests/report"))
import tables  # noqa: E402

COLUMNS = ["mutants", "taken", "found", *(f"by {name}" for name in
                                          layers.NAMES), "survive", "listed"]
SURVIVORS = HERE / "survivors.txt"
ENOUGH = 95


def read_survivors():
    """{(file, function, old, new): reason}."""
    known = {}
    for number, block in enumerate(
            SURVIVORS.read_text().split("\n\n") if SURVIVORS.is_file() else []):
        lines = [line for line in block.splitlines()
                 if line and not line.startswith("#")]
        if not lines:
            continue
        place, old, new, *reason = lines
        file, function = place.removesuffix("()").split()
        if old[:2] != "- " or new[:2] != "+ " or not reason or \
                reason[0][:2] != "= ":
            raise SystemExit(f"{SURVIVORS.name}: block {number + 1} is not a "
                             "place, - old, + new, = reason")
        known[file, function, old[2:], new[2:]] = " ".join(reason)[2:]
    return known


def is_double(mutant):
    """A negated comparison is the other comparison."""
    return mutant.kind == "condition" and not any(
        sign in mutant.text for sign in ("&&", "||")) and any(
            sign in mutant.text for sign in ("==", "!=", "!(!"))


def all_mutants(files):
    made = []
    for path in sorted(SRC.glob("*.[ch]")):
        if not files or path.name in files:
            made += [m for m in operators.mutants(path.name,
                                                  path.read_text())
                     if not is_double(m)]
    return made


def draw(mutant):
    """A number that depends on what is changed alone."""
    return hashlib.sha256("\n".join(mutant.key()).encode()).hexdigest()


class Judge:
    """Says of each mutant who finds it."""

    def __init__(self, build, jobs, proofs, skipped):
        self.skipped = skipped
        self.sources = {p.name: p.read_text() for p in SRC.glob("*.[ch]")}
        self.trees = queue.Queue()
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            self.layers = layers.Layers(build, pool, proofs)
        for number in range(jobs):
            tree = build / f"tree{number}"
            shutil.rmtree(tree, ignore_errors=True)
            shutil.copytree(ROOT / "libusbif", tree / "libusbif")
            shutil.copytree(ROOT / "tests/memory", tree / "tests/memory")
            self.trees.put(tree)

    def judge(self, mutant):
        """Returns (mutant, who found it, or None, or "not a mutant")."""
        if mutant.key() in self.skipped:
            return mutant, None
        tree = self.trees.get()
        path = tree / "libusbif/src" / mutant.file
        try:
            path.write_text(mutant.apply(self.sources[mutant.file]))
            return mutant, self.layers.who_finds(mutant, tree)
        finally:
            path.write_text(self.sources[mutant.file])
            self.trees.put(tree)


def tell(mutant, reason):
    print(f"{mutant.file} {mutant.function}()\n- {mutant.old}\n"
          f"+ {mutant.new}\n= {reason}\n", flush=True)


def table_differs(known):
    """What the table says was true of a longer run; the list is compared."""
    said = [row.get("listed") for row in tables.read("mutation").values()]
    good = said == [str(len(known))]
    print(f"{'PASS' if good else 'FAIL'} {tables.DOCUMENT.name} says that "
          f"{len(known)} mutants are listed in {SURVIVORS.name}"
          + ("" if good else ": --write"))
    return not good


def report(found, known, seconds):
    """Prints the figures; returns whether they are good enough, and what
    the table has of them."""
    live = {m: who for m, who in found if who != layers.NONE}
    killed = collections.Counter(who[0] for who in live.values() if who)
    listed = [m for m, who in live.items() if not who and m.key() in known]
    missed = [m for m, who in live.items()
              if not who and m.key() not in known]
    for mutant in missed:
        tell(mutant, "survives: a test is missing, or a reason in "
             + SURVIVORS.name)
    for mutant, who in live.items():
        if who and mutant.key() in known:
            print(f"note: {who[1]} finds what {SURVIVORS.name} lists: "
                  f"{mutant.file} {mutant.function}(): {mutant.new}")
    total = sum(killed.values()) + len(missed)
    score = 100 * sum(killed.values()) / total if total else 0
    how = ", ".join(f"{killed[layer]} by {layer}" for layer in
                    layers.NAMES if killed[layer])
    good = total > 0 and score >= ENOUGH
    print(f"{'PASS' if good else 'FAIL'} mutation: {score:.1f} % of {total} "
          f"found ({how}); {len(listed)} that nobody can tell, "
          f"{len(found) - len(live)} with the same object or none, "
          f"{seconds:.0f} s")
    return good, [len(live), f"{score:.1f} %",
                  *(killed[layer] for layer in layers.NAMES),
                  len(missed), len(known)]


def stale(known, mutants):
    keys = {m.key() for m in mutants}
    for key in sorted(known):
        if key not in keys:
            print(f"note: {SURVIVORS.name} lists what is no mutant any more: "
                  f"{key[0]} {key[1]}(): {key[3]}")


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--build", type=pathlib.Path, required=True)
    args.add_argument("-j", "--jobs", type=int, default=1)
    args.add_argument("--sample", type=int, default=50)
    args.add_argument("--all", action="store_true")
    args.add_argument("--units", action="store_true")
    args.add_argument("--write", action="store_true")
    args.add_argument("--proofs", type=pathlib.Path)
    args.add_argument("files", nargs="*")
    args = args.parse_args()
    begin = time.monotonic()
    known = read_survivors()
    mutants = all_mutants(args.files)
    if not args.files:
        stale(known, mutants)
    mutants.sort(key=draw)
    there = len(mutants)
    if not args.all:
        mutants = mutants[:args.sample]
    args.build.mkdir(parents=True, exist_ok=True)
    judge = Judge(args.build.resolve(), args.jobs, args.proofs,
                  () if args.all else known)
    if args.units:
        judge.layers.keep(layers.NAMES[:1])
    found = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for mutant, who in pool.map(judge.judge, mutants):
            found.append((mutant, who))
            print(f"{who[1] or 'no mutant' if who else 'NOBODY'}: "
                  f"{mutant.file} {mutant.function}(): {mutant.old}  =>  "
                  f"{mutant.new}", flush=True)
    good, row = report(found, known, time.monotonic() - begin)
    if args.write:
        tables.write("mutation", COLUMNS, [[there, *row]])
    return 1 if table_differs(known) or not good else 0


if __name__ == "__main__":
    sys.exit(main())
