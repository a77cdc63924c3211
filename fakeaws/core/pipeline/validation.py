"""Parameters checked against the model, and refused in the words of the service's protocol family.

Services that speak JSON, and most that speak Query, report all that is wrong at once: "2 validation errors detected:
Value null at 'name' failed to satisfy constraint: Member must not be null; Value 'x' at …". EC2 and S3 report the
first thing in words of their own. Values of the wrong type are refused before any of this.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.surrogates import has_lone

Document = dict[str, Any]
Fault = tuple[str, Any, str, str]
"""(path, value, constraint, kind of constraint)"""
MISSING = "Member must not be null"
BITS = {"integer": 31, "long": 63}
"""How many bits of a number count in the types that models have."""


class Hidden:
    """What stands for a value in a refusal that must not repeat it: AWS shows no member that is marked `sensitive`
    ("Value at 'password' failed to satisfy constraint: …")."""

    def __str__(self) -> str:
        return ""


HIDDEN = Hidden()


class Given(dict[str, Any]):
    """A structure as it was given. Whoever reads a member that it lacks needs one which the model does not require:
    that is refused as the members are that the model does require."""

    __slots__ = ("operation", "path", "shape")

    def __init__(self, operation: Operation, shape: Shape, path: str) -> None:
        super().__init__()
        self.operation = operation
        self.shape = shape
        self.path = path

    def __missing__(self, name: str) -> Any:
        if not self.shape.has_member(name):
            raise KeyError(name)
        raise missing(self.operation, f"{self.path}.{name}")

    def __deepcopy__(self, memo: dict[int, Any]) -> Document:
        from copy import deepcopy

        return deepcopy(dict(self), memo)


def missing(operation: Operation, path: str) -> AwsError:
    """The refusal of a call that lacks a member: `Target.Arn`."""
    return _refusal(operation, [(path, None, MISSING, "required")])


def checked(operation: Operation, params: Document) -> Document:
    """The parameters, with every timestamp as epoch seconds; AwsError where the model does not allow them."""
    if operation.input is None:
        return {}
    faults: list[Fault] = []
    found: Document = _Check(operation, faults).value(operation.input, params, "")
    if faults:
        raise _refusal(operation, faults)
    return found


class _Check:
    """One pass over the parameters, which collects what is wrong with them."""

    def __init__(self, operation: Operation, faults: list[Fault]) -> None:
        self.operation = operation
        self.faults = faults
        self.judged = operation.service.facts.get("judged", ())
        """Members with a set of values that the service refuses in words of its own."""
        self.token = (operation.pages or {}).get("input_token")
        """The page token, which is ours and need not look like AWS's; a wrong one is refused when it is read."""

    def value(self, shape: Shape, value: Any, path: str) -> Any:
        return _CHECKS.get(shape.type, _Check.other)(self, shape, value, path)

    def structure(self, shape: Shape, value: Any, path: str) -> Any:
        """Idempotency tokens are never missed: clients make them up where nobody gives them."""
        if value is None:
            return value
        if shape.get("document"):
            self._whole(value)
            return value
        self._typed(value, dict, shape, path)
        found: Document = Given(self.operation, shape, path) if path else {}
        for name, item in value.items():
            if shape.has_member(name) and item is not None:
                found[name] = self.value(shape.at(name), item, f"{path}.{name}" if path else name)
            elif item is not None:
                found[name] = item
        self.faults += [
            (f"{path}.{name}" if path else name, None, MISSING, "required")
            for name in _required(shape)
            if name not in found and not shape.traits["members"][name].get("idempotencyToken")
        ]
        if shape.get("union") and len(found) > 1 and not path == "":
            raise _malformed(self.operation, f"Unexpected number of members of the union at '{path}': {len(found)}")
        return found

    def list(self, shape: Shape, value: Any, path: str) -> Any:
        self._typed(value, list, shape, path)
        self._sized(shape, value, len(value), path)
        member = shape.member
        if member.type == "string":
            for item in value:
                self._typed(item, str, member, path)
                self._whole(item)
            if any(_faults_of_text(member, item) for item in value) and not self._is_left_to_handler(member):
                rules = ", ".join(_rules_of_text(member))
                shown = HIDDEN if _is_secret(shape) else _shown_of(member, value, path)
                self.faults.append((path, shown, f"Member must satisfy constraint: [{rules}]", "items"))
            return list(value)
        self.faults += [
            (f"{path}.{index}.member", None, MISSING, "required")
            for index, item in enumerate(value, 1)
            if item is None and not shape.get("sparse")
        ]
        found = ((f"{path}.{index}.member", item) for index, item in enumerate(value, 1))
        return [item if item is None else self.value(member, item, place) for place, item in found]

    def _is_left_to_handler(self, member: Shape) -> bool:
        """EC2 refuses unknown names in a list with an error of their own kind (InvalidInstanceType)."""
        service = self.operation.service
        return (
            service.protocol == "ec2" and bool(member.get("enum")) and service.handler(self.operation.name) is not None
        )

    def map(self, shape: Shape, value: Any, path: str) -> Any:
        """Keys that an enum lacks are left to the services: those that know them answer in words of their own."""
        self._typed(value, dict, shape, path)
        self._sized(shape, value, len(value), path)
        for key in value:
            self._whole(key)
        if "enum" not in shape.key.traits and any(_faults_of_text(shape.key, key) for key in value):
            rules = ", ".join(_rules_of_text(shape.key))
            shown = HIDDEN if _is_secret(shape) else value
            self.faults.append((path, shown, f"Map keys must satisfy constraint: [{rules}]", "items"))
        part = shape.value
        return {key: self.value(part, item, f"{path}.{key}.member") for key, item in value.items()}

    def string(self, shape: Shape, value: Any, path: str) -> Any:
        self._typed(value, str, shape, path)
        self._whole(value)
        if "enum" in shape.traits and path in self.judged:
            return value
        if path == self.token and len(value) <= shape.get("max", len(value)):
            return value
        if "enum" in shape.traits or "min" in shape.traits or "max" in shape.traits or "pattern" in shape.traits:
            found = _faults_of_text(shape, value)
            self.faults += [(path, _shown_of(shape, value, path), rule, kind) for rule, kind in found]
        return value

    def number(self, shape: Shape, value: Any, path: str) -> Any:
        whole = shape.type in ("integer", "long")
        self._typed(value, int if whole else (int, float, str), shape, path)
        if isinstance(value, str):
            return value
        if whole and not -(1 << BITS[shape.type]) <= value < 1 << BITS[shape.type]:
            java = "int" if shape.type == "integer" else "long"
            raise _malformed(self.operation, f"Numeric value ({str(value)[:30]}) out of range of {java}")
        least, most = shape.get("min"), shape.get("max")
        if least is not None and value < least:
            rule = f"Member must have value greater than or equal to {_plain(least)}"
            self.faults.append((path, _shown_of(shape, value, path), rule, "range"))
        if most is not None and value > most:
            rule = f"Member must have value less than or equal to {_plain(most)}"
            self.faults.append((path, _shown_of(shape, value, path), rule, "range"))
        return value

    def boolean(self, shape: Shape, value: Any, path: str) -> Any:
        self._typed(value, bool, shape, path)
        return value

    def blob(self, shape: Shape, value: Any, path: str) -> Any:
        if isinstance(value, (bytes, str)):
            self._sized(shape, value, len(value), path)
        return value

    def timestamp(self, shape: Shape, value: Any, path: str) -> Any:
        try:
            seconds = _seconds(value)
            datetime.fromtimestamp(seconds, UTC)
            return seconds
        except (ValueError, TypeError, OverflowError, OSError):
            raise _malformed(self.operation, f"Invalid timestamp at '{_spelled(path)}': {value!r}") from None

    def other(self, shape: Shape, value: Any, path: str) -> Any:
        return value

    def _typed(self, value: Any, wanted: Any, shape: Shape, path: str) -> None:
        fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        if not fits:
            raise _malformed(self.operation, _mistyped(value, shape))

    def _whole(self, value: Any) -> None:
        """Refuse text that nobody could write down again, at any depth of a document."""
        if isinstance(value, str):
            if not value.isascii() and has_lone(value):
                raise _malformed(self.operation, "Unpaired surrogate in a string")
        elif isinstance(value, (dict, list)):
            for item in value:
                self._whole(item)
            if isinstance(value, dict):
                self._whole(list(value.values()))

    def _sized(self, shape: Shape, value: Any, size: int, path: str) -> None:
        rules = _faults_of_size(shape, size)
        if rules:
            shown = HIDDEN if _is_secret(shape) else _shown_of(shape, value, path)
            self.faults += [(path, shown, rule, "length") for rule in rules]


