# SPDX-License-Identifier: MIT
"""What may find a mutant: the tests, compiled once, with the library as shared
objects that a mutant's replace."""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TESTS = ROOT / "tests"
NONE = ("none", "")
NAMES = ["unit tests", "explorers", "scenarios", "weak memory", "proofs"]
FLAGS = ["-std=gnu11", "-w", "-fPIC"]

# Two threads at one ring are for machines that are quiet.
SKIPPED = {"test_ring_threads"}
SCENARIOS = ["hostile/*.c", "scenario/test_ends.c", "scenario/test_queues.c",
             "scenario/test_enumeration.c", "scenario/test_unplug.c",
             "scenario/test_handshake.c", "scenario/test_suspend.c"]
# The library in the size of the explorers, of which each has the files named.
SMALL = ["PORTS=2", "EPNUM=1", "URBS=4"]
QUEUES = ["fq", "fq_send", "fq_valid", "bq", "bq_hand", "bq_valid", "ids",
          "msg"]
BACK = [*QUEUES, "back", "back_special", "back_port", "ring"]
SIZES = {
    "usual": ([], None),
    "small": ([*SMALL, "SLOTS=9"], QUEUES),
    "back": ([*SMALL, "SLOTS=16"], BACK),
}
JOINT = ["joint", "joint_front", "joint_back", "joint_hc", "joint_check"]
SEARCH = ["search", "runs"]
# Explorer: its files, the library's size, the runs; those that are short.
EXPLORERS = {
    "explore_fq": (["explore_fq"], "small", ["fq-fragments", "fq-control"]),
    "explore_bq": (["explore_bq", "lone_bq", "lone_bq_check"], "small",
                   ["bq-strict", "bq-pipelined", "bq-hold", "bq-old-front"]),
    "explore_queues": (["explore_queues", *JOINT], "small",
                       ["strict-refusals", "pipelined-refusals",
                        "strict-slow", "full-ring", "pipelined-control",
                        "not-negotiated-in", "pipelined-long-in"]),
    "explore_back": (["explore_back", "lone_back", "lone_back_check",
                      "lone_back_print"], "back",
                     ["back-configuration", "back-interface", "back-reset",
                      "back-ends", "back-stale"]),
    "explore_xenbus_alone": (["explore_xenbus_alone", "graph_model", "graph",
                              "xenbus_books"], "usual", []),
}


def sources():
    line = (ROOT / "libusbif/sources.mk").read_text()
    return [name.removesuffix(".c") for name in
            re.search(r"^USBIF_SRCS=(.*)", line, re.M)[1].split()]


def defines(size):
    return [f"-DUSBIF_MAX_{value}" for value in SIZES[size][0]]


def compile_to(path, obj, include, *flags):
    subprocess.run(["gcc", *FLAGS, *flags, "-I", str(include), "-c",
                    str(path), "-o", str(obj)], check=True,
                   capture_output=True)
    return obj


def includes(folder):
    """{file: files of the folder that it includes, also through others}."""
    direct = {path.name: set(re.findall(r'#include "(\w+\.h)"',
                                        path.read_text()))
              for path in folder.glob("*.[ch]")}

    def all_of(name, seen):
        for other in direct.get(name, ()):
            if other not in seen:
                seen.add(other)
                all_of(other, seen)
        return seen
    return {name: all_of(name, set()) for name in direct}


