#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proofs with CBMC: one folder for each function, with a harness.

Usage: run.py --root DIR [-j JOBS] [--keep DIR]
              [--faults | --write | --longer] [NAME...]

Each harness is checked twice: that all claims hold, with no undefined
behaviour, no access out of bounds and no overflow of signed numbers, and every
loop within its bound; and that what it is to reach can be reached.  Its first
comment says what it takes, and that of a header for several what those have in
common:

    for: rings of up to 16  what the table of docs/ASSURANCE.md says of it
    sources: msg names      files of libusbif/src, beside those it includes
    unwind: 17              turns of each loop, at most
    unwindset: f.0:300      of a single one
    defines: USBIF_MAX_SLOTS=16
    hook                    loads of shared memory are the harness's
    apart: bq               apart.py's copy of the sources
    calls: f:g              calls of f are calls of g: of the harness, and as f
                            is proved to be
    cases: 5                proved for CASE of 0 to 4, one after the other; the
                            harness has to be such that these are all
    flags: --refine         more for CBMC
    longer                  takes long: only by name, with --longer, --write

--faults: a copy of the library is changed as faults.txt says, and the proof
must fail; those of proofs that take long only by name, or with --longer.

What is proved is compared with that table; --write makes it anew.
"""
import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/report"))
import apart  # noqa: E402
import tables  # noqa: E402

COLUMNS = ["function", "for", "properties", "covers", "seconds"]
CHECKS = ["--bounds-check", "--pointer-check", "--signed-overflow-check",
          "--undefined-shift-check", "--div-by-zero-check",
          "--pointer-overflow-check", "--unwinding-assertions"]
# Faster on the hard ones; only the built-in solver can do covers.
SOLVER = ["--external-sat-solver", "cadical"]
SECONDS = 1800


def said(path):
    """What the first comment behind the licence says, by word."""
    found = {}
    for word, value in re.findall(r"^ \* (\w+): (.*)$",
                                  path.read_text().split("*/")[1], re.M):
        found[word] = f"{found[word]} {value}" if word in found else value
    return found


def fields(harness):
    """That of the harness, and of the file for several that it includes."""
    text = harness.read_text()
    found = {}
    for name in re.findall(r'^#include "\.\./(\w+\.h)"', text, re.M):
        found |= said(HERE / name)
    found |= said(harness)
    text = text.split("*/")[1]
    found["hook"] = re.search(r"^ \* hook$", text, re.M) is not None
    found["longer"] = re.search(r"^ \* longer$", text, re.M) is not None
    found["subject"] = re.search(r"^ \* (\w+)\(\)", text, re.M)
    return found


class Cbmc:
    def __init__(self, root, keep):
        self.root, self.keep = root, keep

    def run(self, tool, arguments):
        """A program of another release, with that release's libraries."""
        lib = self.root / "usr/lib/x86_64-linux-gnu"
        loader = self.root / "usr/lib64/ld-linux-x86-64.so.2"
        return subprocess.run(
            [str(loader), "--argv0", tool, "--library-path", f"{lib}:{self.root}/usr/lib",
             str(self.root / "usr/bin" / tool), *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=SECONDS)

    def compile(self, name, what, extra, out, tree=ROOT):
        defines = [f"-D{d}" for d in what.get("defines", "").split()]
        if what["hook"]:
            defines.append("-DUSBIF_LOAD_HOOK")
        source = tree / "libusbif/src"
        if "apart" in what and not (out.parent / "apart").exists():
            apart.copy(source, out.parent / "apart", what["apart"])
        if "apart" in what:
            source = out.parent / "apart"
        done = self.run("goto-cc", [
            "-std=gnu11", "-w", *defines, *extra,
            "-I", tree / "libusbif/include", "-I", source, "-I", HERE,
            HERE / name / "harness.c",
            *(source / f"{s}.c" for s in what.get("sources", "").split()),
            "--function", "harness", "-o", out])
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        for pair in what.get("calls", "").split():
            done = self.run("goto-instrument",
                            ["--replace-calls", pair, out, out])
            if done.returncode != 0:
                raise RuntimeError(done.stdout + done.stderr)

    def check(self, name, out, what, flags):
        unwind = ["--unwind", what.get("unwind", "1"),
                  *(["--unwindset", what["unwindset"].replace(" ", ",")]
                    if "unwindset" in what else [])]
        done = self.run("cbmc", [
            out, *unwind, "--slice-formula", "--drop-unused-functions",
            *flags, *what.get("flags", "").split()])
        if self.keep:
            (self.keep / f"{name}{flags[0]}.log").write_text(
                done.stdout + done.stderr)
        return done.stdout + done.stderr


def claims(cbmc, name, what, out, tree=ROOT, flags=()):
    """What CBMC says of the harness: of each of its cases, if it has some."""
    for extra in [[f"-DCASE={n}"] for n in range(int(what.get("cases", 0)))] \
            or [[]]:
        cbmc.compile(name, what, extra, out, tree)
        yield cbmc.check(name, out, what, [*CHECKS, *SOLVER, *flags])


def verdict(texts):
    """Properties in all cases, or 0: there is one without a result."""
    counts = [re.search(r"^\*\* (\d+) of (\d+) failed", text, re.M)
              for text in texts]
    return sum(int(count[2]) for count in counts) if all(counts) else 0


def prove(cbmc, name):
    """Returns (good, what to say, the row of the table)."""
    what = fields(HERE / name / "harness.c")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "goto"
        try:
            texts = list(claims(cbmc, name, what, out))
            cbmc.compile(name, what, ["-DREACH"], out)
            covers = cbmc.check(name, out, what, ["--cover", "cover"])
        except subprocess.TimeoutExpired:
            return False, f"no end after {SECONDS} s", None
        except RuntimeError as error:
            return False, str(error), None
    seconds = time.monotonic() - begin
    properties = verdict(texts)
    reached = re.search(r"^\*\* (\d+) of (\d+) covered", covers, re.M)
    if not properties or not reached:
        return False, "no result: " + (texts[-1] + covers)[-500:], None
    failed = [line for text in texts for line in
              re.findall(r"^\[(\S+)\] (.*): FAILURE", text, re.M)]
    missed = re.findall(r"^\[(\S+)\] (.*): FAILED", covers, re.M)
    good = not failed and not missed and reached[1] == reached[2] != "0" \
        and all("VERIFICATION SUCCESSFUL" in text for text in texts)
    subject = what["subject"][1] + "()" if what["subject"] else ""
    say = f"{subject}: {properties} properties, {reached[1]} of " \
        f"{reached[2]} covers, {seconds:.0f} s"
    for line in (*failed, *missed):
        say += "\n     " + " ".join(line)
    longer = ", *longer*" if what["longer"] else ""
    return good, say, [f"`{subject}`", what["for"] + longer, str(properties),
                       reached[2], f"{seconds:.0f}"]


def plant(cbmc, line):
    """Returns (good, what to say, no row) of a planted fault."""
    name, file, old, new = (part.strip() for part in
                            line.replace("\\|", "\0").split("|"))
    old, new = old.replace("\0", "|"), new.replace("\0", "|")
    what = fields(HERE / name / "harness.c")
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        shutil.copytree(ROOT / "libusbif", tree / "libusbif")
        path = tree / "libusbif/src" / file
        text = path.read_text()
        if old not in text:
            return False, f"{name}: {file} does not say: {old}", None
        path.write_text(text.replace(old, new))
        # One claim that fails is enough.
        for text in claims(cbmc, name, what, tree / "goto", tree,
                           ["--stop-on-fail"]):
            found = re.search(r"^Violated property:\n.* line (\d+) .*\n  (.*)",
                              text, re.M)
            if found:
                say = f"line {found[1]} {found[2]}"
                return True, f"{name}: {new}: {say}", None
    return False, f"{name}: {new}: not found", None


def wanted(name, names, longer):
    """Is a fault planted for this proof?"""
    return name in names if names else \
        longer or not fields(HERE / name / "harness.c")["longer"]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--root", type=pathlib.Path, required=True)
    args.add_argument("--keep", type=pathlib.Path)
    args.add_argument("-j", "--jobs", type=int, default=1)
    args.add_argument("--faults", action="store_true")
    args.add_argument("--write", action="store_true")
    args.add_argument("--longer", action="store_true")
    args.add_argument("names", nargs="*")
    args = args.parse_args()
    everything = args.write or args.longer
    names = args.names or sorted(
        p.parent.name for p in HERE.glob("*/harness.c")
        if everything or not fields(p)["longer"])
    work, kind = prove, "proof"
    if args.faults:
        lines = (HERE / "faults.txt").read_text().splitlines()
        names = [line for line in lines if not line.startswith("#") and
                 wanted(line.split()[0], args.names, args.longer)]
        work, kind = plant, "fault"
    cbmc = Cbmc(args.root, args.keep)
    bad, rows = 0, []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = pool.map(lambda name: work(cbmc, name), names)
        for name, (good, say, row) in zip(names, results):
            label = f"{kind}/{name}: " if kind == "proof" else f"{kind}/"
            print(f"{'PASS' if good else 'FAIL'} {label}{say}", flush=True)
            bad += not good
            rows += [row] if row else []
    if args.write and not bad and not args.names:
        tables.write("proofs", COLUMNS, rows)
    if not args.faults:
        bad += tables.differs("proofs", COLUMNS, rows, ["seconds"],
                              everything)
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
