"""Amazon S3 Vectors: vectors with metadata, found by their distance from another one.

Queries look at every vector of an index. Vector buckets, policies and tags are declared in shapes/s3vectors.toml.
"""

from __future__ import annotations

import heapq
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", text)


def _bucket(call: Call) -> Resource:
    name = call.get("vectorBucketName") or str(call.get("vectorBucketArn", "")).rpartition("/")[2]
    if not name:
        raise _invalid("Must specify either vectorBucketName or vectorBucketArn but not both")
    return call.read("VectorBucket", name)


def _index(call: Call) -> Resource:
    """The index that the parameters name, with its bucket or by its ARN (`…:bucket/BUCKET/index/INDEX`)."""
    if call.get("indexArn"):
        parts = call["indexArn"].split("/")
        bucket, name = parts[1], parts[-1]
    elif call.get("indexName") and call.get("vectorBucketName"):
        bucket, name = call["vectorBucketName"], call["indexName"]
    else:
        raise _invalid("Must specify either indexArn or both vectorBucketName and indexName")
    return call.read("Index", name, call.read("VectorBucket", bucket))


def delete_vector_bucket(call: Call) -> Document:
    bucket = _bucket(call)
    if next(call.list("Index", bucket), None) is not None:
        raise AwsError("ConflictException", "The specified vector bucket is not empty")
    call.drop("VectorBucket", bucket)
    return {}


def create_index(call: Call) -> Document:
    bucket = _bucket(call)
    if call.find("Index", call["indexName"], bucket) is not None:
        raise refusal(call, "Index", "exists", call["indexName"])
    names = ("indexName", "dataType", "dimension", "distanceMetric", "metadataConfiguration", "indexMode")
    document: Document = {name: call[name] for name in names if name in call}
    document |= {
        "vectorBucketName": bucket.key,
        "indexArn": f"{bucket['vectorBucketArn']}/index/{call['indexName']}",
        "creationTime": call.now,
        "encryptionConfiguration": call.get("encryptionConfiguration") or bucket["encryptionConfiguration"],
        "_tags": call.get("tags", {}),
    }
    call.keep("Index", document, bucket)
    return {"indexArn": document["indexArn"]}


def get_index(call: Call) -> Document:
    found = _index(call)
    return {"index": {name: value for name, value in found.items() if not name.startswith("_")}}


def list_indexes(call: Call) -> Document:
    rows = call.page(call.list("Index", _bucket(call), call.get("prefix", "")))
    own = ("vectorBucketName", "indexName", "indexArn", "creationTime")
    return {"indexes": [{name: row[name] for name in own} for row in rows]}


def delete_index(call: Call) -> Document:
    found = _index(call)
    for vector in list(call.list("Vector", found)):
        call.drop("Vector", vector)
    call.drop("Index", found)
    return {}


# Vectors


def put_vectors(call: Call) -> Document:
    """All of them or none; one of a key that is there takes its place."""
    index = _index(call)
    keys = [vector["key"] for vector in call["vectors"]]
    if len(set(keys)) != len(keys):
        raise _invalid("Duplicate vector keys are not allowed in one request")
    for vector in call["vectors"]:
        _check(index, vector["data"])
        call.keep("Vector", vector, index)
    return {}


def _check(index: Resource, data: Document) -> list[float]:
    """The numbers of a vector that fits an index."""
    numbers: list[float] = data.get("float32", [])
    if len(numbers) != index["dimension"]:
        raise _invalid(f"Invalid record: vector must have length {index['dimension']}, but has length {len(numbers)}")
    if not all(map(math.isfinite, numbers)):
        raise _invalid("Invalid record: vector values must be finite")
    if index["distanceMetric"] == "cosine" and not any(numbers):
        raise _invalid("Invalid record: a zero vector has no cosine distance")
    return numbers


def _shown(call: Call, vector: Document) -> Document:
    found = {"key": vector["key"]}
    if call.get("returnData"):
        found["data"] = vector["data"]
    if call.get("returnMetadata") and vector.get("metadata") is not None:
        found["metadata"] = vector["metadata"]
    return found


