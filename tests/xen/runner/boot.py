# SPDX-License-Identifier: MIT
"""One boot of the machine: performs a list of checks and collects their results."""

import dataclasses
import pathlib
import re
import tempfile
import threading
import time

import ends
import images
import machine
import redir
import sample
import trouble

BOOT_SECONDS = 180
POWER_OFF_SECONDS = 30
LEAKS_SECONDS = 240
# dom0 ends a check that takes too long; this much later the host does, because dom0 must be stuck.
GRACE_SECONDS = 30

# The kernel says that a reading of the clock took so many ns: the emulated machine itself stood still.
STALL = re.compile(r"Long readout interval.* cs_nsec: (\d+)")
LONG_STALL_NS = 1_000_000_000
FATAL = re.compile(r"Kernel panic|Panic on CPU|Unhandled: vec")


@dataclasses.dataclass
class Result:
    name: str
    passed: bool
    reason: str = ""
    seconds: float = 0
    trouble: list = dataclasses.field(default_factory=list)  # what the consoles showed meanwhile
    figure: str = ""  # what it measured
    stalled: bool = False  # the emulated machine stood still for a second meanwhile


class Boot:
    """Answers dom0's requests ("NUMBER VERB TEXT" on the control port) and follows the consoles."""

    def __init__(self, bed, name, kind, kernel, checks, report):
        self.bed = bed
        self.name = name
        self.kind = kind  # of machine: its USB host controller
        self.kernel = f"{bed.kernel} {kernel}".strip()  # more options of Linux, here and in the guests
        self.checks = {check.name: check for check in checks}
        self.logs = bed.run / name
        self.report = report
        self.results = []
        self.current = None  # the check that runs now
        self.started = time.monotonic()
        self._grant(BOOT_SECONDS)
        self.trouble = []
        self.trouble_now = []  # since the check began
        self.races_of_others = 0
        self.pardoned = set()  # consoles that may show anything
        self.figure = ""
        self.stalled = False
        self.fatal = threading.Event()
        self.later = []  # what to verify in the sticks after power-off: (check, drive, offset, length, sha256)
        self.finished = False  # dom0 has said that it is about to power off
        self.failed = False  # a check has failed, so the boot is about to end
        self.again = False  # that check is to be tried again
        self.files = {}
        self.redir = None
        self.sampler = None

    def run(self):
        self.logs.mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="usbif-bed-") as sockets:
            self._run(pathlib.Path(sockets))
        return self.results

    def _run(self, sockets):
        self.sockets = sockets
        images.make_images(self.bed, self.logs, self.checks.values(), self.kernel)
        images.make_sticks(self.logs)
        images.make_shared(self.logs)
        for console in ("com1", *machine.GUEST_CONSOLES):
            self.files[console] = open(self.logs / f"{self.console_file(console)}", "w")
        self.started = time.monotonic()
        self._grant(BOOT_SECONDS)
        self.machine = machine.Machine(self.bed, self.logs, sockets, self.kind, self.kernel)
        with open(self.logs / "qemu.log", "w") as log:
            try:
                self.machine.start(log, self.on_console, self.on_control)
                self._supervise()
            except OSError as error:
                self._lost(f"QEMU: {error}, see qemu.log")
            finally:
                self.machine.kill()
                if self.redir:
                    self.redir.stop()
        for file in self.files.values():
            file.close()
        self._verify_images()
        if self.races_of_others:
            self.report.say(f"{self.name}: {self.races_of_others} data races of the kernel itself")
        if not self.bed.keep:
            for image in [*self.logs.glob("*.img"), *self.logs.glob("*.wav"), self.logs / "dom0.cpio"]:
                image.unlink()
            images.shared(self.logs).unlink()
            images.shared(self.logs).parent.rmdir()

    def _grant(self, seconds):
        """What comes next may take so long; longer with a kernel that looks for errors."""
        self.deadline = time.monotonic() + seconds * self.bed.patience

    @staticmethod
    def console_file(console):
        return "xen-dom0.log" if console == "com1" else f"{console}.log"

    def _supervise(self):
        """Until QEMU has ended: by dom0's power-off, or by us when time is over or all is lost."""
        while not self.machine.wait(0.5):
            reason = None
            if self.fatal.is_set():
                reason = "the machine died"
                time.sleep(2)  # what it still has to say
            elif time.monotonic() > self.deadline:
                reason = f"dom0 is stuck ({'booting' if not self.current else 'no answer'})"
            if reason:
                self._lost(reason)
                return
        if not self.finished:
            self._lost("the machine ended early")

    def _lost(self, reason):
        if self.current:
            self._result(False, reason)
        elif not self.finished:
            self.trouble.append(reason)

    def on_console(self, console, line):
        stamp = f"{time.monotonic() - self.started:8.3f}"
        self.files[console].write(f"{stamp} {line}\n")
        self.files[console].flush()
        if trouble.is_race_of_others(line):
            self.races_of_others += 1
        # After a failure dom0 shows stuck tasks' traces on purpose.
        if trouble.is_trouble(line) and not self.failed and console not in self.pardoned:
            during = self.current.name if self.current else "no check"
            self.trouble.append(f"{self.console_file(console)} during {during}: {line.strip()}")
            self.trouble_now.append(line.strip())
        stall = STALL.search(line)
        if stall and int(stall[1]) > LONG_STALL_NS:
            self.stalled = True
        if FATAL.search(line) and console == "com1":
            self.fatal.set()

    def on_control(self, line):
        number, verb, *rest = line.split(" ", 2)
        handler = getattr(self, f"do_{verb}", None)
        try:
            if not handler:
                raise ValueError(f"no request '{verb}'")
            answer = handler(rest[0] if rest else "")
            self.machine.answer(f"{number} ok {answer or ''}".rstrip())
        except (ValueError, KeyError, RuntimeError) as error:
            self.machine.answer(f"{number} error {error}")

    # Requests about the run itself, made by dom0.sh.

    def do_up(self, _):
        self.report.say(f"{self.name}: dom0 is up after {time.monotonic() - self.started:.0f} s")
        self._grant(GRACE_SECONDS)

    def do_begin(self, name):
        self.current = self.checks[name]
        self.began = time.monotonic()
        self.trouble_now = []
        self.figure = ""
        self.stalled = False
        self._grant(self.current.timeout + GRACE_SECONDS)
        self.report.say(f"{self.name}: {name}: {self.current.title}")

    def do_pass(self, _):
        self._result(True, "")

    def do_fail(self, reason):
        self._result(False, reason)

    def do_leaks(self, _):
        """All checks are done; what nobody knows of any more is searched for, which takes a while."""
        self._grant(LEAKS_SECONDS)

    def do_down(self, _):
        self.finished = True
        self._grant(POWER_OFF_SECONDS)

    def _result(self, passed, reason):
        seconds = time.monotonic() - self.began
        result = Result(
            self.current.name, passed, reason, seconds, self.trouble_now, self.figure, self.stalled
        )
        self.results.append(result)
        self.again = self.bed.system != "native" and self.report.tries_again(result)
        if self.again:
            self.report.say(f"{self.name}: AGAIN {result.name}: {result.reason} (logs: {self.logs})")
        elif not self._awaits_power_off(result):
            self.report.result(result, self.logs)
        self.current = None
        self.failed = self.failed or not passed
        self._grant(GRACE_SECONDS)

    # Requests of checks.

    def do_say(self, text):
        self.report.say(f"{self.name}: {self.current.name}: {text}")

    def do_figure(self, text):
        """What the check measured, for the file of results."""
        self.figure = text
        self.do_say(text)

    def do_pardon(self, console):
        """A guest is about to be crashed on purpose; its console may say so until "judge"."""
        self.pardoned.add(console)

    def do_judge(self, console):
        self.pardoned.discard(console)

    def do_sha256(self, text):
        drive, offset, length = text.split()
        return images.sha256(self.image(drive), int(offset), int(length))

    def do_verify(self, text):
        """After power-off, that part of the drive has that sha256; else the check has failed after all."""
        drive, offset, length, digest = text.split()
        self.later.append((self.current.name, self.image(drive), int(offset), int(length), digest))

    def do_unplug(self, device):
        self.machine.qmp.unplug(device)

    def do_plug(self, device):
        self.machine.qmp.plug(device)
        if device == "ccid":
            self.machine.card.insert()

    def do_wire(self, text):
        """A stick whose commands take so many ns, or "gone" when it has been unplugged."""
        self.machine.qmp.plug_wire(None if text == "gone" else int(text))

    def do_sample(self, text):
        """ "module DOMAIN NAME BASE SIZE", "start", "stop": see sample.py."""
        if not self.sampler:
            self.sampler = sample.Sampler(self.machine.qmp)
        verb, *words = text.split()
        if verb == "module":
            domain, name, base, size = words
            return self.sampler.add_module(domain, name, int(base, 16), int(size))
        return {"start": self.sampler.start, "stop": self.sampler.stop}[verb]()

    def do_redir(self, command):
        """A command to the scripted device, see redir/main.c; "plug" is the first."""
        if not self.redir:
            self.redir = redir.Redir(self.bed.cache / "redir", self.sockets, self.logs)
            self.machine.qmp.plug_redir(self.redir.path)
        return self.redir.tell(command)

    def do_keys(self, text):
        for key in text.split():
            self.machine.qmp.press(key)
            time.sleep(0.1)

    def do_point(self, text):
        kind, x, y = text.split()
        self.machine.qmp.point(kind, int(x), int(y))

    def do_heard(self, _):
        """What the loudspeaker played since it was plugged, see ends.py; it must be unplugged again."""
        return ends.heard(self.logs)

    def image(self, drive):
        if drive == "song":
            return images.shared(self.logs)
        if drive not in images.STICKS:
            raise ValueError(f"no drive '{drive}'")
        return self.logs / f"{drive}.img"

    def _awaits_power_off(self, result):
        return result.passed and any(name == result.name for name, *_ in self.later)

    def _verify_images(self):
        for result in filter(self._awaits_power_off, self.results):
            for name, path, offset, length, digest in self.later:
                got = images.sha256(path, offset, length)
                if name == result.name and got != digest:
                    result.passed = False
                    result.reason = f"{path.name} after power-off: sha256 {got}, not {digest}"
            self.report.result(result, self.logs)
