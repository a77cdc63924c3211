"""`--generate-cli-skeleton`: what an input looks like, as JSON or as YAML with comments, and a sample of an output."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation, Service, Shape

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Invocation, Streams

Document = dict[str, Any]

EPOCH = datetime.datetime(1970, 1, 1)
KEY = "KeyName"
"""The key of every map."""


def show(invocation: Invocation, streams: Streams) -> int:
    """Print the skeleton that `invocation.skeleton` names."""
    operation = invocation.operation
    if invocation.skeleton == "output":
        return _show_output(invocation, streams)
    if invocation.skeleton == "yaml-input":
        _write_yaml(operation, streams.stdout)
    else:
        found = sample(operation.input) if operation.input is not None else {}
        streams.stdout.write(json.dumps(found, indent=4, default=_written) + "\n")
    return 0


def _written(value: datetime.datetime) -> str:
    return value.isoformat()


def _show_output(invocation: Invocation, streams: Streams) -> int:
    """The sample replaces the answer: the command's arguments are checked as usual."""
    from fakeaws.cli.arguments.validation import validated
    from fakeaws.cli.calls import execution
    from fakeaws.cli.errors import CliError

    shape = invocation.operation.output
    answer = sample(shape, named=True) if shape is not None else {}
    _, wrong = validated(shape, answer)
    if invocation.options.paginate and _pages(invocation):
        known = ", ".join(invocation.operation.input.member_names) if invocation.operation.input else ""
        wrong = wrong or [f'Unknown parameter in input: "PaginationConfig", must be one of: {known}']
    if wrong:
        raise CliError("Parameter validation failed:\n" + "\n".join(wrong))
    invocation.skeleton = None
    invocation.options.paginate = False
    return execution.call_and_show(invocation, lambda service, operation, params: answer, streams)


def _pages(invocation: Invocation) -> bool:
    """Whether options of paging are given, which a sample does not support."""
    return any(v is not None for v in (invocation.max_items, invocation.page_size, invocation.starting_token))


_SCALARS: dict[str, Any] = {
    "integer": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "boolean": True,
    "timestamp": EPOCH,
}


def sample(shape: Shape, named: bool = False) -> Any:
    """A value of `shape`; texts are empty or the first of their enum, or with `named` the names of their members."""
    return _sample(shape, "", named, [])


def _sample(shape: Shape, name: str, named: bool, above: list[str]) -> Any:
    if shape.type == "structure":
        if shape.name in above:
            return {}
        within = [*above, shape.name]
        return {member: _sample(part, member, named, within) for member, part in shape.members.items()}
    if shape.type == "list":
        return [_sample(shape.member, shape.member.name if named else "", named, [*above, shape.name])]
    if shape.type == "map":
        return {KEY: _sample(shape.value, "", named, [*above, shape.name])}
    if shape.type == "string":
        if named:
            return name
        return (shape.get("enum") or [""])[0]
    return _SCALARS.get(shape.type)


class _Binary:
    """An empty blob."""


def _write_yaml(operation: Operation, stream: Any) -> None:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.representer.add_representer(_Binary, lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:binary", ""))
    found = yaml.map()
    if operation.input is not None:
        found = _Commented(operation.service, yaml.map).value({"shape": operation.input.name}, [])
    yaml.dump(found, stream)


class _Commented:
    """Makes the sample from the documented model, a comment beside each member."""

    def __init__(self, service: Service, new_map: Callable[[], Any]) -> None:
        self._service = service
        self._shapes: Document = service.documented()["shapes"]
        self._new_map = new_map

    def value(self, reference: Document, above: list[str]) -> Any:
        name = reference["shape"]
        shape = self._shapes[name]
        kind = self._service.shape(name).type
        if kind == "structure":
            return self._new_map() if name in above else self._structure(shape, [*above, name])
        if kind == "list":
            return [self.value(shape["member"], [*above, name])]
        if kind == "map":
            return {KEY: self.value(shape["value"], [*above, name])}
        if kind == "blob":
            return _Binary()
        if kind == "string":
            return (shape.get("enum") or [""])[0]
        # A date of its own each time: the same object twice would be written as an anchor and an alias.
        return EPOCH.replace() if kind == "timestamp" else _SCALARS[kind]

    def _structure(self, shape: Document, above: list[str]) -> Any:
        found = self._new_map()
        for member, reference in shape.get("members", {}).items():
            found[member] = self.value(reference, above)
            comment = self._comment(reference, member in shape.get("required", ()))
            if comment.strip():
                found.yaml_add_eol_comment(f"# {comment}", member)
        return found

    def _comment(self, reference: Document, required: bool) -> str:
        shape = {**self._shapes[reference["shape"]], **reference}
        parts = ["[REQUIRED]"] if required else []
        parts.append(_first_sentence(shape.get("documentation", "")))
        if shape.get("enum"):
            parts.append(f"Valid values are: {', '.join(shape['enum'])}.")
        return " ".join(parts)


def _first_sentence(documentation: str) -> str:
    """The text up to the first full stop or colon."""
    import re
    from html import unescape

    text = unescape(re.sub(r"<[^>]*>", "", documentation))
    sentence = re.split(r"[.:]", text, maxsplit=1)[0]
    return f"{sentence}." if sentence else ""