def _shown_of(shape: Shape, value: Any, path: str) -> Any:
    from fakeaws.core.model.secrets import is_named_secret

    return HIDDEN if shape.get("sensitive") or is_named_secret(path.rpartition(".")[2]) else value


def _is_secret(shape: Shape, depth: int = 3) -> bool:
    """Whether a shape, or anything within it, is marked as sensitive."""
    if shape.get("sensitive"):
        return True
    if not depth or shape.type not in ("structure", "list", "map"):
        return False
    if shape.type == "structure":
        inner = list(shape.members.values())
    else:
        inner = [shape.member] if shape.type == "list" else [shape.key, shape.value]
    return any(_is_secret(part, depth - 1) for part in inner)


def _required(shape: Shape) -> list[str]:
    """The members that must be given: a tag's key too, which a third of the models do not say."""
    if shape.name == "Tag" and not shape.required:
        return [name for name in shape.member_names if name.lower() == "key"]
    return shape.required


_CHECKS: dict[str, Callable[[_Check, Shape, Any, str], Any]] = {
    "structure": _Check.structure,
    "list": _Check.list,
    "map": _Check.map,
    "string": _Check.string,
    "integer": _Check.number,
    "long": _Check.number,
    "float": _Check.number,
    "double": _Check.number,
    "boolean": _Check.boolean,
    "blob": _Check.blob,
    "timestamp": _Check.timestamp,
}