def get_vectors(call: Call) -> Document:
    """Keys that are not there are left out."""
    index = _index(call)
    found = (call.find("Vector", key, index) for key in call["keys"])
    return {"vectors": [_shown(call, vector) for vector in found if vector is not None]}


def list_vectors(call: Call) -> Document:
    """Page after page, or one of some segments that are listed beside each other."""
    count, number = call.get("segmentCount"), call.get("segmentIndex")
    if (count is None) != (number is None) or (count is not None and number >= count):
        raise _invalid("segmentIndex must be given with segmentCount, and be less")
    rows: Iterator[Resource] = call.list("Vector", _index(call))
    if count is not None:
        rows = (row for row in rows if _segment(row.key, count) == number)
    return {"vectors": [_shown(call, vector) for vector in call.page(rows)]}


def _segment(key: str, count: int) -> int:
    return sum(key.encode()) % count


def delete_vectors(call: Call) -> Document:
    index = _index(call)
    for key in call["keys"]:
        found = call.find("Vector", key, index)
        if found is not None:
            call.drop("Vector", found)
    return {}


# Queries


def query_vectors(call: Call) -> Document:
    """The nearest vectors of those that the filter takes, the nearest first."""
    index = _index(call)
    for name in ("queryTexts", "queryMode", "returnScores", "nextToken"):
        if name in call:
            raise AwsError("NotImplemented", f"fakeaws does not emulate {name} of QueryVectors yet.", status=501)
    if "queryVector" not in call:
        raise _invalid("queryVector is required")
    wanted, metric = _check(index, call["queryVector"]), _METRICS[index["distanceMetric"]]
    given = call.get("filter")
    rows = (row for row in call.list("Vector", index) if given is None or _fits(given, row.get("metadata") or {}))
    ranked = ((metric(wanted, row["data"]["float32"]), row.key, row) for row in rows)
    found = []
    for distance, _, row in heapq.nsmallest(call["topK"], ranked, key=lambda each: each[:2]):
        shown = {name: value for name, value in _shown(call, row).items() if name != "data"}
        found.append({**shown, "distance": distance} if call.get("returnDistance") else shown)
    return {"vectors": found, "distanceMetric": index["distanceMetric"]}


def _cosine(one: list[float], other: list[float]) -> float:
    product: float = sum(map(operator.mul, one, other))
    return 1 - product / (math.hypot(*one) * math.hypot(*other))


_METRICS: dict[str, Callable[[list[float], list[float]], float]] = {"cosine": _cosine, "euclidean": math.dist}


def _fits(given: Any, metadata: Document) -> bool:
    """Whether metadata passes a filter: a document of conditions, all of which hold."""
    if not isinstance(given, dict) or not given:
        raise _invalid("Invalid query filter")
    return all(_holds(name, wanted, metadata) for name, wanted in given.items())


def _holds(name: str, wanted: Any, metadata: Document) -> bool:
    if name in ("$and", "$or"):
        if not isinstance(wanted, list) or not wanted:
            raise _invalid("Invalid query filter")
        return (all if name == "$and" else any)(_fits(each, metadata) for each in wanted)
    tests = wanted if isinstance(wanted, dict) else {"$eq": wanted}
    return all(_passes(how, operand, metadata.get(name)) for how, operand in tests.items())


def _passes(name: str, operand: Any, value: Any) -> bool:
    """One test of a value; of a list, any of its items may pass."""
    if name == "$exists":
        return (value is not None) is operand
    test = _TESTS.get(name)
    if test is None:
        raise _invalid(f"Invalid query filter: unknown operator {name}")
    if name in ("$ne", "$nin"):
        return all(test(each, operand) for each in _each(value))
    return any(each is not None and test(each, operand) for each in _each(value))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, operand: isinstance(value, (int, float)) and test(value, operand)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, operand: bool(value == operand),
    "$ne": lambda value, operand: bool(value != operand),
    "$in": lambda value, operand: value in operand,
    "$nin": lambda value, operand: value not in operand,
    "$gt": _ordered(lambda value, operand: value > operand),
    "$gte": _ordered(lambda value, operand: value >= operand),
    "$lt": _ordered(lambda value, operand: value < operand),
    "$lte": _ordered(lambda value, operand: value <= operand),
}
