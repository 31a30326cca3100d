# SPDX-License-Identifier: MIT
"""Sources of the library with the entries of tables as objects of their own.

CBMC reads an entry through a pointer with an index that may be anything as so
many octets out of the whole object, and is lost in them.  Told apart, entries
are compared with a few addresses: table[index] is entry number index, and that
there is one is claimed, at each such place.

Three things more are said otherwise, so that a proof is for all that the source
does, and more at most: of fq, a remainder is any that is possible, the same one
when it is asked for again, and what a walk along an URB's requests has found is
remembered for as long as nothing that it looked at has changed (apart_fq.h); of
the handshakes, a cell of the grid is looked up in words that are made of it
(apart_xb.h), and of a step's actions the last one is kept, each being judged
before the next.
"""
import re

TABLES = {
    "bq": (re.compile(r"\bbq->(req|queue)\["), "BQ_"),
    "fq": (re.compile(r"\bfq->(req|queue|urb)\["), "FQ_"),
    "xb": (re.compile(r"\bacts->(v)\["), "XB_"),
    "back": (re.compile(r"\bb->(bq\.req|bq\.queue|port|req)\["), "BACK_"),
}
# The handshakes ask most of what a cell has whether there is one.
USED = re.compile(r"\bcell_of\(m, g, ([^;]*?)\)->used\b")
CELL = re.compile(r"&g->row\[(m->state)\]\[(col)\]")
# Which remainder it is, no claim depends on: it is any that is possible.
REMAINDER = re.compile(r"([\w>-]+) % ([\w>-]+->max_packet)")
# Walks along an URB's requests, of which apart_fq.h remembers what they found.
WALKS = [("&& reqs_are_valid(fq, urb, t)", "&& REQS_ARE_VALID(fq, urb, t)"),
         ("unanswered + count_reqs(fq, u)", "unanswered + KNOWN_COUNT(urb)"),
         ("if (usbif_fq_first_not_unlinked(fq, urb) != USBIF_NONE)",
          "if (KNOWN_UNLINKING(urb))")]
# Bitmaps have one word.
WORD = re.compile(r"\bwords\[(bit / 32|word)\]")


def rewrite(text, pattern, prefix):
    out, at = "", 0
    while found := pattern.search(text, at):
        depth, end = 1, found.end()
        while depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        index = rewrite(text[found.end():end - 1], pattern, prefix)
        name = prefix + found[1].replace(".", "_").upper()
        out += f"{text[at:found.start()]}{name}({index})"
        at = end
    return out + text[at:]


def copy(source, to, which):
    """All files of a folder; which: a key of TABLES."""
    to.mkdir()
    for path in source.iterdir():
        text = rewrite(path.read_text(), *TABLES[which])
        text = USED.sub(r"XB_USED(m->state, \1)", text)
        text = CELL.sub(r"XB_CELL(\1, \2)", text)
        if which == "fq":
            text = REMAINDER.sub(r"REMAINDER(\1, \2)", text)
            for walk, found in WALKS:
                text = text.replace(walk, found)
        text = WORD.sub(r"words[ONLY_WORD(\1)]", text)
        (to / path.name).write_text(f'#include "apart_{which}.h"\n' + text)
