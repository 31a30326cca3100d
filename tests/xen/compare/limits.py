# SPDX-License-Identifier: MIT
"""Why a check fails with a driver of today: what was found when each failure was looked into."""

# By a short name: what the driver does. The order is that of the document.
LIMITS = {
    "sixteen pages": "xen-hcd refuses an URB that spans more than 16 pages of memory (`E2BIG`): 64 KiB at most. Disks are "
    "not concerned, as it says that it takes no scattered pages and so gets 4 KiB at a time",
    "sixteen requests": "xen-hcd has 16 requests in flight for all devices of a controller. Reads that wait for a silent "
    "device keep theirs, so a serial adapter (17 reads) leaves none for anything else, and an unlink that finds the ring "
    "full is never sent",
    "no isochronous transfers": "`qusb` ends every isochronous URB with an error: no cameras, no sound",
    "partial data is lost": "`qusb` does not report what an unlinked transfer had moved",
    "length of a failed write": "`qusb` reports a write that the device halted as if all of it had moved",
    "pulled in the middle": "when a device is pulled while its driver sends control requests, `qusb` may stop to answer; "
    "our frontend then closes the controller after 10 s, so that every URB ends, and `xl usbctrl-detach` removes it",
    "what waits is lost": "`qusb` does not answer all requests of an endpoint that were queued behind one that failed, "
    "was short or was unlinked; our frontend never queues any there",
}
# (system, check) -> short names.
FOUND = {
    ("ours+xen-hcd", "urb-sizes"): ["sixteen pages"],
    ("ours+xen-hcd", "whole"): ["sixteen pages"],
    ("ours+xen-hcd", "zero-packet"): ["sixteen pages"],
    ("ours+xen-hcd", "serial"): ["sixteen requests"],
    ("ours+xen-hcd", "network"): ["sixteen requests"],
    ("ours+xen-hcd", "idle-then-control"): ["sixteen requests"],
    ("qusb+ours", "iso-in"): ["no isochronous transfers"],
    ("qusb+ours", "iso-out"): ["no isochronous transfers"],
    ("qusb+ours", "unlink-partial"): ["partial data is lost"],
    ("qusb+ours", "out-halts"): ["length of a failed write"],
    ("qusb+ours", "other-endpoint"): ["length of a failed write"],
    ("qusb+ours", "unplug"): ["pulled in the middle", "length of a failed write"],
    ("qusb+ours", "vanish"): ["length of a failed write"],
    ("qusb+ours", "libusb"): ["length of a failed write"],
    ("qusb+xen-hcd", "disk-inquiry"): ["what waits is lost"],
    ("qusb+xen-hcd", "barrier-waiting"): ["what waits is lost"],
    ("qusb+xen-hcd", "barrier-later"): ["what waits is lost"],
    ("qusb+xen-hcd", "babble-queued"): ["what waits is lost"],
    ("qusb+xen-hcd", "io-error-queued"): ["what waits is lost"],
    ("qusb+xen-hcd", "never-answered"): ["what waits is lost"],
    ("qusb+xen-hcd", "messages-later"): ["what waits is lost"],
    ("qusb+xen-hcd", "messages-after-silence"): ["what waits is lost"],
    ("qusb+xen-hcd", "messages-waiting"): ["what waits is lost"],
    ("qusb+xen-hcd", "unlink-head"): ["what waits is lost"],
    ("qusb+xen-hcd", "out-halts"): ["what waits is lost"],
    ("qusb+xen-hcd", "other-endpoint"): ["what waits is lost"],
    ("qusb+xen-hcd", "clear-halt"): ["what waits is lost"],
    ("qusb+xen-hcd", "urb-sizes"): ["sixteen pages"],
    ("qusb+xen-hcd", "whole"): ["sixteen pages"],
    ("qusb+xen-hcd", "zero-packet"): ["sixteen pages"],
    ("qusb+xen-hcd", "serial"): ["sixteen requests"],
    ("qusb+xen-hcd", "network"): ["sixteen requests"],
    ("qusb+xen-hcd", "idle-then-control"): ["sixteen requests"],
    ("qusb+xen-hcd", "iso-in"): ["no isochronous transfers"],
    ("qusb+xen-hcd", "iso-out"): ["no isochronous transfers"],
    ("qusb+xen-hcd", "unlink-partial"): ["partial data is lost"],
}


def why(system, name):
    """The short names, or nothing."""
    return FOUND.get((system, name), ())


def lines(said):
    """Those that the notes speak of."""
    return [f"- *{name}*: {text}." for name, text in LIMITS.items() if any(name in note for note in said)]
