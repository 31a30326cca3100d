#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where the instructions of a callgrind run went, function by function.

usage: profile.py [--divide COUNT] [--without FILE]... [--files] [--top N]
    OUTPUT

Prints the sum, then, with --top, the N largest functions, or source files
with --files, and what each executed itself; memcpy() and its like count as
their callers'.  Functions of the source files named with --without, which are
the caller's own, are left out.
"""
import argparse
import collections
import pathlib
import re

NAME = re.compile(r"^(c?f[ile]|c?fn)=\((\d+)\)(?: (.*))?$")
MEMORY = {"memcpy", "memset", "memmove", "memcmp"}


class Profile:
    """Instructions by (file, function), of one output of callgrind."""

    def __init__(self, path):
        self.names = {}
        self.own = collections.Counter()
        self.caller = self.callee = self.file = ""
        self.is_call = False
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self.read(line.rstrip("\n"))
        for name, home in list(self.own):
            if name in MEMORY:
                del self.own[name, home]

    def name(self, kind, number, text):
        """Names are spelt out once; files and functions apart."""
        key = (kind[-2:] == "fn", number)
        if text is not None:
            self.names[key] = text
        return self.names[key]

    def read(self, line):
        match = NAME.match(line)
        if match:
            kind = match.group(1)
            name = self.name(*match.groups())
            if kind == "fl":
                self.file = name
            elif kind == "fn":
                self.caller = name, self.file
            elif kind == "cfn":
                self.callee = name
        elif line.startswith("calls="):
            self.is_call = True
        elif re.match(r"^[+*\d-]", line):
            self.count(int(line.split()[1]))

    def count(self, cost):
        """What was called is counted there, but for the memory functions."""
        if not self.is_call or self.callee in MEMORY:
            self.own[self.caller] += cost
        self.is_call = False

    def without(self, files):
        """The functions that are in none of these source files."""
        return {place: cost for place, cost in self.own.items()
                if not place[1].endswith(tuple(files))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--divide", type=int, default=1)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--top", type=int, default=0)
    parser.add_argument("output")
    options = parser.parse_args()
    costs = Profile(options.output).without(options.without or ["//"])
    print(round(sum(costs.values()) / options.divide))
    sums = collections.Counter()
    for (name, home), cost in costs.items():
        sums[pathlib.PurePath(home).name if options.files else name] += cost
    for name, cost in sums.most_common(options.top):
        print(f"{cost / options.divide:7.1f} {name}")


if __name__ == "__main__":
    main()
