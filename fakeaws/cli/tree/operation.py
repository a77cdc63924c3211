"""The arguments of an operation: from the command line to its parameters."""

from __future__ import annotations

from typing import Any

from fakeaws.cli import customizations
from fakeaws.cli.arguments import paramfile, values
from fakeaws.cli.arguments.names import operation_command
from fakeaws.cli.arguments.options import Extra, Table, add_paging, alias, build, check_paging, paging_members, rename
from fakeaws.cli.arguments.parser import Option, UnknownOptions, Values, parse_known
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Document, Globals, Invocation, Streams
from fakeaws.core.model.models import Operation

_SKELETONS = ("input", "output", "yaml-input")


def argument_table(place: tuple[str, ...], operation: Operation) -> tuple[Table, Table]:
    """The arguments of an operation at a place of the tree, and those replaced by options of paging."""
    table = build(operation)
    for bare in customizations.for_operation(place[0], "BARE", operation_command(operation.name)):
        for argument in bare:
            table[argument].bare = True
    if place[1:2] != ("wait",):
        _customize(place[0], place[-1], table, operation)
    if streamed_output(operation) is not None:
        table["outfile"] = Extra(Option("outfile", help="Filename where the content will be saved"))
    shadowed = add_paging(table, operation)
    if "outfile" not in table:
        table["cli-input-json"] = Extra(Option("--cli-input-json"))
        table["cli-input-yaml"] = Extra(Option("--cli-input-yaml"))
        table["generate-cli-skeleton"] = Extra(
            Option("--generate-cli-skeleton", nargs="?", const="input", choices=_SKELETONS)
        )
    return table, shadowed


def _customize(command: str, name: str, table: Table, operation: Operation) -> None:
    if customizations.load(command) is None:
        return
    for raw in customizations.for_operation(command, "RAW", name):
        for argument in raw:
            if argument in table:
                table[argument].loads_files = False
    for renames in customizations.for_operation(command, "RENAMES", name):
        for old, new in renames.items():
            rename(table, old, new)
    for aliases in customizations.for_operation(command, "ALIASES", name):
        for current, older in aliases.items():
            alias(table, current, older)
    for change in customizations.for_operation(command, "CHANGES", name):
        change(table, operation)


def streamed_output(operation: Operation) -> str | None:
    """The member of the answer that is a stream of bytes, to be written to a file."""
    output = operation.output
    payload = output.get("payload") if output is not None else None
    if output is None or payload is None:
        return None
    shape = output.at(payload)
    return str(payload) if shape.type == "blob" else None


def parse_operation(
    place: tuple[str, ...], operation: Operation, argv: list[str], streams: Streams, options: Globals
) -> Invocation | None:
    """The invocation of `argv`; None for help."""
    if argv == ["help"]:
        return None
    table, shadowed = argument_table(place, operation)
    _relax(table, argv)
    help_word = Option("help", nargs="?")
    given, unknown = parse_known([*(argument.option() for argument in table.values()), help_word], argv)
    word = given.pop("help")
    if word == "help":
        return None
    if word:
        unknown.append(word)
    if unknown:
        raise UnknownOptions(unknown, streams.program)
    check_paging(operation, given, shadowed, table, options)
    for check in customizations.for_operation(place[0], "CHECKS", place[-1]):
        check(given, options)
    params = _parameters(table, given)
    invocation = Invocation(place[0], operation, params, options)
    _fill(invocation, given, table)
    _merge_input(params, given)
    for finish in customizations.for_operation(place[0], "FINISH", place[-1]):
        finish(invocation, given)
    if any(member in params for member in paging_members(operation)):
        options.paginate = False
    invocation.skeleton = given.get("generate_cli_skeleton")
    if operation.input is not None:
        values.decode_blobs(params, operation.input, lambda: _blobs_are_raw(options, streams))
    return invocation


def _relax(table: Table, argv: list[str]) -> None:
    """No argument is required where the input is given as one document, or only its skeleton is requested."""
    skeleton = "--generate-cli-skeleton"
    if "cli-input-json" not in table:
        return
    wants_input = skeleton in argv and argv[argv.index(skeleton) + 1 :][:1] != ["output"]
    if wants_input or "--cli-input-json" in argv or "--cli-input-yaml" in argv:
        for argument in table.values():
            argument.required = False


def _parameters(table: Table, given: Values) -> Document:
    params: Document = {}
    for argument in table.values():
        argument.apply(given, params)
    return params


def _fill(invocation: Invocation, given: Values, table: Table) -> None:
    """Set the options that are not parameters: paging and the output file."""
    if "outfile" in table and table["outfile"].option().positional:
        invocation.outfile = given.get("outfile")
    paged = {name for name in ("max-items", "page-size", "starting-token") if isinstance(table.get(name), Extra)}
    if "max-items" in paged:
        invocation.max_items = _number(given["max_items"])
    if "page-size" in paged:
        invocation.page_size = _number(given["page_size"])
    if "starting-token" in paged:
        invocation.starting_token = given["starting_token"]


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _merge_input(params: Document, given: Values) -> None:
    """Merge `--cli-input-json` or `--cli-input-yaml`; options override it."""
    sources = {name: given.get(name) for name in ("cli_input_json", "cli_input_yaml") if given.get(name) is not None}
    if len(sources) > 1:
        raise CliError("Only one --cli-input- parameter may be specified.")
    for dest, value in sources.items():
        name = dest.replace("_", "-")
        loaded = _load(name, paramfile.load_text(value, f"--{name}"))
        if not isinstance(loaded, dict):
            raise values.wrong(f"--{name}", f"Invalid type: expecting map, received {type(loaded)}")
        for key, item in loaded.items():
            params.setdefault(key, item)


def _load(name: str, text: str | bytes) -> Any:
    if name == "cli-input-json":
        import json

        try:
            return json.loads(text)
        except ValueError as error:
            raise values.wrong(name, "Invalid JSON received.") from error
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise values.wrong(name, "Invalid YAML received.") from error


def _blobs_are_raw(options: Globals, streams: Streams) -> bool:
    from fakeaws.cli.profile.settings import Profile

    chosen = options.cli_binary_format or Profile(options, streams).get("cli_binary_format")
    return chosen == "raw-in-base64-out"
