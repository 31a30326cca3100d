# SPDX-License-Identifier: MIT
"""Runs checks of tests/xen with several systems and writes a document with the results."""

import argparse
import os
import pathlib

import devices
import guarantee
import interop
import store

DOCUMENTS = {"guarantee": guarantee, "interop": interop, "devices": devices}


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/guarantee, scripts/interop, scripts/devices", description=__doc__)
    parser.add_argument("document", choices=DOCUMENTS, help=argparse.SUPPRESS)
    parser.add_argument("--systems", nargs="+", default=[], metavar="SYSTEM", help="these systems only")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these checks only")
    parser.add_argument("--runs", type=int, default=3, help="runs of each check (default: 3)")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="runs of a workload in each of them")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="machines at a time")
    parser.add_argument("--more", action="store_true", help="add the runs to those that there are")
    parser.add_argument("--missing", action="store_true", help="only what has no result yet")
    parser.add_argument("--table", action="store_true", help="run nothing, write the document again")
    parser.add_argument("--output", type=pathlib.Path, help="instead of the document's own place")
    return parser.parse_args()


def refuse_unknown(what, names, known):
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no {what} {', '.join(unknown)}; there are: {', '.join(known)}")


def main():
    arguments = parse_arguments()
    document = DOCUMENTS[arguments.document]
    if arguments.repeat > 1 and document is not guarantee:
        raise SystemExit("--repeat is for scripts/guarantee: other checks than its workloads do not repeat themselves")
    cache = pathlib.Path(os.environ["USBIF_CACHE"])
    sources = document.sources()
    names = [check.name for _, checks, _ in sources for check in checks]
    refuse_unknown("check", arguments.only, names)
    refuse_unknown("system", arguments.systems, document.SYSTEMS)
    stores = {system: store.Store(cache, system) for system in document.SYSTEMS}
    for system in [] if arguments.table else arguments.systems or document.SYSTEMS:
        comparison = store.Comparison(arguments, system, stores[system])
        for directory, checks, most in sources:
            wanted = [check for check in checks if check.name in (arguments.only or names)]
            comparison.perform(wanted, directory, min(most or arguments.runs, arguments.runs), 1 if most else arguments.repeat)
    output = arguments.output or document.OUTPUT
    output.write_text(document.write(stores, cache))
    print(f"written: {output}")


if __name__ == "__main__":
    main()
