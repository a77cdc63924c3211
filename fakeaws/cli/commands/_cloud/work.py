"""`fakeaws cloud work`: what calls have left to be done, and what of it has failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.local import open_cloud
from fakeaws.core.pipeline import work
from fakeaws.core.store.interface import Work

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--run", nargs=0, const=True, help="Do all pieces, each when it is due, and end when none is left."),
    Option("--retry", convert=int, help="The number of a piece that failed: try it again."),
    Option("--delete", convert=int, help="The number of a piece that failed: delete it."),
)
HEADERS = ("Number", "Service", "Task", "State", "Attempts", "Error")


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """List what calls have left to be done after them, and what of it has failed; retry or delete a failed piece."""
    values = parse_command(OPTIONS, argv)
    cloud = open_cloud(streams.env)
    if values["run"]:
        work.run_all(cloud)
        return 0
    if values["retry"] is not None:
        work.retry(cloud, values["retry"])
        cloud.finish_work()
    if values["delete"] is not None:
        work.forget(cloud, values["delete"])
    pieces = cloud.database.works()
    if options.output == "json":
        from fakeaws.cli.commands.cloud import print_json

        return print_json(streams, [dict(zip(HEADERS, _row(piece), strict=True)) for piece in pieces])
    if not pieces:
        streams.stdout.write("No work is left.\n")
        return 0
    from fakeaws.cli.commands.cloud import print_table

    print_table(streams, map(_row, pieces), HEADERS)
    return 0


def _row(piece: Work) -> tuple[Any, ...]:
    task, error = piece.document["function"].strip("_").replace("_", " "), piece.error or ""
    return piece.id, piece.document["service"], task, _state(piece), piece.attempts, error


def _state(piece: Work) -> str:
    if piece.due == work.NEVER:
        return "failed"
    return f"due {datetime.fromtimestamp(piece.due, UTC).isoformat(timespec='seconds')}"
