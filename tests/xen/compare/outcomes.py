# SPDX-License-Identifier: MIT
"""What a result of the runner means: one word, and the reason."""

import hashlib
import re

WORDS = ("corrupts", "hangs", "wrong", "n.a.")
HANG = re.compile(r"not finished after|dom0 is stuck|gave no answer within|the machine died")
# A system that reports one of these has failed, whatever the workload saw.
FAULT = re.compile(r"BUG: (?!soft)|BUG at|Oops|general protection fault|Kernel panic|refcount_t:|segfault at")


def text_of(check):
    """A short name of what the check does now: of its file without the comments, which say who can run it."""
    lines = check.path.read_text().splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_about_system(result, system):
    """
    Not when the machine did not come up or stood still, so that something came too late, or when the device itself
    was no good before it was given away.
    """
    reason = result["reason"]
    if result["stalled"] and not result["passed"]:
        return False
    return "came to no check" not in reason and (system == "native" or not reason.endswith("(natively)"))


def faults(result):
    return any(FAULT.search(line) for line in result["trouble"])


def word_of(result):
    if result["passed"]:
        return "wrong" if faults(result) else "pass"
    word, colon, _ = result["reason"].partition(":")
    if colon and word in WORDS:
        return word
    return "hangs" if HANG.search(result["reason"]) else "wrong"


def reason_of(result, word):
    if result["passed"]:
        return "right, but the system itself reported a fault" if faults(result) else ""
    reason = result["reason"].removeprefix(f"{word}:").strip()
    return re.sub(r" \((in.the.guest|natively)\)$", "", reason)


def run_of(result, repeat):
    """What is kept of a run in which the workload was repeated so often; one that fails is not repeated further."""
    word = word_of(result)
    return {
        "times": repeat if word == "pass" else 1,
        "word": word,
        "reason": reason_of(result, word),
        "seconds": round(result["seconds"], 1),
        "figure": result["figure"],
    }
