"""Documents that are not as anything here writes them: a list still has the others."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.documents import decode, encode
from fakeaws.core.store.sqlite.database import Database

pytestmark = pytest.mark.sqlite

ODD: list[Any] = [None, "x", 0, -1, [], {}, [{}], {"a": 1}, True, 1e300, "\ud800", [None], "arn:x", {"$blob": "!"}]
MADE: list[tuple[str, str, dict[str, Any]]] = [
    ("ecr", "CreateRepository", {"repositoryName": "{}", "tags": [{"Key": "team", "Value": "a"}]}),
    ("guardduty", "CreateDetector", {"Enable": True, "Tags": {"team": "a"}}),
    ("codecommit", "CreateRepository", {"repositoryName": "{}", "tags": {"team": "a"}}),
    ("efs", "CreateFileSystem", {"CreationToken": "{}", "Tags": [{"Key": "team", "Value": "a"}]}),
    ("athena", "CreateWorkGroup", {"Name": "{}", "Tags": [{"Key": "team", "Value": "a"}]}),
]
READERS: list[tuple[str, str, dict[str, Any]]] = [
    ("ecr", "DescribeRepositories", {}),
    ("guardduty", "ListDetectors", {}),
    ("codecommit", "ListRepositories", {}),
    ("efs", "DescribeFileSystems", {}),
    ("athena", "ListWorkGroups", {}),
    ("resourcegroupstaggingapi", "GetResources", {}),
    ("resource-explorer-2", "Search", {"QueryString": ""}),
    ("resource-explorer-2", "Search", {"QueryString": "tag:team=a service:ecr"}),
    ("cloudcontrol", "ListResources", {"TypeName": "AWS::ECR::Repository"}),
    ("cloudtrail", "LookupEvents", {}),
]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(item, (*path, key))


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    whole = json.loads(json.dumps(document))
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return whole


@pytest.mark.parametrize("service", [service for service, _, _ in MADE])
def test_one_odd_document_does_not_keep_the_others_from_being_listed(service: str, home: Path) -> None:
    cloud, chance = Cloud(home), random.Random(service)
    assert isinstance(cloud.database, Database)
    cloud.strict = False
    for name, operation, params in MADE:
        for what in ("one", "two"):
            cloud.perform(name, operation, {k: what if v == "{}" else v for k, v in params.items()})
    [table] = [name for name in cloud.database.tables() if name.startswith(f"{service}.")][:1]
    statement = f'SELECT key, document FROM "{table}" ORDER BY key'  # noqa: S608 - a table's name cannot be a parameter
    key, text = cloud.database.row(statement) or ("", "")
    before = len(cloud.perform("resourcegroupstaggingapi", "GetResources", {})["ResourceTagMappingList"])
    for path in _paths(json.loads(text)):
        for value in chance.sample(ODD, 4):
            _write(cloud, table, key, json.dumps(_changed(json.loads(text), path, value)))
            for reader in READERS:
                cloud.perform(*reader)
            found = cloud.perform("resourcegroupstaggingapi", "GetResources", {})["ResourceTagMappingList"]
            assert len(found) >= before - 1, (path, value)


def _write(cloud: Cloud, table: str, key: str, text: str) -> None:
    assert isinstance(cloud.database, Database)
    with cloud.database.transaction(write=True):
        statement = f'UPDATE "{table}" SET document = ? WHERE key = ?'  # noqa: S608 - as above
        cloud.database.write(statement, (text, key))


def test_a_resource_named_by_no_arn_does_not_stop_a_search() -> None:
    cloud = Cloud(None)
    cloud.perform("ecr", "CreateRepository", {"repositoryName": "shop"})
    stream = {"ResourceArn": "x", "Mode": "sync", "KmsKeyId": "k"}
    cloud.perform("rds", "StartActivityStream", stream)
    [found] = cloud.perform("resource-explorer-2", "Search", {"QueryString": "service:ecr"})["Resources"]
    assert found["Service"] == "ecr"
    cloud.perform("resourcegroupstaggingapi", "GetResources", {})


@pytest.mark.parametrize(
    "document",
    [
        {"a": b"\x00\xff"},
        {"Tags": {"$blob": "aGk="}},
        {"Tags": {"$blob": "!"}, "b": b"x"},
        {"Tags": {"$plain": "x"}, "deep": [{"$blob": {"$plain": [["$blob", "x"]]}}]},
        {"lone": "\ud800 \udfff", "é": "漢"},
        {"lone": "\ud800", "Tags": {"$blob": "aGk="}, "b": b"x"},
    ],
)
def test_a_document_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    encode(document).encode()
    assert decode(encode(document)) == document
