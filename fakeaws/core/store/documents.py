"""Documents as they are stored: JSON that also says bytes, and what is sealed."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from typing import Any

from fakeaws.core.tools.surrogates import has_lone

Document = dict[str, Any]

BLOB, PLAIN, SEALED = "$blob", "$plain", "$sealed"
MARKS = (BLOB, PLAIN, SEALED)


class Sealed:
    """What stands for a secret in a document that is about to be written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def encode(document: Any) -> str:
    """A document as it is stored: JSON, with bytes and streams as `{"$blob": base64}` and what is sealed as
    `{"$sealed": base64}`; a map of a user's own that looks so is `{"$plain": [[key, value]]}`."""
    text = _dumps(document, ascii_only=False)
    if _may_have_marks(text):
        text = _dumps(_escaped(document), ascii_only=False)
    if text.isascii() or not has_lone(text):
        return text
    return _dumps(_escaped(document), ascii_only=True)


def _may_have_marks(text: str) -> bool:
    return '"$' in text and any(f'"{mark}"' in text for mark in MARKS)


def _dumps(document: Any, ascii_only: bool) -> str:
    return json.dumps(document, default=_encode_other, separators=(",", ":"), ensure_ascii=ascii_only)


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _escaped(item) for key, item in value.items()}
        return {PLAIN: [[key, item] for key, item in inner.items()]} if _is_marked(value) else inner
    return [_escaped(item) for item in value] if isinstance(value, (list, tuple)) else value


def _is_marked(document: Document) -> bool:
    return len(document) == 1 and any(mark in document for mark in MARKS)


def _encode_other(value: Any) -> Any:
    if isinstance(value, Sealed):
        return {SEALED: value.text}
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {BLOB: binascii.b2a_base64(value, newline=False).decode()}
    raise TypeError(f"{type(value).__name__} is not stored in documents")


def decode(text: str, unseal: Callable[[str], Any] = lambda _: None) -> Any:
    """What `encode` was given; `unseal` says what stands behind a seal."""
    if not _may_have_marks(text):
        return json.loads(text)

    def marked(document: Document) -> Any:
        """What a marked map stands for; one that no `encode` has made is left as it is."""
        if not _is_marked(document):
            return document
        [(mark, value)] = document.items()
        try:
            if mark == SEALED:
                return unseal(value)
            return binascii.a2b_base64(value) if mark == BLOB else dict(value)
        except (ValueError, TypeError):
            return document

    return json.loads(text, object_hook=marked)
