"""S3 Vectors: vectors are kept, found by their distance, and filtered by their metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal

IN = "--vector-bucket-name shelf --index-name points"


@pytest.fixture
def points(aws: Terminal) -> str:
    aws("s3vectors create-vector-bucket --vector-bucket-name shelf")
    aws(f"s3vectors create-index {IN} --data-type float32 --dimension 2 --distance-metric euclidean")
    vectors = [
        {"key": key, "data": {"float32": data}, "metadata": {"colour": colour, "size": size}}
        for key, data, colour, size in (
            ("a", [0.0, 0.0], "red", 1),
            ("b", [3.0, 4.0], "blue", 2),
            ("c", [6.0, 8.0], "red", 3),
        )
    ]
    aws(f"s3vectors put-vectors {IN}", vectors=json.dumps(vectors))
    return IN


def _nearest(aws: Terminal, options: str = "", **more: str) -> list[dict[str, Any]]:
    query = f"s3vectors query-vectors {IN} --top-k 2 --query-vector float32=5,8 --return-distance {options}"
    found: list[dict[str, Any]] = aws(query, **more).json["vectors"]
    return found


def test_the_nearest_come_first(aws: Terminal, points: str) -> None:
    assert [each["key"] for each in _nearest(aws)] == ["c", "b"]
    assert _nearest(aws)[0]["distance"] == 1.0
    assert _nearest(aws, "--return-metadata")[0]["metadata"] == {"colour": "red", "size": 3}


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"colour": "blue"}, ["b"]),
        ({"size": {"$lt": 3}}, ["b", "a"]),
        ({"$or": [{"colour": {"$eq": "blue"}}, {"size": {"$in": [1]}}]}, ["b", "a"]),
        ({"$and": [{"colour": {"$ne": "blue"}}, {"size": {"$gte": 2}}]}, ["c"]),
        ({"weight": {"$exists": True}}, []),
    ],
)
def test_filters_go_by_metadata(aws: Terminal, points: str, given: dict[str, Any], keys: list[str]) -> None:
    assert [each["key"] for each in _nearest(aws, filter=json.dumps(given))] == keys


def test_vectors_fit_their_index(aws: Terminal, points: str) -> None:
    wrong = json.dumps([{"key": "d", "data": {"float32": [1.0]}}])
    aws.refused(f"s3vectors put-vectors {IN}", "ValidationException", vectors=wrong)
    found = aws(f"s3vectors get-vectors {IN} --keys b nothing --return-data").json["vectors"]
    assert found == [{"key": "b", "data": {"float32": [3.0, 4.0]}}]
    aws(f"s3vectors delete-vectors {IN} --keys b")
    assert aws(f"s3vectors list-vectors {IN} --query vectors[].key").json == ["a", "c"]


def test_what_holds_something_stays(aws: Terminal, points: str) -> None:
    aws.refused("s3vectors create-vector-bucket --vector-bucket-name shelf", "ConflictException")
    aws.refused("s3vectors delete-vector-bucket --vector-bucket-name shelf", "ConflictException")
    aws(f"s3vectors delete-index {IN}")
    aws("s3vectors delete-vector-bucket --vector-bucket-name shelf")
    aws.refused(f"s3vectors get-index {IN}", "NotFoundException")
