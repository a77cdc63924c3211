"""Lifecycle: versions that expire or change class, markers and uploads that are cleared away, as the days go by.

S3 looks at a bucket once a day, at midnight UTC. Here that look is an event of the schedule: on the first midnight
after anything was written, and else when the next thing is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import locking, settings
from fakeaws.services.s3.rules import access_logs, lifecycle_rules, notifications
from fakeaws.services.s3.rules.rule_filters import fits

Document = dict[str, Any]
DAY = 86400
SMALL = 128 * 1024
"""Objects below this size stay in their class unless a filter says how large they may be."""


def get_bucket_lifecycle_configuration(call: Call) -> Document:
    code, text = "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"
    found = settings.setting(call, "Lifecycle", code, text)
    return {"Rules": found["rules"], "TransitionDefaultMinimumObjectSize": found["smallest"]}


def get_bucket_lifecycle(call: Call) -> Document:
    return {"Rules": get_bucket_lifecycle_configuration(call)["Rules"]}


def put_bucket_lifecycle_configuration(call: Call) -> Document:
    rules = (call.get("LifecycleConfiguration") or {}).get("Rules")
    if not rules or len(rules) > 1000:
        raise stored.malformed()
    smallest = call.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
    if smallest not in ("all_storage_classes_128K", "varies_by_storage_class"):
        text = f"Invalid TransitionDefaultMinimumObjectSize found: {smallest}"
        raise AwsError("InvalidRequest", text, status=400)
    rules = [lifecycle_rules.checked(call, rule) for rule in rules]
    if len({rule["ID"] for rule in rules}) != len(rules):
        raise AwsError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule", status=400)
    bucket = settings.put(call, "Lifecycle", {"rules": rules, "smallest": smallest})
    plan(call, bucket)
    return {"TransitionDefaultMinimumObjectSize": smallest}


def put_bucket_lifecycle(call: Call) -> Document:
    """The older form: a prefix in place of a filter, one transition."""
    put_bucket_lifecycle_configuration(call)
    return {}


def delete_bucket_lifecycle(call: Call) -> Document:
    return settings.drop(call, "Lifecycle")


# Which rules are for what


def _rules(bucket: Resource) -> list[Document]:
    held = bucket["settings"].get("Lifecycle", {}).get("rules", ())
    return [rule for rule in held if rule["Status"] == "Enabled"]


def _due(action: Document, since: float) -> float:
    """When an action is due that counts days from `since`: at the midnight after."""
    if "Date" in action:
        return float(action["Date"])
    return _midnight(since + _days(action) * DAY)


def _days(action: Document) -> int:
    return int(action.get("Days", action.get("NoncurrentDays")) or 0)


def _midnight(moment: float) -> float:
    """The first midnight at or after a moment."""
    return float(-(-moment // DAY) * DAY)


def expiration(bucket: Resource, found: Document) -> Document:
    """When an object will expire, and by which rule, as answers tell it."""
    best: tuple[float, str] | None = None
    for rule in _rules(bucket):
        action = rule.get("Expiration", {})
        if ("Days" in action or "Date" in action) and fits(rule, found["Key"], found.get("tags", {}), found["Size"]):
            due = _due(action, found["LastModified"])
            if best is None or due < best[0]:
                best = due, rule["ID"]
    if best is None:
        return {}
    shown = datetime.fromtimestamp(best[0], UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"Expiration": f'expiry-date="{shown}", rule-id="{best[1]}"'}


def abortion(call: Call, bucket: Resource, upload: Document) -> Document:
    """When an upload will be given up, as answers tell it."""
    plan(call, bucket)
    for rule in _rules(bucket):
        action = rule.get("AbortIncompleteMultipartUpload")
        if action is not None and fits(rule, upload["Key"], {}, 0):
            due = _midnight(upload["Initiated"] + action["DaysAfterInitiation"] * DAY)
            return {"AbortDate": due, "AbortRuleId": rule["ID"]}
    return {}


# Carrying it out


def plan(call: Call, bucket: Resource) -> None:
    """Have the bucket looked at on the next midnight, if it has rules and something may have changed."""
    due = _midnight(call.now + 1)
    if _rules(bucket) and bucket.get("look", due + 1) > due:
        _look_at(call, bucket, due)


def _look_at(call: Call, bucket: Resource, due: float) -> None:
    bucket["look"] = due
    stored.save_bucket(call, bucket)
    call.at(due, look, Bucket=bucket.key, planned=due)


def look(call: Call) -> None:
    """Do what is due in a bucket, and plan the next look."""
    bucket = stored.find_bucket(call, call["Bucket"])
    if bucket is None or bucket.get("look") != call["planned"]:
        return
    del bucket["look"]
    rules = _rules(bucket)
    if not rules:
        return
    later = [
        *_look_at_current(call, bucket, rules),
        *_look_at_older(call, bucket, rules),
        *_look_at_uploads(call, bucket, rules),
    ]
    if later:
        _look_at(call, bucket, max(min(later), _midnight(call.now + 1)))
    else:
        stored.save_bucket(call, bucket)


def _look_at_current(call: Call, bucket: Resource, rules: list[Document]) -> Iterator[float]:
    """What is done to current versions; the moments when something is to be done later."""
    for found in list(stored.table(call, "Object").list(bucket.scope, bucket.key)):
        matching = [rule for rule in rules if fits(rule, found["Key"], found.get("tags", {}), found["Size"])]
        actions = [rule["Expiration"] for rule in matching if "Expiration" in rule]
        dues = [_due(each, found["LastModified"]) for each in actions if "Days" in each or "Date" in each]
        if dues and min(dues) <= call.now:
            _expire(call, bucket, found)
            continue
        yield from dues
        yield from _transit(call, bucket, found, matching, "Transitions", found["LastModified"])


def _expire(call: Call, bucket: Resource, found: Resource) -> None:
    made = "S3.CREATE.DELETEMARKER" if stored.is_versioned(bucket) else "S3.EXPIRE.OBJECT"
    access_logs.note(call, bucket, {"operation": made, "key": found["Key"], "size": found["Size"]})
    if stored.is_versioned(bucket):
        stored.put_marker(call, bucket, found["Key"])
        plan(call, bucket)
        notifications.send(call, bucket, "LifecycleExpiration:DeleteMarkerCreated", found)
    else:
        stored.remove(call, bucket, found)
        notifications.send(call, bucket, "LifecycleExpiration:Delete", found)


def _transit(
    call: Call, bucket: Resource, found: Resource, rules: list[Document], member: str, since: float
) -> Iterator[float]:
    """Move a version to the class that is due last; the moments of later moves."""
    reached = ""
    moves = [(_due(each, since), each["StorageClass"], rule["ID"]) for rule in rules for each in rule.get(member, ())]
    for due, storage, name in sorted(moves):
        if due > call.now:
            yield due
        elif _may_move(found, rules, name):
            reached = storage
    if reached and reached != found.get("StorageClass"):
        found["StorageClass"] = reached
        stored.save(call, found)
        notifications.send(call, bucket, "LifecycleTransition", found)


def _may_move(found: Document, rules: list[Document], name: str) -> bool:
    rule = next(rule for rule in rules if rule["ID"] == name)
    says_size = "ObjectSize" in str(rule.get("Filter", ""))
    return found["Size"] >= SMALL or says_size


def _look_at_older(call: Call, bucket: Resource, rules: list[Document]) -> Iterator[float]:
    """What is done to versions that were replaced, and to delete markers that stand alone."""
    newer: dict[str, int] = {}
    for found in list(stored.table(call, "ObjectVersion").list(bucket.scope, bucket.key)):
        size = found.get("Size", 0)
        matching = [rule for rule in rules if fits(rule, found["Key"], found.get("tags", {}), size)]
        since = found.get("retired", found["LastModified"])
        is_latest = found["Key"] not in newer and stored.find(call, bucket, found["Key"]) is None
        if found.get("marker") and is_latest:
            newer[found["Key"]] = 0
            yield from _look_at_marker(call, bucket, found, matching)
            continue
        count = newer[found["Key"]] = newer.get(found["Key"], 0) + 1
        actions = [rule["NoncurrentVersionExpiration"] for rule in matching if "NoncurrentVersionExpiration" in rule]
        dues = [_due(each, since) for each in actions if count > each.get("NewerNoncurrentVersions", 0)]
        if dues and min(dues) <= call.now and not locking.is_locked(call, found):
            stored.remove(call, bucket, found)
            notifications.send(call, bucket, "LifecycleExpiration:Delete", found)
            continue
        yield from dues
        if not found.get("marker"):
            yield from _transit(call, bucket, found, matching, "NoncurrentVersionTransitions", since)


def _look_at_marker(call: Call, bucket: Resource, marker: Resource, rules: list[Document]) -> Iterator[float]:
    """A delete marker with no version behind it goes where a rule says so, or when it has expired itself."""
    versions = stored.versions(call, bucket, marker["Key"])
    if any(version.key != marker.key for version in versions):
        yield from [_midnight(call.now + 1)] if any("NoncurrentVersionExpiration" in rule for rule in rules) else []
        return
    for rule in rules:
        action = rule.get("Expiration", {})
        due = call.now if action.get("ExpiredObjectDeleteMarker") else None
        if "Days" in action or "Date" in action:
            due = _due(action, marker["LastModified"])
        if due is not None and due <= call.now:
            stored.remove(call, bucket, marker)
            return
        if due is not None:
            yield due


def _look_at_uploads(call: Call, bucket: Resource, rules: list[Document]) -> Iterator[float]:
    for upload in list(stored.table(call, "Upload").list(bucket.scope, bucket.key)):
        for rule in rules:
            action = rule.get("AbortIncompleteMultipartUpload")
            if action is None or not fits(rule, upload["Key"], {}, 0):
                continue
            due = _midnight(upload["Initiated"] + action["DaysAfterInitiation"] * DAY)
            if due <= call.now:
                stored.drop_upload(call, upload)
                break
            yield due
