"""S3 Select: what a query finds in an object."""

from __future__ import annotations

import gzip
import json
import sys
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Terminal
from tests.services.s3.conftest import Files

PEOPLE = 'name,age,city\nAnn,31,Oslo\nBob,7,"Rome, IT"\nCid,52,Oslo\n'
IN = "--input-serialization CSV={FileHeaderInfo=USE}"


@pytest.fixture
def people(aws: Terminal, bucket: str, files: Files) -> str:
    aws(f"s3api put-object --bucket {bucket} --key people.csv --body {files('people.csv', PEOPLE)}")
    return "people.csv"


def _selected(aws: Terminal, files: Files, sql: str, key: str, source: str = IN, target: str = "CSV={}") -> str:
    command = f"s3api select-object-content --bucket shelf --key {key} --expression-type SQL {source}"
    aws(f"{command} --output-serialization {target} {files('out')}", Expression=sql)
    return files.text("out")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM S3Object", 'Ann,31,Oslo\nBob,7,"Rome, IT"\nCid,52,Oslo\n'),
        ("SELECT s.name FROM s3object s WHERE s.age > 30", "Ann\nCid\n"),
        ("select s._1, s._2 from S3Object s limit 1", "Ann,31\n"),
        ("SELECT COUNT(*), MAX(CAST(age AS INT)) FROM S3Object", "3,52\n"),
        ("SELECT UPPER(s.name) FROM S3Object s WHERE s.city LIKE 'Rome%'", "BOB\n"),
        ("SELECT name FROM S3Object WHERE age BETWEEN 8 AND 40 OR name IN ('Cid')", "Ann\nCid\n"),
        ("SELECT name || '!' FROM S3Object WHERE NOT city = 'Oslo'", "Bob!\n"),
        ("SELECT AVG(CAST(age AS INT)) FROM S3Object WHERE city = 'Oslo'", "41.5\n"),
        ("SELECT name FROM S3Object WHERE nothing IS NULL LIMIT 2", "Ann\nBob\n"),
    ],
)
def test_queries_of_csv(aws: Terminal, people: str, files: Files, sql: str, found: str) -> None:
    assert _selected(aws, files, sql, people) == found


def test_records_can_be_json(aws: Terminal, people: str, files: Files) -> None:
    found = _selected(aws, files, "SELECT name, age AS years FROM S3Object LIMIT 1", people, target="JSON={}")
    assert json.loads(found) == {"name": "Ann", "years": "31"}


def test_queries_of_json(aws: Terminal, bucket: str, files: Files) -> None:
    document = {"staff": [{"name": "Ann", "of": {"age": 31}}, {"name": "Bob", "of": {"age": 7}}]}
    lines = "\n".join(json.dumps(each) for each in document["staff"])
    body = files("lines", gzip.compress(lines.encode()))
    aws(f"s3api put-object --bucket {bucket} --key lines --body {body}")
    aws(f"s3api put-object --bucket {bucket} --key whole --body {files('whole', json.dumps(document))}")
    packed = "--input-serialization JSON={Type=LINES},CompressionType=GZIP"
    assert _selected(aws, files, "SELECT s.name FROM S3Object s WHERE s.of.age < 30", "lines", packed) == "Bob\n"
    whole = "--input-serialization JSON={Type=DOCUMENT}"
    assert _selected(aws, files, "SELECT s.name FROM S3Object[*].staff[*] s", "whole", whole) == "Ann\nBob\n"


def test_what_is_no_query_is_refused(aws: Terminal, people: str, files: Files) -> None:
    command = f"s3api select-object-content --bucket shelf --key {people} --expression-type SQL {IN}"
    for sql, code in (("SELECT", "ParseUnexpectedToken"), ("SELECT FOO(name) FROM S3Object", "UnsupportedFunction")):
        aws.refused(f"{command} --output-serialization CSV={{}} {files('out')}", code, Expression=sql)


LARGE = "".join(f"n{number},{'x' * 150_000}\n" for number in range(60))


@pytest.mark.parametrize(
    "command", ["s3api put-object --bucket shelf --key large --body {}", "s3 cp {} s3://shelf/large"]
)
def test_queries_of_a_large_object(aws: Terminal, bucket: str, files: Files, command: str) -> None:
    """One in a file of its own, and one of several parts; a column is longer than Python's `csv` takes by itself."""
    aws(command.format(files("large.csv", LARGE)))
    sql = "SELECT s._1 FROM S3Object s WHERE s._2 LIKE 'x%' AND s._1 LIKE '%9'"
    assert _selected(aws, files, sql, "large", "--input-serialization CSV={}") == "n9\nn19\nn29\nn39\nn49\nn59\n"


@pytest.mark.parametrize(
    ("content", "sql", "code"),
    [
        ("x" * 1_100_000, "SELECT * FROM S3Object", "OverMaxRecordSize"),
        ('"' + "x\n" * 600_000, "SELECT * FROM S3Object", "CSVParsingError"),
        ("a", "SELECT 1 / 0 FROM S3Object", "ExternalEvalException"),
        ("a", "SELECT 9 " + "* 9999999999" * 9 + " FROM S3Object", "IntegerOverflow"),
        ("a" * 200_000, "SELECT 1 FROM S3Object s WHERE s._1 LIKE '%" + "a_" * 400 + "b%'", "LikeInvalidInputs"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(cloud: Cloud, content: str, sql: str, code: str) -> None:
    cloud.perform("s3", "CreateBucket", {"Bucket": "shelf"})
    cloud.perform("s3", "PutObject", {"Bucket": "shelf", "Key": "rows", "Body": content.encode()})
    asked: dict[str, Any] = {"Bucket": "shelf", "Key": "rows", "ExpressionType": "SQL", "Expression": sql}
    asked |= {"InputSerialization": {"CSV": {}}, "OutputSerialization": {"CSV": {}}}
    with pytest.raises(AwsError) as refusal:
        list(cloud.perform("s3", "SelectObjectContent", asked)["Payload"])
    assert refusal.value.code == code


def test_queries_of_parquet(aws: Terminal, bucket: str, files: Files) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = files.folder / "people.parquet"
    people = "VALUES ('Ann', 31, 1.50::DECIMAL(4, 2)), ('Bob', 7, 2.00::DECIMAL(4, 2))"
    duckdb.sql(f"FROM ({people}) AS people(name, age, due)").write_parquet(str(path))
    aws(f"s3api put-object --bucket {bucket} --key people --body {path}")
    source = "--input-serialization Parquet={}"
    assert (
        _selected(aws, files, "SELECT s.name, s._3 FROM S3Object s WHERE s.age > 30", "people", source) == "Ann,1.5\n"
    )
    found = _selected(aws, files, "SELECT * FROM S3Object LIMIT 1", "people", source, "JSON={}")
    assert json.loads(found) == {"name": "Ann", "age": 31, "due": 1.5}


def test_parquet_says_what_it_needs(aws: Terminal, people: str, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    select = f"s3api select-object-content --bucket shelf --key {people} --expression-type SQL"
    forms = "--input-serialization Parquet={} --output-serialization CSV={}"
    text = "SELECT 1 FROM S3Object"
    refused = aws.with_env(AWS_MAX_ATTEMPTS="1")
    code = 254 if aws.perform_for else 255
    assert "pip install 'fakeaws[parquet]'" in refused(f"{select} {forms} {files('out')}", code, Expression=text).stderr
