"""S3 Tables: namespaces and tables, their versions and where their metadata is."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

TABLE = "--namespace sales --name daily"


@pytest.fixture
def lake(aws: Terminal) -> str:
    arn = str(aws("s3tables create-table-bucket --name lake --query arn").json)
    aws(f"s3tables create-namespace --table-bucket-arn {arn} --namespace sales")
    return f"--table-bucket-arn {arn}"


def test_a_table_is_in_a_namespace_of_a_bucket(aws: Terminal, lake: str) -> None:
    aws.refused("s3tables create-table-bucket --name lake", "ConflictException")
    aws.refused(f"s3tables create-namespace {lake} --namespace sales", "ConflictException")
    aws.refused(f"s3tables create-table {lake} --namespace none --name daily --format ICEBERG", "NotFoundException")
    made = aws(f"s3tables create-table {lake} {TABLE} --format ICEBERG --tags team=blue").json
    aws.refused(f"s3tables create-table {lake} {TABLE} --format ICEBERG", "ConflictException")
    found = aws(f"s3tables get-table {lake} {TABLE}").json
    assert (found["tableARN"], found["namespace"], found["type"]) == (made["tableARN"], ["sales"], "customer")
    assert found["warehouseLocation"].endswith("--table-s3")
    assert aws(f"s3tables get-table --table-arn {made['tableARN']} --query name").json == "daily"
    assert aws(f"s3tables list-tables {lake} --query tables[].name").json == ["daily"]
    tags = aws(f"s3tables list-tags-for-resource --resource-arn {made['tableARN']}").json["tags"]
    assert tags == {"team": "blue"}


def test_what_holds_something_stays(aws: Terminal, lake: str) -> None:
    aws(f"s3tables create-table {lake} {TABLE} --format ICEBERG")
    aws.refused(f"s3tables delete-namespace {lake} --namespace sales", "ConflictException")
    aws.refused(f"s3tables delete-table-bucket {lake}", "ConflictException")
    aws(f"s3tables delete-table {lake} {TABLE}")
    aws(f"s3tables delete-namespace {lake} --namespace sales")
    aws(f"s3tables delete-table-bucket {lake}")
    assert aws("s3tables list-table-buckets --query tableBuckets").json == []


def test_writers_know_the_version_that_they_change(aws: Terminal, lake: str) -> None:
    first = aws(f"s3tables create-table {lake} {TABLE} --format ICEBERG").json["versionToken"]
    place = aws(f"s3tables get-table-metadata-location {lake} {TABLE}").json["warehouseLocation"]
    update = f"s3tables update-table-metadata-location {lake} {TABLE} --version-token {first}"
    aws.refused(f"{update} --metadata-location s3://elsewhere/metadata/1.json", "BadRequestException")
    second = aws(f"{update} --metadata-location {place}/metadata/1.json").json["versionToken"]
    aws.refused(f"{update} --metadata-location {place}/metadata/2.json", "ConflictException")
    aws(f"s3tables rename-table {lake} {TABLE} --new-name weekly --version-token {second}")
    aws.refused(f"s3tables get-table {lake} {TABLE}", "NotFoundException")
    found = aws(f"s3tables get-table {lake} --namespace sales --name weekly").json
    assert found["metadataLocation"] == f"{place}/metadata/1.json"
