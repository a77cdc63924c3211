"""Expressions with names and literals in place: `id = "1"` becomes `#n0 = :n1` with tables of names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from fakeaws.cli.commands._ddb.values import number, typed
from fakeaws.cli.errors import CliError

FUNCTIONS = frozenset(
    ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size", "if_not_exists")
)
KEYWORDS = frozenset(("AND", "OR", "NOT", "IN", "BETWEEN"))
COMPARATORS = ("<>", "<=", ">=", "=", "<", ">")
OPERANDS = ["literal", "lbracket", "lbrace", "identifier", "unquoted_identiifer"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<literal>"(?:[^"\\]|\\.)*" | b"(?:[^"\\]|\\.)*" | -?\d+(?:\.\d+)?(?:[eE][-+]?\d+)? | (?:true|false|null)\b)
    | (?P<identifier>'(?:[^'\\]|\\.)*')
    | (?P<unquoted>[A-Za-z_][\w-]*)
    | (?P<comparator><>|<=|>=|=|<|>)
    | (?P<mark>[()\[\]{},.:])""",
    re.VERBOSE,
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int


class Names:
    """The placeholders of one command: names and values are numbered together."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self._next = 0

    def name(self, text: str) -> str:
        placeholder = f"#n{self._number()}"
        self.names[placeholder] = text
        return placeholder

    def value(self, value: Any) -> str:
        placeholder = f":n{self._number()}"
        self.values[placeholder] = typed(value)
        return placeholder

    def _number(self) -> int:
        self._next += 1
        return self._next - 1


def condition(text: str, names: Names) -> str:
    """A filter or condition as DynamoDB takes it; CliError where it cannot be read."""
    reader = _Reader(text, names)
    found = reader.any_of()
    reader.expect_end()
    return found


def projection(text: str, names: Names) -> str:
    """A list of paths as DynamoDB takes it."""
    reader = _Reader(text, names)
    found = [reader.path()]
    while reader.take(","):
        found.append(reader.path())
    reader.expect_end()
    return ", ".join(found)


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._tokens = list(_tokens(text))
        self._at = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def take(self, *texts: str) -> str | None:
        """The next token if it is one of these."""
        token = self._token
        wanted = token.text.upper() if token.kind == "keyword" else token.text
        if token.kind in ("literal", "identifier", "eof") or wanted not in texts:
            return None
        self._at += 1
        return wanted

    def expect(self, text: str, kind: str) -> None:
        if self.take(text) is None:
            raise self._unexpected([kind])

    def expect_end(self) -> None:
        if self._token.kind != "eof":
            raise self._unexpected(["eof"])

    def any_of(self) -> str:
        found = self._all_of()
        while self.take("OR"):
            found = f"{found} OR {self._all_of()}"
        return found

    def _all_of(self) -> str:
        found = self._negated()
        while self.take("AND"):
            found = f"{found} AND {self._negated()}"
        return found

    def _negated(self) -> str:
        if self.take("NOT"):
            return f"NOT {self._negated()}"
        if self.take("("):
            found = self.any_of()
            self.expect(")", "rparen")
            return f"({found})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._operand()
        comparator = self.take(*COMPARATORS)
        if comparator:
            return f"{left} {comparator} {self._operand()}"
        if self.take("BETWEEN"):
            low = self._operand()
            self.expect("AND", "and")
            return f"{left} BETWEEN {low} AND {self._operand()}"
        if self.take("IN"):
            self.expect("(", "lparen")
            return f"{left} IN ({', '.join(self._operands(')', 'rparen'))})"
        return left

    def _operand(self) -> str:
        token = self._token
        if token.kind == "unquoted" and token.text in FUNCTIONS and self._tokens[self._at + 1].text == "(":
            self._at += 2
            return f"{token.text}({', '.join(self._operands(')', 'rparen'))})"
        if token.kind in ("unquoted", "identifier"):
            return self.path()
        return self._names.value(self._literal())

    def _operands(self, end: str, kind: str) -> list[str]:
        found = [self._operand()]
        while self.take(","):
            found.append(self._operand())
        self.expect(end, kind)
        return found

    def path(self) -> str:
        """`a.b[0]` with a placeholder for each name."""
        found = self._name()
        while True:
            if self.take("."):
                found += "." + self._name()
            elif self.take("["):
                index = self._literal()
                self.expect("]", "rbracket")
                found += f"[{index}]"
            else:
                return found

    def _name(self) -> str:
        token = self._token
        if token.kind not in ("unquoted", "identifier"):
            raise self._unexpected(["identifier", "unquoted_identifier"])
        self._at += 1
        return self._names.name(_unquoted(token.text) if token.kind == "identifier" else token.text)

    def _literal(self) -> Any:
        token = self._token
        if token.kind == "literal":
            self._at += 1
            return _value(token.text)
        if self.take("["):
            return self._series("]", "rbracket", self._literal)
        if self.take("{"):
            return self._braced()
        raise self._unexpected(OPERANDS)

    def _series(self, end: str, kind: str, read: Any) -> list[Any]:
        found: list[Any] = []
        while not self.take(end):
            if found:
                self.expect(",", "comma")
            found.append(read())
            if self._token.kind == "eof":
                raise self._unexpected([kind])
        return found

    def _braced(self) -> Any:
        """A map (`{"a": 1}`) or a set (`{1, 2}`)."""
        found = self._series("}", "rbrace", self._entry)
        if all(len(entry) == 1 for entry in found) and found:
            return {entry[0] for entry in found}
        return dict(found)

    def _entry(self) -> tuple[Any, ...]:
        key = self._literal()
        return (key, self._literal()) if self.take(":") else (key,)

    def _unexpected(self, wanted: list[str]) -> CliError:
        token = self._token
        kind = {"unquoted": "unquoted_identifier"}.get(token.kind, token.kind)
        return CliError(
            f"Unexpected token `{token.text}` of type `{kind}`. Expected type: {wanted}\n"
            f"{self._text}\n{' ' * token.start}^"
        )


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise CliError(f"Unexpected token `{text[position]}`\n{text}\n{' ' * position}^")
        kind = found.lastgroup or ""
        if kind == "unquoted" and found[0].upper() in KEYWORDS:
            kind = "keyword"
        if kind != "space":
            yield Token(kind, found[0], position)
        position = found.end()
    yield Token("eof", "", len(text))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _value(text: str) -> Any:
    if text.startswith('b"'):
        import base64

        return base64.b64decode(text[2:-1])
    if text.startswith('"'):
        return _unquoted(text)
    words = {"true": True, "false": False, "null": None}
    return words[text] if text in words else number(text)
