"""The forms of ids, names and ARNs, as the patterns of a model's shapes show them. Used when a model is compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from fakeaws.core.model.patterns import translated
from fakeaws.core.model.words import words
from fakeaws.core.tools import ids
from fakeaws.core.tools.automaton import class_source

Document = dict[str, Any]
HERE = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
MOST = 64
"""Repeats of more than this many characters are cut: no id is that long."""


@cache
def sample(pattern: str, least: int = 0, most: int = MOST, start: str = "") -> str | None:
    """A template (`core/tools/ids.py`) of what a pattern allows, within a range of lengths; None where it is too
    involved. `start` "arn:" wants an ARN, "id" anything else."""
    found = translated(pattern)
    if found is None:
        return None
    tree = _parser.parse(found.pattern)
    for branch, optional, wanted in _WAYS:
        try:
            template = _Walk(branch, optional, max(wanted, least) if wanted < 0 else wanted).template(tree)
        except KeyError:
            continue
        if start and template.startswith("arn:") != (start == "arn:"):
            continue
        shown = shape_of(template)
        if found.fullmatch(shown) and max(1, least) <= len(shown) <= most:
            return template
    return None


_WAYS = [(branch, optional, wanted) for branch in (0, 1, -1) for optional in (0, 1) for wanted in (12, 8, -1, 1, 0)]
"""(which branch of an alternative, whether optional parts are there, how many characters a repeat has if it may)"""


@cache
def shape_of(template: str, way: int = 0) -> str:
    """What a template may give: all draws are their alphabet's letters in turn; in another way, the last ones."""
    return ids.fill(template, HERE, lambda count: bytes((3 + 26 * way + index) % 256 for index in range(count)))


class _Walk:
    """One way through a pattern; KeyError where it leads to what no template can say."""

    def __init__(self, branch: int, optional: int, wanted: int) -> None:
        self.branch = branch
        self.optional = optional
        self.wanted = wanted

    def template(self, tree: Any) -> str:
        return "".join(self._part(op, value) for op, value in tree)

    def _part(self, op: Any, value: Any) -> str:
        if op is sre.LITERAL:
            if chr(value) in "{}":
                raise KeyError(value)
            return chr(value)
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = value
            return self._repeat(least, most, inner)
        if op is sre.SUBPATTERN:
            return self.template(value[3])
        if op is sre.BRANCH:
            return self.template(value[1][min(self.branch, len(value[1]) - 1)])
        if op is sre.IN:
            return _drawn(value, 1)
        if op in (sre.ANY, sre.NOT_LITERAL):
            return "{alnum1}"
        if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            return ""
        raise KeyError(op)

    def _repeat(self, least: int, most: Any, tree: Any) -> str:
        if (least, most) == (0, 1):
            return self.template(tree) * self.optional
        count = min(max(least, self.wanted), int(most), MOST)
        if len(tree) == 1 and tree[0][0] is sre.IN and count:
            return _drawn(tree[0][1], count)
        if len(tree) == 1 and tree[0][0] in (sre.ANY, sre.NOT_LITERAL) and count:
            return f"{{alnum{count}}}"
        return self.template(tree) * (count if count <= 8 else max(least, self.optional))


def _drawn(members: Any, count: int) -> str:
    """Characters of a class: drawn from the first alphabet that it has whole, else one of its letters over and over."""
    allowed = re.compile(class_source(members))
    for name in ("alnum", "upper", "hex", "digits"):
        if all(allowed.match(letter) for letter in ids.ALPHABETS[name]):
            return f"{{{name}{count}}}"
    for letter in "aA1-_./ :":
        if allowed.match(letter):
            return letter * count
    op, value = members[0]
    if op is sre.LITERAL and chr(value) not in "{}":
        return chr(value) * count
    raise KeyError(members)


def id_template(shapes: list[Document]) -> str:
    """How the service would make an id that all of these shapes allow, or as many as can be."""
    candidates = [*_IDS, *(found for shape in shapes if (found := _sampled(shape)) is not None)]
    if not any("pattern" in shape for shape in shapes):
        least = max((int(shape.get("min", 1)) for shape in shapes), default=1)
        most = min((int(shape.get("max", 1024)) for shape in shapes), default=1024)
        candidates = ["{uuid}", f"{{alnum{max(least, min(most, 10))}}}"]
    return _best(candidates, shapes, all, shape_of)


_IDS = ("{uuid}", "{alnum10}", "{hex32}", "{mixed22}", "{digits12}", "{hex24}", "{digits10}", "{upper20}", "{hex64}")


def _sampled(shape: Document) -> str | None:
    if "pattern" not in shape:
        return None
    found = sample(shape["pattern"], int(shape.get("min", 1)), int(shape.get("max", 1024)), "id")
    return found or next(reversed(list(_patterned(shape, ""))), None)


