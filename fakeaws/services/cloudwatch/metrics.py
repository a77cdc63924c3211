"""Metrics: what was put, by the minute or the second, and its statistics over periods."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.request import between
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
Values = list[list[float]]
"""[[value, how often it was measured], …]."""
MOST = 1440


def metric_key(namespace: str, name: str, dimensions: list[Document]) -> str:
    """What tells one metric from another: also one with the same name and more dimensions."""
    pairs = sorted([one["Name"], one["Value"]] for one in dimensions)
    return json.dumps([namespace, name, pairs], separators=(",", ":"))


def put_metric_data(call: Call) -> Document:
    from fakeaws.services.cloudwatch.alarms import evaluate_alarms_of

    given = [*call.get("MetricData", ())]
    for entity in call.get("EntityMetricData", ()):
        given += entity.get("MetricData", ())
    for number, datum in enumerate(given, 1):
        _check(datum, number)
        evaluate_alarms_of(call, _put(call, datum).key)
    return {}


def _check(datum: Document, number: int) -> None:
    where = f"MetricData.member.{number}"
    ways = [name for name in ("Value", "Values", "StatisticValues") if datum.get(name, []) != []]
    if not ways:
        text = f"At least one of the parameters {where}.Values, {where}.Value or {where}.StatisticValues"
        text += " must be specified."
        raise AwsError("MissingRequiredParameterException", text)
    if len(ways) > 1:
        text = f"The parameters {where}.{ways[0]} and {where}.{ways[1]} are mutually exclusive"
        text += " and you have specified both."
        raise AwsError("InvalidParameterCombinationException", text)
    if "Counts" in datum and len(datum["Counts"]) != len(datum.get("Values", ())):
        text = f"The parameters {where}.Values and {where}.Counts must be of the same size."
        raise AwsError("InvalidParameterValueException", text)
    if not all(math.isfinite(one) for one in [datum.get("Value", 0.0), *datum.get("Values", ())]):
        raise AwsError("InvalidParameterValueException", f"The value NaN for parameter {where}.Value is invalid.")


def _put(call: Call, datum: Document) -> Resource:
    dimensions = datum.get("Dimensions", [])
    names = {"Namespace": call["Namespace"], "MetricName": datum["MetricName"], "Dimensions": dimensions}
    key = metric_key(call["Namespace"], datum["MetricName"], dimensions)
    metric = call.find("Metric", key) or call.keep("Metric", {"key": key, **names})
    step = 1 if datum.get("StorageResolution") == 1 else 60
    moment = int(datum.get("Timestamp", call.now) // step * step)
    unit = datum.get("Unit", "None")
    place = f"{moment:012} {unit}"
    held = call.find("Datum", place, within=metric) or {"key": place, "time": moment, "unit": unit, "values": []}
    held["at"] = f"{key}@{moment:012}"
    _add(held, datum)
    call.keep("Datum", held, within=metric)
    return metric


def _add(held: Document, datum: Document) -> None:
    if "StatisticValues" in datum:
        held.setdefault("sets", []).append(datum["StatisticValues"])
    elif "Value" in datum:
        held["values"].append([datum["Value"], 1.0])
    else:
        counts = datum.get("Counts") or [1.0] * len(datum["Values"])
        held["values"] += [[value, count] for value, count in zip(datum["Values"], counts, strict=True)]


# Statistics


class Period:
    """What was measured in one period, of one unit."""

    def __init__(self, start: int, unit: str) -> None:
        self.start = start
        self.unit = unit
        self.values: Values = []
        self.sets: list[Document] = []

    def statistic(self, name: str) -> float | None:
        """`Average`, `SampleCount`, … or a percentile, `p99`; None where sets of statistics do not tell."""
        count = sum(n for _, n in self.values) + sum(one["SampleCount"] for one in self.sets)
        total = sum(v * n for v, n in self.values) + sum(one["Sum"] for one in self.sets)
        least = [v for v, _ in self.values] + [one["Minimum"] for one in self.sets]
        most = [v for v, _ in self.values] + [one["Maximum"] for one in self.sets]
        plain = {"SampleCount": count, "Sum": total, "Minimum": min(least), "Maximum": max(most)}
        if name == "Average":
            return float(total / count) if count else None
        if name in plain:
            return float(plain[name])
        return _percentile(self.values, name) if not self.sets else None


def _percentile(values: Values, name: str) -> float:
    """The value at a share of all that was measured, between its neighbours."""
    ordered = sorted((value, int(count)) for value, count in values if count >= 1)
    ends = list(accumulate(count for _, count in ordered))
    place = float(name[1:]) / 100 * (ends[-1] - 1)
    low, high = (ordered[bisect_right(ends, rank)][0] for rank in (math.floor(place), math.ceil(place)))
    return low + (high - low) * (place - math.floor(place))


def is_statistic(name: str) -> bool:
    """Whether it is one that is computed here."""
    plain = name in ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
    return plain or (name[:1] == "p" and name[1:].replace(".", "", 1).isdecimal() and float(name[1:]) <= 100)


def periods(call: Call, key: str, start: float, end: float, length: int, unit: str | None = None) -> list[Period]:
    """The periods from `start` to before `end` in which there is anything, in their order."""
    metric = call.find("Metric", key)
    if metric is None:
        return []
    first, last = f"{key}@{int(start // length * length):012}", f"{key}@{math.ceil(end) - 1:012}"
    found: dict[tuple[int, str], Period] = {}
    for row in between(call, "Datum", "at", first, last, metric):
        if unit in (None, row["unit"]):
            begin = row["time"] // length * length
            period = found.setdefault((begin, row["unit"]), Period(begin, row["unit"]))
            period.values += row["values"]
            period.sets += row.get("sets", [])
    return list(found.values())


def get_metric_statistics(call: Call) -> Document:
    """The datapoints come in no order in AWS; here in that of time."""
    start, end, length = call["StartTime"], call["EndTime"], call["Period"]
    if start >= end:
        text = "The parameter StartTime must be less than the parameter EndTime."
        raise AwsError("InvalidParameterValueException", text)
    if (end - start) / length > MOST:
        text = f"You have requested up to {math.ceil((end - start) / length):,} datapoints, which exceeds the limit"
        text += " of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        raise AwsError("InvalidParameterCombinationException", text)
    if "Statistics" not in call and "ExtendedStatistics" not in call:
        text = "At least one of the parameters Statistics and ExtendedStatistics must be specified."
        raise AwsError("MissingRequiredParameterException", text)
    key = metric_key(call["Namespace"], call["MetricName"], call.get("Dimensions", []))
    found = periods(call, key, start, end, length, call.get("Unit"))
    return {"Label": call["MetricName"], "Datapoints": [_datapoint(call, period) for period in found]}


def _datapoint(call: Call, period: Period) -> Document:
    shown: Document = {"Timestamp": float(period.start), "Unit": period.unit}
    shown |= {name: period.statistic(name) for name in call.get("Statistics", ())}
    extended = {name: period.statistic(name) for name in call.get("ExtendedStatistics", ())}
    return {**shown, **({"ExtendedStatistics": extended} if extended else {})}


def get_metric_data(call: Call) -> Document:
    """The newest datapoints first, unless asked otherwise."""
    results = []
    for query in call["MetricDataQueries"]:
        if "Expression" in query:
            raise AwsError("NotImplemented", "fakeaws does not compute metric math yet.", status=501)
        if "MetricStat" not in query:
            text = "The parameter MetricDataQueries.member.1 must have one of MetricStat and Expression."
            raise AwsError("ValidationError", text)
        if query.get("ReturnData", True):
            results.append(_result(call, query))
    return {"MetricDataResults": results, "Messages": []}


def _result(call: Call, query: Document) -> Document:
    wanted = query["MetricStat"]
    metric, stat = wanted["Metric"], wanted["Stat"]
    if not is_statistic(stat):
        text = f"The value {stat} for parameter MetricDataQueries.member.1.MetricStat.Stat is not supported."
        raise AwsError("ValidationError", text)
    key = metric_key(metric["Namespace"], metric["MetricName"], metric.get("Dimensions", []))
    found = periods(call, key, call["StartTime"], call["EndTime"], wanted["Period"], wanted.get("Unit"))
    pairs = [(float(period.start), value) for period in found if (value := period.statistic(stat)) is not None]
    pairs.sort(reverse=call.get("ScanBy") != "TimestampAscending")
    return {
        "Id": query["Id"],
        "Label": query.get("Label", metric["MetricName"]),
        "Timestamps": [moment for moment, _ in pairs],
        "Values": [value for _, value in pairs],
        "StatusCode": "Complete",
    }


def list_metrics(call: Call) -> Document:
    rows = call.page(row for row in call.list("Metric") if _is_asked_for(call, row))
    return {"Metrics": [{name: row[name] for name in ("Namespace", "MetricName", "Dimensions")} for row in rows]}


def _is_asked_for(call: Call, row: Resource) -> bool:
    pairs = [(one["Name"], one["Value"]) for one in row["Dimensions"]]
    named = all(call.get(name) in (None, row[name]) for name in ("Namespace", "MetricName"))
    return named and all(_has(pairs, wanted) for wanted in call.get("Dimensions", ()))


def _has(pairs: list[tuple[str, str]], wanted: Document) -> bool:
    return any(name == wanted["Name"] and wanted.get("Value") in (None, value) for name, value in pairs)
