"""`cloud`, fakeaws's own command: inspect the cloud, reset it, save and restore it, control its clock."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.local import open_cloud
from fakeaws.cli.commands._cloud import policies, served, work
from fakeaws.cli.customizations.services import service_of
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.profile.settings import Profile, home
from fakeaws.cli.tree.dispatch import dispatch
from fakeaws.core.model import models
from fakeaws.core.pipeline import clock as clocks
from fakeaws.core.pipeline import snapshots
from fakeaws.core.tools.errors import CloudError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Inspect the cloud, reset it, save and restore it, and control its clock and its policies."""
    try:
        return dispatch("cloud", SUBCOMMANDS, argv, options, streams, perform)
    except (CloudError, OSError) as error:
        raise GeneralError(str(error)) from error


def status(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show the folder, caller and time of the cloud, and how many resources of each type it holds."""
    parse_command((), argv)
    cloud, profile = open_cloud(streams.env), Profile(options, streams)
    keys = profile.credentials()
    caller = cloud.caller(keys.access_key if keys else "", profile.region or "us-east-1")
    document: Document = {
        "Folder": home(streams.env),
        "Account": caller.account,
        "Caller": caller.arn,
        "Region": profile.region,
        "Time": _time(cloud),
        "Resources": cloud.database.counts(),
    }
    if options.output == "json":
        return print_json(streams, document)
    counts = document.pop("Resources")
    print_table(streams, ((name, value) for name, value in document.items()))
    print_table(streams, counts.items(), ("Type", "Resources"))
    return 0


def reset(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Delete everything in the cloud, or in the one served at --endpoint-url. Snapshots, keys and settings stay."""
    parse_command((), argv)
    if options.endpoint_url:
        served.change(options.endpoint_url, streams.env, "reset", {})
        streams.stdout.write(f"Reset the cloud at {options.endpoint_url}.\n")
        return 0
    open_cloud(streams.env, renewed=True).reset()
    streams.stdout.write(f"Reset the cloud in {home(streams.env)}.\n")
    return 0


def coverage(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show which operations are emulated, declared and missing: counts for all services, or a list for one."""
    values = parse_command((Option("service", nargs="?"),), argv)
    from fakeaws.core.model.coverage import counts
    from fakeaws.core.model.coverage import coverage as covered

    named = values["service"]
    levels = covered(_service(named) if named else None)
    if options.output == "json":
        return print_json(streams, levels)
    if named:
        rows: Iterable[tuple[Any, ...]] = next(iter(levels.values())).items()
        print_table(streams, rows, ("Operation", "Level"))
        return 0
    rows = [(name, *counts(found).values(), len(found)) for name, found in levels.items()]
    sums = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    print_table(streams, [*rows, ("all", *sums)], ("Service", "Emulated", "Declared", "Missing", "Operations"))
    return 0


def shapes(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show the resource types of a service, as declared and as inferred from its model."""
    values = parse_command((Option("service"), Option("type", nargs="?")), argv)
    kinds = models.service(_service(values["service"])).kinds()
    if values["type"] is not None:
        if values["type"] not in kinds:
            raise CliError(f"{values['service']} has no resource type {values['type']}. It has: {', '.join(kinds)}")
        kinds = {values["type"]: kinds[values["type"]]}
    return print_json(streams, kinds)


def _service(name: str) -> str:
    """A service by its name or that of its command."""
    found = service_of(name)
    if found not in models.services():
        raise CliError(f"There is no service {name}.")
    return found


def snapshot_save(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Save a copy of the cloud, or of the one served at --endpoint-url, under a name."""
    name = parse_command((Option("name"),), argv)["name"]
    if options.endpoint_url:
        served.change(options.endpoint_url, streams.env, "snapshot", {"name": name})
    else:
        snapshots.save(open_cloud(streams.env), name)
    streams.stdout.write(f"Saved as {name}.\n")
    return 0


def snapshot_restore(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Restore a saved copy of the cloud, or of the one served at --endpoint-url."""
    name = parse_command((Option("name"),), argv)["name"]
    if options.endpoint_url:
        served.change(options.endpoint_url, streams.env, "snapshot", {"name": name, "restore": True})
    else:
        snapshots.restored(home(streams.env), name)
    streams.stdout.write(f"Restored {name}.\n")
    return 0


def snapshot_list(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """List the names of all snapshots."""
    parse_command((), argv)
    found = snapshots.names(home(streams.env))
    if options.output == "json":
        return print_json(streams, found)
    streams.stdout.write("".join(f"{name}\n" for name in found))
    return 0


def snapshot_delete(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Delete a snapshot."""
    name = parse_command((Option("name"),), argv)["name"]
    snapshots.delete(home(streams.env), name)
    return 0


def clock_show(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show the time of the cloud."""
    parse_command((), argv)
    if options.endpoint_url:
        return _change_served_clock(streams, options.endpoint_url, None)
    streams.stdout.write(_time(open_cloud(streams.env)) + "\n")
    return 0


def clock_freeze(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Stop the clock, now or at a time in ISO 8601."""
    values = parse_command((Option("at", nargs="?"),), argv)
    if options.endpoint_url:
        moment = _moment(values["at"]) if values["at"] else served.clock(options.endpoint_url, streams.env)["now"]
        return _change_served_clock(streams, options.endpoint_url, {"freeze": moment})
    cloud = open_cloud(streams.env)
    at = _moment(values["at"]) if values["at"] else clocks.now(cloud.database)
    return _change_clock(streams, cloud, lambda: clocks.freeze(cloud.database, at))


def clock_advance(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Advance the clock by a duration such as 90s, 5m, 2h, 30d or 1w; the next call runs scheduled actions."""
    values = parse_command((Option("duration"),), argv)
    seconds = _duration(values["duration"])
    if options.endpoint_url:
        return _change_served_clock(streams, options.endpoint_url, {"advance": seconds})
    cloud = open_cloud(streams.env)
    return _change_clock(streams, cloud, lambda: clocks.advance(cloud.database, seconds))


def clock_resume(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Resume a frozen clock."""
    parse_command((), argv)
    if options.endpoint_url:
        return _change_served_clock(streams, options.endpoint_url, {"resume": True})
    cloud = open_cloud(streams.env)
    return _change_clock(streams, cloud, lambda: clocks.resume(cloud.database))


def _change_clock(streams: Streams, cloud: Cloud, change: Callable[[], None]) -> int:
    with cloud.database.transaction(write=True):
        change()
    streams.stdout.write(_time(cloud) + "\n")
    return 0


def _change_served_clock(streams: Streams, url: str, change: Document | None) -> int:
    """As `_change_clock`, for the cloud served at `url`; None changes nothing."""
    found = served.clock(url, streams.env) if change is None else served.change(url, streams.env, "clock", change)
    streams.stdout.write(_written(found["now"], found["frozen"]) + "\n")
    return 0


def _time(cloud: Cloud) -> str:
    return _written(clocks.now(cloud.database), clocks.is_frozen(cloud.database))


def _written(now: float, is_frozen: bool) -> str:
    moment = datetime.fromtimestamp(now, UTC)
    return moment.isoformat(timespec="seconds") + (" (frozen)" if is_frozen else "")


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CliError(f"{text!r} is not a time in ISO 8601 such as 2027-01-31T12:00:00Z.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _duration(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", text)
    if found is None:
        raise CliError(f"{text!r} is not a duration such as 90s, 5m, 2h, 30d or 1w.")
    return float(found.group(1)) * UNITS[found.group(2)]


def db_tables(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """List the tables of the cloud's database: one for each resource type, and fakeaws's own."""
    parse_command((), argv)
    from fakeaws.core.store.sqlite.inspect import tables

    open_cloud(streams.env)
    rows = tables(Path(home(streams.env)) / "cloud.db")
    if options.output == "json":
        return print_json(streams, rows)
    print_table(streams, ((row["table"], row["rows"]) for row in rows), ("Table", "Rows"))
    return 0


def db_query(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Print the rows that an SQL statement selects, as JSON. The statement cannot change the database."""
    values = parse_command((Option("statement"),), argv)
    from fakeaws.core.store.sqlite.inspect import query

    open_cloud(streams.env)
    try:
        return print_json(streams, list(query(Path(home(streams.env)) / "cloud.db", values["statement"])))
    except (sqlite3.Error, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the statement
        raise GeneralError(f"SQLite: {error}") from error


def activate(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Print a script that makes `aws` run fakeaws in this shell: eval "$(fakeaws cloud activate)"."""
    values = parse_command((Option("--shell", choices=("sh", "fish"), default="sh"),), argv)
    folder = os.path.abspath(home(streams.env))
    _make_shim(Path(folder) / "bin")
    template = FISH if values["shell"] == "fish" else SH
    streams.stdout.write(template.format(home=shlex.quote(folder), bin=shlex.quote(f"{folder}/bin")))
    return 0


def _make_shim(folder: Path) -> None:
    """Write a script named `aws` that runs this installation of fakeaws."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    program = f"{shlex.quote(sys.executable)} -m fakeaws"
    draft = folder / f".aws.{os.getpid()}"
    draft.write_text(f'#!/bin/sh\nFAKEAWS_PROGRAM=aws exec {program} "$@"\n', encoding="utf-8")
    draft.chmod(0o700)
    draft.replace(folder / "aws")


SH = """\
export FAKEAWS_HOME={home}
_fakeaws_path="$PATH"
export PATH={bin}":$PATH"
deactivate_fakeaws() {{
    export PATH="$_fakeaws_path"
    unset _fakeaws_path
    unset -f deactivate_fakeaws
    hash -r 2>/dev/null || true
}}
hash -r 2>/dev/null || true
"""

FISH = """\
set -gx FAKEAWS_HOME {home}
set -g _fakeaws_path $PATH
set -gx PATH {bin} $PATH
function deactivate_fakeaws
    set -gx PATH $_fakeaws_path
    set -e _fakeaws_path
    functions -e deactivate_fakeaws
end
"""


def print_json(streams: Streams, document: Any) -> int:
    """Print a document as JSON; the exit code of success."""
    streams.stdout.write(json.dumps(document, indent=4, ensure_ascii=False) + "\n")
    return 0


def print_table(streams: Streams, rows: Iterable[tuple[Any, ...]], headers: tuple[str, ...] = ()) -> None:
    """Print rows as a table."""
    from tabulate import tabulate

    streams.stdout.write(tabulate(list(rows), headers=headers, disable_numparse=False) + "\n")


def completion(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Print a script that completes commands in this shell: eval "$(fakeaws cloud completion bash)"."""
    from fakeaws.cli.help.completion import SCRIPTS, script

    values = parse_command((Option("shell", choices=tuple(SCRIPTS)),), argv)
    streams.stdout.write(script(values["shell"]))
    return 0


SUBCOMMANDS: dict[str, Any] = {
    "status": status,
    "reset": reset,
    "coverage": coverage,
    "shapes": shapes,
    "snapshot": {
        "save": snapshot_save,
        "restore": snapshot_restore,
        "list": snapshot_list,
        "delete": snapshot_delete,
    },
    "clock": {"show": clock_show, "freeze": clock_freeze, "advance": clock_advance, "resume": clock_resume},
    "work": work.run,
    "db": {"tables": db_tables, "query": db_query},
    "activate": activate,
    "completion": completion,
    **policies.SUBCOMMANDS,
}
