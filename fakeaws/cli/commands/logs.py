"""`logs tail` and `start-live-tail`: the events of a log group as they arrive."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls import waiters
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.errors import GeneralError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

PAUSE = 5
"""Seconds between two looks with --follow."""

OPTIONS = (
    Option("group_name"),
    Option("--since", default="10m"),
    Option("--follow", nargs=0, default=False),
    Option("--format", choices=("detailed", "short", "json"), default="detailed"),
    Option("--filter-pattern"),
    Option("--log-stream-names", nargs="+"),
    Option("--log-stream-name-prefix"),
)
LIVE_OPTIONS = (
    Option("--log-group-identifiers", nargs="+", required=True),
    Option("--log-stream-names", nargs="+"),
    Option("--log-stream-name-prefixes", nargs="+"),
    Option("--log-event-filter-pattern"),
    Option("--mode", choices=("interactive", "print-only"), default="print-only"),
)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_GREEN, _CYAN, _RESET = "\x1b[32m", "\x1b[36m", "\x1b[0m"


def tail(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Tails the logs for a CloudWatch Logs group."""
    given = parse_command(OPTIONS, argv)
    params: Document = {
        "logGroupName": given["group_name"],
        "interleaved": True,
        "startTime": _since(given["since"], time.time()),
    }
    for option, member in (
        ("filter_pattern", "filterPattern"),
        ("log_stream_names", "logStreamNames"),
        ("log_stream_name_prefix", "logStreamNamePrefix"),
    ):
        if given[option]:
            params[member] = given[option]
    client = client_for(perform, options, streams)
    colored = options.color == "on" or (options.color == "auto" and streams.stdout.isatty())
    for event in _events(client, params, given["follow"]):
        streams.stdout.write(_shown(event, given["format"], colored))
        streams.stdout.flush()
    return 0


def _since(text: str, now: float) -> int:
    """Milliseconds since the epoch: so long ago (`10m`, `2h`), or a date."""
    relative = re.fullmatch(r"(\d+)([smhdw])", text)
    if relative is not None:
        return int((now - int(relative[1]) * _SECONDS[relative[2]]) * 1000)
    from fakeaws.cli.arguments.validation import moment

    found = moment(text)
    if found is None:
        raise GeneralError(f'Invalid timestamp "{text}": Unknown string format: {text}')
    return int(found.timestamp() * 1000)


def _events(client: Client, params: Document, follow: bool) -> Iterator[Document]:
    """The events from the start, and with `follow` those that come later; none twice."""
    seen: set[str] = set()
    while True:
        answer = client("logs", "FilterLogEvents", params)
        for event in answer.get("events", ()):
            identity = event.get("eventId", "")
            if not identity or identity not in seen:
                seen.add(identity)
                params["startTime"] = max(params["startTime"], event["timestamp"]) if follow else params["startTime"]
                yield event
        params.pop("nextToken", None)
        if answer.get("nextToken"):
            params["nextToken"] = answer["nextToken"]
        elif not follow:
            return
        else:
            waiters.sleep(PAUSE)


def _shown(event: Document, style: str, colored: bool) -> str:
    moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    text = event["message"].rstrip("\n")
    if style == "short":
        return f"{_painted(f'{moment:%Y-%m-%dT%H:%M:%S}', _GREEN, colored)} {text}\n"
    if style == "json":
        text = _indented(text)
    stamp = _painted(f"{moment:%Y-%m-%dT%H:%M:%S.%f}+00:00", _GREEN, colored)
    return f"{stamp} {_painted(event['logStreamName'], _CYAN, colored)} {text}\n"


def _indented(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return "\n" + json.dumps(found, indent=4) if isinstance(found, dict | list) else text


def _painted(text: str, color: str, colored: bool) -> str:
    return f"{color}{text}{_RESET}" if colored else text


def start_live_tail(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Starts a Live Tail streaming session for one or more log groups."""
    given = parse_command(LIVE_OPTIONS, argv)
    members = {
        "log_group_identifiers": "logGroupIdentifiers",
        "log_stream_names": "logStreamNames",
        "log_stream_name_prefixes": "logStreamNamePrefixes",
        "log_event_filter_pattern": "logEventFilterPattern",
    }
    params = {member: given[name] for name, member in members.items() if given[name]}
    answer = client_for(perform, options, streams)("logs", "StartLiveTail", params)
    for event in answer.get("responseStream", ()):
        for result in event.get("sessionUpdate", {}).get("sessionResults", ()):
            streams.stdout.write(result["message"].rstrip("\n") + "\n")
            streams.stdout.flush()
    return 0


SUBCOMMANDS = {"tail": tail, "start-live-tail": start_live_tail}
