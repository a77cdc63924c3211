"""`ddb`: items of DynamoDB read and written as YAML, without its typed attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.paramfile import load_text
from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.calls.paging import Pages
from fakeaws.cli.commands._ddb.expressions import Names, condition, projection
from fakeaws.cli.commands._ddb.values import plain, typed
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.output.display import Presenter
from fakeaws.cli.tree.dispatch import dispatch
from fakeaws.core.model.models import service

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

BATCH = 25
"""The most items that one BatchWriteItem takes."""

CAPACITY = (
    Option(
        "--return-consumed-capacity", nargs="?", const="TOTAL", default="NONE", choices=("INDEXES", "TOTAL", "NONE")
    ),
    Option("--no-return-consumed-capacity", nargs=0, dest="return_consumed_capacity", default="NONE", const="NONE"),
)
SELECT_OPTIONS = (
    Option("table_name"),
    Option("--index-name"),
    Option("--projection"),
    Option("--filter"),
    Option("--key-condition"),
    Option("--attributes"),
    Option("--consistent-read", nargs=0, default=True),
    Option("--no-consistent-read", nargs=0, dest="consistent_read", default=True, const=False),
    *CAPACITY,
    Option("--max-items", convert=int),
    Option("--starting-token"),
    Option("--page-size", convert=int),
)
PUT_OPTIONS = (Option("table_name"), Option("items"), Option("--condition"), *CAPACITY)


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """High level commands for Amazon DynamoDB."""
    return dispatch("ddb", SUBCOMMANDS, argv, options, streams, perform)


def select(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Searches a table or index: a query where a key condition is given, else a scan."""
    given = parse_command(SELECT_OPTIONS, argv)
    _check_output(options)
    operation = "Query" if given["key_condition"] else "Scan"
    model = service("dynamodb").operation(operation)
    client = client_for(perform, options, streams)
    pages = Pages(
        lambda params: client.call(model, params),
        model.paginator or {},
        _search(given),
        given["max_items"],
        given["starting_token"],
        given["page_size"],
    )
    answer = pages.merged()
    shown = {
        name: answer[name] for name in ("Count", "ScannedCount", "ConsumedCapacity") if answer.get(name) is not None
    }
    shown["Items"] = [{key: plain(value) for key, value in item.items()} for item in answer.get("Items", ())]
    if pages.resume_token is not None:
        shown["NextToken"] = pages.resume_token
    _show(operation, shown, options, client, streams)
    return 0


def _search(given: Document) -> Document:
    names = Names()
    params: Document = {"TableName": given["table_name"], "ConsistentRead": given["consistent_read"]}
    if given["index_name"]:
        params["IndexName"] = given["index_name"]
    if given["projection"]:
        params["ProjectionExpression"] = projection(given["projection"], names)
    if given["filter"]:
        params["FilterExpression"] = condition(given["filter"], names)
    if given["key_condition"]:
        params["KeyConditionExpression"] = condition(given["key_condition"], names)
    if given["attributes"]:
        params["Select"] = given["attributes"]
    return {**params, **_placeholders(names), "ReturnConsumedCapacity": given["return_consumed_capacity"]}


def _placeholders(names: Names) -> Document:
    found: Document = {}
    if names.names:
        found["ExpressionAttributeNames"] = names.names
    if names.values:
        found["ExpressionAttributeValues"] = names.values
    return found


def put(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Puts one or more items, given as YAML, into a table."""
    given = parse_command(PUT_OPTIONS, argv)
    _check_output(options)
    items = _items(given["items"], streams)
    client = client_for(perform, options, streams)
    if isinstance(items, list) and not given["condition"]:
        for answer in _put_batches(items, given, client):
            _show("BatchWriteItem", answer, options, client, streams)
        return 0
    for item in items if isinstance(items, list) else [items]:
        answer = client("dynamodb", "PutItem", {**_put_params(given), "Item": _item(item)})
        _show("PutItem", {key: value for key, value in answer.items() if value}, options, client, streams)
    return 0


def _items(text: str, streams: Streams) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    source = streams.stdin.read() if text == "-" else load_text(text, "items")
    try:
        return YAML(typ="safe", pure=True).load(source)
    except YAMLError as error:
        raise GeneralError(str(error)) from error


def _item(value: Any) -> Any:
    return {str(key): typed(item) for key, item in value.items()} if isinstance(value, dict) else value


def _put_params(given: Document) -> Document:
    names = Names()
    params: Document = {
        "TableName": given["table_name"],
        "ReturnConsumedCapacity": given["return_consumed_capacity"],
    }
    if given["condition"]:
        params["ConditionExpression"] = condition(given["condition"], names)
    return {**params, **_placeholders(names)}


def _put_batches(items: list[Any], given: Document, client: Client) -> Iterator[Document]:
    """Put the items in batches; unprocessed items are put again with the next batch."""
    table = given["table_name"]
    waiting = [{"PutRequest": {"Item": _item(item)}} for item in items]
    while waiting:
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        params = {"RequestItems": {table: batch}, "ReturnConsumedCapacity": given["return_consumed_capacity"]}
        answer = client("dynamodb", "BatchWriteItem", params)
        waiting += answer.pop("UnprocessedItems", {}).get(table, [])
        yield {key: value for key, value in answer.items() if value}


def _check_output(options: Globals) -> None:
    if options.output not in (None, "yaml"):
        raise CliError(f"{options.output} output format is not supported for ddb commands")


def _show(title: str, document: Document, options: Globals, client: Client, streams: Streams) -> None:
    if not document:
        return
    options.output = "yaml"
    Presenter(title, options, client.profile, streams).show(document)


SUBCOMMANDS = {"put": put, "select": select}
