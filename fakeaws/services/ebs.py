"""EBS direct APIs: the blocks of snapshots, read and written without a volume.

A snapshot has its own blocks and, where it has none at an index, those of the snapshot that it grew out of.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import table
from fakeaws.core.store.interface import Table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace

Document = dict[str, Any]
BLOCK_SIZE = 512 * 1024
GIB = 1 << 30
WEEK = 7 * 86400


def start_snapshot(call: Call) -> Document:
    """A snapshot that is pending until it is completed; with a parent, only what differs from it is written."""
    parent = _snapshot(call, call["ParentSnapshotId"]) if "ParentSnapshotId" in call else None
    if parent is not None and parent["VolumeSize"] > call["VolumeSize"]:
        raise AwsError("ValidationException", "The volume size must be at least that of the parent snapshot.")
    key = call.make("snap-0{hex16}")
    encrypted = call.get("Encrypted", bool(parent and parent.get("Encrypted")))
    tags = call.get("Tags", [])
    snapshot = {
        "SnapshotId": key,
        "OwnerId": call.account,
        "State": "pending",
        "StartTime": call.now,
        "VolumeSize": call["VolumeSize"],
        "VolumeId": "vol-ffffffff",
        "Description": call.get("Description", ""),
        "Encrypted": encrypted,
        "StorageTier": "standard",
        "FullSnapshotSizeInBytes": call["VolumeSize"] * GIB,
        "source": call.get("ParentSnapshotId"),
        "is_direct": True,
        **({"Tags": tags} if tags else {}),
        **({"KmsKeyId": call["KmsKeyArn"]} if "KmsKeyArn" in call else {}),
    }
    _table(call).keep((call.account, call.region), "", key, {n: v for n, v in snapshot.items() if v is not None})
    return {
        "Description": snapshot["Description"],
        "SnapshotId": key,
        "OwnerId": call.account,
        "Status": "pending",
        "StartTime": call.now,
        "VolumeSize": call["VolumeSize"],
        "BlockSize": BLOCK_SIZE,
        "Tags": tags,
        "ParentSnapshotId": call.get("ParentSnapshotId"),
        "KmsKeyArn": call.get("KmsKeyArn"),
        "SseType": "sse-kms" if encrypted else "sse-ebs",
    }


def put_snapshot_block(call: Call) -> Document:
    """One block of 512 KiB, whose SHA-256 must be the one that is said."""
    snapshot = _snapshot(call, call["SnapshotId"])
    if snapshot["State"] != "pending" or not snapshot.get("is_direct"):
        raise AwsError("ValidationException", f"The snapshot '{snapshot.key}' is not in the pending state.")
    data = _read(call["BlockData"])
    if len(data) != BLOCK_SIZE or call["DataLength"] != BLOCK_SIZE:
        raise AwsError("ValidationException", f"Invalid DataLength. The block size is {BLOCK_SIZE}.")
    if call["BlockIndex"] >= snapshot["VolumeSize"] * GIB // BLOCK_SIZE:
        raise AwsError("ValidationException", "The block index is beyond the end of the volume.")
    checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
    if checksum != call["Checksum"]:
        raise AwsError("ValidationException", "The checksum does not match the block data.", Reason="INVALID_BLOCK")
    block = {
        "place": f"{call['BlockIndex']:012d}",
        "BlockIndex": call["BlockIndex"],
        "BlockToken": call.make("{hex64}"),
        "checksum": checksum,
        "data": base64.b64encode(data).decode(),
    }
    call.keep("SnapshotBlock", block, within=snapshot.key)
    return {"Checksum": checksum, "ChecksumAlgorithm": "SHA256"}


def _read(body: Any) -> bytes:
    return bytes(body) if isinstance(body, (bytes, bytearray)) else bytes(body.read())


def complete_snapshot(call: Call) -> Document:
    """The number of blocks must be that of those written; from then on nothing is written any more."""
    snapshot = _snapshot(call, call["SnapshotId"])
    written = sum(1 for _ in call.list("SnapshotBlock", within=snapshot.key))
    if call["ChangedBlocksCount"] != written:
        raise AwsError(
            "ValidationException",
            f"Changed blocks count {call['ChangedBlocksCount']} does not match: {written} blocks.",
        )
    done = call.now + 10 * pace()
    snapshot |= {"CompletionTime": done, "passing": [[done, "completed"]]}
    snapshot.pop("is_direct", None)
    _table(call).keep(snapshot.scope, snapshot.parent, snapshot.key, snapshot)
    return {"Status": "pending"}


def list_snapshot_blocks(call: Call) -> Document:
    snapshot = _completed(call, call["SnapshotId"])
    first = call.get("StartingBlockIndex", 0)
    found = [b for index, b in sorted(_blocks(call, snapshot).items()) if index >= first]
    rows = [{"BlockIndex": b["BlockIndex"], "BlockToken": b["BlockToken"]} for b in found]
    return {"Blocks": rows, **_head(call, snapshot)}


def list_changed_blocks(call: Call) -> Document:
    """What differs between two snapshots of one lineage; without a first one, all of the second."""
    second = _completed(call, call["SecondSnapshotId"])
    before: dict[int, Resource] = {}
    if "FirstSnapshotId" in call:
        before = _blocks(call, _completed(call, call["FirstSnapshotId"]))
    after = _blocks(call, second)
    rows = []
    nothing: Document = {}
    for index in sorted({*before, *after}):
        one, two = before.get(index, nothing), after.get(index, nothing)
        if one.get("checksum") == two.get("checksum") or index < call.get("StartingBlockIndex", 0):
            continue
        tokens = {"FirstBlockToken": one.get("BlockToken"), "SecondBlockToken": two.get("BlockToken")}
        rows.append({"BlockIndex": index, **tokens})
    return {"ChangedBlocks": rows, **_head(call, second)}


def _head(call: Call, snapshot: Resource) -> Document:
    return {"ExpiryTime": call.now + WEEK, "VolumeSize": snapshot["VolumeSize"], "BlockSize": BLOCK_SIZE}


def get_snapshot_block(call: Call) -> Document:
    snapshot = _completed(call, call["SnapshotId"])
    block = _blocks(call, snapshot).get(call["BlockIndex"])
    if block is None:
        raise AwsError("ResourceNotFoundException", f"The block {call['BlockIndex']} does not exist.")
    if block["BlockToken"] != call["BlockToken"]:
        raise AwsError("ValidationException", "The block token is not valid.", Reason="INVALID_BLOCK_TOKEN")
    return {
        "DataLength": BLOCK_SIZE,
        "BlockData": base64.b64decode(block["data"]),
        "Checksum": block["checksum"],
        "ChecksumAlgorithm": "SHA256",
    }


def _blocks(call: Call, snapshot: Resource) -> dict[int, Resource]:
    """The blocks of a snapshot by their index, its own before those of the one that it grew out of."""
    found: dict[int, Resource] = {}
    if snapshot.get("source"):
        region = snapshot.get("source_region", snapshot.scope[1])
        before = _table(call).find((snapshot.scope[0], region), snapshot["source"])
        found = _blocks(call, before) if before is not None else {}
    elsewhere = call.of(account=snapshot.scope[0], region=snapshot.scope[1])
    return found | {block["BlockIndex"]: block for block in elsewhere.list("SnapshotBlock", within=snapshot.key)}


def _table(call: Call) -> Table:
    """Where EC2 keeps its snapshots: these are the same ones."""
    return table(call, kinds.kind("ec2", "Snapshot"))


def _snapshot(call: Call, key: str) -> Resource:
    found = _table(call).find((call.account, call.region), key)
    if found is None:
        raise AwsError(
            "ResourceNotFoundException", f"The snapshot '{key}' does not exist.", Reason="SNAPSHOT_NOT_FOUND"
        )
    return found


def _completed(call: Call, key: str) -> Resource:
    snapshot = _snapshot(call, key)
    passing = snapshot.get("passing")
    if snapshot["State"] != "completed" and not (passing and passing[-1][0] <= call.now):
        raise AwsError("ValidationException", f"The snapshot '{key}' is not in the completed state.")
    return snapshot
