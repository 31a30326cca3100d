# SPDX-License-Identifier: MIT
"""The scripted device outside of the machine: the program in tests/xen/redir, which QEMU's usb-redir shows."""

import select
import subprocess


class Redir:
    """Started by the first request of a check, so that a machine without one has no such device."""

    SECONDS = 5

    def __init__(self, program, sockets, logs):
        self.path = sockets / "redir.sock"
        self.process = subprocess.Popen(
            [program, self.path, logs], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()

    def _answer(self):
        ready, _, _ = select.select([self.process.stdout], [], [], self.SECONDS)
        line = self.process.stdout.readline() if ready else ""
        status, _, text = line.rstrip("\n").partition(" ")
        if status != "ok":
            raise ValueError(f"redir: {line.strip() or 'no answer'}")
        return text

    def tell(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return self._answer()

    def stop(self):
        self.process.kill()
        self.process.wait()
