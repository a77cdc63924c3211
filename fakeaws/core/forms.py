"""The forms of ids, names and ARNs, as the patterns of a model's shapes show them. Used when a model is compiled."""

from __future__ import annotations

import re
import warnings
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from fakeaws.core import ids
from fakeaws.core.words import words

Document = dict[str, Any]
UUID = "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}"
MOST = 64
"""Repeats of more than this many characters are cut: no id is that long."""


@cache
def translated(pattern: str) -> re.Pattern[str] | None:
    """A pattern of a model (Java's or ECMAScript's dialect) for Python's `re`; None where that cannot be said."""
    text = pattern
    for theirs, ours in _DIALECT:
        text = theirs.sub(ours, text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(text)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError):
        return None


_CLASSES = {
    "L": "^\\W\\d_",
    "Lu": "A-Z",
    "Ll": "a-z",
    "N": "\\d",
    "Nd": "\\d",
    "Alpha": "a-zA-Z",
    "Alnum": "a-zA-Z0-9",
    "ASCII": "\\x00-\\x7f",
    "Print": "\\x20-\\x7e",
    "Graph": "\\x21-\\x7e",
}
_DIALECT = ((re.compile(r"\\([zZ])$"), r"$"), (re.compile(r"\(\?<([a-zA-Z])"), r"(?P<\1"), (re.compile(r"\\/"), "/"))


@cache
def sample(pattern: str, least: int = 0, most: int = MOST) -> str | None:
    """A template (`core/ids.py`) of what a pattern allows, within a range of lengths; None where it is too involved."""
    found = translated(pattern)
    if found is None:
        return None
    for wanted in (0, 1, 8, least, max(least, 12)):
        try:
            template = _template(_parser.parse(found.pattern), wanted)
        except (KeyError, re.error):
            return None
        shown = shape_of(template)
        if found.fullmatch(shown) and max(1, least) <= len(shown) <= most:
            return template
    return None


def shape_of(template: str) -> str:
    """What a template may give: all draws are their alphabet's letters in turn."""
    return ids.fill(template, {}, lambda count: bytes(range(3, 3 + count)))


def _template(tree: Any, wanted: int) -> str:
    return "".join(_part(op, value, wanted) for op, value in tree)


def _part(op: Any, value: Any, wanted: int) -> str:
    if op is sre.LITERAL:
        return {"{": "{{", "}": "}}"}.get(chr(value), chr(value))
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inner = value
        return _repeat(least, most, inner, wanted)
    if op is sre.SUBPATTERN:
        return _template(value[3], wanted)
    if op is sre.BRANCH:
        return _template(value[1][0], wanted)
    if op is sre.IN:
        return _drawn(value, 1)
    if op is sre.ANY:
        return "{alnum1}"
    if op in (sre.AT, sre.ASSERT_NOT):
        return ""
    raise KeyError(op)


def _repeat(least: int, most: Any, tree: Any, wanted: int) -> str:
    count = min(max(least, wanted), int(most), MOST)
    if len(tree) == 1 and tree[0][0] is sre.IN and count:
        return _drawn(tree[0][1], count)
    if len(tree) == 1 and tree[0][0] is sre.ANY and count:
        return f"{{alnum{count}}}"
    return _template(tree, wanted) * (count if count <= 8 else max(least, 1))


def _drawn(members: Any, count: int) -> str:
    """Characters of a class: drawn from the first alphabet that it has whole, else one of its letters over and over."""
    allowed = re.compile(_class_source(members))
    for name in ("alnum", "upper", "hex", "digits"):
        if all(allowed.match(letter) for letter in ids.ALPHABETS[name]):
            return f"{{{name}{count}}}"
    for letter in "aA1-_./ :":
        if allowed.match(letter):
            return letter * count
    raise KeyError(members)


def _class_source(members: Any) -> str:
    out = []
    for op, value in members:
        if op is sre.NEGATE:
            out.append("^")
        elif op is sre.LITERAL:
            out.append(re.escape(chr(value)))
        elif op is sre.RANGE:
            out.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif op is sre.CATEGORY:
            out.append(_CATEGORIES[value])
    return "[" + "".join(out) + "]"


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
}


def id_template(shape: Document, member: str) -> str:
    """How the service would make a value of this shape for an id."""
    least, most = int(shape.get("min", 1)), int(shape.get("max", 1024))
    if "pattern" in shape:
        if allows(shape, UUID):
            return "{uuid}"
        for known in ("{alnum10}", "{hex32}", "{mixed22}", "{digits12}"):
            if allows(shape, known):
                return known
        found = sample(shape["pattern"], least, most)
        if found is not None:
            return found
    if least <= 36 <= most:
        return "{uuid}" if most > 36 or least == 36 or "pattern" not in shape else "{alnum10}"
    return f"{{alnum{max(least, min(most, 10))}}}"


def allows(shape: Document, template: str) -> bool:
    """Whether what the template gives satisfies the shape's pattern and length."""
    return _allows_text(shape, shape_of(template))


def _allows_text(shape: Document, text: str) -> bool:
    if not int(shape.get("min", 0)) <= len(text) <= int(shape.get("max", 1 << 30)):
        return False
    pattern = translated(shape["pattern"]) if "pattern" in shape else None
    return pattern is None or pattern.search(text) is not None


def kebab(noun: str) -> str:
    """`JobQueue` → job-queue."""
    return "-".join(words(noun)).lower()


def arn_template(noun: str, key: str, parents: list[tuple[str, str]], service: str, shape: Document | None) -> str:
    """The ARN of a resource whose id is the field `key`, of the forms that AWS uses the first that `shape` allows."""
    start = f"arn:{{partition}}:{_namespace(service, shape)}:{{region}}:{{account}}:"
    above = "".join(f"{kebab(name)}/{{{member}}}/" for name, member in parents)
    joined = noun.lower()
    camel = noun[:1].lower() + noun[1:]
    last = kebab(noun).rsplit("-", 1)[-1]
    tails = [f"{kebab(noun)}/", f"{joined}/", f"{camel}/", f"{kebab(noun)}s/", f"{joined}s/", f"{last}/", f"{noun}/"]
    candidates = [above + tails[0]] if parents else []
    candidates += tails + [tail[:-1] + ":" for tail in tails] + ["/" + tail for tail in tails]
    candidates += [above + tail for tail in tails] + ["/" + above + tail for tail in tails] + ["", "/"]
    full = [start + candidate + "{" + key + "}" for candidate in candidates]
    if shape is None or not _arn_pattern(shape):
        return full[0]
    for candidate in full:
        if any(_allows_text(shape, _shown(candidate, value)) for value in _VALUES):
            return candidate
    return full[0]


_VALUES = ("a1b2c3d4e5", "123e4567-e89b-42d3-a456-426614174000", "0123456789abcdef0123456789abcdef", "d-0123456789")


def _shown(template: str, value: str) -> str:
    """An ARN template as a text with all its fields filled."""
    known = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
    return re.sub(r"\{(\w+)\}", lambda field: known.get(field[1], value), template)


def _arn_pattern(shape: Document) -> str:
    pattern = str(shape.get("pattern", ""))
    return pattern if "arn" in pattern else ""


def _namespace(service: str, shape: Document | None) -> str:
    found = re.search(r"arn:[^a-z]*(?:aws)?[^:]*:([a-z][a-z0-9-]+):", _arn_pattern(shape or {}))
    return found[1] if found else service
