# SPDX-License-Identifier: MIT
"""Why a check fails with a peer of today: what was found when the failure was looked into."""

# By a short name: what the peer does. The order is that of the document.
LIMITS = {}
# (system, check) -> short names.
FOUND = {}


def why(system, name):
    return FOUND.get((system, name), ())


def mark(names):
    return ", ".join(names)


def lines():
    return [f"- *{name}*: {text}" for name, text in LIMITS.items()]
