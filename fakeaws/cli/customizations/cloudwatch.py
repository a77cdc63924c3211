"""How the AWS CLI changes Amazon CloudWatch: put-metric-data for one datum."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import exclusive, extra, optional
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Document, Globals
from fakeaws.core.model.models import Operation

OLDER = {
    "get-o-tel-enrichment": "get-otel-enrichment",
    "start-o-tel-enrichment": "start-otel-enrichment",
    "stop-o-tel-enrichment": "stop-otel-enrichment",
}


def _one_metric(table: Table, operation: Operation) -> None:
    """A single datum in options of its own instead of --metric-data."""
    optional(table, "metric-data")
    for name, (member, read) in _MEMBERS.items():
        extra(table, name, partial(_put, member, read))


def _put(member: str, read: Callable[[str], Any], params: Document, value: str) -> None:
    try:
        params.setdefault("MetricData", [{}])[0][member] = read(value)
    except (ValueError, ArithmeticError) as error:
        raise GeneralError(str(error)) from error


def _pairs(text: str) -> list[list[str]]:
    from fakeaws.cli.customizations.tools import split_commas

    found = [pair.split("=") for pair in split_commas(text)]
    for pair in found:
        key, value = pair
        pair[:] = [key, value]
    return found


def _dimensions(text: str) -> list[Document]:
    return [{"Name": name, "Value": value} for name, value in _pairs(text)]


def _number(text: str) -> float:
    """A number by the rules of Decimal, whose words an error has."""
    from decimal import Decimal

    return float(Decimal(text))


def _statistics(text: str) -> Document:
    return {name: _number(value) for name, value in _pairs(text)}


_MEMBERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "metric-name": ("MetricName", str),
    "timestamp": ("Timestamp", str),
    "unit": ("Unit", str),
    "value": ("Value", _number),
    "dimensions": ("Dimensions", _dimensions),
    "statistic-values": ("StatisticValues", _statistics),
    "storage-resolution": ("StorageResolution", int),
}


def _either(given: Values, options: Globals) -> None:
    single = ("metric_name", "timestamp", "unit", "value", "dimensions", "statistic_values")
    exclusive(given, ("metric_data",), single)


CHANGES = {"put-metric-data": _one_metric}
CHECKS = {"put-metric-data": _either}
