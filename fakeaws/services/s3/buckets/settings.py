"""What is set on a bucket and read back: versioning, ownership, payment, acceleration, public access, CORS.

Each is one member of the bucket's `settings`, under the name that the operations have.
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import acl, directory

Document = dict[str, Any]


def setting(call: Call, name: str, code: str, text: str) -> Any:
    """A setting of the bucket; without it the error that says so."""
    bucket = stored.bucket(call)
    if name not in bucket["settings"]:
        raise AwsError(code, text, status=404, BucketName=bucket.key)
    return bucket["settings"][name]


def put(call: Call, name: str, value: Any) -> Resource:
    """Set or replace a setting of the bucket."""
    bucket = stored.bucket(call)
    bucket["settings"][name] = value
    stored.save_bucket(call, bucket)
    return bucket


def drop(call: Call, name: str) -> Document:
    """Remove a setting, which need not be there."""
    bucket = stored.bucket(call)
    bucket["settings"].pop(name, None)
    stored.save_bucket(call, bucket)
    return {}


# Versioning


def get_bucket_versioning(call: Call) -> Document:
    """A bucket that never had versioning says nothing."""
    bucket = stored.bucket(call)
    answer = {"Status": bucket["Versioning"]} if stored.is_versioned(bucket) else {}
    return {**answer, "MFADelete": bucket["MFADelete"]} if "MFADelete" in bucket else answer


def put_bucket_versioning(call: Call) -> Document:
    bucket = stored.bucket(call)
    directory.check_settings(bucket)
    wanted = call["VersioningConfiguration"]
    status = wanted.get("Status")
    if status not in ("Enabled", "Suspended"):
        raise AwsError(
            "IllegalVersioningConfigurationException",
            "The Versioning element must be specified",
            status=400,
        )
    if status == "Suspended" and "lock" in bucket:
        raise AwsError(
            "InvalidBucketState",
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            status=409,
        )
    bucket["Versioning"] = status
    if "MFADelete" in wanted:
        bucket["MFADelete"] = wanted["MFADelete"]
    stored.save_bucket(call, bucket)
    return {}


# Ownership


def get_bucket_ownership_controls(call: Call) -> Document:
    bucket = stored.bucket(call)
    if bucket["ownership"] is None:
        raise AwsError(
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
            status=404,
            BucketName=bucket.key,
        )
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": bucket["ownership"]}]}}


def put_bucket_ownership_controls(call: Call) -> Document:
    bucket = stored.bucket(call)
    rules = call["OwnershipControls"]["Rules"]
    if len(rules) != 1:
        raise stored.malformed()
    if rules[0]["ObjectOwnership"] == "BucketOwnerEnforced":
        acl.check_closable(bucket, bucket.scope[0])
    bucket["ownership"] = rules[0]["ObjectOwnership"]
    stored.save_bucket(call, bucket)
    return {}


def delete_bucket_ownership_controls(call: Call) -> Document:
    bucket = stored.bucket(call)
    bucket["ownership"] = None
    stored.save_bucket(call, bucket)
    return {}


# Public access


def get_public_access_block(call: Call) -> Document:
    code, text = "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"
    return {"PublicAccessBlockConfiguration": setting(call, "PublicAccessBlock", code, text)}


def put_public_access_block(call: Call) -> Document:
    """What is not said is off."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    wanted = call["PublicAccessBlockConfiguration"]
    if not any(name in wanted for name in names):
        raise stored.malformed()
    put(call, "PublicAccessBlock", {name: bool(wanted.get(name)) for name in names})
    return {}


def delete_public_access_block(call: Call) -> Document:
    return drop(call, "PublicAccessBlock")


# Payment and acceleration


def get_bucket_request_payment(call: Call) -> Document:
    return {"Payer": stored.bucket(call)["settings"].get("RequestPayment", "BucketOwner")}


def put_bucket_request_payment(call: Call) -> Document:
    payer = call["RequestPaymentConfiguration"]["Payer"]
    if payer not in ("BucketOwner", "Requester"):
        raise stored.malformed()
    put(call, "RequestPayment", payer)
    return {}


def get_bucket_accelerate_configuration(call: Call) -> Document:
    status = stored.bucket(call)["settings"].get("Accelerate")
    return {"Status": status} if status else {}


def put_bucket_accelerate_configuration(call: Call) -> Document:
    bucket = stored.bucket(call)
    if "." in bucket.key:
        text = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"
        raise AwsError("InvalidRequest", text, status=400)
    status = call["AccelerateConfiguration"].get("Status")
    if status not in ("Enabled", "Suspended"):
        raise stored.malformed()
    if status == "Enabled" or "Accelerate" in bucket["settings"]:
        put(call, "Accelerate", status)
    return {}


# Cross-origin requests


def get_bucket_cors(call: Call) -> Document:
    return {
        "CORSRules": setting(call, "Cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    }


def put_bucket_cors(call: Call) -> Document:
    rules = call["CORSConfiguration"]["CORSRules"]
    if not 0 < len(rules) <= 100:
        raise stored.malformed()
    for rule in rules:
        for method in rule["AllowedMethods"]:
            if method not in ("GET", "PUT", "POST", "DELETE", "HEAD"):
                text = f"Found unsupported HTTP method in CORS config. Unsupported method is {method}"
                raise AwsError("InvalidRequest", text, status=400)
        for header in rule.get("ExposeHeaders", ()):
            if "*" in header:
                text = (
                    f'ExposeHeader "{header}" contains wildcard. We currently do not support wildcard for ExposeHeader.'
                )
                raise AwsError("InvalidRequest", text, status=400)
        for origin in [*rule["AllowedOrigins"], *rule.get("AllowedHeaders", ())]:
            if origin.count("*") > 1:
                kind = "AllowedOrigin" if origin in rule["AllowedOrigins"] else "AllowedHeader"
                text = f'{kind} "{origin}" can not have more than one wildcard.'
                raise AwsError("InvalidRequest", text, status=400)
    put(call, "Cors", rules)
    return {}


def delete_bucket_cors(call: Call) -> Document:
    return drop(call, "Cors")


# Access by attributes


def get_bucket_abac(call: Call) -> Document:
    return {"AbacStatus": {"Status": stored.bucket(call)["settings"].get("Abac", "Disabled")}}


def put_bucket_abac(call: Call) -> Document:
    if "Status" not in call["AbacStatus"]:
        raise stored.malformed()
    put(call, "Abac", call["AbacStatus"]["Status"])
    return {}
