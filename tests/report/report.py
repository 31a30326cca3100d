#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Deepest stack and size of the core's code, for one GCC.

Usage: report.py [--cc CC] [--flag=FLAG]...     (flag: -O2, if none)
Prints a STACK and a TEXT line.  Fails if the stack is deeper than the limit,
has no bound (an array of variable length), or if a function calls itself.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ROOT / "libusbif"
# A kernel thread has 8 KiB or more for everything; this is our share of it.
STACK_LIMIT = 1024

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*'
                  r'\\n(\d+) bytes \(([^)]+)\)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


def sources():
    text = (CORE / "sources.mk").read_text()
    return re.search(r"^USBIF_SRCS=(.*)$", text, re.M).group(1).split()


def compile_core(compiler, flags, folder):
    for source in sources():
        subprocess.run(
            [compiler, "-std=gnu11", "-ffreestanding", "-fno-stack-protector",
             "-fno-pie", "-DUSBIF_FREESTANDING", *flags,
             "-fcallgraph-info=su", "-I", CORE / "include",
             "-c", CORE / "src" / source], cwd=folder, check=True)


class CallGraph:
    def __init__(self, folder):
        self.frames, self.calls, self.bounded = {}, {}, True
        for file in pathlib.Path(folder).glob("*.ci"):
            self.read(file.read_text())

    def read(self, text):
        for name, octets, kind in NODE.findall(text):
            self.frames[name] = int(octets)
            # "dynamic,bounded" is an argument that i386 pushes.
            if kind == "dynamic":
                print(f"FAIL stack of {name} is {kind}")
                self.bounded = False
        for caller, callee in EDGE.findall(text):
            self.calls.setdefault(caller, set()).add(callee)

    def deepest(self, name, above=()):
        """The chain of calls below name that needs most stack."""
        if name in above:
            sys.exit(f"FAIL recursion: {' > '.join(above + (name,))}")
        below = [self.deepest(callee, above + (name,))
                 for callee in sorted(self.calls.get(name, ()))
                 if callee in self.frames]
        return (name,) + max(below, key=self.octets, default=())

    def octets(self, chain):
        return sum(self.frames[name] for name in chain)


def print_stack(graph, label):
    chain = max((graph.deepest(name) for name in sorted(graph.frames)),
                key=graph.octets)
    octets = graph.octets(chain)
    steps = " > ".join(f"{name.rsplit(':')[-1]} {graph.frames[name]}"
                       for name in chain)
    print(f"STACK {label}: deepest {octets} of {STACK_LIMIT} octets: {steps}")
    return octets <= STACK_LIMIT


def print_text(folder, label):
    out = subprocess.run(
        ["size", "-t", *sorted(pathlib.Path(folder).glob("*.o"))],
        capture_output=True, text=True, check=True).stdout
    text, data, bss = out.splitlines()[-1].split()[:3]
    print(f"TEXT {label}: {text} octets of code and constants, {data} of "
          f"data, {bss} of bss")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--flag", action="append", default=[])
    options = parser.parse_args()
    flags = options.flag or ["-O2"]
    label = " ".join([pathlib.PurePath(options.cc).name, *flags])
    with tempfile.TemporaryDirectory() as folder:
        compile_core(options.cc, flags, folder)
        graph = CallGraph(folder)
        shallow = print_stack(graph, label)
        print_text(folder, label)
    return 0 if shallow and graph.bounded else 1


if __name__ == "__main__":
    sys.exit(main())
