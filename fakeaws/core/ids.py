"""Ids, names and URLs by template: `arn:{partition}:eks:{region}:{account}:cluster/{name}`, `vpc-{hex17}`.

In a template, `{member}` is a member of the document (or of the parameters), and these stand for what the service draws:
`{hexN}`, `{digitsN}`, `{alnumN}` (lower-case letters and digits), `{upperN}` (upper-case letters and digits),
`{mixedN}`, `{uuid}`, `{now}`, `{account}`, `{region}`, `{partition}`.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

Chance = Callable[[int], bytes]

ALPHABETS = {
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "alnum": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + "234567",
    "mixed": string.ascii_letters + string.digits,
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
    out: list[str] = []
    for text, field, _, _ in string.Formatter().parse(template):
        out.append(text)
        if field is not None:
            out.append(_field(field, values, chance))
    return "".join(out)


def _field(field: str, values: Mapping[str, Any], chance: Chance) -> str:
    if field in values:
        return str(values[field])
    if field == "uuid":
        return uuid(chance)
    kind = field.rstrip(string.digits)
    if kind in ALPHABETS and kind != field:
        return draw(chance, kind, int(field[len(kind) :]))
    raise KeyError(field)
