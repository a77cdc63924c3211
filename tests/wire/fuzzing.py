"""Calls made up from the models: valid ones, and ones with something odd at a random place."""

import random
from typing import Any

from fakeaws.core.model.models import Operation, Shape
from tests.conformance.samples import Sampler, Unsampled

Params = dict[str, Any]
DEEPEST = 5
MAKING = (
    "Create",
    "Put",
    "Register",
    "Run",
    "Import",
    "Add",
    "Attach",
    "Associate",
    "Start",
    "Allocate",
    "Enable",
    "Set",
)
LONE = "\ud800"
ODD: list[Any] = [
    None, "", " ", "a", "\x00", LONE, f"x{LONE}y\udfff", "é漢😹", "a" * 3000, "../../etc", "%", "%00", "{", "[]", "{}",
    "null", '{"a":', "[" * 150, "*", "?" * 20, "\\", "'", '"', "${x}", "{x}", "{0}", "$", "a=b", "/", "//", ":",
    "::::::", "arn:", "arn:aws", "arn:aws:iam", "arn:aws:s3:::", "arn:aws:s3:::b", "arn:aws:iam::123456789012:role/",
    "x", "i-", "-1", "0", "1e400", "arn:aws:ec2:us-east-1:123456789012:instance", "arn::::::",
    "arn:aws:nothing:us-east-1:123456789012:thing/x", "arn:aws:states:us-east-1:999999999999:stateMachine:x",
    "arn:aws:sns:xx-nowhere-9:123456789012:t", "http://", "https://[", "https://sqs.us-east-1.amazonaws.com/1/2/3",
    "9" * 40, "2024-13-99T99:99:99Z", "rate(0 days)", "cron(x)", "NaN", "true", 0, -1, 1, 2**31, -(2**31) - 1, 2**63,
    2**64, 10**40, 10**400, 1.5, -0.0, 1e308, float("nan"), float("inf"), float("-inf"), True, False, [], [None],
    [[]], [""], ["a", "a"], [1], [{}], {}, {"": ""}, {"a": None}, {"a": {"b": [{"c": 1}]}}, {"Key": "a"},
    {"Value": "b"}, [{"Key": "a"}], [{"Value": "b"}], [{"Key": "", "Value": ""}], [{"Key": LONE, "Value": LONE}],
    {LONE: LONE}, [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}], {"S": "a"}, {"N": "x"}, {"op": "add"},
    b"", b"\x00\xff", b"{}", '[{"op":"add"}]', '[{"op":"move","from":"/a","path":"/b"}]',
    '[{"op":"replace","path":"x","value":1}]', "[1,2]", "[null]", '{"Statement":1}',
    '{"Version":"2012-10-17","Statement":[{}]}', '{"Version":"2012-10-17","Statement":[null]}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":1,"Resource":{},"Principal":[]}]}', '"\\ud800"',
    '{"a":"\\ud800"}', '{"\\u0000":NaN}',
]  # fmt: skip
"""What is put in place of values: wrong types, texts that parsers stumble over, names that name nothing."""


class Caller:
    """Makes the parameters of calls. `known` are the values that answers gave, by the name of their member."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self.sampler = Sampler(seed)
        self.known: dict[str, list[str]] = {}

    def params(self, operation: Operation, fullness: float) -> Params:
        """Parameters that the model allows, as far as a value can be made up; optional members with a likelihood."""
        shape = operation.input
        return self._structure(shape, 0, fullness) if shape is not None else {}

    def _structure(self, shape: Shape, depth: int, fullness: float) -> Any:
        if shape.get("document"):
            return {"a": [1, "x", None]}
        names = shape.member_names
        if shape.get("union"):
            names = self.chance.sample(names, min(1, len(names)))
        out = {}
        for name in names:
            wanted = name in shape.required or shape.get("union")
            if wanted or (depth < DEEPEST and self.chance.random() < fullness / (1 + depth)):
                value = self._value(shape.at(name), name, depth + 1, fullness)
                if value is not None:
                    out[name] = value
        return out

    def _value(self, shape: Shape, name: str, depth: int, fullness: float) -> Any:
        if depth > 2 * DEEPEST:
            return None
        if shape.type == "structure":
            return self._structure(shape, depth, fullness)
        if shape.type == "list":
            return [self._value(shape.member, name, depth + 1, fullness) for _ in range(self._count(shape))]
        if shape.type == "map":
            keys = [self._scalar(shape.key, f"{name}Key") for _ in range(self._count(shape))]
            return {str(key): self._value(shape.value, name, depth + 1, fullness) for key in keys}
        return self._scalar(shape, name)

    def _count(self, shape: Shape) -> int:
        return min(max(1, int(shape.get("min", 1))), 20)

    def _scalar(self, shape: Shape, name: str) -> Any:
        if shape.type == "string":
            found = self.known.get(name.lower()) or self.known.get(shape.name.lower())
            if found is None and name.lower().endswith("arn"):
                found = self.known.get("arn")
            if found and self.chance.random() < 0.7:
                return self.chance.choice(found)
            if shape.get("enum"):
                return self.chance.choice(shape.get("enum"))
        bounds = [shape.get(which) for which in ("min", "max") if which in shape.traits]
        if bounds and shape.type not in ("string", "blob") and self.chance.random() < 0.5:
            return self.chance.choice(bounds)
        try:
            return self.sampler.scalar(shape, name)
        except Unsampled:
            return "a"

    def odd(self, params: Params) -> Params:
        """The parameters with something odd at one to three places: a value replaced, a member left out or added."""
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            name = self.chance.choice([*params, "x"])
            if self.chance.random() < 0.1:
                params = {key: item for key, item in params.items() if key != name}
            else:
                params = {**params, name: self._changed(params.get(name))}
        return params

    def _changed(self, value: Any) -> Any:
        """The value with one change somewhere within it."""
        chance = self.chance
        if isinstance(value, dict) and value and chance.random() < 0.9:
            name = chance.choice(list(value))
            if chance.random() < 0.15:
                return {key: item for key, item in value.items() if key != name}
            return {**value, name: self._changed(value[name])}
        if isinstance(value, list) and value and chance.random() < 0.8:
            at = chance.randrange(len(value))
            return [*value[:at], self._changed(value[at]), *value[at + 1 :]]
        if isinstance(value, str) and value and chance.random() < 0.3:
            at = chance.randrange(len(value))
            return value[:at] + chance.choice(("", "/", ":", LONE, "\x00", "*", "%", ".", value)) + value[at + 1 :]
        return chance.choice(ODD) if not isinstance(value, dict) or value else {chance.choice("ab"): chance.choice(ODD)}

    def learn(self, answer: Any, name: str = "") -> None:
        """Remember the strings of an answer, so that later calls name what is there."""
        if isinstance(answer, dict):
            for key, item in answer.items():
                self.learn(item, key)
        elif isinstance(answer, list):
            for item in answer[:5]:
                self.learn(item, name)
        elif isinstance(answer, str) and 0 < len(answer) < 300:
            self._keep(name, answer)
            if answer.startswith("arn:"):
                self._keep("arn", answer)
                self._keep("resourcearn", answer)

    def _keep(self, name: str, text: str) -> None:
        found = self.known.setdefault(name.lower(), [])
        if text not in found:
            found.append(text)
            del found[:-12]
