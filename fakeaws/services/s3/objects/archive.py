"""Archives: objects that have to be restored before they can be read, for some days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.rules import notifications

Document = dict[str, Any]
DAY = 86400
HOUR = 3600
CLASSES = ("GLACIER", "DEEP_ARCHIVE")
SECONDS = {
    ("GLACIER", "Expedited"): 300,
    ("GLACIER", "Standard"): 5 * HOUR,
    ("GLACIER", "Bulk"): 12 * HOUR,
    ("DEEP_ARCHIVE", "Standard"): 12 * HOUR,
    ("DEEP_ARCHIVE", "Bulk"): 48 * HOUR,
}
"""How long a restoration takes."""


def restore_object(call: Call) -> Document:
    """Begin to restore an object; asked for again once it is restored, the days are counted anew."""
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    storage = found.get("StorageClass", "STANDARD")
    if storage not in CLASSES:
        raise AwsError(
            "InvalidObjectState", "Restore is not allowed for the object's current storage class", status=403,
            StorageClass=storage,
        )  # fmt: skip
    request = call.get("RestoreRequest") or {}
    days = request.get("Days")
    if not days or days < 1:
        raise stored.malformed()
    if call.now < found.get("restored", 0):
        raise AwsError("RestoreAlreadyInProgress", "Object restore is already in progress", status=409)
    if not found.get("restored", call.now) < call.now < found.get("restored_until", 0):
        tier = request.get("Tier") or request.get("GlacierJobParameters", {}).get("Tier") or "Standard"
        if (storage, tier) not in SECONDS:
            text = "Glacier Expedited retrievals are currently not available for this storage class"
            raise AwsError("InvalidArgument", text, status=400)
        found["restored"] = call.now + SECONDS[storage, tier] * pace()
    found["restored_until"] = (found["restored"] // DAY + days + 1) * DAY
    stored.save(call, found)
    notifications.send(call, bucket, "ObjectRestore:Post", found)
    call.at(found["restored"], tell_restored, Bucket=bucket.key, Key=found["Key"], version=found["VersionId"])
    return {}


def tell_restored(call: Call) -> None:
    """Tell those who wait that an object can be read."""
    bucket = stored.find_bucket(call, call["Bucket"])
    found = stored.version(call, bucket, call["Key"], call["version"]) if bucket is not None else None
    if bucket is not None and found is not None:
        notifications.send(call, bucket, "ObjectRestore:Completed", found)


def shown(call: Call, found: Resource) -> Document:
    """How far the restoration of an object is, as answers tell it."""
    if "restored" not in found or call.now >= found["restored_until"]:
        return {}
    if call.now < found["restored"]:
        return {"Restore": 'ongoing-request="true"'}
    until = datetime.fromtimestamp(found["restored_until"], UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"Restore": f'ongoing-request="false", expiry-date="{until}"'}
