"""Why a call failed and which command helps, found through the declarations of the service."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fakeaws.cli.arguments.names import cli_name, operation_command
from fakeaws.cli.customizations.services import command_of
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import service_of, table

if TYPE_CHECKING:
    from fakeaws.core.model.models import Operation
    from fakeaws.core.pipeline.call import Call

CREATING = ("Create", "Put", "Register", "Allocate", "Upload", "Request")
SHOWING = ("Describe", "Get", "List")
EXISTS = ("AlreadyExist", "AlreadyOwned", "Duplicate", "Conflict", "InUse", "NameExists")
HOLDS = ("DeleteConflict", "NotEmpty", "DependencyViolation", "ResourceInUse", "InUse")


def lines(call: Call, code: str) -> Iterator[str]:
    """Lines about a call that was refused with an error code."""
    named = list(_named(call))
    for kind, member, value in named:
        state = "exists" if _exists(call, kind, value) else "does not exist"
        yield f"{member} names the {_words(kind.name)} {value}, which {state}."
    absent = next((each for each in named if not _exists(call, each[0], each[2])), None)
    operation = call.operation.name
    if operation.startswith(("Delete", "Remove")) and any(word in code for word in HOLDS):
        yield from _shown(call, named, "It is in use or not empty. These commands show why")
    elif any(word in code for word in EXISTS) and not absent:
        yield from _existing(call, *named[0]) if named else ()
    elif absent is not None:
        yield from _creation(call, *absent)
    else:
        yield f"The parameters of the operation: {command_of(service_of(call))} {operation_command(operation)} help"


def _words(name: str) -> str:
    return cli_name(name).replace("-", " ")


def _named(call: Call) -> Iterator[tuple[kinds.Kind, str, str]]:
    """The resources that the parameters name by their ids, each once, with the parameter."""
    types = [kind for kind in kinds.of(service_of(call)) if kind.id and kind.origin != "none"]
    for member, value in call.params.items():
        fitting = [each for each in types if member in (each.id, each.name) and not each.keys]
        own = [each for each in fitting if member.lower().startswith(each.name.lower())]
        kind = next(iter([*own, *fitting]), None)
        if kind is not None and isinstance(value, str):
            yield kind, member, value


def _exists(call: Call, kind: kinds.Kind, value: str) -> bool:
    if naming.find(call, kind, value) is not None:
        return True
    return table(call, kind).anywhere(value) is not None


def _operation(call: Call, verbs: tuple[str, ...], kind: kinds.Kind) -> Operation | None:
    service = call.operation.service
    names = [f"{verb}{kind.name}{end}" for verb in verbs for end in ("", "s")]
    found = next((name for name in names if service.has_operation(name)), None)
    return service.operation(found) if found is not None else None


def _creation(call: Call, kind: kinds.Kind, member: str, value: str) -> Iterator[str]:
    """The command that creates the missing resource, and the one that lists the existing ones."""
    creating = _operation(call, CREATING, kind)
    shape = creating.input if creating is not None else None
    if creating is not None and shape is not None and shape.has_member(member):
        needed = [name for name in shape.required if name != member]
        options = [_option(member, value), *(_option(name, call.params.get(name)) for name in needed)]
        yield "This command creates it:"
        yield f"    {command_of(service_of(call))} {operation_command(creating.name)} {' '.join(options)}"
    listing = _operation(call, ("List", "Describe"), kind)
    if listing is not None:
        yield "This command lists the existing ones:"
        yield f"    {command_of(service_of(call))} {operation_command(listing.name)}"


def _existing(call: Call, kind: kinds.Kind, member: str, value: str) -> Iterator[str]:
    """The command that shows the existing resource."""
    showing = _operation(call, ("Get", "Describe"), kind)
    if showing is not None and showing.input is not None and showing.input.has_member(member):
        yield f"Choose another name, or look at the existing {_words(kind.name)}:"
        yield f"    {command_of(service_of(call))} {operation_command(showing.name)} {_option(member, value)}"


def _shown(call: Call, named: list[tuple[kinds.Kind, str, str]], why: str) -> Iterator[str]:
    """Commands that show the named resource and its contents."""
    service = call.operation.service
    kind, member, value = named[0] if named else (None, "", "")
    commands = []
    for name in service.operation_names:
        shape = service.operation(name).input
        takes = shape is not None and shape.has_member(member) and shape.required in ([member], [])
        if kind is not None and takes and name.startswith(SHOWING) and service.handler(name) is not None:
            commands.append(f"    {command_of(service_of(call))} {operation_command(name)} {_option(member, value)}")
    if commands:
        yield f"{why}:"
        yield from commands


def _option(name: str, value: object) -> str:
    text = shlex.quote(value) if isinstance(value, str) else f"<{name}>"
    return f"--{cli_name(name)} {text}"
