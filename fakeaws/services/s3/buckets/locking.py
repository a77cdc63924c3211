"""Object lock: versions that nobody can delete until a date, or as long as a legal hold is on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
MODES = ("GOVERNANCE", "COMPLIANCE")
DAY = 86400
LONGEST = 100 * 365


def given(call: Call, bucket: Resource) -> Document:
    """The lock of a new version: as the parameters say, else as its bucket does."""
    mode, until, hold = (call.get(f"ObjectLock{name}") for name in ("Mode", "RetainUntilDate", "LegalHoldStatus"))
    if mode is None and until is None and hold is None:
        return _default(call, bucket)
    if "lock" not in bucket:
        raise AwsError("InvalidRequest", "Bucket is missing Object Lock Configuration", status=400)
    found: Document = {}
    if (mode is None) != (until is None):
        name = "x-amz-object-lock-mode" if until is None else "x-amz-object-lock-retain-until-date"
        text = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        raise AwsError("InvalidArgument", text, status=400, ArgumentName=name)
    if mode is not None:
        if mode not in MODES:
            raise stored.invalid("Unknown wormMode directive.", "x-amz-object-lock-mode", mode)
        _check_future(call, until)
        found |= {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
    else:
        found |= _default(call, bucket)
    if hold is not None:
        if hold not in ("ON", "OFF"):
            raise stored.invalid("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", hold)
        found["ObjectLockLegalHoldStatus"] = hold
    return found


def _check_future(call: Call, until: float) -> None:
    if until <= call.now:
        shown = datetime.fromtimestamp(until, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
        raise stored.invalid("The retain until date must be in the future!", "RetainUntilDate", shown)


def _default(call: Call, bucket: Resource) -> Document:
    rule = bucket.get("lock", {}).get("Rule", {}).get("DefaultRetention")
    if rule is None:
        return {}
    days = rule.get("Days") or rule.get("Years", 0) * 365
    return {"ObjectLockMode": rule["Mode"], "ObjectLockRetainUntilDate": call.now + days * DAY}


def check_bypass(call: Call, bucket: Resource) -> None:
    """Governance can only be bypassed where there is any."""
    if call.get("BypassGovernanceRetention") and "lock" not in bucket:
        name = "x-amz-bypass-governance-retention"
        text = f"{name} is only applicable to Object Lock enabled buckets."
        raise AwsError("InvalidArgument", text, status=400, ArgumentName=name)


def check_removal(call: Call, found: Document) -> None:
    """Refuse to remove a version that is locked."""
    if is_locked(call, found):
        raise _protected()


def is_locked(call: Call, found: Document) -> bool:
    """Whether a version cannot be removed now."""
    return found.get("ObjectLockLegalHoldStatus") == "ON" or _is_retained(call, found)


def _is_retained(call: Call, found: Document) -> bool:
    if found.get("ObjectLockRetainUntilDate", 0) <= call.now:
        return False
    return found["ObjectLockMode"] == "COMPLIANCE" or not call.get("BypassGovernanceRetention")


def _protected() -> AwsError:
    return AwsError("AccessDenied", "Access Denied because object protected by object lock.", status=403)


def _locked_bucket(call: Call) -> Resource:
    bucket = stored.bucket(call)
    if "lock" not in bucket:
        raise AwsError("InvalidRequest", "Bucket is missing Object Lock Configuration", status=400)
    return bucket


def _none_there() -> AwsError:
    text = "The specified object does not have a ObjectLock configuration"
    return AwsError("NoSuchObjectLockConfiguration", text, status=404)


def get_object_retention(call: Call) -> Document:
    found = stored.wanted(call, _locked_bucket(call))
    if "ObjectLockMode" not in found:
        raise _none_there()
    return {"Retention": {"Mode": found["ObjectLockMode"], "RetainUntilDate": found["ObjectLockRetainUntilDate"]}}


def put_object_retention(call: Call) -> Document:
    """Compliance can be extended only; governance needs a bypass to be shortened."""
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    bucket = _locked_bucket(call)
    wanted = call.get("Retention") or {}
    mode, until = wanted.get("Mode"), wanted.get("RetainUntilDate")
    if (mode is None) != (until is None) or (mode is not None and mode not in MODES):
        raise stored.malformed()
    if until is not None:
        _check_future(call, until)
    is_less = until is None or until < found.get("ObjectLockRetainUntilDate", 0)
    is_weaker = found.get("ObjectLockMode") == "COMPLIANCE" and mode != "COMPLIANCE"
    if (is_less or is_weaker) and _is_retained(call, found):
        raise _protected()
    found.pop("ObjectLockMode", None)
    found.pop("ObjectLockRetainUntilDate", None)
    if mode is not None:
        found |= {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
    stored.save(call, found)
    return {}


def get_object_legal_hold(call: Call) -> Document:
    found = stored.wanted(call, _locked_bucket(call))
    if "ObjectLockLegalHoldStatus" not in found:
        raise _none_there()
    return {"LegalHold": {"Status": found["ObjectLockLegalHoldStatus"]}}


def put_object_legal_hold(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    _locked_bucket(call)
    status = (call.get("LegalHold") or {}).get("Status")
    if status not in ("ON", "OFF"):
        raise stored.malformed()
    found["ObjectLockLegalHoldStatus"] = status
    stored.save(call, found)
    return {}


def get_object_lock_configuration(call: Call) -> Document:
    bucket = stored.bucket(call)
    if "lock" not in bucket:
        raise AwsError(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
            status=404,
            BucketName=bucket.key,
        )
    return {"ObjectLockConfiguration": bucket["lock"]}


def put_object_lock_configuration(call: Call) -> Document:
    bucket = stored.bucket(call)
    wanted = call.get("ObjectLockConfiguration") or {}
    rule = wanted.get("Rule", {}).get("DefaultRetention") if "Rule" in wanted else None
    if wanted.get("ObjectLockEnabled") != "Enabled" or ("Rule" in wanted and not rule):
        raise stored.malformed()
    if rule is not None and (rule.get("Mode") not in MODES or ("Days" in rule) == ("Years" in rule)):
        raise stored.malformed()
    if rule is not None:
        _check_period(rule["Days"] if "Days" in rule else rule["Years"] * 365)
    if bucket.get("Versioning") != "Enabled":
        raise AwsError(
            "InvalidBucketState",
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            status=409,
        )
    bucket["lock"] = wanted
    stored.save_bucket(call, bucket)
    return {}


def _check_period(days: int) -> None:
    if not 0 < days <= LONGEST:
        text = "too large" if days > 0 else "must be a positive integer value"
        raise AwsError("InvalidArgument", f"Default retention period {text}.", status=400)
