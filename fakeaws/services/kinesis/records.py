"""Records: put into the shard of their key's hash, and read with iterators, for as long as the stream keeps them."""

from __future__ import annotations

import binascii
import hashlib
import json
from itertools import islice
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.request import span
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kinesis.streams import KEYS, is_open, sequence, shards_of, stream_of

Document = dict[str, Any]
LASTS = 300.0
"""For how long an iterator is good, in seconds."""
ALL = 10_000
END = ":"
"""Behind all sequence numbers, which are digits."""


def put_record(call: Call) -> Document:
    stream = stream_of(call)
    return {**_put(call, stream, call.params), "EncryptionType": stream["EncryptionType"]}


def put_records(call: Call) -> Document:
    stream = stream_of(call)
    done = [_put(call, stream, record) for record in call["Records"]]
    return {"FailedRecordCount": 0, "Records": done, "EncryptionType": stream["EncryptionType"]}


def _put(call: Call, stream: Resource, record: Document) -> Document:
    if len(record["Data"]) + len(record["PartitionKey"].encode()) > stream["size"] * 1024:
        text = f"The record is larger than the stream's maximum of {stream['size']} KiB"
        raise AwsError("InvalidArgumentException", text)
    said = record.get("ExplicitHashKey")
    place = int(said) if said else int(hashlib.md5(record["PartitionKey"].encode()).hexdigest(), 16)
    if place >= KEYS:
        text = (
            f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {place}"
        )
        raise AwsError("InvalidArgumentException", text)
    shard = next(shard for shard in shards_of(call, stream) if is_open(shard) and _holds(shard, place))
    number = sequence(call, stream)
    data = binascii.b2a_base64(record["Data"], newline=False).decode()
    kept = {"SequenceNumber": number, "data": data, "PartitionKey": record["PartitionKey"], "at": call.now}
    call.keep("Record", kept, within=shard)
    return {"ShardId": shard.key, "SequenceNumber": number}


def _holds(shard: Document, place: int) -> bool:
    held = shard["HashKeyRange"]
    return int(held["StartingHashKey"]) <= place <= int(held["EndingHashKey"])


# Reading


def get_shard_iterator(call: Call) -> Document:
    """A token that says after which record of a shard to read on."""
    stream = stream_of(call)
    shard = call.find("Shard", call["ShardId"], within=stream)
    if shard is None:
        text = f"Shard {call['ShardId']} in stream {stream.key} under account {call.account} does not exist"
        raise AwsError("ResourceNotFoundException", text)
    return {"ShardIterator": _iterator(call, stream, shard.key, _start(call, shard))}


def _start(call: Call, shard: Resource) -> str:
    """The sequence number after which to begin."""
    kind = call["ShardIteratorType"]
    if kind == "TRIM_HORIZON":
        return ""
    if kind == "LATEST":
        return next((row.key for row in span(call, "Record", shard, "", END, backward=True)), "")
    if kind == "AT_TIMESTAMP":
        if "Timestamp" not in call:
            text = "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP."
            raise AwsError("InvalidArgumentException", f"{text} Current request has no timestamp parameter.")
        newest = span(call, "Record", shard, "", END, backward=True)
        return next((row.key for row in newest if row["at"] < call["Timestamp"]), "")
    said = call.get("StartingSequenceNumber")
    if said is None:
        text = "Must either specify (1) AT_SEQUENCE_NUMBER and StartingSequenceNumber"
        raise AwsError("InvalidArgumentException", f"{text} or (2) AFTER_SEQUENCE_NUMBER and StartingSequenceNumber")
    if kind == "AFTER_SEQUENCE_NUMBER":
        return str(said)
    return next((row.key for row in span(call, "Record", shard, "", said, said, backward=True)), "")


def _iterator(call: Call, stream: Resource, shard: str, after: str) -> str:
    said = json.dumps([stream.key, shard, after, call.now + LASTS], separators=(",", ":")).encode()
    return binascii.b2a_base64(said + b" " * (-len(said) % 3), newline=False).decode()


def get_records(call: Call) -> Document:
    """The records after the iterator's place; at the end of a closed shard there is no next one, but its children."""
    name, key, after, until = _read(call["ShardIterator"])
    if until < call.now:
        text = "Iterator expired. The iterator was created more than 300000 milliseconds ago."
        raise AwsError("ExpiredIteratorException", text)
    call.params["StreamName"] = name
    stream = stream_of(call)
    shard = call.read("Shard", key, within=stream)
    oldest = call.now - stream["RetentionPeriodHours"] * 3600
    limit = call.get("Limit", ALL)
    kept = (row for row in span(call, "Record", shard, after, END, after) if row["at"] >= oldest)
    rows = list(islice(kept, limit + 1))
    taken = rows[:limit]
    last = taken[-1].key if taken else after
    answer: Document = {"Records": [_shown(stream, row) for row in taken]}
    answer["MillisBehindLatest"] = int((call.now - taken[-1]["at"]) * 1000) if len(taken) < len(rows) else 0
    if is_open(shard) or len(taken) < len(rows):
        return {**answer, "NextShardIterator": _iterator(call, stream, key, last)}
    return {**answer, "ChildShards": [_child(one) for one in shards_of(call, stream) if key in _parents(one)]}


def _read(iterator: str) -> tuple[str, str, str, float]:
    try:
        name, shard, after, until = json.loads(binascii.a2b_base64(iterator, strict_mode=True))
    except (ValueError, TypeError) as error:
        raise AwsError("InvalidArgumentException", "Invalid ShardIterator.") from error
    return name, shard, after, until


def _shown(stream: Resource, row: Resource) -> Document:
    fields = {"SequenceNumber": row.key, "ApproximateArrivalTimestamp": row["at"], "PartitionKey": row["PartitionKey"]}
    kind = {"EncryptionType": "KMS"} if stream["EncryptionType"] == "KMS" else {}
    return {**fields, "Data": binascii.a2b_base64(row["data"]), **kind}


def _parents(shard: Document) -> list[str]:
    return [shard[name] for name in ("ParentShardId", "AdjacentParentShardId") if name in shard]


def _child(shard: Resource) -> Document:
    return {"ShardId": shard.key, "ParentShards": _parents(shard), "HashKeyRange": shard["HashKeyRange"]}
