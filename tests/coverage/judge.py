#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What llvm-cov counted of the library, beside what may be missed.

Usage: judge.py EXPORT [--show] [--write]

EXPORT is what "llvm-cov export" says.  missed.txt, beside this file, has for
each file of the library how many lines, branches (an outcome of a condition)
and conditions of MC/DC no test reaches; a file that is not in it misses
nothing.  More missed than that fails; less asks for --write.  Each that is in
it is explained in tests/coverage-exceptions.md.

A function of a header is counted once, however many files include it.
"""
import argparse
import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/report"))
import tables  # noqa: E402

COLUMNS = ["of", "all", "reached", "missed", "missed in"]
MISSED = HERE / "missed.txt"
EXCEPTIONS = ROOT / "tests/coverage-exceptions.md"
KINDS = ("lines", "branches", "conditions")
ABOUT = """# Lines, branches and conditions (MC/DC) of each file of libusbif that no test
# reaches; tests/coverage/run --write made this.  Why: ../coverage-exceptions.md
"""


def lines_of(function, add):
    """Each line that code begins or goes on in, with how often it ran."""
    for begin, _, end, _, count, file, _, kind in function["regions"]:
        if kind != 0:
            continue
        for line in range(begin, end + 1):
            # Of nested regions the last, the innermost, counts.
            add(file, line, count)


class Counts:
    """Of each thing that can be covered, by place: was it?"""

    def __init__(self, export):
        self.seen = {kind: {} for kind in KINDS}
        for function in export["data"][0]["functions"]:
            self.add(function)

    def add(self, function):
        name = function["name"].rpartition(":")[2]
        files = function["filenames"]

        def note(kind, file, place, covered):
            key = (files[file], name, *place)
            known = self.seen[kind]
            known[key] = known.get(key, False) or covered

        innermost = {}
        lines_of(function, lambda file, line, count:
                 innermost.__setitem__((file, line), count))
        for (file, line), count in innermost.items():
            note("lines", file, (line, 0, ""), count > 0)
        # An expanded macro is a file of its own, or shares the outer one's.
        for line, column, _, _, yes, no, file, *_ in function["branches"]:
            note("branches", file, (line, column, "true"), yes > 0)
            note("branches", file, (line, column, "false"), no > 0)
        for line, column, _, _, file, _, covered in \
                function.get("mcdc_records", []):
            for number, good in enumerate(covered, 1):
                note("conditions", file,
                     (line, column, f"condition {number}"), good)

    def by_file(self):
        """{file: {kind: [missed, all]}}, of files below libusbif."""
        found = collections.defaultdict(
            lambda: {kind: [0, 0] for kind in KINDS})
        for kind, places in self.seen.items():
            for (path, *_), covered in places.items():
                file = short(path)
                if file:
                    found[file][kind][0] += not covered
                    found[file][kind][1] += 1
        return found

    def missed(self):
        for kind, places in self.seen.items():
            for (path, function, line, column, what), covered in \
                    sorted(places.items()):
                if not covered and short(path):
                    yield f"{short(path)}:{line}:{column}: {function}(): " \
                        f"{kind} {what}"


def short(path):
    """The file's path below libusbif, or nothing if it is elsewhere."""
    try:
        return str(pathlib.Path(path).relative_to(ROOT / "libusbif"))
    except ValueError:
        return ""


def read_allowed():
    allowed = {}
    if MISSED.is_file():
        for line in MISSED.read_text().splitlines():
            if line and not line.startswith("#"):
                file, *numbers = line.split()
                allowed[file] = dict(zip(KINDS, map(int, numbers)))
    return allowed


def write_allowed(found):
    rows = [f"{file} " + " ".join(str(kinds[k][0]) for k in KINDS)
            for file, kinds in sorted(found.items())
            if any(kinds[k][0] for k in KINDS)]
    MISSED.write_text(ABOUT + "".join(row + "\n" for row in rows))


def compare(found, allowed):
    """Prints what differs; returns how often too much is missed."""
    worse = 0
    for file in sorted(found.keys() | allowed.keys()):
        for kind in KINDS:
            may = allowed.get(file, {}).get(kind, 0)
            now = found[file][kind][0] if file in found else 0
            if now > may:
                print(f"FAIL coverage/{file}: {now} {kind} are missed, "
                      f"{may} may be")
                worse += 1
            elif now < may:
                print(f"note: {file}: {now} {kind} are missed, no longer "
                      f"{may}: tests/coverage/run --write")
    return worse


def rows(found):
    """The table of docs/ASSURANCE.md."""
    for kind in KINDS:
        missed = sum(kinds[kind][0] for kinds in found.values())
        total = sum(kinds[kind][1] for kinds in found.values())
        where = ", ".join(f"`{pathlib.PurePath(file).name}`"
                          for file, kinds in sorted(found.items())
                          if kinds[kind][0])
        yield [kind, total, f"{100 * (total - missed) / total:.2f} %"
               if total else "-", missed, where or "-"]


def unexplained(allowed):
    """Files that miss something without a section that says why."""
    titles = {line[3:].strip() for line in
              EXCEPTIONS.read_text().splitlines() if line.startswith("## ")}
    files = {pathlib.PurePath(file).name for file in allowed}
    for file in sorted(files - titles):
        print(f"FAIL coverage/{file}: not in {EXCEPTIONS.name}")
    for file in sorted(titles - files):
        print(f"FAIL coverage/{file}: misses nothing, but is in "
              f"{EXCEPTIONS.name}")
    return len(files ^ titles)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("export", type=pathlib.Path)
    args.add_argument("--show", action="store_true")
    args.add_argument("--write", action="store_true")
    args = args.parse_args()
    counts = Counts(json.loads(args.export.read_text()))
    found = counts.by_file()
    if args.show:
        for line in counts.missed():
            print(line)
    if args.write:
        write_allowed(found)
        tables.write("coverage", COLUMNS, list(rows(found)))
    allowed = read_allowed()
    bad = compare(found, allowed) + unexplained(allowed)
    # How many there are changes with each line of the library.
    bad += tables.differs("coverage", COLUMNS, rows(found),
                          ["all", "reached"])
    for kind, total, percent, missed, _ in rows(found):
        print(f"{kind}: {percent} ({total - missed} of {total})")
        bad += total == 0
    print(f"{'FAIL' if bad else 'PASS'} coverage: {len(found)} files")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
