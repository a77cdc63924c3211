"""Keys: what they are for, their states, policies, rotation and tags."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.handlers import not_implemented
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kms import material
from fakeaws.services.kms.resources import held, invalid, must_be_enabled, must_be_there, read

Document = dict[str, Any]
DAY = 86400
WINDOW = 30
ON_DEMAND = 25
"""How often a key can be rotated on demand."""
SYMMETRIC = "SYMMETRIC_DEFAULT"
USUAL_POLICY = """{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "ROOT"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}"""
"""The policy of a key that is made without one, byte for byte."""


def create_key(call: Call) -> Document:
    if call.get("CustomKeyStoreId") or call.get("Origin", "AWS_KMS") not in ("AWS_KMS", "EXTERNAL"):
        return not_implemented(call)
    given = {m: call[m] for m in ("Description", "Origin", "MultiRegion") if m in call}
    spec = call.get("KeySpec") or call.get("CustomerMasterKeySpec") or SYMMETRIC
    usage = call.get("KeyUsage")
    if usage is None and spec != SYMMETRIC:
        raise invalid("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
    usage = usage or "ENCRYPT_DECRYPT"
    if not material.is_known(spec):
        return not_implemented(call)
    if usage not in material.algorithms(spec):
        raise invalid(f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    key = make(call, {**given, "KeySpec": spec, "KeyUsage": usage, "policy": call.get("Policy"), "Tags": _tags(call)})
    return {"KeyMetadata": _shown(key)}


def _tags(call: Call) -> list[Document]:
    _refuse_reserved(call)
    return list(call.get("Tags", []))


def _refuse_reserved(call: Call) -> None:
    if any(tag["TagKey"].startswith("aws:") for tag in call.get("Tags", [])):
        raise AwsError("TagException", "Tags beginning with aws: are reserved")


def make(call: Call, given: Document) -> Resource:
    """Keep a new key, with its material unless that has to be imported."""
    identifier = f"mrk-{call.make('{hex32}')}" if given.get("MultiRegion") else call.make("{uuid}")
    spec = given.setdefault("KeySpec", SYMMETRIC)
    usage = given.setdefault("KeyUsage", "ENCRYPT_DECRYPT")
    imported = given.get("Origin") == "EXTERNAL"
    arn = arn_for(call, "Key", KeyId=identifier)
    key: Document = {
        "AWSAccountId": call.account,
        "KeyId": identifier,
        "Arn": arn,
        "CreationDate": call.now,
        "Enabled": not imported,
        "Description": "",
        "KeyState": "PendingImport" if imported else "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": spec,
        "MultiRegion": False,
        material.MEMBERS[usage]: material.algorithms(spec)[usage],
        **given,
    }
    if key["MultiRegion"]:
        primary = {"Arn": arn, "Region": call.region}
        key["MultiRegionConfiguration"] = {
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": primary,
            "ReplicaKeys": [],
        }
    key["materials"] = [] if imported else [material.new(call, spec)]
    if spec == SYMMETRIC and key["materials"]:
        key["CurrentKeyMaterialId"] = key["materials"][-1]["id"]
    return call.keep("Key", key)


def _shown(key: Resource) -> Document:
    return {member: value for member, value in key.items() if member[:1].isupper() and member != "Tags"}


def describe_key(call: Call) -> Document:
    return {"KeyMetadata": _shown(read(call))}


def list_keys(call: Call) -> Document:
    found = [key for key in list(call.list("Key")) if held(call, key["KeyId"]) is not None]
    return {"Keys": [{"KeyId": key["KeyId"], "KeyArn": key["Arn"]} for key in found]}


def update_key_description(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    key["Description"] = call["Description"]
    call.keep("Key", key)
    return {}


# States


def enable_key(call: Call) -> Document:
    _switch(call, "Enabled")
    return {}


def disable_key(call: Call) -> Document:
    _switch(call, "Disabled")
    return {}


def _switch(call: Call, state: str) -> None:
    key = read(call)
    must_be_there(key)
    if key["KeyState"] == "PendingImport":
        must_be_enabled(key)
    key["KeyState"], key["Enabled"] = state, state == "Enabled"
    call.keep("Key", key)


def schedule_key_deletion(call: Call) -> Document:
    """Until its last day the key can only be looked at, or kept after all."""
    key, days = read(call), call.get("PendingWindowInDays", WINDOW)
    must_be_there(key)
    if key["KeyManager"] == "AWS":
        raise AwsError("AccessDeniedException", f"{key['Arn']} is managed by AWS and cannot be deleted.")
    if not 7 <= days <= WINDOW:
        raise invalid("PendingWindowInDays must be between 7 and 30 (inclusive).")
    due = call.now + days * DAY
    key |= {"KeyState": "PendingDeletion", "Enabled": False, "DeletionDate": due}
    call.keep("Key", key)
    said = {"DeletionDate": due, "KeyState": "PendingDeletion", "PendingWindowInDays": days}
    return {"KeyId": key["Arn"], **said}


def cancel_key_deletion(call: Call) -> Document:
    """The key comes back disabled."""
    key = read(call)
    if key["KeyState"] != "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key['Arn']} is not pending deletion.")
    del key["DeletionDate"]
    key |= {"KeyState": "Disabled"}
    call.keep("Key", key)
    return {"KeyId": key["Arn"]}


# Policies


def get_key_policy(call: Call) -> Document:
    key = read(call)
    _only_default(call)
    return {"Policy": key.get("policy") or _usual_policy(call), "PolicyName": "default"}


def _only_default(call: Call) -> None:
    if call.get("PolicyName", "default") != "default":
        raise AwsError("NotFoundException", "No such policy exists")


def _usual_policy(call: Call) -> str:
    return USUAL_POLICY.replace("ROOT", call.make("arn:{partition}:iam::{account}:root"))


def put_key_policy(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    if call.get("PolicyName", "default") != "default":
        raise invalid("The only valid value for PolicyName is default.")
    try:
        statements = json.loads(call["Policy"])["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise AwsError("MalformedPolicyDocumentException", "Policy contains a syntax error.") from error
    if not statements:
        raise AwsError("MalformedPolicyDocumentException", "Policy contains no statements.")
    key["policy"] = call["Policy"]
    call.keep("Key", key)
    return {}


def list_key_policies(call: Call) -> Document:
    read(call)
    return {"PolicyNames": ["default"]}


# Rotation


def _rotating(call: Call) -> Resource:
    """The key, if it is one that can be rotated."""
    key = read(call)
    must_be_there(key)
    if key["KeySpec"] != SYMMETRIC:
        raise AwsError("UnsupportedOperationException", f"{key['Arn']} key spec {key['KeySpec']} cannot be rotated.")
    if key["Origin"] == "EXTERNAL":
        text = f"{key['Arn']} origin is EXTERNAL which is not valid for this operation."
        raise AwsError("UnsupportedOperationException", text)
    return key


def enable_key_rotation(call: Call) -> Document:
    key = _rotating(call)
    must_be_enabled(key)
    key["rotation"] = {"days": call.get("RotationPeriodInDays", 365), "since": call.now}
    call.keep("Key", key)
    return {}


def disable_key_rotation(call: Call) -> Document:
    key = _rotating(call)
    must_be_enabled(key)
    key.pop("rotation", None)
    call.keep("Key", key)
    return {}


def get_key_rotation_status(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    found: Document = {"KeyRotationEnabled": "rotation" in key, "KeyId": key["KeyId"]}
    if "rotation" in key:
        days = key["rotation"]["days"]
        found |= {"RotationPeriodInDays": days, "NextRotationDate": key["rotation"]["since"] + days * DAY}
    return found


def rotate_key_on_demand(call: Call) -> Document:
    """New material encrypts from now on; what the old encrypted can still be decrypted."""
    key = _rotating(call)
    must_be_enabled(key)
    if sum(one.get("type") == "ON_DEMAND" for one in key["materials"]) >= ON_DEMAND:
        raise AwsError(
            "LimitExceededException",
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be"
            f" performed for this key: {key['Arn']}",
        )
    key["materials"].append({**material.new(call, SYMMETRIC), "type": "ON_DEMAND"})
    key["CurrentKeyMaterialId"] = key["materials"][-1]["id"]
    call.keep("Key", key)
    return {"KeyId": key["Arn"]}


def list_key_rotations(call: Call) -> Document:
    """The rotations that there have been; with IncludeKeyMaterial=ALL_KEY_MATERIAL also the first material."""
    key = read(call)
    found = key["materials"] if call.get("IncludeKeyMaterial") == "ALL_KEY_MATERIAL" else key["materials"][1:]
    return {"Rotations": [_rotation(key, one) for one in found]}


def _rotation(key: Resource, one: Document) -> Document:
    state = "CURRENT" if one["id"] == key.get("CurrentKeyMaterialId") else "NON_CURRENT"
    found = {"KeyId": key["KeyId"], "KeyMaterialId": one["id"], "KeyMaterialState": state}
    return {**found, "RotationDate": one["created"], "RotationType": one["type"]} if "type" in one else found


# Tags


def tag_resource(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    _refuse_reserved(call)
    held_tags = {tag["TagKey"]: tag for tag in key.get("Tags", [])}
    key["Tags"] = list((held_tags | {tag["TagKey"]: tag for tag in call["Tags"]}).values())
    call.keep("Key", key)
    return {}


def untag_resource(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    key["Tags"] = [tag for tag in key.get("Tags", []) if tag["TagKey"] not in call["TagKeys"]]
    call.keep("Key", key)
    return {}


def list_resource_tags(call: Call) -> Document:
    return {"Tags": list(read(call).get("Tags", []))}
