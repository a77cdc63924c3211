"""`--output json`: indented by four, in the model's order; an empty answer shows nothing."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any, TextIO

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output import scalar

_WORDS = {True: "true", False: "false", None: "null"}


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document`; raises GeneralError for what JSON cannot hold (a JMESPath expression reference)."""
    if document == {}:
        return
    try:
        text = rendered(document)
    except TypeError:
        raise GeneralError("Encountered unrecognized type in JSON encoder.") from None
    stream.write(text + "\n")


def rendered(value: Any, margin: str = "\n") -> str:
    """What `json.dumps(value, indent=4, ensure_ascii=False)` gives, several times as fast: indenting is slow there.
    `margin` begins a line at the depth of `value`."""
    if isinstance(value, str):
        return str(encode_basestring(value))
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return int.__repr__(value)
    inner = margin + "    "
    if isinstance(value, dict):
        if not value:
            return "{}"
        pairs = [f"{inner}{_key(key)}: {rendered(item, inner)}" for key, item in value.items()]
        return f"{{{','.join(pairs)}{margin}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join([inner + rendered(item, inner) for item in value])}{margin}]" if value else "[]"
    return _number(value) if isinstance(value, float) else rendered(scalar(value), margin)


def _key(key: Any) -> str:
    return str(encode_basestring(key if isinstance(key, str) else rendered(key)))


def _number(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)
