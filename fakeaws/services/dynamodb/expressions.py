"""The expression language: tokens, and trees of them.

A condition is a tree of tuples: ("and", a, b), ("=", operand, operand), ("begins_with", path, operand), …; an operand
is ("path", [name or index, …]), ("value", attribute value) or ("size", path). Names (`#n`) and values (`:v`) are looked
up while parsing; which of them were used is known at the end, as DynamoDB refuses those that were not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb.values import Value, check, invalid

Tree = tuple[Any, ...]
Path = list[str | int]
TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>()\[\],.+-]|[#:]?[A-Za-z0-9_]+)")
COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
DEEPEST = 32
LARGEST = 4096
"""Bytes of an expression (DynamoDB developer guide, "Service, account, and table quotas")."""
NESTED = 100
"""Parentheses and NOTs within one another."""


class Names:
    """The substitutes of one request, and which of them its expressions used."""

    def __init__(self, names: dict[str, str] | None, values: dict[str, Value] | None) -> None:
        self.names = names or {}
        self.values = values or {}
        self.used: set[str] = set()
        for value in self.values.values():
            check(value)

    def refuse_unused(self) -> None:
        """Every substitute must stand in some expression."""
        for what, given in (("Names", self.names), ("Values", self.values)):
            unused = sorted(set(given) - self.used)
            if unused:
                raise invalid(
                    f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{', '.join(unused)}}}"
                )


@cache
def reserved() -> frozenset[str]:
    """The words that cannot be names in expressions (DynamoDB developer guide, reserved words)."""
    return frozenset(catalogue.load("dynamodb_reserved_words").split())


class Parser:
    """Reads one expression; `what` is its parameter's name, for the messages."""

    def __init__(self, what: str, text: str, names: Names) -> None:
        self.what = what
        self.names = names
        self.tokens = self._tokens(text)
        self.position = 0
        self.operators = 0
        self.depth = 0

    def _tokens(self, text: str) -> list[str]:
        if not text.strip():
            raise invalid(f"Invalid {self.what}: The expression can not be empty;")
        size = len(text.encode())
        if size > LARGEST:
            raise invalid(
                f"Invalid {self.what}: Expression size has exceeded the maximum allowed size; expression size: {size}"
            )
        found, position = [], 0
        while text[position:].strip():
            match = TOKEN.match(text, position)
            if match is None:
                token = text[position:].strip()[0]
                raise invalid(
                    f'Invalid {self.what}: Syntax error; token: "{token}", near: "{text[position:].strip()[:10]}"'
                )
            found.append(match.group(1))
            position = match.end()
        return found

    # Tokens

    @property
    def next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        """The next token; refused where it is not the one that is wanted."""
        token = self.next
        if not token or (wanted is not None and token.upper() != wanted.upper()):
            raise self.refusal()
        self.position += 1
        return token

    def accept(self, *wanted: str) -> str:
        """The next token if it is one of these words, else an empty text."""
        return self.take().upper() if self.next.upper() in wanted else ""

    def refusal(self) -> AwsError:
        token = self.next or "<EOF>"
        near = " ".join(self.tokens[max(0, self.position - 1) : self.position + 2])
        return invalid(f'Invalid {self.what}: Syntax error; token: "{token}", near: "{near}"')

    def end(self) -> None:
        """There must be nothing left."""
        if self.next:
            raise self.refusal()

    # Paths and operands

    def path(self) -> Path:
        steps: Path = [self._name()]
        while self.next in (".", "["):
            if self.take() == ".":
                steps.append(self._name())
            else:
                index = self.take()
                if not index.isdecimal():
                    raise self.refusal()
                steps.append(int(index))
                self.take("]")
        if len(steps) > DEEPEST:
            raise invalid(
                f"Invalid {self.what}: The document path has too many nesting elements; nesting elements: {len(steps)}"
            )
        return steps

    def _name(self) -> str:
        token = self.next
        if token.startswith("#"):
            if token not in self.names.names:
                raise invalid(
                    f"Invalid {self.what}: An expression attribute name used in the document path is not defined;"
                    f" attribute name: {token}"
                )
            self.names.used.add(token)
            self.take()
            return self.names.names[token]
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise self.refusal()
        if token.upper() in reserved():
            raise invalid(f"Invalid {self.what}: Attribute name is a reserved keyword; reserved keyword: {token}")
        return self.take()

    def value(self) -> Value:
        token = self.take()
        if token not in self.names.values:
            raise invalid(
                f"Invalid {self.what}: An expression attribute value used in expression is not defined;"
                f" attribute value: {token}"
            )
        self.names.used.add(token)
        return self.names.values[token]

    def operand(self) -> Tree:
        if self.next.startswith(":"):
            return ("value", self.value())
        if self.next.lower() == "size" and self._calls():
            self.take()
            self.take("(")
            path = self.path()
            self.take(")")
            return ("size", path)
        return ("path", self.path())

    def _calls(self) -> bool:
        return self.tokens[self.position + 1 : self.position + 2] == ["("]

    # Conditions

    def condition(self) -> Tree:
        left = self._conjunction()
        while self.accept("OR"):
            left = ("or", left, self._conjunction())
        return left

    def _conjunction(self) -> Tree:
        left = self._negation()
        while self.accept("AND"):
            left = ("and", left, self._negation())
        return left

    def _negation(self) -> Tree:
        self.operators += 1
        if self.operators > 300:
            raise invalid(f"Invalid {self.what}: The expression has too many operators")
        return ("not", self._nested(self._negation)) if self.accept("NOT") else self._primary()

    def _nested(self, part: Callable[[], Tree]) -> Tree:
        self.depth += 1
        if self.depth > NESTED:
            raise invalid(f"Invalid {self.what}: The expression nests too deeply")
        inner = part()
        self.depth -= 1
        return inner

    def _primary(self) -> Tree:
        if self.next == "(":
            self.take()
            inner = self._nested(self.condition)
            self.take(")")
            return inner
        if self._calls() and self.next.lower() != "size":
            return self._function()
        left = self.operand()
        if self.accept("BETWEEN"):
            low = self.operand()
            self.take("AND")
            return ("between", left, low, self.operand())
        if self.accept("IN"):
            return ("in", left, *self._list())
        comparator = self.take()
        if comparator not in COMPARATORS:
            self.position -= 1
            raise self.refusal()
        return (comparator, left, self.operand())

    def _list(self) -> list[Tree]:
        self.take("(")
        found = [self.operand()]
        while self.next == ",":
            self.take()
            found.append(self.operand())
        self.take(")")
        return found

    def _function(self) -> Tree:
        name = self.take()
        if name not in FUNCTIONS:
            raise invalid(f"Invalid {self.what}: Invalid function name; function: {name}")
        arguments = self._list()
        if len(arguments) != FUNCTIONS[name]:
            raise invalid(
                f"Invalid {self.what}: Incorrect number of operands for operator or function;"
                f" operator or function: {name}, number of operands: {len(arguments)}"
            )
        return (name, *arguments)


def condition(what: str, text: str, names: Names) -> Tree:
    """A whole condition."""
    parser = Parser(what, text, names)
    found = parser.condition()
    parser.end()
    return found


def projection(text: str, names: Names) -> list[Path]:
    """The paths of a projection."""
    parser = Parser("ProjectionExpression", text, names)
    found = [parser.path()]
    while parser.next == ",":
        parser.take()
        found.append(parser.path())
    parser.end()
    return found
