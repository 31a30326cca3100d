# SPDX-License-Identifier: MIT
"""Where the machine's time goes: QEMU is stopped again and again and asked where its processors are."""

import collections
import re
import threading
import time

PAUSE_SECONDS = 0.003
# Where Xen and the kernels of PV domains are (x86-64).
XEN = range(0xFFFF82D000000000, 0xFFFF830000000000)
KERNEL = range(0xFFFF880000000000, 1 << 64)
# A domain is known by the base addresses of its processors' data. One that idles beside the other is seen, too.
OWN_SHARE = 0.05

PLACE = re.compile(r"RIP=(?P<rip>\w+).*?HLT=(?P<idle>\d).*?GS =\w+ (?P<gs>\w+)", re.S)


class Sampler:
    """Samples from start() to stop(); the first time, only dom0 may be busy."""

    def __init__(self, qmp):
        self.qmp = qmp
        self.modules = []  # (domain, name, range)
        self.of_dom0 = None

    def add_module(self, domain, name, base, size):
        self.modules.append((domain, name, range(base, base + size)))

    def start(self):
        self.samples = []  # (address, base of the processor's data, weight)
        self.going = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while self.going:
            self.qmp.command("stop")
            text = self.qmp.command("human-monitor-command", **{"command-line": "info registers -a"})
            self.qmp.command("cont")
            busy = [place for place in PLACE.finditer(text) if place["idle"] == "0"]
            # They share one thread.
            self.samples += [(int(one["rip"], 16), int(one["gs"], 16), 1 / len(busy)) for one in busy]
            time.sleep(PAUSE_SECONDS)

    def stop(self):
        """The shares of the time in which a processor was busy, as a text."""
        self.going = False
        self.thread.join()
        bases = collections.Counter(gs for rip, gs, _ in self.samples if rip in KERNEL)
        if self.of_dom0 is None:
            self.of_dom0 = {gs for gs, count in bases.items() if count > OWN_SHARE * bases.total()}
        shares = collections.Counter()
        for rip, gs, weight in self.samples:
            shares[self._place(rip, "dom0" if gs in self.of_dom0 else "guest")] += weight
        total = shares.total()
        return ", ".join(f"{place} {100 * share / total:.1f} %" for place, share in shares.most_common())

    def _place(self, rip, domain):
        if rip in XEN:
            return "Xen"
        for of, name, addresses in self.modules:
            if of == domain and rip in addresses:
                return name
        return f"{domain}'s kernel" if rip in KERNEL else "processes"
