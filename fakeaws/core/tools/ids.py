"""Ids, names and URLs by template: `arn:{partition}:eks:{region}:{account}:cluster/{name}`, `vpc-{hex17}`.

In a template, `{member}` is a member of the document (or of the parameters), and these stand for what the service
draws: `{hexN}`, `{digitsN}`, `{alnumN}` (lower-case letters and digits), `{upperN}` (upper-case letters and digits),
`{mixedN}`, `{uuid}`, `{now}`, `{account}`, `{region}`, `{partition}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Chance = Callable[[int], bytes]

DIGITS, LOWER = "0123456789", "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
ALPHABETS = {
    "hex": "0123456789abcdef",
    "digits": DIGITS,
    "alnum": LOWER + DIGITS,
    "upper": UPPER + "234567",
    "mixed": LOWER + UPPER + DIGITS,
}


def draw(chance: Chance, alphabet: str, length: int) -> str:
    """`length` characters of one of ALPHABETS."""
    letters = ALPHABETS[alphabet]
    return "".join(letters[byte % len(letters)] for byte in chance(length))


def uuid(chance: Chance) -> str:
    """A version 4 UUID (RFC 9562)."""
    octets = bytearray(chance(16))
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    digits = octets.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def fill(template: str, values: Mapping[str, Any], chance: Chance) -> str:
    """The template with its fields filled; KeyError names a field that nothing gives."""
    head, *rest = template.split("{")
    out = [head]
    for part in rest:
        field, _, text = part.partition("}")
        out += [_field(field, values, chance), text]
    return "".join(out)


def fields(template: str) -> list[str]:
    """The fields of a template, in order."""
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def is_drawn(field: str) -> bool:
    """Whether a field stands for what the service knows or draws, rather than for a member."""
    kind = field.rstrip(DIGITS)
    return field in ("uuid", "now", "account", "region", "partition") or (kind in ALPHABETS and kind != field)


def _field(field: str, values: Mapping[str, Any], chance: Chance) -> str:
    if field in values:
        return str(values[field])
    if field == "uuid":
        return uuid(chance)
    kind = field.rstrip(DIGITS)
    if kind in ALPHABETS and kind != field:
        return draw(chance, kind, int(field[len(kind) :]))
    raise KeyError(field)
