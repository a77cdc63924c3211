"""Calls whose every secret member holds a text of its own, which can be looked for later."""

import re
from typing import Any

from fakeaws.core.model import secrets
from fakeaws.core.model.models import Shape
from tests.wire.fuzzing import DEEPEST, Caller

PLANTED = re.compile(rb"(?i)zq\d{6}qz")


class Planter(Caller):
    """Makes parameters. `planted` says of each text where it was put: service, operation, `Structure.Member`."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self.planted: dict[str, tuple[str, str, str]] = {}
        self.call = ("", "")
        self.owner = ""
        self.depth = 0

    def _structure(self, shape: Shape, depth: int, fullness: float) -> Any:
        """As another caller's, but with all of its secret members."""
        above, self.owner = self.owner, shape.name
        made = super()._structure(shape, depth, fullness)
        if not (shape.get("document") or shape.get("union")):
            for name in shape.member_names:
                if name not in made and depth < DEEPEST and _is_secret(shape.at(name), name):
                    self.owner = shape.name
                    made[name] = self._value(shape.at(name), name, depth + 1, fullness)
        self.owner = above
        return made

    def _value(self, shape: Shape, name: str, depth: int, fullness: float) -> Any:
        inner = bool(shape.get("sensitive")) or (shape.type not in ("list", "map") and _is_secret(shape, name))
        self.depth += inner
        try:
            return super()._value(shape, name, depth, fullness)
        finally:
            self.depth -= inner

    def _scalar(self, shape: Shape, name: str) -> Any:
        if (
            not (self.depth or shape.get("sensitive"))
            or shape.type not in ("string", "blob")
            or shape.get("enum")
            or _identifies(name)
        ):
            return super()._scalar(shape, name)
        text = f"zq{len(self.planted):06d}qz"
        padded = text.ljust(int(shape.get("min", 0)), "x")
        for candidate in (padded, padded.upper(), f"Aa1!{padded}", f"{padded}@example.com"):
            if self.sampler.allows(shape, candidate):
                self.planted[text.lower()] = (*self.call, f"{self.owner}.{name}")
                return candidate if shape.type == "string" else candidate.encode()
        return super()._scalar(shape, name)

    def _keep(self, name: str, text: str) -> None:
        """What was planted is not planted again elsewhere."""
        if not PLANTED.search(text.encode(errors="replace")):
            super()._keep(name, text)


def _identifies(name: str) -> bool:
    return re.search(secrets.IDENTIFIES, name) is not None


def _is_secret(shape: Shape, name: str) -> bool:
    if shape.get("sensitive"):
        return True
    if shape.type in ("list", "map"):
        return _is_secret(shape.member if shape.type == "list" else shape.value, name)
    return shape.type in ("string", "blob") and secrets.is_named_secret(name)
