"""Streams: made of shards that share all hash keys out among them, split and merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, states
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
KEYS = 2**128
ON_DEMAND = 4
"""How many shards a stream begins with whose capacity AWS manages."""


def stream_of(call: Call) -> Resource:
    """The stream that is named, or that the ARN is of, which may be one of a consumer."""
    name, arn = call.get("StreamName"), call.get("StreamARN")
    if not name and not arn:
        raise AwsError("InvalidArgumentException", "Either StreamARN or StreamName must be specified.")
    key = name or str(arn).split(":stream/", 1)[-1].split("/")[0]
    found = call.find("Stream", key)
    if found is None:
        text = f"Stream {key} under account {call.account} not found."
        raise AwsError("ResourceNotFoundException", text)
    return found


def _active(call: Call) -> Resource:
    stream = stream_of(call)
    if stream["StreamStatus"] != "ACTIVE":
        text = f"Stream {stream.key} under account {call.account} not ACTIVE, instead in state {stream['StreamStatus']}"
        raise AwsError("ResourceInUseException", text)
    return stream


def create_stream(call: Call) -> Document:
    mode = call.get("StreamModeDetails", {"StreamMode": "PROVISIONED"})["StreamMode"]
    if call.find("Stream", call["StreamName"]) is not None:
        text = f"Stream {call['StreamName']} under account {call.account} already exists."
        raise AwsError("ResourceInUseException", text)
    if mode == "PROVISIONED" and "ShardCount" not in call:
        raise AwsError("ValidationException", "ShardCount is required for stream mode PROVISIONED.")
    made = {
        "StreamName": call["StreamName"],
        "StreamARN": arn_for(call, "Stream", StreamName=call["StreamName"]),
        "StreamModeDetails": {"StreamMode": mode},
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": call.now,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
        "size": call.get("MaxRecordSizeInKiB", 1024),
        "_tags": call.get("Tags", {}),
    }
    states.begin(kinds.kind("kinesis", "Stream"), made, "create", call.now)
    stream = call.keep("Stream", made)
    _share_out(call, stream, call.get("ShardCount", ON_DEMAND))
    return {}


def _share_out(call: Call, stream: Resource, count: int) -> None:
    for number in range(count):
        add_shard(call, stream, KEYS * number // count, KEYS * (number + 1) // count - 1)


def add_shard(call: Call, stream: Resource, first: int, last: int, *parents: Resource) -> Resource:
    """A new shard for a range of hash keys, in the place of its parents."""
    number = counted(call, f"kinesis shards {stream.scope} {stream['StreamCreationTimestamp']} {stream.key}")
    names = ("ParentShardId", "AdjacentParentShardId")
    made = {
        "ShardId": f"shardId-{number - 1:012}",
        **{name: parent.key for name, parent in zip(names, parents, strict=False)},
        "HashKeyRange": {"StartingHashKey": str(first), "EndingHashKey": str(last)},
        "SequenceNumberRange": {"StartingSequenceNumber": sequence(call, stream)},
    }
    return call.keep("Shard", made, within=stream)


def sequence(call: Call, stream: Resource) -> str:
    """A number for a record or a shard, greater than all before it in the stream."""
    number = counted(call, f"kinesis records {stream.scope} {stream.key}")
    return str(49 * 10**54 + int(call.now * 1000) * 10**36 + number)


def shards_of(call: Call, stream: Resource) -> Iterator[Resource]:
    return call.list("Shard", within=stream)


def is_open(shard: Document) -> bool:
    return "EndingSequenceNumber" not in shard["SequenceNumberRange"]


def _close(call: Call, stream: Resource, shard: Resource) -> None:
    shard["SequenceNumberRange"]["EndingSequenceNumber"] = sequence(call, stream)
    call.keep("Shard", shard)


def describe_stream(call: Call) -> Document:
    stream = stream_of(call)
    after = call.get("ExclusiveStartShardId", "")
    rows = [row for row in shards_of(call, stream) if row.key > after]
    most = call.get("Limit", 100)
    return {"StreamDescription": {**stream, "Shards": rows[:most], "HasMoreShards": len(rows) > most}}


def describe_stream_summary(call: Call) -> Document:
    stream = stream_of(call)
    count = sum(is_open(shard) for shard in shards_of(call, stream))
    consumers = sum(row["StreamARN"] == stream["StreamARN"] for row in call.list("StreamConsumer"))
    counts = {"OpenShardCount": count, "ConsumerCount": consumers}
    return {"StreamDescriptionSummary": {**stream, **counts, "MaxRecordSizeInKiB": stream["size"]}}


def list_streams(call: Call) -> Document:
    after = call.get("ExclusiveStartStreamName") or call.get("NextToken") or ""
    rows = [row for row in call.list("Stream") if row.key > after]
    most = call.get("Limit", 100)
    answer = {"StreamNames": [row.key for row in rows[:most]], "HasMoreStreams": len(rows) > most}
    more = {"NextToken": rows[most - 1].key} if len(rows) > most else {}
    return {**answer, **more, "StreamSummaries": [_summary(row) for row in rows[:most]]}


def _summary(stream: Resource) -> Document:
    names = ("StreamName", "StreamARN", "StreamStatus", "StreamModeDetails", "StreamCreationTimestamp")
    return {name: stream[name] for name in names}


def list_shards(call: Call) -> Document:
    """All shards, or with a filter those that were open at a time; the token says where the next page begins."""
    if "NextToken" in call:
        name, _, after = call["NextToken"].rpartition("|")
        call.params["StreamName"] = name
    else:
        after = call.get("ExclusiveStartShardId", "")
    stream, most = stream_of(call), call.get("MaxResults", 1000)
    kind = call.get("ShardFilter", {}).get("Type", "")
    if kind.startswith(("AT_TIMESTAMP", "FROM_TIMESTAMP", "AFTER")):
        raise AwsError("NotImplemented", f"fakeaws does not support the shard filter {kind} yet.", status=501)
    rows = [row for row in shards_of(call, stream) if row.key > after and (kind != "AT_LATEST" or is_open(row))]
    more = {"NextToken": f"{stream.key}|{rows[most - 1].key}"} if len(rows) > most else {}
    return {"Shards": rows[:most], **more}


def delete_stream(call: Call) -> Document:
    """One with consumers only if that is asked for; its records go with it."""
    stream = stream_of(call)
    consumers = [row for row in call.list("StreamConsumer") if row["StreamARN"] == stream["StreamARN"]]
    if consumers and not call.get("EnforceConsumerDeletion"):
        text = f"Stream {stream.key} under account {call.account} has consumers registered. "
        raise AwsError(
            "ResourceInUseException", text + "Deregister all consumers or set EnforceConsumerDeletion to true."
        )
    for kind, rows in (
        ("StreamConsumer", consumers),
        ("Record", _records(call, stream)),
        ("Shard", [*shards_of(call, stream)]),
    ):
        for row in rows:
            call.drop(kind, row)
    call.drop("Stream", stream)
    return {}


def _records(call: Call, stream: Resource) -> list[Resource]:
    return [row for shard in shards_of(call, stream) for row in call.list("Record", within=shard)]


# Shards


def _shard(call: Call, stream: Resource, key: str) -> Resource:
    found = call.find("Shard", key, within=stream)
    if found is None:
        text = f"Could not find shard {key} in stream {stream.key} under account {call.account}."
        raise AwsError("ResourceNotFoundException", text)
    return found


def split_shard(call: Call) -> Document:
    stream = _active(call)
    shard, key = _shard(call, stream, call["ShardToSplit"]), int(call["NewStartingHashKey"])
    first, last = _range(shard)
    if not first < key < last or not is_open(shard):
        text = (
            f"NewStartingHashKey {key} used in SplitShard() on shard {shard.key} in stream {stream.key} under account"
        )
        raise AwsError(
            "InvalidArgumentException",
            f"{text} {call.account} is not both greater than one plus the shard's "
            f"StartingHashKey {first} and less than the shard's EndingHashKey {last - 1}.",
        )
    _close(call, stream, shard)
    add_shard(call, stream, first, key - 1, shard)
    add_shard(call, stream, key, last, shard)
    return {}


def _range(shard: Resource) -> tuple[int, int]:
    held = shard["HashKeyRange"]
    return int(held["StartingHashKey"]), int(held["EndingHashKey"])


def merge_shards(call: Call) -> Document:
    stream = _active(call)
    one, two = (_shard(call, stream, call[name]) for name in ("ShardToMerge", "AdjacentShardToMerge"))
    low, high = sorted((one, two), key=_range)
    if _range(low)[1] + 1 != _range(high)[0] or not is_open(one) or not is_open(two):
        text = f"Shards {one.key} and {two.key} in stream {stream.key} under account {call.account}"
        raise AwsError("InvalidArgumentException", f"{text} are not an adjacent pair of shards eligible for merging")
    for shard in (one, two):
        _close(call, stream, shard)
    add_shard(call, stream, _range(low)[0], _range(high)[1], one, two)
    return {}


def update_shard_count(call: Call) -> Document:
    """All open shards are closed, and others share the hash keys out."""
    stream, count = _active(call), call["TargetShardCount"]
    held = [shard for shard in shards_of(call, stream) if is_open(shard)]
    if not len(held) / 2 <= count <= len(held) * 2:
        text = f"UpdateShardCount cannot scale from {len(held)} to {count} shards: no less than half and no more than"
        raise AwsError("InvalidArgumentException", f"{text} twice the current number of open shards")
    for shard in held:
        _close(call, stream, shard)
    for number in range(count):
        first, last = KEYS * number // count, KEYS * (number + 1) // count - 1
        parents = [one for one in held if _range(one)[0] <= last and first <= _range(one)[1]]
        add_shard(call, stream, first, last, *parents[:2])
    names = {"StreamName": stream.key, "StreamARN": stream["StreamARN"]}
    return {**names, "CurrentShardCount": len(held), "TargetShardCount": count}


# Settings


def increase_stream_retention_period(call: Call) -> Document:
    return _retained(call, longer=True)


def decrease_stream_retention_period(call: Call) -> Document:
    return _retained(call, longer=False)


def _retained(call: Call, longer: bool) -> Document:
    stream, hours = _active(call), call["RetentionPeriodHours"]
    held = stream["RetentionPeriodHours"]
    if not 24 <= hours <= 8760 or (hours < held if longer else hours > held):
        text = f"Requested retention period ({hours} hours) for stream {stream.key} can not be "
        text += f"{'shorter' if longer else 'longer'} than existing retention period ({held} hours)."
        raise AwsError("InvalidArgumentException", text)
    return _changed(call, stream, RetentionPeriodHours=hours)


def _changed(call: Call, stream: Resource, **given: Any) -> Document:
    call.keep("Stream", Resource({**stream, **given}, stream.scope, stream.parent, stream.key))
    return {}


def start_stream_encryption(call: Call) -> Document:
    return _changed(call, _active(call), EncryptionType=call["EncryptionType"], KeyId=call["KeyId"])


def stop_stream_encryption(call: Call) -> Document:
    stream = _active(call)
    stream.pop("KeyId", None)
    return _changed(call, stream, EncryptionType="NONE")


def update_stream_mode(call: Call) -> Document:
    return _changed(call, _active(call), StreamModeDetails=call["StreamModeDetails"])


def update_max_record_size(call: Call) -> Document:
    return _changed(call, _active(call), size=call["MaxRecordSizeInKiB"])


def enable_enhanced_monitoring(call: Call) -> Document:
    return _monitored(call, {*_every(call)}, set())


def disable_enhanced_monitoring(call: Call) -> Document:
    return _monitored(call, set(), {*_every(call)})


METRICS = (
    "IncomingBytes IncomingRecords OutgoingBytes OutgoingRecords WriteProvisionedThroughputExceeded"
    " ReadProvisionedThroughputExceeded IteratorAgeMilliseconds"
).split()


def _every(call: Call) -> list[str]:
    return METRICS if "ALL" in call["ShardLevelMetrics"] else call["ShardLevelMetrics"]


def _monitored(call: Call, more: set[str], less: set[str]) -> Document:
    stream = _active(call)
    [held] = stream["EnhancedMonitoring"]
    wanted = [name for name in METRICS if name in {*held["ShardLevelMetrics"], *more} - less]
    _changed(call, stream, EnhancedMonitoring=[{"ShardLevelMetrics": wanted}])
    names = {"StreamName": stream.key, "StreamARN": stream["StreamARN"]}
    return {**names, "CurrentShardLevelMetrics": held["ShardLevelMetrics"], "DesiredShardLevelMetrics": wanted}


def describe_limits(call: Call) -> Document:
    streams = list(call.list("Stream"))
    count = sum(is_open(shard) for stream in streams for shard in shards_of(call, stream))
    on_demand = sum(stream["StreamModeDetails"]["StreamMode"] == "ON_DEMAND" for stream in streams)
    limits = {"ShardLimit": 500, "OnDemandStreamCountLimit": 50}
    return {**limits, "OpenShardCount": count, "OnDemandStreamCount": on_demand}
