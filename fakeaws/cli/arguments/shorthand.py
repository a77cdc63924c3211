"""The AWS CLI's shorthand syntax: `Name=x,Values=a,b`, `{Key=k,Value=v}`, `[a,b]`, `Key@=file://path`.

    parameter = pair *("," pair)          pair  = key ("=" | "@=") values
    values    = csv / list / hash         csv   = value *("," value)
    list      = "[" [item *("," item)] "]"
    hash      = "{" [pair *("," pair)] "}"

The syntax knows nothing of types; `fit` then makes the text fit the shape. A comma is part of a csv value when what
follows is no `key=`. A value may be quoted; `\\,` is a comma within a word.
"""

from __future__ import annotations

from typing import Any

from fakeaws.cli.arguments import paramfile
from fakeaws.core.model.models import Shape

Document = dict[str, Any]

_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.#/:")
_SPACE = frozenset(" \t\n\r\x0b\x0c")


class ShorthandError(ValueError):
    """A text that is not shorthand; the message points at the place."""


class _SyntaxError(ShorthandError):
    """An unexpected character: within a csv value the reader steps back to the last comma on it."""


def parse(text: str) -> Document:
    """The document that `text` describes, with texts as leaves. Raises ShorthandError, paramfile.LoadError."""
    return _Reader(text).parameter()


def _starts_word(char: str) -> bool:
    return ("!" <= char <= "z" or "|" <= char <= "\uffff") and char not in "\"',=["


def _continues_first(char: str) -> bool:
    return (char.isspace() or "!" <= char <= "\uffff") and char not in "\"',]}"


