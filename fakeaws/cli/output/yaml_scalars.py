"""The strings of YAML as libyaml writes them.

A string is plain if a YAML 1.2 reader would take it for the same string, else in single quotes, else (control
characters, characters beyond the basic plane, blanks beside line breaks) in double quotes. Lines are folded at the
first single blank after column 80.
"""

from __future__ import annotations

import re

WIDTH = 80

BREAKS = "\n\r\x85\u2028\u2029"

_NOT_A_STRING = re.compile(
    r"""(?: true|True|TRUE|false|False|FALSE
    | ~|null|Null|NULL|
    | =|<<
    | [-+]?0b[01_]+ | [-+]?0o?[0-7_]+ | [-+]?0x[0-9a-fA-F_]+ | [-+][0-9_]+ | [0-9][0-9_]*
    | [-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
    | [-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
    | [-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | [0-9]{4}-[0-9]{2}-[0-9]{2}
    | [0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}
      (?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?
    )\Z""",
    re.VERBOSE,
)
"""The plain scalars that YAML 1.2 reads as something else than a string."""

_UNPRINTABLE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_STARTS_WITH_INDICATOR = re.compile(rf"[#,\[\]{{}}&*!|>'\"%@`]|[?:-](?:[ \t{BREAKS}]|\Z)|---|\.\.\.")
_HOLDS_INDICATOR = re.compile(rf":(?:[ \t{BREAKS}]|\Z)|[ \t{BREAKS}]\#")
_SPACED_BREAK = re.compile(rf" [{BREAKS}]|[{BREAKS}] ")

_ESCAPES = {
    "\0": "0", "\x07": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", '"': '"',
    "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


def write_scalar(text: str, indent: int, column: int, folds: bool = True) -> str:
    """`text` as it is written at `column`; further lines begin at `indent`; a key never `folds`."""
    if _may_be_plain(text):
        return _folded(text, indent, column) if folds else text
    if _may_be_single(text) and (folds or "\n" not in text):
        return _single(text, indent, column, folds)
    return _double(text, indent, column, folds)


def _may_be_plain(text: str) -> bool:
    if _NOT_A_STRING.match(text) or _STARTS_WITH_INDICATOR.match(text) or _HOLDS_INDICATOR.search(text):
        return False
    at_ends = text[0] + text[-1]
    return not (" " in at_ends or any(char in BREAKS for char in text) or _UNPRINTABLE.search(text))


def _may_be_single(text: str) -> bool:
    return not (_UNPRINTABLE.search(text) or _SPACED_BREAK.search(text))


def _folded(text: str, indent: int, column: int) -> str:
    if column + len(text) <= WIDTH:
        return text
    out: list[str] = []
    for index, char in enumerate(text):
        alone = char == " " and text[index - 1 : index] != " " and text[index + 1 : index + 2] != " "
        if alone and column > WIDTH:
            out.append("\n" + " " * indent)
            column = indent
        else:
            out.append(char)
            column += 1
    return "".join(out)


def _single(text: str, indent: int, column: int, folds: bool) -> str:
    """A quote is doubled, and so is a line feed that begins a run of breaks: alone it would read as a blank."""
    out, column = ["'"], column + 1
    last = len(text) - 1
    for index, char in enumerate(text):
        before = text[index - 1] if index else ""
        if char == " " and before != " " and folds and column > WIDTH and 0 < index < last and text[index + 1] != " ":
            out.append("\n" + " " * indent)
            column = indent
        elif char in BREAKS:
            out.append("\n\n" if char == "\n" and (not before or before not in BREAKS) else char)
            column = 0
        else:
            if before and before in BREAKS:
                out.append(" " * indent)
                column = indent
            out.append("''" if char == "'" else char)
            column += 2 if char == "'" else 1
    if text and text[-1] in BREAKS:
        out.append(" " * indent)
    return "".join(out) + "'"


def _double(text: str, indent: int, column: int, folds: bool) -> str:
    out, column = ['"'], column + 1
    last = len(text) - 1
    after_space = False
    for index, char in enumerate(text):
        if char == " " and folds and not after_space and column > WIDTH and 0 < index < last:
            mark = "\\" if text[index + 1] == " " else ""
            out.append("\n" + " " * indent + mark)
            column = indent + len(mark)
        else:
            escaped = _UNPRINTABLE.match(char) or char in '"\\' or char in BREAKS
            out.append(_escape(char) if escaped else char)
            column += len(out[-1])
        after_space = char == " "
    return "".join(out) + '"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
