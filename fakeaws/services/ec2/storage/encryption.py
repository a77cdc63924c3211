"""Encryption of EBS volumes: the region's defaults, and which key a volume or snapshot has."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import keep_setting, setting

Document = dict[str, Any]
NAME = "ebs-encryption"


def enable_ebs_encryption_by_default(call: Call) -> Document:
    keep_setting(call, NAME, enabled=True)
    return {"EbsEncryptionByDefault": True}


def disable_ebs_encryption_by_default(call: Call) -> Document:
    keep_setting(call, NAME, enabled=False)
    return {"EbsEncryptionByDefault": False}


def get_ebs_encryption_by_default(call: Call) -> Document:
    enabled = bool(setting(call, NAME).get("enabled"))
    return {"EbsEncryptionByDefault": enabled, "SseType": "sse-ebs" if enabled else "none"}


def get_ebs_default_kms_key_id(call: Call) -> Document:
    return {"KmsKeyId": setting(call, NAME).get("key", "alias/aws/ebs")}


def modify_ebs_default_kms_key_id(call: Call) -> Document:
    """A key that is not symmetric or not there is refused."""
    arn = key_arn(call, call["KmsKeyId"])
    keep_setting(call, NAME, key=arn)
    return {"KmsKeyId": arn}


def reset_ebs_default_kms_key_id(call: Call) -> Document:
    """Back to the key that AWS manages."""
    keep_setting(call, NAME, key=None)
    return {"KmsKeyId": "alias/aws/ebs"}


def of_volume(call: Call, wanted: Document, source: Document | None) -> Document:
    """`Encrypted` and `KmsKeyId` of what is made: an encrypted source, the region's default or a key make it so."""
    encrypted = bool(wanted.get("Encrypted") or (source or {}).get("Encrypted") or setting(call, NAME).get("enabled"))
    if "KmsKeyId" in wanted and not encrypted:
        raise AwsError(
            "InvalidParameterDependency",
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        )
    if not encrypted:
        return {"Encrypted": False}
    named = wanted.get("KmsKeyId") or (source or {}).get("KmsKeyId") or setting(call, NAME).get("key")
    return {"Encrypted": True, "KmsKeyId": key_arn(call, named or "alias/aws/ebs")}


def key_arn(call: Call, name: str) -> str:
    """The ARN of the key that an id, alias or ARN names."""
    if name in ("alias/aws/ebs", "aws/ebs"):
        return _managed(call)
    if name.startswith("arn:") and ":key/" in name:
        return name
    try:
        return str(call.perform("kms", "DescribeKey", {"KeyId": name})["KeyMetadata"]["Arn"])
    except AwsError as error:
        raise AwsError("InvalidKmsKey.InvalidKeyId", f"The specified KMS key '{name}' is not valid.") from error


def _managed(call: Call) -> str:
    """The key alias/aws/ebs, which AWS makes when it is first needed."""
    kept = setting(call, NAME).get("managed")
    if kept is None:
        kept = call.make("arn:{partition}:kms:{region}:{account}:key/{uuid}")
        keep_setting(call, NAME, managed=kept)
    return str(kept)