def _continues_later(char: str) -> bool:
    return (char.isspace() or "!" <= char <= "\uffff") and char not in "\"',="


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._files = False

    def parameter(self) -> Document:
        found: Document = {}
        key, value = self._pair(self._values)
        found[key] = value
        before = self._at
        while self._at < len(self._text):
            self._expect(",", spaced=True)
            key, value = self._pair(self._values)
            if key in found:
                raise self._duplicate(key, before + 1)
            found[key] = value
            before = self._at
        return found

    def _pair(self, read: Any) -> tuple[str, Any]:
        start = self._at
        while self._current() in _KEY:
            self._at += 1
        key = self._text[start : self._at]
        self._skip_spaces()
        self._files = self._current() == "@"
        if self._files:
            self._expect("@", spaced=True)
        self._expect("=", spaced=True)
        return key, read()

    def _values(self) -> Any:
        char = self._current()
        if char == "":
            return ""
        if char == "[":
            return self._list()
        if char == "{":
            return self._hash()
        return self._csv()

    def _csv(self) -> Any:
        first = self._word(_continues_first, needed=False)
        self._skip_spaces()
        if self._current() != ",":
            return first
        self._expect(",", spaced=True)
        values = [first]
        while True:
            try:
                value = self._word(_continues_later, needed=True)
                self._skip_spaces()
                if self._at_end():
                    values.append(value)
                    break
                self._expect(",", spaced=True)
                values.append(value)
            except _SyntaxError:
                if self._at_end():
                    raise
                self._at = self._text.rindex(",", 0, self._at + 1)
                break
        return first if len(values) == 1 else values

    def _list(self) -> list[Any]:
        values: list[Any] = []
        self._expect("[", spaced=True)
        while self._current() != "]":
            values.append(self._item())
            self._separator("]")
        self._expect("]")
        return values

    def _hash(self) -> Document:
        found: Document = {}
        self._expect("{", spaced=True)
        while self._current() != "}":
            key, value = self._pair(self._item)
            self._separator("}")
            found[key] = value
        self._expect("}")
        return found

    def _item(self) -> Any:
        char = self._current()
        if char == "[":
            return self._list()
        if char == "{":
            return self._hash()
        return self._word(_continues_first, needed=False)

    def _separator(self, closing: str) -> None:
        self._skip_spaces()
        if self._current() != closing:
            self._expect(",")
            self._skip_spaces()

    def _word(self, continues: Any, needed: bool) -> Any:
        """A quoted or a bare word; an empty one only where it is not `needed`."""
        char = self._current()
        if char in ("'", '"') and char:
            return self._loaded(self._quoted(char))
        start = self._at
        accepts = _starts_word
        while not self._at_end():
            if self._text.startswith("\\,", self._at):
                self._at += 2
            elif accepts(self._text[self._at]):
                self._at += 1
            else:
                break
            accepts = continues
        if start == self._at:
            if needed:
                raise self._expected("<second>", "<none>")
            return ""
        return self._loaded(self._text[start : self._at].replace("\\,", ",").rstrip())

    def _quoted(self, quote: str) -> str:
        """The text up to the closing quote; an escaped quote closes it where no other does."""
        last_escaped = 0
        end = self._at + 1
        while end < len(self._text) and self._text[end] != quote:
            if self._text.startswith("\\" + quote, end):
                end += 1
                last_escaped = end
            end += 1
        if end >= len(self._text):
            if not last_escaped:
                name = "singled" if quote == "'" else "double"
                raise self._expected(f"<{name} quoted>", "<none>")
            end = last_escaped
        inner = self._text[self._at + 1 : end]
        self._at = end + 1
        return inner.replace("\\" + quote, quote).replace("\\\\", "\\")

    def _loaded(self, value: str) -> Any:
        found = paramfile.load(value) if self._files else None
        return value if found is None else found

    def _current(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _at_end(self) -> bool:
        return self._at >= len(self._text)

    def _skip_spaces(self) -> None:
        while self._current() in _SPACE:
            self._at += 1

    def _expect(self, char: str, spaced: bool = False) -> None:
        if spaced:
            self._skip_spaces()
        if self._current() != char:
            raise self._expected(char, self._current() or "EOF")
        self._at += 1
        if spaced:
            self._skip_spaces()

    def _expected(self, wanted: str, received: str) -> ShorthandError:
        return _SyntaxError(f"Expected: '{wanted}', received: '{received}' for input:\n {self._pointed(self._at)}")

    def _duplicate(self, key: str, index: int) -> ShorthandError:
        return ShorthandError(
            f'Second instance of key "{key}" encountered for input:\n{self._pointed(index)}\n'
            'This is often because there is a preceding "," instead of a space.'
        )

    def _pointed(self, index: int) -> str:
        """The text with a caret below the line that holds `index`."""
        line_start = self._text.rfind("\n", 0, index) + 1
        line_end = self._text.find("\n", index)
        line_end = len(self._text) if line_end < 0 else line_end
        return f"{self._text[:line_end]}\n{' ' * (index - line_start)}^{self._text[line_end:]}"


def fit(value: Any, shape: Shape) -> Any:
    """`value` converted to the types of `shape`: numbers, booleans, a list for a single item."""
    kind = shape.type
    if kind == "structure":
        return _fit_structure(value, shape)
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [fit(item, shape.member) for item in items] if isinstance(value, list) else items
    if kind == "map":
        return {key: fit(item, shape.value) for key, item in value.items()} if isinstance(value, dict) else value
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _fit_structure(value: Any, shape: Shape) -> Any:
    if not isinstance(value, dict):
        return value
    for name in value:
        if shape.has_member(name):
            member = shape.at(name)
            if is_document(member) or (isinstance(value[name], list | dict) and holds_documents(member)):
                raise ShorthandError(
                    "Shorthand syntax does not support document types. Use JSON input for top-level argument to "
                    f"specify nested parameter: {name}"
                )
            value[name] = fit(value[name], member)
    return value


def is_document(shape: Shape) -> bool:
    """Whether `shape` is of any JSON type."""
    return shape.type == "structure" and bool(shape.get("document"))


def holds_documents(shape: Shape) -> bool:
    """Whether `shape` is a document or a list or map of them, however deep."""
    while shape.type in ("list", "map"):
        shape = shape.member if shape.type == "list" else shape.value
    return is_document(shape)


def suits(shape: Shape) -> bool:
    """Whether an option of `shape` may be written in shorthand."""
    if shape.type == "list":
        return shape.member.type in ("structure", "list", "map") and not holds_documents(shape)
    return shape.type in ("structure", "map") and not holds_documents(shape)
