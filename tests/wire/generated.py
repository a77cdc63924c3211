"""Parameters and results made from the models: bounded, and only what can be told apart on the wire."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from fakeaws.core.model.models import Shape

DEEPEST = 4
_TEXT = "abcXYZ 019-_.:/+=@&<>\"'%?#[]{}*~,;éß漢😹"
_TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = object()
"""What is made where the depth is used up: the member is left out."""


class Maker:
    """Draws values of shapes. `headers` is true for members that become header fields."""

    def __init__(self, chance: random.Random, protocol: str, answer: bool = False) -> None:
        self.chance = chance
        self.protocol = protocol
        self.answer = answer

    def structure(self, shape: Shape, depth: int = 0, skip: tuple[str, ...] = ()) -> Any:
        """A structure with its required members and some of the others; one member where it is a union."""
        if shape.get("document"):
            return self.chance.choice([{"a": [1, "x", True]}, "text", 3, [1.5], {"b": {"c": "d"}}])
        names = [name for name in shape.member_names if name not in skip]
        if shape.get("union"):
            self.chance.shuffle(names)
        else:
            names = [n for n in names if n in shape.required or self.chance.random() < (0.6 if depth < 2 else 0.3)]
        out: dict[str, Any] = {}
        taken: set[str] = set()
        for name in names:
            if self.wire_name(shape, name) in taken:
                continue
            taken.add(self.wire_name(shape, name))
            value = self.member(shape.at(name), depth + 1)
            if value is not NOTHING:
                out[name] = value
                if shape.get("union"):
                    break
        if not out and depth and (shape.member_names or self.protocol in ("query", "ec2")):
            return NOTHING
        return out

    def wire_name(self, shape: Shape, name: str) -> str:
        """Two members of one name, an old and a new form of the same, cannot be told apart where both are given."""
        found: str = shape.at(name).get("locationName", name)
        return f"{shape.at(name).get('location')} {found}"

    def member(self, shape: Shape, depth: int) -> Any:
        location = shape.get("location")
        if location in ("header", "headers", "uri", "querystring", "statusCode") or shape.get("hostLabel"):
            return self.outside(shape, location)
        return self.value(shape, depth)

    def value(self, shape: Shape, depth: int) -> Any:
        kind = shape.type
        if kind == "structure":
            return NOTHING if depth > DEEPEST else self.structure(shape, depth)
        if kind == "list":
            items = [self.value(shape.member, depth + 1) for _ in range(self.chance.randint(1, 3))]
            return NOTHING if depth > DEEPEST or NOTHING in items else items
        if kind == "map":
            return self.map(shape, depth)
        return self.scalar(shape)

    def map(self, shape: Shape, depth: int) -> Any:
        out = {}
        for _ in range(self.chance.randint(1, 3)):
            value = self.value(shape.value, depth + 1)
            if value is not NOTHING:
                out[self.scalar(shape.key)] = value
        return out if out and depth <= DEEPEST else NOTHING

    def scalar(self, shape: Shape) -> Any:
        chance = self.chance
        kind = shape.type
        if kind == "string":
            if shape.get("enum"):
                return chance.choice(shape.get("enum"))
            return "".join(chance.choices(_TEXT, k=chance.randint(0, 12)))
        if kind in ("integer", "long"):
            return chance.choice([0, 1, -1, 23, 24, 255, 256, 65535, 65536, 2**31 - 1, -(2**31)])
        if kind in ("float", "double"):
            return chance.choice([0.0, 1.5, -2.25, 1e10, 0.0078125, 4.0])
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "timestamp":
            return self.moment(shape, "")
        return chance.randbytes(chance.randint(0, 9))

    def moment(self, shape: Shape, location: str) -> datetime:
        whole = shape.get("timestampFormat") == "rfc822" or location == "header"
        fraction = 0 if whole else self.chance.choice([0, 1000 * self.chance.randint(0, 999)])
        return _EPOCH + timedelta(seconds=self.chance.randint(0, 4_000_000_000), microseconds=fraction)

    def outside(self, shape: Shape, location: str) -> Any:
        """A member that stands in the URI, the query string or a header, where less can be said."""
        if location == "statusCode":
            return self.chance.choice([200, 201, 202])
        if location == "headers" or shape.type == "map":
            return self.bag(shape)
        if shape.get("jsonvalue"):
            return {"a": ["é", 1, None]}
        if shape.type == "list":
            return [self.plain(shape.member, location) for _ in range(self.chance.randint(1, 3))]
        return self.plain(shape, location)

    def bag(self, shape: Shape) -> Any:
        keys = {self.token() for _ in range(2)}
        if shape.value.type == "list":
            return {"zz" + key: [self.token(), self.token()] for key in keys}
        return {"zz" + key: self.token() for key in keys}

    def plain(self, shape: Shape, location: str) -> Any:
        if shape.type == "timestamp":
            return self.moment(shape, location)
        if shape.type != "string":
            return self.scalar(shape)
        if shape.get("enum"):
            return self.chance.choice(shape.get("enum"))
        if shape.get("hostLabel"):
            return self.token()
        if location == "header":
            return self.token() + self.chance.choice(["", " ", "/", ";", "'"]) + self.token()
        return self.token() + "".join(self.chance.choices(_TEXT.replace("/", ""), k=4)) + "z"

    def token(self) -> str:
        return "".join(self.chance.choices(_TOKEN, k=self.chance.randint(1, 8)))
