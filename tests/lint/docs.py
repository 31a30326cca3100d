# SPDX-License-Identifier: MIT
"""What the documents say of this tree: paths, links, the map, the example."""
import posixpath
import re

# A path from the top of the tree, wherever it is written.
TOPS = "libusbif|shims|tests|scripts|docs|examples|bench|cmake"
TREE_PATH = re.compile(r"(?<![\w./~$}{\"*-])(?:%s)/[\w./*{},-]*[\w*}/]" % TOPS)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE_NAME = re.compile(r"`([\w.-]+\.(?:c|h|md|mk|py|sh|txt|xusb|ioconf))`")
# Files of others that are spoken of: Xen's, the Linux kernel's.
FOREIGN = {"usbif.h", "scripts/extract-vmlinux", "virtio_ring.c", "vringh.c"}
GUARANTEE = "docs/GUARANTEE.md"
INTEROP = "docs/INTEROP.md"
# Words of "# only:" that leave a check to our two drivers together.
OURS_ALONE = {"ours", "ours-pipelined", "native", "usbip"}
EXAMPLE = "examples/loopback.c"
OPERATING = "docs/OPERATING.md"
# A line of a kernel's log or trace that a document shows: what is said there.
KERNEL_LINE = re.compile(r"^ +(?:xen-usb(?:back|front) vusb[-\d]*: (?:\d+ )?|"
                         r"usbif_\w+: )(.*)$")
# A table of such lines, below this heading.
LOG_TABLE = "## Lines in the log"
LOG_ROW = re.compile(r"^\| `([^`]+)` \|")


def alternatives(path):
    """The paths that a{b,c} stands for."""
    match = re.fullmatch(r"(.*)\{(.*)\}(.*)", path)
    if not match:
        return [path]
    return [match[1] + part + match[3] for part in match[2].split(",")]


def check_paths(root, name, lines, report):
    for number, line in enumerate(lines, 1):
        for path in TREE_PATH.findall(line):
            for one in alternatives(path.rstrip(".")):
                built = one.endswith(".ko")
                if not (built or one in FOREIGN or any(root.glob(one))):
                    report.add(name, number, f"no {one}")


