#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an analyser said, less what is known.

Usage: judge.py TOOL KNOWN LOG
KNOWN has lines "TOOL FILE CHECK MOST REASON": so many of them are known.
Prints the other findings and fails if there is any, or if the tool did not
find what is planted for it.
"""
import collections
import os
import re
import sys

FINDING = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):(?:\d+:)? "
                     r"(?P<kind>\w+): (?P<text>.*)$")
PLANTED = "/planted.c"
KINDS = {"error", "warning", "style", "performance", "portability"}
CHECK = re.compile(r" \[(?:-W)?([\w.,=-]+)\]$")


def findings(path):
    for line in open(path, encoding="utf-8", errors="replace"):
        match = FINDING.match(line.rstrip())
        if not match or match["kind"] not in KINDS:
            continue
        check = CHECK.search(match["text"])
        yield (os.path.relpath(match["file"]),
               check[1] if check else "-", line.rstrip())


def read_known(path, tool):
    known = collections.Counter()
    for line in open(path, encoding="utf-8"):
        words = line.split(None, 4)
        if line.startswith("#") or not words:
            continue
        if len(words) < 5:
            sys.exit(f"{path}: no reason: {line.strip()}")
        if words[0] == tool:
            known[words[1], words[2]] = int(words[3])
    return known


def main():
    tool, known_path, log = sys.argv[1:]
    found = collections.defaultdict(list)
    for path, check, line in findings(log):
        found[path, check].append(line)
    known = read_known(known_path, tool)
    bad = 0
    for key in sorted(set(found) | set(known)):
        if len(found[key]) > known[key]:
            bad += 1
            print(*found[key], sep="\n")
        if key[0].endswith(PLANTED) and known[key] and not found[key]:
            bad += 1
            print(f"{key[0]}: {key[1]}: planted, but not found")
    print(f"{'FAIL' if bad else 'PASS'} static/{tool}: "
          f"{sum(map(len, found.values()))} findings, {bad} not known")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
