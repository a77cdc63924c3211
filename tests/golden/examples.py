"""The examples that the AWS CLI ships: every command line in them must be understood.

`count()` reads the `.rst` files of the installed `awscli`, parses each `aws …` line of them, and has botocore validate
the parameters. Files that an example names are made up from the shape of the argument.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fakeaws.cli.arguments import paramfile, values
from fakeaws.cli.customizations import calls, services
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Invocation, Streams
from fakeaws.cli.tree import operation
from fakeaws.cli.tree.nodes import parse
from fakeaws.core.model import models
from fakeaws.core.model.models import Shape

_COMMAND = re.compile(r"^\s+(?:\$\s+|%\s+|>\s+)?aws\s+\S")
_SHELL = ("|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "\\")


class Example:
    """A command line of an example, without `aws`."""

    def __init__(self, source: str, argv: list[str]) -> None:
        self.source = source
        self.argv = argv


class Outcome:
    """What became of the examples; those that the AWS CLI itself refuses do not count."""

    def __init__(self) -> None:
        self.total = 0
        self.refused: list[tuple[Example, str]] = []
        self.wrong = 0

    def __str__(self) -> str:
        passed = self.total - len(self.refused)
        return f"examples {passed}/{self.total} ({100 * passed / max(self.total, 1):.2f} %)"


def count(folder: Path | None = None, only: str | None = None) -> Outcome:
    """Try all examples of `folder` (default: those of the installed awscli); `only` names one service."""
    outcome = Outcome()
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        try:
            for example in examples(folder or _shipped()):
                if only is None or example.argv[:1] == [only]:
                    _try(example, outcome)
        finally:
            os.chdir(here)
    return outcome


def _shipped() -> Path:
    import awscli  # type: ignore[import-untyped]

    return Path(awscli.__file__).parent / "examples"


def examples(folder: Path) -> Iterator[Example]:
    """The command lines of all `.rst` files below `folder`."""
    for path in sorted(folder.rglob("*.rst")):
        for argv in commands(path.read_text(encoding="utf-8")):
            yield Example(str(path.relative_to(folder)), argv)


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of each `aws …` of a page; a line goes on after a backslash and within quotes."""
    lines = iter(text.splitlines())
    for line in lines:
        if not _COMMAND.match(line):
            continue
        joined = line.strip().lstrip("$%> ")
        while True:
            if joined.rstrip().endswith(("\\", " ^")):
                joined = joined.rstrip()[:-1] + " " + next(lines, "").strip()
                continue
            try:
                words = shlex.split(joined)
            except ValueError:
                following = next(lines, None)
                if following is None:
                    break
                joined += "\n" + following
                continue
            yield _without_shell(words[1:])
            break


def _without_shell(words: list[str]) -> list[str]:
    ends = [index for index, word in enumerate(words) if word in _SHELL]
    return words[: ends[0]] if ends else words


def _try(example: Example, outcome: Outcome) -> None:
    outcome.total += 1
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO(), {"AWS_DEFAULT_REGION": "us-east-1"}, "aws")
    originals = paramfile.load_text, paramfile.load, values.open_body
    paramfile.load_text = _made_up(example.argv, paramfile.load_text)
    paramfile.load = _made_up_part
    values.open_body = lambda value, option: io.BytesIO()
    try:
        found = parse(example.argv, streams)
        if isinstance(found, Invocation):
            _validate(found)
    except CliError as error:
        if [example.source, _first_line(error)] in _known_wrong():
            outcome.wrong += 1
            outcome.total -= 1
        else:
            outcome.refused.append((example, error.message))
    finally:
        paramfile.load_text, paramfile.load, values.open_body = originals


@lru_cache(maxsize=1)
def _known_wrong() -> list[list[str]]:
    """The examples with mistakes, which the AWS CLI refuses too: where they stand, and what is said of them."""
    path = Path(__file__).with_name("wrong_examples.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _first_line(error: CliError) -> str:
    message = error.message.removeprefix("Parameter validation failed:\n")
    return message.partition("\n")[0]


def _made_up(argv: list[str], original: Any) -> Any:
    """`load_text` that makes up what a missing file would hold."""

    def load_text(value: Any, option: str) -> Any:
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(single, str) or not single.startswith(("file://", "fileb://")):
            return original(value, option)
        if option in ("--cli-input-json", "--cli-input-yaml"):
            shape = _operation(argv).input
            return json.dumps(least(shape) if shape is not None else {})
        argument = operation.argument_table(tuple(argv[:2]), _operation(argv))[0].get(option.removeprefix("--"))
        shape = getattr(argument, "shape", None)
        text = _text(option, shape)
        return text.encode() if single.startswith("fileb://") else text

    return load_text


def _made_up_part(value: str) -> str | bytes | None:
    return "x" if value.startswith("file://") else b"x" if value.startswith("fileb://") else None


def _text(option: str, shape: Shape | None) -> str:
    if option == "--parameter-values-uri":
        return "{}"
    if option == "--zip-file":
        return "PK\x05\x06" + "\x00" * 18
    if option == "--pipeline-definition":
        return '{"objects": []}'
    if shape is None or shape.type in ("string", "blob", "timestamp"):
        return "x" * max(20, (shape.get("min") or 0) if shape is not None else 0)
    return json.dumps(least(shape))


@lru_cache(maxsize=1)
def _found(command: str, name: str) -> Any:
    from fakeaws.cli.tree.nodes import find_operation

    return find_operation(command, models.service(services.service_of(command)), name)


def _operation(argv: list[str]) -> models.Operation:
    words = [word for word in argv if not word.startswith("-")]
    found: models.Operation = _found(words[0], words[1])
    return found


def least(shape: Shape) -> Any:
    """The smallest value of `shape` that passes validation."""
    if shape.type == "structure":
        wanted = shape.required or (shape.member_names[:1] if shape.get("union") else [])
        return {name: least(shape.at(name)) for name in wanted}
    if shape.type == "list":
        return [least(shape.member) for _ in range(shape.get("min") or 0)]
    if shape.type == "map":
        return {}
    if shape.type in ("integer", "long", "float", "double"):
        return shape.get("min") or 0
    if shape.type == "boolean":
        return True
    if shape.type == "timestamp":
        return "2024-01-01T00:00:00Z"
    if shape.type == "blob":
        return ""
    return (shape.get("enum") or ["x" * (shape.get("min") or 1)])[0]


@lru_cache(maxsize=4)
def _botocore_model(service: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service)


def _validate(invocation: Invocation) -> None:
    """Botocore's own validation of what the client would send."""
    from botocore.validate import ParamValidator

    if invocation.before is not None or invocation.skeleton is not None:
        return
    service, name = invocation.operation.service.name, invocation.operation.name
    params = dict(invocation.params)
    shape = _botocore_model(service).operation_model(name).input_shape
    if shape is None:
        return
    for member, part in shape.members.items():
        if part.metadata.get("idempotencyToken"):
            params.setdefault(member, "x" * max(32, part.metadata.get("min", 0)))
    report = ParamValidator().validate(calls.edit(service, name, params), shape)
    if report.has_errors():
        raise CliError(f"Parameter validation failed:\n{report.generate_report()}")