def _faults_of_size(shape: Shape, size: int) -> list[str]:
    least, most = shape.get("min"), shape.get("max")
    found = []
    if most is not None and size > most:
        found.append(f"Member must have length less than or equal to {_plain(most)}")
    if least is not None and size < least:
        found.append(f"Member must have length greater than or equal to {_plain(least)}")
    return found


def _faults_of_text(shape: Shape, text: str) -> list[tuple[str, str]]:
    enum = shape.get("enum")
    if enum:
        return [] if text in enum else [(_enum_rule(enum), "enum")]
    found = [(rule, "length") for rule in _faults_of_size(shape, len(text))]
    pattern = shape.get("pattern")
    if pattern is not None and not found:
        from fakeaws.core.model.patterns import matches

        if not matches(pattern, text):
            found.append((f"Member must satisfy regular expression pattern: {pattern}", "pattern"))
    return found


def _rules_of_text(shape: Shape) -> list[str]:
    """All constraints of a list's items: AWS names them all, whichever is broken."""
    if shape.get("enum"):
        return [_enum_rule(shape.get("enum"))]
    found = []
    if shape.get("max") is not None:
        found.append(f"Member must have length less than or equal to {_plain(shape.get('max'))}")
    if shape.get("min") is not None:
        found.append(f"Member must have length greater than or equal to {_plain(shape.get('min'))}")
    if shape.get("pattern") is not None:
        found.append(f"Member must satisfy regular expression pattern: {shape.get('pattern')}")
    return found


