"""Streams, their shards, and the records that are put into them and read."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.conftest import Clock, Terminal

ON = "--stream-name clicks"


@pytest.fixture
def stream(aws: Terminal) -> Terminal:
    aws(f"kinesis create-stream {ON} --shard-count 2")
    return aws


def _put(aws: Terminal, text: str, key: str = "a") -> Any:
    data = base64.b64encode(text.encode()).decode()
    return aws(f"kinesis put-record {ON} --partition-key {key} --data {data}").json


def _iterator(aws: Terminal, shard: str, kind: str = "TRIM_HORIZON", options: str = "") -> str:
    asked = f"kinesis get-shard-iterator {ON} --shard-id {shard} --shard-iterator-type {kind} {options}"
    return str(aws(asked).json["ShardIterator"])


def _read(aws: Terminal, iterator: str) -> tuple[list[str], Any]:
    found = aws("kinesis get-records", ShardIterator=iterator).json
    return [base64.b64decode(record["Data"]).decode() for record in found["Records"]], found


def test_shards_share_all_hash_keys_out(stream: Terminal) -> None:
    found = stream(f"kinesis describe-stream {ON}").json["StreamDescription"]
    assert (found["StreamStatus"], found["RetentionPeriodHours"]) == ("ACTIVE", 24)
    ranges = [shard["HashKeyRange"] for shard in found["Shards"]]
    assert [ranges[0]["StartingHashKey"], ranges[1]["EndingHashKey"]] == ["0", str(2**128 - 1)]
    assert int(ranges[0]["EndingHashKey"]) + 1 == int(ranges[1]["StartingHashKey"])
    told = "Stream clicks under account 123456789012 already exists."
    stream.refused(f"kinesis create-stream {ON} --shard-count 1", "ResourceInUseException", told)
    told = "Stream other under account 123456789012 not found."
    stream.refused("kinesis describe-stream --stream-name other", "ResourceNotFoundException", told)


def test_records_are_read_in_their_order(stream: Terminal) -> None:
    first = _put(stream, "one")
    for text in ("two", "three"):
        assert _put(stream, text)["ShardId"] == first["ShardId"]
    texts, found = _read(stream, _iterator(stream, first["ShardId"]))
    assert (texts, found["MillisBehindLatest"]) == (["one", "two", "three"], 0)
    _put(stream, "four")
    assert _read(stream, found["NextShardIterator"])[0] == ["four"]
    from_first = f"--starting-sequence-number {first['SequenceNumber']}"
    assert _read(stream, _iterator(stream, first["ShardId"], "AT_SEQUENCE_NUMBER", from_first))[0][0] == "one"
    assert _read(stream, _iterator(stream, first["ShardId"], "AFTER_SEQUENCE_NUMBER", from_first))[0][0] == "two"
    assert _read(stream, _iterator(stream, first["ShardId"], "LATEST"))[0] == []


def test_iterators_and_records_do_not_last(stream: Terminal, clock: Clock) -> None:
    shard = _put(stream, "one")["ShardId"]
    iterator = _iterator(stream, shard)
    clock.advance(301)
    told = "Iterator expired. The iterator was created more than 300000 milliseconds ago."
    stream.refused("kinesis get-records", "ExpiredIteratorException", told, ShardIterator=iterator)
    clock.advance(24 * 3600)
    assert _read(stream, _iterator(stream, shard))[0] == []


def test_several_records_go_to_the_shards_of_their_keys(stream: Terminal) -> None:
    records = [{"Data": "YQ==", "PartitionKey": "x", "ExplicitHashKey": key} for key in ("0", str(2**128 - 1))]
    found = stream(f"kinesis put-records {ON}", Records=json.dumps(records)).json
    assert [one["ShardId"] for one in found["Records"]] == ["shardId-000000000000", "shardId-000000000001"]


def test_a_shard_is_split_and_its_children_merged(stream: Terminal) -> None:
    zero = "shardId-000000000000"
    _put(stream, "old", "a")
    stream(f"kinesis split-shard {ON} --shard-to-split {zero} --new-starting-hash-key 1000")
    shards = stream(f"kinesis list-shards {ON}").json["Shards"]
    assert [shard.get("ParentShardId") for shard in shards] == [None, None, zero, zero]
    assert "EndingSequenceNumber" in shards[0]["SequenceNumberRange"]
    end = _read(stream, _iterator(stream, zero))[1]
    assert [child["ShardId"] for child in end["ChildShards"]] == [shards[2]["ShardId"], shards[3]["ShardId"]]
    names = f"--shard-to-merge {shards[2]['ShardId']} --adjacent-shard-to-merge"
    stream.refused(f"kinesis merge-shards {ON} {names} {shards[1]['ShardId']}", "InvalidArgumentException")
    stream(f"kinesis merge-shards {ON} {names} {shards[3]['ShardId']}")
    assert stream(f"kinesis describe-stream-summary {ON} --query StreamDescriptionSummary.OpenShardCount").json == 2
    count = stream(f"kinesis update-shard-count {ON} --target-shard-count 4 --scaling-type UNIFORM_SCALING").json
    assert (count["CurrentShardCount"], count["TargetShardCount"]) == (2, 4)


def test_settings_are_seen(stream: Terminal) -> None:
    stream(f"kinesis increase-stream-retention-period {ON} --retention-period-hours 48")
    less = f"kinesis increase-stream-retention-period {ON} --retention-period-hours 30"
    stream.refused(less, "InvalidArgumentException")
    stream(f"kinesis start-stream-encryption {ON} --encryption-type KMS --key-id alias/aws/kinesis")
    stream(f"kinesis enable-enhanced-monitoring {ON} --shard-level-metrics IncomingBytes")
    found = stream(f"kinesis describe-stream {ON}").json["StreamDescription"]
    assert (found["RetentionPeriodHours"], found["EncryptionType"]) == (48, "KMS")
    assert found["EnhancedMonitoring"] == [{"ShardLevelMetrics": ["IncomingBytes"]}]


def test_a_stream_with_consumers_stays(stream: Terminal) -> None:
    arn = stream(f"kinesis describe-stream {ON} --query StreamDescription.StreamARN").json
    stream(f"kinesis register-stream-consumer --stream-arn {arn} --consumer-name c")
    stream.refused(f"kinesis delete-stream {ON}", "ResourceInUseException")
    stream(f"kinesis delete-stream {ON} --enforce-consumer-deletion")
    assert stream("kinesis list-streams").json["StreamNames"] == []