def _best(
    candidates: list[str],
    shapes: list[Document],
    enough: Callable[[Iterable[bool]], bool],
    shown: Callable[[str, int], str],
) -> str:
    """The candidate that most of the shapes allow, the first of them where several do as well."""
    best, most = candidates[0], -1
    for candidate in candidates:
        count = sum(enough(allows(shape, shown(candidate, way)) for way in (0, 1, 2)) for shape in shapes)
        if count > most:
            best, most = candidate, count
        if count == len(shapes):
            break
    return best


def allows(shape: Document, text: str) -> bool:
    if not int(shape.get("min", 0)) <= len(text) <= int(shape.get("max", 1 << 30)):
        return False
    pattern = translated(shape["pattern"]) if "pattern" in shape else None
    return pattern is None or pattern.fullmatch(text) is not None


def kebab(noun: str) -> str:
    """`JobQueue` → job-queue."""
    return "-".join(words(noun)).lower()


def arn_template(
    noun: str, key: str, made: str, parents: list[tuple[str, str]], service: str, shapes: list[Document]
) -> str:
    """The ARN of a resource whose id is the field `key`, of the forms that AWS uses the one that most shapes allow;
    `made` is the template of the id."""
    shapes = [shape for shape in shapes if "arn" in str(shape.get("pattern", ""))]
    spaces = list(dict.fromkeys([*(found for shape in shapes if (found := _namespace(shape))), service]))
    fields = list(_IDS) if key == "uuid" else ["{" + key + "}"]
    tails = [tail + field for field in fields for tail in _tails(noun, parents)]
    if not shapes:
        return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{tails[0]}"
    places = ["{region}:{account}"]
    if any("::" in shape["pattern"] for shape in shapes):
        places += [":{account}", "{region}:", ":"]
    starts = [f"arn:{{partition}}:{space}:{place}:" for place in places for space in spaces]
    candidates = [start + tail for start in starts for tail in tails]
    candidates += [template for shape in shapes for template in _patterned(shape, fields[0])]
    value = shape_of(made) if made and made not in ("{serial}", "{count}") else "a1b2c3d4e5"
    return _best(candidates, shapes, any, lambda template, way: _shown(template, key, value, way))


def _tails(noun: str, parents: list[tuple[str, str]]) -> list[str]:
    """What may stand before the id in an ARN, the likeliest first."""
    joined, camel, last = noun.lower(), noun[:1].lower() + noun[1:], kebab(noun).rsplit("-", 1)[-1]
    spelled = [kebab(noun), joined, camel, kebab(noun) + "s", joined + "s", last, noun]
    above = "".join(f"{kebab(name)}/{{{member}}}/" for name, member in parents)
    inner = "".join(f"{{{member}}}/" for _, member in parents)
    found = [f"{above}{spelled[0]}/"] if parents else []
    found += [f"{one}{mark}" for mark in ("/", ":") for one in spelled] + [f"/{one}/" for one in spelled]
    if parents:
        found += [f"{lead}{above}{one}/" for lead in ("", "/") for one in spelled]
        found += [f"{one}/{inner}" for one in spelled] + [above, inner]
    return [*found, "", "/"]


@cache
def _shown(template: str, key: str, value: str, way: int) -> str:
    """An ARN template as a text with all its fields filled, other ids in one form or another."""
    known = {**HERE, key: value}
    other = ("a1b2c3d4e5", "123e4567-e89b-42d3-a456-426614174000", "1234567890")[way]

    def shown(field: re.Match[str]) -> str:
        drawn = ids.is_drawn(field[1]) and field[1] not in known
        return shape_of(field[0], way) if drawn else known.get(field[1], other)

    return re.sub(r"\{(\w+)\}", shown, template)


def _patterned(shape: Document, field: str) -> Iterator[str]:
    """ARN templates made from a pattern: with the id in the place of what varies in its last part, or as it draws."""
    found = sample(shape["pattern"], int(shape.get("min", 1)), int(shape.get("max", 2048)), "arn:")
    parts = found.split(":", 5) if found else []
    if len(parts) < 6 or parts[0] != "arn":
        return
    cut = max(parts[5].rfind("/"), parts[5].rfind(":")) + 1
    lead = parts[5][:cut]
    parts[1], parts[3], parts[4] = "{partition}", "{region}" if parts[3] else "", "{account}" if parts[4] else ""
    if "{" in parts[5][cut:]:
        yield ":".join([*parts[:5], re.sub(r"\{[^}]*\}", field, lead) + field])
        yield ":".join([*parts[:5], lead + field])
    yield ":".join(parts)


def _namespace(shape: Document) -> str:
    found = re.search(r"arn:[^a-z]*(?:aws)?[^:]*:([a-z][a-z0-9-]+):", shape["pattern"])
    return found[1] if found else ""
