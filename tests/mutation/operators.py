# SPDX-License-Identifier: MIT
"""Small changes of C functions: what a test should notice.

Only bodies of functions are changed, in this tree's style: a function begins
and ends with a brace in the first column, statements end with ";".
"""
import collections
import dataclasses
import re

RELATIONAL = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="],
              ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
LOGICAL = {"&&": ["||"], "||": ["&&"]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"],
              "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"],
              "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="],
              "++": ["--"], "--": ["++"]}
OPERATORS = {**RELATIONAL, **LOGICAL, **ARITHMETIC}
KIND = {**dict.fromkeys(RELATIONAL, "relational"),
        **dict.fromkeys(LOGICAL, "logical"),
        **dict.fromkeys(ARITHMETIC, "arithmetic")}
TOKEN = re.compile(
    r"[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|<<=|>>=|->|\+\+|--|<<|"
    r">>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\S")
TYPES = {"const", "struct", "enum", "union", "static", "unsigned", "bool",
         "char", "int", "void", "size_t", "volatile"}
CONTROL = {"if", "while", "for", "switch"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    file: str
    function: str
    kind: str
    begin: int              # where in the file, and what stands there then
    end: int
    text: str
    old: str                # the lines that change, before and after, in one
    new: str

    def from_above(self, source):
        """The same, told with the line above, where others read the same."""
        first = source.rfind("\n", 0, self.begin)
        above = source[:first].rstrip().rfind("\n") + 1
        # Each time one line more, as old may have lines above already.
        while " ".join(source[above:self.begin].split()) and \
                len(" ".join(source[above:self.end].split())) <= \
                len(self.old):
            above = source[:above].rstrip().rfind("\n") + 1
        last = source.find("\n", self.end)
        old = source[above:last]
        new = source[above:self.begin] + self.text + source[self.end:last]
        return dataclasses.replace(self, old=" ".join(old.split()),
                                   new=" ".join(new.split()))

    def key(self):
        return (self.file, self.function, self.old, self.new)

    def apply(self, source):
        return source[:self.begin] + self.text + source[self.end:]


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def mask(source):
    """The source with comments, texts and directives as spaces."""
    source = re.sub(r"/\*.*?\*/", blank, source, flags=re.S)
    source = re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank,
                    source)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, source, flags=re.M)


def functions(masked):
    """Yields (name, returns, begin, end) of the bodies."""
    for match in re.finditer(
            r"^((?:static |inline |const )*[\w ]*?[ *])(\w+)\([^;{}]*\)\n"
            r"\{\n(.*?)^\}", masked, re.M | re.S):
        yield match[2], match[1].strip(), match.start(3), match.end(3)


def closing(text, at):
    """The place of the bracket that closes the one at a place."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return -1


class Body:
    """One function's body, as tokens."""

    def __init__(self, source, masked, file, function, returns, begin, end):
        self.source, self.masked = source, masked
        self.file, self.function, self.returns = file, function, returns
        self.begin, self.end = begin, end
        self.tokens = [(m[0], m.start(), m.end()) for m in
                       TOKEN.finditer(masked, begin, end)]

    def mutant(self, kind, begin, end, text):
        first = self.source.rfind("\n", 0, begin) + 1
        last = self.source.find("\n", end)
        old = self.source[first:last]
        new = self.source[first:begin] + text + self.source[end:last]
        return Mutant(self.file, self.function, kind, begin, end, text,
                      " ".join(old.split()), " ".join(new.split()))

    def is_binary(self, number):
        """Is the operator between two operands?"""
        before = self.tokens[number - 1][0] if number else ";"
        return before in ")]" or (re.match(r"\w", before) is not None and
                                  before not in ("return", "case"))

    def is_cast_or_pointer(self, number):
        """"(type *)" and "struct x *y"."""
        begin = self.source[self.tokens[number][1] - 1]
        after = self.source[self.tokens[number][2]:][:1]
        return begin == " " and not after.isspace()

    def operators(self):
        for number, (token, begin, end) in enumerate(self.tokens):
            if token not in OPERATORS:
                continue
            if token in ("&", "*", "-", "+"):
                if not self.is_binary(number) or \
                        self.is_cast_or_pointer(number):
                    continue
            for other in OPERATORS[token]:
                yield self.mutant(KIND[token], begin, end, other)

    def constants(self):
        for token, begin, end in self.tokens:
            match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", token)
            if not match:
                continue
            value = int(match[1], 0)
            for other in {value + 1, max(value - 1, 0)} - {value}:
                yield self.mutant("constant", begin, end,
                                  str(other) + match[2])

    def conditions(self):
        for number, (token, _, end) in enumerate(self.tokens[:-1]):
            if token not in ("if", "while"):
                continue
            opening = self.tokens[number + 1][1]
            close = closing(self.masked, opening)
            yield self.mutant("condition", opening + 1, close,
                              f"!({self.source[opening + 1:close]})")

    def statements(self):
        """Yields (begin, end) of what stands between statements."""
        begin = None
        number = 0
        while number < len(self.tokens):
            token, at, end = self.tokens[number]
            if begin is None and token in CONTROL:
                close = closing(self.masked, self.tokens[number + 1][1])
                while self.tokens[number][1] < close:
                    number += 1
            elif begin is None and token in ("else", "do", "{", "}"):
                pass
            elif begin is None and token in ("case", "default"):
                while self.tokens[number][0] != ":":
                    number += 1
            elif token == ";":
                if begin is not None:
                    yield begin, end
                begin = None
            elif token == "{":      # of a declaration's value
                close = self.masked.index("}", at)
                while self.tokens[number][1] < close:
                    number += 1
            elif begin is None:
                begin = at
            number += 1

    def is_declaration(self, begin):
        word = re.match(r"\w+", self.masked[begin:begin + 40])
        return word is not None and (word[0] in TYPES or
                                     re.fullmatch(r"u?int\d+_t", word[0]))

    def deletions(self):
        for begin, end in self.statements():
            text = self.masked[begin:end]
            if not self.is_declaration(begin) and \
                    not re.match(r"return\s+\S", text):
                yield self.mutant("deletion", begin, end - 1, "")

    def results(self):
        for begin, end in self.statements():
            match = re.match(r"return\b\s*(.+);$", self.masked[begin:end],
                             re.S)
            if not match:
                continue
            at = begin + match.start(1)
            value = self.source[at:end - 1]
            if self.returns.endswith("*"):
                others = ["NULL"]
            elif self.returns.split()[-1] == "bool":
                others = [f"!({value})"]
            else:
                others = ["0", f"({value}) + 1"]
            for other in others:
                if other != value:
                    yield self.mutant("result", at, end - 1, other)


def distinct(made, source):
    """No two of a function with one key, so that a list can name them."""
    made = list({(m.begin, m.end, m.text): m for m in made}.values())
    for _ in range(8):
        count = collections.Counter(m.key() for m in made)
        if len(count) == len(made):
            break
        made = [m.from_above(source) if count[m.key()] > 1 else m
                for m in made]
    return made


def mutants(file, source):
    """All mutants of a source file, in its order."""
    masked = mask(source)
    for function in functions(masked):
        body = Body(source, masked, file, *function)
        yield from distinct([*body.operators(), *body.constants(),
                             *body.conditions(), *body.deletions(),
                             *body.results()], source)
