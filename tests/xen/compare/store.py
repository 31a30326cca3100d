# SPDX-License-Identifier: MIT
"""Runs checks of tests/xen with a system, and keeps the results."""

import dataclasses
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

import outcomes

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/xen/runner"))
import checks as checks_module  # noqa: E402

checks_in = checks_module.find_checks


def on_machine(check, kind):
    """The same check on another machine than its own, as another row: NAME@KIND."""
    return dataclasses.replace(check, name=f"{check.name}@{kind}")


def run_checks(system, directory, names, runs, repeat, jobs):
    """
    One call of tests/xen/run, with checks that are all for the same machine; its results, a list of dictionaries,
    empty when it could not even start.
    """
    plain, at, kind = zip(*(name.partition("@") for name in names))
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "results"
        command = [str(ROOT / "tests/xen/run"), "--system", system, "--checks", str(directory)]
        command += ["--runs", str(runs), "--repeat", str(repeat), "--jobs", str(jobs), "--results", str(results)]
        command += ["--machine", kind[0]] if at[0] else []
        print(f"== {system}, {runs} x: {' '.join(names)}", flush=True)
        subprocess.run([*command, "--only", *plain], check=False)
        found = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
        return [{**result, "name": result["name"] + at[0] + kind[0]} for result in found]


class Store:
    """All results so far of one system, in the cache: name of the check -> list of runs."""

    def __init__(self, cache, system):
        self.path = cache / "results" / f"{system}.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.runs = json.loads(self.path.read_text()) if self.path.exists() else {}

    def of(self, check):
        """The runs of the check as it is now; those of an older text of it count no more."""
        return [run for run in self.runs.get(check.name, []) if run["text"] == outcomes.text_of(check)]

    def forget(self, name):
        self.runs.pop(name, None)

    def add(self, check, result, repeat, origin):
        run = {**outcomes.run_of(result, repeat), "text": outcomes.text_of(check), **origin}
        self.runs.setdefault(check.name, []).append(run)

    def save(self):
        self.path.write_text(json.dumps(self.runs, indent=1, sort_keys=True))


class Comparison:
    """The runs of one system."""

    def __init__(self, arguments, system, store):
        self.arguments = arguments
        self.system = system
        self.store = store

    def perform(self, checks, directory, runs, repeat):
        """Each check at least so often, unless it fails in the same way twice: that needs no more boots."""
        checks = {check.name: check for check in checks if check.is_for(self.system)}
        if self.arguments.missing:
            checks = {name: check for name, check in checks.items() if not self.store.of(check)}
        if not self.arguments.more:
            for name in checks:
                self.store.forget(name)
        self._run(checks, list(checks), directory, 1, repeat)
        passed = [name for name in checks if self._words(name) == {"pass"}]
        failed = [name for name in checks if name not in passed]
        if runs > 1:
            self._run(checks, passed, directory, runs - 1, repeat)
            self._run(checks, failed, directory, 1, repeat)
        if runs > 2:
            # These vary.
            self._run(checks, [n for n in failed if len(self._words(n)) > 1], directory, runs - 2, repeat)

    def _words(self, name):
        return {run["word"] for run in self.store.runs.get(name, [])}

    def _run(self, checks, names, directory, runs, repeat):
        if not names:
            return
        for result in run_checks(self.system, directory, names, runs, repeat, self.arguments.jobs):
            if result["name"] in checks and outcomes.is_about_system(result, self.system):
                self.store.add(checks[result["name"]], result, repeat, origin())
        self.store.save()


def origin():
    """When, and with which state of this tree."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return {"date": today, "commit": commit or "unknown"}