def _enum_rule(enum: list[str]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(enum)}]"


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _seconds(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            return float(value)
        except ValueError:
            moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


# The words of each protocol family


def _refusal(operation: Operation, faults: list[Fault]) -> AwsError:
    protocol = operation.service.protocol
    if protocol == "ec2":
        return _refusal_of_ec2(*faults[0])
    code = operation.service.facts.get("validation") or _code(operation)
    if code == "MalformedXML":
        return _refusal_of_s3(operation, *faults[0])
    worded = dict(operation.service.facts.get("worded", ()))
    for path, _, rule, _ in faults:
        text = worded.get(rule.partition("pattern: ")[2])
        if text is not None:
            return AwsError(code, text.format(member=_spelled(path)), status=400)
    count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
    texts = [
        f"Value{_shown(value)} at '{_spelled(path)}' failed to satisfy constraint: {rule}"
        for path, value, rule, _ in faults
    ]
    return AwsError(code, count + "; ".join(texts), status=400)


def unmet(operation: Operation, member: str, value: Any, rule: str) -> AwsError:
    """The refusal of a value that breaks a rule which the model does not state."""
    return _refusal(operation, [(member, value, rule, "pattern")])


def too_deep(operation: Operation) -> AwsError:
    """The refusal of a document in the parameters that nests more deeply than can be followed."""
    return AwsError(_code(operation), "A document in the request nests too deeply", status=400)


def numeric(operation: Operation, member: str, text: Any) -> float:
    """The finite number that a text says, for members that the model has as texts."""
    try:
        found = float(text)
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise unmet(operation, member, text, "Member must be a number")
    return found


def _code(operation: Operation) -> str:
    """The code of validation errors: the protocol family's, or the model's own where its family has none."""
    if operation.service.protocol == "query" or "awsQueryCompatible" in operation.service.metadata:
        return "ValidationError"
    if operation.service.protocol != "rest-xml":
        return "ValidationException"
    declared = {shape.name for shape in operation.errors}
    return next((code for code in ("InvalidInput", "InvalidArgument") if code in declared), "MalformedXML")


def _refusal_of_ec2(path: str, value: Any, rule: str, kind: str) -> AwsError:
    """EC2 names the parameter as in the request: `LaunchTemplate.Version`, `maxResults`."""
    name = path.replace(".member", "")
    if kind == "required" and re.search(r"Tag[\w.]*\.Key$", path):
        text = "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty."  # aws-cli issue 3283
        return AwsError("InvalidParameterValue", text, status=400)
    if kind == "required":
        return AwsError("MissingParameter", f"The request must contain the parameter {name}", status=400)
    lower = name[:1].lower() + name[1:]
    if kind == "range":
        side = "greater" if "greater" in rule else "less"
        bound = int(rule.rsplit(" ", 1)[1]) + (-1 if side == "greater" else 1)
        text = f"Value ( {value} ) for parameter {lower} is invalid. Expecting a value {side} than {bound}."
        return AwsError("InvalidParameterValue", text, status=400)
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    return AwsError("InvalidParameterValue", f"Invalid value '{shown}' for {name}.", status=400)


def _refusal_of_s3(operation: Operation, path: str, value: Any, rule: str, kind: str) -> AwsError:
    assert operation.input is not None
    name = path.partition(".")[0]
    location = operation.input.at(name).get("location")
    if location is None:
        text = "The XML you provided was not well-formed or did not validate against our published schema"
        return AwsError("MalformedXML", text, status=400, Parameter=path)
    if kind == "required":
        return AwsError("InvalidRequest", f"Missing required parameter: {name}", status=400)
    header = operation.input.at(name).get("locationName", name)
    return AwsError(
        "InvalidArgument", f"Invalid argument: {name}", status=400, ArgumentName=header, ArgumentValue=value
    )


def _shown(value: Any) -> str:
    if value is None:
        return " null"
    return "" if value is HIDDEN else f" '{_text(value)}'"


def _text(value: Any) -> str:
    """A value as Java prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_text(item)}" for key, item in value.items()) + "}"
    return (
        f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]" if isinstance(value, bytes) else str(value)
    )


def _spelled(path: str) -> str:
    """A path as AWS spells it: each member with its first letter in lower case."""
    return ".".join(step[:1].lower() + step[1:] for step in path.split("."))


def _malformed(operation: Operation, text: str) -> AwsError:
    protocol = operation.service.protocol
    if protocol in ("query", "ec2"):
        return AwsError("MalformedInput" if protocol == "query" else "InvalidParameterValue", text, status=400)
    if protocol == "rest-xml":
        text = "The XML you provided was not well-formed or did not validate against our published schema"
        return AwsError("MalformedXML", text, status=400)
    return AwsError("SerializationException", text, status=400)


def _mistyped(value: Any, shape: Shape) -> str:
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list):
        return "Start of list found where not expected"
    if shape.type in ("list", "structure", "map"):
        return {"list": "Expected list or null", "map": "Expected map or null"}.get(shape.type, "Expected null")
    kind = "NUMBER_VALUE" if isinstance(value, (int, float)) else "STRING_VALUE"
    if isinstance(value, bool):
        kind = "TRUE_VALUE" if value else "FALSE_VALUE"
    wanted = {"integer": "Integer", "long": "Long", "float": "Float", "double": "Double", "boolean": "Boolean"}
    return (
        f"{kind} can not be converted to {'an' if shape.type == 'integer' else 'a'} {wanted.get(shape.type, 'String')}"
    )