class Program:
    """One test program: how it is run, and how long that may take."""

    def __init__(self, layer, path, size, arguments=()):
        self.layer, self.path, self.size = layer, path, size
        self.arguments = list(arguments)
        self.cpu = 60.0

    def fails(self, libraries):
        """Runs it with the libraries of a folder; CPU seconds are bounded,
        as a mutant may turn for ever, whatever else the machine does."""
        limit = int(4 * self.cpu) + 3

        def bounds():
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        try:
            done = subprocess.run(
                [str(self.path), *self.arguments],
                env={**os.environ, "LD_LIBRARY_PATH": str(libraries)},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                preexec_fn=bounds, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0


class Layers:
    def __init__(self, build, pool, proofs):
        self.build, self.proofs, self.weak = build, proofs, True
        self.users = includes(ROOT / "libusbif/src")
        self.lib = build / "lib"
        self.lib.mkdir(exist_ok=True)
        times = build / "times.json"
        self.built = times.exists() and times.stat().st_mtime > max(
            path.stat().st_mtime for folder in ("libusbif", "tests")
            for path in (ROOT / folder).rglob("*.[ch]"))
        for size in SIZES:
            list(pool.map(lambda name, size=size: self.compile_unless_built(
                name, size), self.files(size)))
            if not self.built:
                self.link(size, {}, self.lib)
        self.programs = [*self.cmocka(pool), *self.explorers(pool)]
        if not self.built:
            times.unlink(missing_ok=True)
            self.measure()
            times.write_text(json.dumps([p.cpu for p in self.programs]))
        for program, cpu in zip(self.programs, json.loads(times.read_text())):
            program.cpu = cpu

    @staticmethod
    def files(size):
        return SIZES[size][1] or sources()

    def compile_unless_built(self, name, size):
        if not self.built:
            self.compile(name, size, ROOT, self.lib)

    @staticmethod
    def compile(name, size, tree, out):
        obj = out / f"{size}-{name}.o"
        return compile_to(tree / f"libusbif/src/{name}.c", obj,
                          tree / "libusbif/include", "-O2", *defines(size))

    def link(self, size, changed, out):
        objects = [str(changed.get(name, self.lib / f"{size}-{name}.o"))
                   for name in self.files(size)]
        subprocess.run(["gcc", "-shared", *objects, "-o",
                        str(out / f"libusbif-{size}.so")], check=True)

    def objects(self, pool, paths, size):
        """Compiles files of tests."""
        def one(path):
            obj = self.build / "-".join([size, path.parent.name, path.stem
                                         + ".o"])
            if self.built:
                return path, obj
            return path, compile_to(path, obj, ROOT / "libusbif/include",
                                    "-O1", "-I", str(TESTS), "-I",
                                    str(ROOT / "libusbif/src"),
                                    *defines(size))
        return dict(pool.map(one, paths))

    def program(self, name, objects, size, *more):
        path = self.build / name
        if self.built:
            return path
        subprocess.run(["gcc", *map(str, objects), "-L", str(self.lib),
                        f"-lusbif-{size}", *more, "-o", str(path)],
                       check=True)
        return path

    def cmocka(self, pool):
        """The unit tests and scenarios."""
        support = self.objects(pool, sorted(TESTS.glob("support/*.c")),
                               "usual").values()
        units = sorted(p for p in TESTS.glob("unit/*.c")
                       if p.stem not in SKIPPED)
        others = [p for name in SCENARIOS for p in sorted(TESTS.glob(name))]
        made = self.objects(pool, units + others, "usual")
        hostile = [made[p] for p in others if p.parent.name == "hostile"]
        for path in units + others:
            layer = NAMES[0] if path in units else NAMES[2]
            if path.parent.name == "hostile" and path.stem != "test_hostile":
                continue
            mine = hostile if path.parent.name == "hostile" else [made[path]]
            yield Program(layer, self.program(
                path.stem, [*mine, *support], "usual", "-lcmocka",
                "-lpthread"), "usual")

    def explorers(self, pool):
        for name, (files, size, runs) in EXPLORERS.items():
            made = self.objects(pool, [TESTS / f"explore/{file}.c" for file in
                                       [*files, *SEARCH]], size)
            path = self.program(name, made.values(), size)
            counts = TESTS / "explore/counts.txt"
            for run in runs or [None]:
                yield Program(NAMES[1], path, size,
                              ["-e", counts, *([run] if run else [])])

    def measure(self):
        """All pass with the library as it is; how long do they take?"""
        for program in self.programs:
            begin = resource.getrusage(resource.RUSAGE_CHILDREN)
            if program.fails(self.lib):
                raise SystemExit(f"FAIL mutation: {program.path.name} "
                                 f"{program.arguments} fails by itself")
            end = resource.getrusage(resource.RUSAGE_CHILDREN)
            program.cpu = end.ru_utime + end.ru_stime - begin.ru_utime - \
                begin.ru_stime

    def keep(self, names):
        """Leaves the other layers out."""
        self.programs = [p for p in self.programs if p.layer in names]
        self.weak = NAMES[3] in names

    def order(self, file):
        """Unit tests of the file's own subject first, then what is fast."""
        subject = re.split(r"[_.]", file)[0]

        def place(program):
            name = program.path.name
            near = re.match(rf"(test|explore)_{subject}", name) is not None
            return NAMES.index(program.layer), not near, program.cpu
        return sorted(self.programs, key=place)

    def who_finds(self, mutant, tree):
        """(layer, program), NONE for no mutant, or nothing."""
        names = [name for name in sources()
                 if mutant.file in (f"{name}.c",
                                    *self.users.get(f"{name}.c", ()))]
        try:
            changed = {name: self.compile(name, "usual", tree, tree)
                       for name in names}
        except subprocess.CalledProcessError:
            return NONE
        if all(path.read_bytes() == (self.lib / path.name).read_bytes()
               for path in changed.values()):
            return NONE
        self.link("usual", changed, tree)
        linked = {"usual"}
        for program in self.order(mutant.file):
            if not set(names) & set(self.files(program.size)):
                continue
            if program.size not in linked:
                self.link(program.size, {
                    name: self.compile(name, program.size, tree, tree)
                    for name in names if name in self.files(program.size)},
                    tree)
                linked.add(program.size)
            if program.fails(tree):
                return program.layer, program.path.name
        if self.weak and "ring" in names and self.fails_on_weak_memory(tree):
            return NAMES[3], "test_weak"
        return self.proof(names, tree)

    @staticmethod
    def fails_on_weak_memory(tree):
        """Its program has the ring's source in it."""
        source, path = tree / "tests/memory", tree / "test_weak"
        subprocess.run(["gcc", "-std=gnu11", "-w", "-O1", "-I",
                        str(tree / "libusbif/include"),
                        str(source / "test_weak.c"), str(source / "weak.c"),
                        "-o", str(path)], check=True)
        program = Program(NAMES[3], path, None)
        program.cpu = 1.0
        return program.fails(tree)

    def proof(self, names, tree):
        """Those of functions of these files that take no minutes, if there
        is a CBMC."""
        if not self.proofs:
            return None
        sys.path.insert(0, str(TESTS / "proofs"))
        import run as proofs  # pylint: disable=import-outside-toplevel
        cbmc = proofs.Cbmc(self.proofs, None)
        for harness in sorted(TESTS.glob("proofs/*/harness.c")):
            what = proofs.fields(harness)
            name, out = harness.parent.name, tree / "goto"
            # A harness without "sources" includes what it is named after.
            if what["longer"] or not set(names) & set(what.get(
                    "sources", name.split("_")[0]).split()):
                continue
            try:
                cbmc.compile(name, what, [], out, tree)
                text = cbmc.check(name, out, what,
                                  [*proofs.CHECKS, *proofs.SOLVER])
            except (RuntimeError, subprocess.TimeoutExpired):
                continue
            if "VERIFICATION FAILED" in text:
                return NAMES[4], name
        return None
