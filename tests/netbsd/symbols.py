#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what the NetBSD driver imports with the list of what it may.

Usage: symbols.py --list kpi.txt --library libusbif.a OBJECT...
A name on the list that ends in " ?" may be missing: in NetBSD it is, or may
be, inline or a macro.
"""
import argparse
import subprocess
import sys

# What the compiler adds: sanitizers, coverage, stack protector.
TOOLS = ("__asan_", "__ubsan_", "__sanitizer_", "__gcov_", "__stack_chk_",
         "__llvm_", "_GLOBAL_OFFSET_TABLE_")
# Objects of the fake that are macros in NetBSD.
MACROS = {"curlwp"}


def symbols(path):
    """The names that it needs and those that it has."""
    out = subprocess.run(["nm", path], capture_output=True, text=True,
                         check=True).stdout
    needs, has = set(), set()
    for line in out.splitlines():
        fields = line.split()
        if len(fields) < 2 or line.endswith(":"):
            continue
        (needs if fields[-2] == "U" else has).add(fields[-1])
    return needs, has


def read_list(path):
    required, optional = set(), set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words:
                (optional if "?" in words[1:] else required).add(words[0])
    return required, optional


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("objects", nargs="+")
    args = parser.parse_args()

    needs, has = set(), set(symbols(args.library)[1])
    for path in args.objects:
        more_needs, more_has = symbols(path)
        needs |= more_needs
        has |= more_has
    imports = {name for name in needs - has - MACROS
               if not name.startswith(TOOLS)}
    required, optional = read_list(args.list)
    unlisted = sorted(imports - required - optional)
    unused = sorted(required - imports)
    for name in unlisted:
        print(f"{name}: imported, not on the list")
    for name in unused:
        print(f"{name}: on the list, not imported")
    print(f"{len(imports)} imports")
    sys.exit(1 if unlisted or unused else 0)


if __name__ == "__main__":
    main()
