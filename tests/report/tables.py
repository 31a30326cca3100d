# SPDX-License-Identifier: MIT
"""Tables of docs/ASSURANCE.md that a command writes and compares.

Each stands between the lines "<!-- NAME: made by COMMAND -->" and
"<!-- end of NAME -->"; its first column names the row.
"""
import pathlib
import re

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/ASSURANCE.md"


def pattern(name):
    return re.compile(rf"(<!-- {name}: made by [^>]*-->\n\n?)(.*?)"
                      rf"(\n?<!-- end of {name} -->)", re.S)


def write(name, head, rows):
    """Replaces the table; head and each row are lists of texts."""
    lines = [head, ["---"] * len(head), *rows]
    text = DOCUMENT.read_text()
    table = "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
    new, count = pattern(name).subn(
        lambda found: found[1] + table + found[3], text)
    if count != 1:
        raise SystemExit(f"{DOCUMENT.name} has no place for {name}")
    DOCUMENT.write_text(new)


def read(name):
    """{first cell: {column: cell}}."""
    found = pattern(name).search(DOCUMENT.read_text())
    if not found:
        return {}
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")]
                      for line in found[2].splitlines() if line]
    return {row[0]: dict(zip(head, row)) for row in rows}


def differs(name, head, rows, free=(), whole=True):
    """
    Prints what the document says otherwise, but for the columns in free;
    rows that are missing here count only if these are the whole table.
    """
    there, bad = read(name), []
    here = {str(row[0]): dict(zip(head, map(str, row))) for row in rows}
    for key, row in here.items():
        said = there.get(key, {})
        bad += [f"{key}: {column}: {value}, not {said.get(column, 'there')}"
                for column, value in row.items()
                if column not in free and said.get(column) != value]
    if whole:
        bad += [f"{key}: only there" for key in there if key not in here]
    for line in bad:
        print(f"     {line}")
    print(f"{'FAIL' if bad else 'PASS'} {DOCUMENT.name} says so ({name})"
          + (": --write" if bad else ""))
    return bool(bad)
