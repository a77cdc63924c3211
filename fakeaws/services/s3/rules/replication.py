"""Replication: new versions, and delete markers where a rule says so, carried over to another bucket."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, stored
from fakeaws.services.s3.buckets import settings
from fakeaws.services.s3.rules import lifecycle
from fakeaws.services.s3.rules.rule_filters import fits

Document = dict[str, Any]


def get_bucket_replication(call: Call) -> Document:
    code, text = "ReplicationConfigurationNotFoundError", "The replication configuration was not found"
    return {"ReplicationConfiguration": settings.setting(call, "Replication", code, text)}


def put_bucket_replication(call: Call) -> Document:
    bucket = stored.bucket(call)
    if bucket.get("Versioning") != "Enabled":
        text = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise AwsError("InvalidRequest", text, status=400)
    wanted = call["ReplicationConfiguration"]
    if not wanted.get("Rules"):
        raise stored.malformed()
    _check_rules(wanted["Rules"])
    for rule in wanted["Rules"]:
        _check_target(call, rule["Destination"]["Bucket"])
        rule["ID"] = rule.get("ID") or call.make("{mixed48}")
    settings.put(call, "Replication", wanted)
    return {}


def _check_rules(rules: list[Document]) -> None:
    """Rules with a filter are of the newer schema, which leaves less unsaid."""
    for rule in rules:
        if ("Filter" in rule) + ("Prefix" in rule) > 1:
            raise stored.malformed()
        for member in ("Priority", "DeleteMarkerReplication") if "Filter" in rule else ():
            if member not in rule:
                text = (
                    f"{member} must be specified for this version of Cross Region Replication configuration schema."
                    " Please refer to S3 Developer Guide for more information."
                )
                raise AwsError("InvalidRequest", text, status=400)
    priorities = [rule["Priority"] for rule in rules if "Priority" in rule]
    if len(set(priorities)) != len(priorities):
        raise AwsError("InvalidRequest", f"Found duplicate priority {max(priorities)}", status=400)


def _check_target(call: Call, arn: str) -> None:
    target = stored.find_bucket(call, arn.rpartition(":")[2])
    if target is None:
        raise AwsError("InvalidRequest", "Destination bucket must exist.", status=400)
    if target.get("Versioning") != "Enabled":
        raise AwsError("InvalidRequest", "Destination bucket must have versioning enabled.", status=400)


def delete_bucket_replication(call: Call) -> Document:
    return settings.drop(call, "Replication")


def carry_out(call: Call, bucket: Resource, event: str, found: Document) -> None:
    """Carry a new version or delete marker over to where the bucket's rules say; replicas go no further."""
    wanted = bucket["settings"].get("Replication")
    if wanted is None or found.get("ReplicationStatus") == "REPLICA":
        return
    for rule in sorted(wanted["Rules"], key=lambda rule: -rule.get("Priority", 0)):
        target = _target(call, rule, found)
        if target is None:
            continue
        if event.startswith("ObjectCreated"):
            _replicate(call, rule, target, found)
            found["ReplicationStatus"] = "COMPLETED"
            stored.save(call, _resource(found))
        elif event.endswith("DeleteMarkerCreated") and _takes_markers(rule):
            marker = stored.put_marker(call, target, found["Key"])
            lifecycle.plan(call, target)
            marker |= {name: found[name] for name in ("VersionId", "version") if name in found}
            marker["ReplicationStatus"] = "REPLICA"
            stored.save(call, marker)
        elif event.startswith("ObjectTagging"):
            _replicate_tags(call, target, found)
        return


def _replicate_tags(call: Call, target: Resource, found: Document) -> None:
    replica = stored.version(call, target, found["Key"], found["VersionId"])
    if replica is not None:
        replica["tags"] = found.get("tags", {})
        stored.save(call, replica)


def _resource(found: Document) -> Resource:
    assert isinstance(found, Resource)
    return found


def _target(call: Call, rule: Document, found: Document) -> Resource | None:
    """The bucket that a rule carries this key to, if it is for it."""
    is_meant = rule.get("Status") == "Enabled" and fits(rule, found["Key"], found.get("tags", {}), found.get("Size", 0))
    return stored.find_bucket(call, rule["Destination"]["Bucket"].rpartition(":")[2]) if is_meant else None


def _takes_markers(rule: Document) -> bool:
    """Rules of the older form, with a prefix of their own, take delete markers along."""
    return "Filter" not in rule or rule.get("DeleteMarkerReplication", {}).get("Status") == "Enabled"


def _replicate(call: Call, rule: Document, target: Resource, found: Document) -> None:
    """A replica is the same version: it keeps the id and the date."""
    own = ("blob", "manifest", "version", "retired", "acl")
    document = {name: value for name, value in found.items() if name not in own}
    document |= bodies.share(call, found)
    document["StorageClass"] = rule["Destination"].get("StorageClass") or document["StorageClass"]
    document["ReplicationStatus"] = "REPLICA"
    made = stored.put(call, target, document)
    lifecycle.plan(call, target)
    made["VersionId"] = found["VersionId"]
    stored.save(call, made)