def anchors(text):
    """The anchors of a document's headings, as web pages make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
            for heading in headings}


def check_links(root, name, lines, report):
    for number, line in enumerate(lines, 1):
        for link in LINK.findall(line):
            if "://" in link:
                continue
            path, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(
                posixpath.dirname(name), path)) if path else name
            if not (root / target).exists():
                report.add(name, number, f"link to {link}: no such file")
            elif anchor and anchor not in anchors((root / target).read_text()):
                report.add(name, number, f"link to {link}: no such heading")


def check_file_names(names, name, lines, report):
    for number, line in enumerate(lines, 1):
        for file in FILE_NAME.findall(line):
            if file not in names | FOREIGN:
                report.add(name, number, f"no file {file}")


def folders(files):
    found = set()
    for name in files:
        parts = name.split("/")[:-1]
        found |= {"/".join(parts[:n + 1]) for n in range(len(parts))}
    return sorted(found)


def check_map(root, files, report):
    """README.md names every folder, or a README.md further down does."""
    readmes = {posixpath.dirname(name) for name in files
               if posixpath.basename(name) == "README.md"}
    for folder in folders(files):
        parts = folder.split("/")
        homes = ["/".join(parts[:n]) for n in range(len(parts))]
        home = [path for path in homes if path in readmes][-1]
        rest = folder[len(home):].strip("/")
        # Below that the folders are told by those above them.
        if rest.count("/") > (0 if home else 1):
            continue
        readme = posixpath.join(home, "README.md")
        if not re.search(r"(?<![\w.-])" + re.escape(rest) + "/",
                         (root / readme).read_text()):
            report.add(readme, 1, f"says nothing of {rest}/")


def squeeze(text):
    return "\n".join(line.strip() for line in text.splitlines())


def check_example(root, name, text, report):
    """Each paragraph of code is one of the example that the tests run."""
    source = squeeze((root / EXAMPLE).read_text())
    for block in re.findall(r"^```c\n(.*?)^```", text, re.M | re.S):
        for part in re.split(r"\n\s*\n", block.strip()):
            if squeeze(part) not in source:
                first = part.strip().splitlines()[0]
                number = text[:text.index(first)].count("\n") + 1
                report.add(name, number, f"not in {EXAMPLE}: {first}")


def tables(text):
    """Rows of tables that begin with a name: name -> column -> first word."""
    found, head = {}, []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif line.startswith("| name |"):
            head = cells
        elif head and line.startswith("| `"):
            found[cells[0]] = {column: cell.strip("*").split(" ")[0]
                               for column, cell in zip(head, cells)
                               if column not in ("name", "workload")}
    return found


def check_excerpt(root, name, text, report):
    """What README.md shows of the table of the guarantee is what it says."""
    if not (root / GUARANTEE).is_file():
        return
    whole = tables((root / GUARANTEE).read_text())
    for row, cells in tables(text).items():
        for column, word in cells.items():
            said = whole.get(row, {}).get(column)
            if word != said:
                number = text[:text.index(f"| {row} |")].count("\n") + 1
                report.add(name, number, f"{column}: {GUARANTEE}: {said}")


def is_shared(path):
    """Can a pair with a driver of somebody else run the check?"""
    only = re.search(r"^# only: (.*)$", path.read_text(), re.M)
    return not only or bool(set(re.split(r"[\s,]+", only[1])) - OURS_ALONE)


def check_interop(root, report):
    """The table of today's peers names exactly the checks that there are."""
    paths = [*root.glob("tests/xen/checks/*/[0-9]*-*.sh"),
             *root.glob("tests/xen/guarantee/*/[0-9]*-*.sh")]
    there = {re.sub(r"^\d+-", "", path.stem) for path in paths
             if path.parent.name not in ("bed", "unikernel") and
             (path.parts[-3] == "guarantee" or is_shared(path))}
    named = {name.strip("`") for name in tables((root / INTEROP).read_text())}
    for name in sorted(there - named):
        report.add(INTEROP, 1, f"{name} is missing: scripts/interop --table")
    for name in sorted(named - there):
        report.add(INTEROP, 1, f"there is no check {name}")


def formats(root, files):
    """Regular expressions of all that the Linux modules may print."""
    found = []
    for name in files:
        if not re.fullmatch(r"shims/linux-\w+/\w+\.[ch]", name):
            continue
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', (root / name).read_text()):
            text = text.replace("\\n", "").replace('\\"', '"')
            words = re.split(r"%[-*\d]*(?:l*[udx]|s|pe|pE)", text)
            # Enough of its own to be told from others.
            if sum(len(word) for word in words) >= 12:
                found.append(re.compile(".*".join(map(re.escape, words))))
    return found


def check_kernel_lines(root, files, name, lines, report):
    """What an operator is told to look for is what the modules print."""
    known = formats(root, files)
    table = False
    for number, line in enumerate(lines, 1):
        if line.startswith("## "):
            table = line == LOG_TABLE
        match = KERNEL_LINE.match(line) or (table and LOG_ROW.match(line))
        if match and not any(one.fullmatch(match[1].rstrip()) or
                             one.fullmatch(match[1]) for one in known):
            report.add(name, number, "no module prints this")


def check(root, files, report):
    names = {posixpath.basename(name) for name in files}
    for name in files:
        if name.endswith(".patch"):
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        check_paths(root, name, lines, report)
        if name.endswith(".md"):
            check_links(root, name, lines, report)
            check_file_names(names, name, lines, report)
            check_example(root, name, text, report)
        if name == OPERATING:
            check_kernel_lines(root, files, name, lines, report)
    check_map(root, files, report)
    check_interop(root, report)
    check_excerpt(root, "README.md", (root / "README.md").read_text(), report)
