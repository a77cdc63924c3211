"""Parameters made up from a model: the least that an operation needs, and one that breaks a rule at a time."""

from __future__ import annotations

import random
import re
from typing import Any

from fakeaws.core.model import forms, patterns
from fakeaws.core.model.models import Shape
from fakeaws.core.tools import ids

Document = dict[str, Any]
DEPTH = 12


class Unsampled(Exception):
    """A shape whose pattern is too involved to make a value for."""


class Sampler:
    """Makes values that a model allows, different ones each time, the same ones for the same seed."""

    def __init__(self, seed: str = "") -> None:
        self.random = random.Random(seed)

    def params(self, shape: Shape | None, **given: Any) -> Document:
        """The least that an input shape requires, with `given` in place of what would be made up."""
        if shape is None:
            return {}
        needed = {name: self.value(shape.at(name), name) for name in shape.required if name not in given}
        return {**needed, **given}

    def value(self, shape: Shape, name: str = "", depth: int = 0) -> Any:
        if depth > DEPTH:
            raise Unsampled(shape.name)
        if shape.type == "structure":
            return self._structure(shape, depth)
        if shape.type == "list":
            least = max(1, int(shape.get("min", 1)))
            return [self.value(shape.member, name, depth + 1) for _ in range(least)]
        if shape.type == "map":
            least = max(1, int(shape.get("min", 1)))
            return {self.value(shape.key, "key"): self.value(shape.value, name, depth + 1) for _ in range(least)}
        return self.scalar(shape, name)

    def _structure(self, shape: Shape, depth: int) -> Any:
        if shape.get("document"):
            return {}
        names = shape.required
        if shape.get("union") and not names:
            for name in shape.member_names:
                try:
                    return {name: self.value(shape.at(name), name, depth + 1)}
                except Unsampled:
                    continue
            raise Unsampled(shape.name)
        return {name: self.value(shape.at(name), name, depth + 1) for name in names}

    def scalar(self, shape: Shape, name: str = "") -> Any:
        if shape.type == "string":
            return self.text(shape, name)
        if shape.type in ("integer", "long"):
            return max(int(shape.get("min", 1)), min(1, int(shape.get("max", 1))))
        if shape.type in ("float", "double"):
            return float(max(shape.get("min", 1), min(1, shape.get("max", 1))))
        if shape.type == "boolean":
            return True
        return b"abcdefgh" * (1 + int(shape.get("min", 0)) // 8) if shape.type == "blob" else 1_700_000_000.0

    def text(self, shape: Shape, name: str) -> str:
        if shape.get("enum"):
            return str(shape.get("enum")[0])
        least, most = int(shape.get("min", 0)), int(shape.get("max", 1 << 20))
        pattern = shape.get("pattern")
        for candidate in self._candidates(shape, name, least, most):
            if self.allows(shape, candidate):
                return candidate
        raise Unsampled(f"{shape.name} {pattern}")

    def allows(self, shape: Shape, text: str) -> bool:
        """Whether a text suits a shape."""
        if not int(shape.get("min", 0)) <= len(text) <= int(shape.get("max", 1 << 20)):
            return False
        return patterns.matches(shape.get("pattern") or ".*", text)

    def _candidates(self, shape: Shape, name: str, least: int, most: int) -> Any:
        unique = "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=8))
        arn = f"arn:aws:{shape.service.name}:us-east-1:123456789012:thing/{unique}"
        plain = unique.ljust(least, "x")[: max(most, 0)]
        looks_like_arn = name.lower().endswith("arn") or shape.name.lower().endswith("arn")
        yield from [arn, plain] if looks_like_arn else [plain]
        known = ("123456789012", unique.upper(), f"arn:aws:iam::123456789012:role/{unique}", arn,
                 f"s3://{unique}/a", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
                 f"https://{unique}.example.com/a", f"{unique}@example.com", f"{unique}.example.com", f"/{unique}",
                 "10.0.0.0/16", "10.0.0.1", "1", "1.0", "1.0.0", "us-east-1", "us-east-1a", "{}",
                 "en-US", "*")  # fmt: skip
        yield from known
        template = forms.sample(shape.get("pattern"), least, most) if shape.get("pattern") else None
        if template is not None:
            for _ in range(20):
                yield ids.fill(template, {}, self.random.randbytes)

    def violations(self, shape: Shape | None) -> Any:
        """(what, member path, parameters): each with one rule of the input broken, one level deep."""
        if shape is None:
            return
        whole = self.params(shape)
        for name in shape.required:
            if shape.at(name).get("idempotencyToken"):
                continue
            yield "required", name, {key: value for key, value in whole.items() if key != name}
        for name in shape.member_names:
            for what, wrong in self._wrong(shape.at(name)):
                yield what, name, {**whole, name: wrong}

    def _wrong(self, shape: Shape) -> Any:
        if shape.type == "string" and shape.get("enum"):
            yield "enum", "Not A Value Of It"
        elif shape.type == "string":
            yield from self._wrong_text(shape)
        elif shape.type in ("integer", "long", "float", "double"):
            if "min" in shape.traits:
                yield "range", shape.get("min") - 1
            if "max" in shape.traits:
                yield "range", shape.get("max") + 1
        elif shape.type == "list" and int(shape.get("min", 0)) > 0:
            yield "length", []

    def _wrong_text(self, shape: Shape) -> Any:
        least, most = int(shape.get("min", 0)), shape.get("max")
        if least > 1:
            yield "length", "a" * (least - 1)
        if most is not None and int(most) < 5000:
            yield "length", "a" * (int(most) + 1)
        pattern = shape.get("pattern")
        found = patterns.translated(pattern) if pattern else None
        if found is not None:
            for text in ("!", "!!! not \u2603 it", " ", "a!b c" * max(1, least // 5 + 1)):
                long_enough = least <= len(text) <= int(most if most is not None else 1 << 20)
                if long_enough and not found.search(text) and not re.search(pattern_free(pattern), text):
                    yield "pattern", text
                    return


def pattern_free(pattern: str) -> str:
    """A pattern that finds what a pattern without anchors would also find."""
    return r"(?!)" if pattern else ""
