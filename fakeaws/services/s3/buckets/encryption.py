"""Server-side encryption: what an object is said to be encrypted with, and the keys that customers bring.

Bodies are kept as they came. A customer's key is not kept, only its MD5, and who reads must bring the same one.
"""

from __future__ import annotations

import binascii
import hashlib
from typing import Any

from fakeaws.core.pipeline import enforcement
from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
MEMBERS = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "SSECustomerAlgorithm", "SSECustomerKeyMD5")
METHODS = ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup")


def given(call: Call, bucket: Resource) -> Document:
    """How a new object is encrypted: as the parameters say, else as its bucket does, else by S3's own keys."""
    if call.get("SSECustomerAlgorithm") is not None or call.get("SSECustomerKey") is not None:
        return customers(call)
    method, key = call.get("ServerSideEncryption"), call.get("SSEKMSKeyId")
    if method is not None and method not in METHODS:
        raise stored.invalid("The encryption method specified is not supported", "x-amz-server-side-encryption", method)
    if key is not None and (method is None or not method.startswith("aws:kms")):
        raise stored.invalid(
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption :"
            " aws:kms",
            "x-amz-server-side-encryption",
            method or "null",
        )
    by_key = call.get("BucketKeyEnabled")
    if method is None:
        method, key, by_key = _defaults(bucket, by_key)
    found: Document = {"ServerSideEncryption": method}
    if method.startswith("aws:kms"):
        found["SSEKMSKeyId"] = key_arn(call, key)
        need_key(call, found, "GenerateDataKey")
        if by_key:
            found["BucketKeyEnabled"] = True
    return found


def _defaults(bucket: Resource, by_key: bool | None) -> tuple[str, str | None, bool | None]:
    for rule in bucket["settings"].get("Encryption", {}).get("Rules", ()):
        by = rule.get("ApplyServerSideEncryptionByDefault", {})
        return (
            by.get("SSEAlgorithm", "AES256"),
            by.get("KMSMasterKeyID"),
            rule.get("BucketKeyEnabled") if by_key is None else by_key,
        )
    return "AES256", None, by_key


def headers(call: Call, bucket: Resource, found: Document) -> Document:
    """What an answer to a writer says: what was requested or set on the bucket; all else is encrypted unsaid."""
    is_own = found.get("ServerSideEncryption") == "AES256" and call.get("ServerSideEncryption") is None
    if is_own and "Encryption" not in bucket["settings"]:
        return {}
    return {name: found[name] for name in MEMBERS if found.get(name)}


def key_arn(call: Call, key: str | None) -> str:
    """The ARN of a KMS key that can be used; without one, S3's own key of the account and region."""
    try:
        found = call.perform("kms", "DescribeKey", {"KeyId": key or "alias/aws/s3"})["KeyMetadata"]
    except AwsError as error:
        if key is None or error.code == "NotImplemented":
            return key or _own_key(call)
        if error.code != "NotFoundException":
            raise
        is_arn = key.startswith("arn:")
        text = f"Key '{key}' does not exist" if is_arn else f"Invalid keyId '{key}'"
        raise AwsError("KMS.NotFoundException", text, status=400) from error
    arn = str(found["Arn"])
    if found.get("KeyState") == "Disabled":
        raise AwsError("KMS.DisabledException", f"{arn} is disabled.", status=400)
    if found.get("KeyState") == "PendingDeletion":
        raise AwsError("KMS.KMSInvalidStateException", f"{arn} is pending deletion.", status=400)
    return arn


def need_key(call: Call, found: Document, *actions: str) -> None:
    """AwsError where the caller's policies, or the key's, do not allow to use the KMS key of an object. S3's own key is
    for everyone who may come to the object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    arn = found.get("SSEKMSKeyId")
    if not arn or not enforcement.binds(call) or _is_of_aws(call, arn):
        return
    for action in actions:
        enforcement.need(call, f"kms:{action}", arn, kms__viaservice=f"s3.{call.region}.amazonaws.com")


def _is_of_aws(call: Call, arn: str) -> bool:
    if arn == _own_key(call):
        return True
    try:
        key = call.perform("kms", "DescribeKey", {"KeyId": arn})["KeyMetadata"]
    except AwsError:
        return False
    return bool(key["KeyManager"] == "AWS")


def _own_key(call: Call) -> str:
    digits = hashlib.sha256(f"aws/s3 {call.account} {call.region}".encode()).hexdigest()
    name = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
    return call.make("arn:{partition}:kms:{region}:{account}:key/{name}", name=name)


def customers(call: Call, prefix: str = "") -> Document:
    """What is kept of a customer's key: its MD5, checked."""
    algorithm, key = call.get(f"{prefix}SSECustomerAlgorithm"), call.get(f"{prefix}SSECustomerKey")
    header = "x-amz-server-side-encryption"
    if call.get("ServerSideEncryption") is not None and not prefix:
        raise stored.invalid(
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
            header,
            call["ServerSideEncryption"],
        )
    if algorithm is None:
        raise _argument(
            "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption"
            " algorithm."
        )
    if algorithm != "AES256":
        raise AwsError(
            "InvalidEncryptionAlgorithmError",
            "The Encryption request you specified is not valid. Supported value: AES256.",
            status=400,
            ArgumentName=header,
            ArgumentValue=algorithm,
        )
    if key is None:
        raise _argument(
            "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret"
            " key."
        )
    return {"SSECustomerAlgorithm": algorithm, "SSECustomerKeyMD5": _md5_of_key(call, key, prefix)}


def _md5_of_key(call: Call, key: str, prefix: str) -> str:
    try:
        raw = binascii.a2b_base64(key)
    except binascii.Error:
        raw = b""
    if len(raw) != 32:
        raise _argument("The secret key was invalid for the specified algorithm.")
    found = binascii.b2a_base64(hashlib.md5(raw, usedforsecurity=False).digest(), newline=False).decode()
    said = call.get(f"{prefix}SSECustomerKeyMD5")
    if said is None:
        raise _argument(
            "Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated"
            " MD5 of the secret key."
        )
    if said != found:
        raise _argument("The calculated MD5 hash of the key did not match the hash that was provided.")
    return found


def _argument(message: str) -> AwsError:
    return AwsError("InvalidArgument", message, status=400, ArgumentName="x-amz-server-side-encryption")


def check_key(call: Call, found: Document, prefix: str = "") -> None:
    """Refuse to read an object without the key that it was written with. `prefix` is `CopySource` for copies."""
    has_key = call.get(f"{prefix}SSECustomerAlgorithm") is not None or call.get(f"{prefix}SSECustomerKey") is not None
    if "SSECustomerKeyMD5" not in found:
        if has_key:
            customers(call, prefix)
            text = "The encryption parameters are not applicable to this object."
            raise AwsError("InvalidRequest", text, status=400)
        return
    if not has_key:
        raise AwsError(
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to"
            " retrieve the object.",
            status=400,
        )
    if customers(call, prefix)["SSECustomerKeyMD5"] != found["SSECustomerKeyMD5"]:
        raise AwsError(
            "AccessDenied",
            "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret"
            " key.",
            status=403,
        )


def get_bucket_encryption(call: Call) -> Document:
    """A bucket without a configuration encrypts with S3's own keys, and says so."""
    bucket = stored.bucket(call)
    own: Document = {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False},
        ]
    }
    return {"ServerSideEncryptionConfiguration": bucket["settings"].get("Encryption", own)}


def put_bucket_encryption(call: Call) -> Document:
    bucket = stored.bucket(call)
    rules = call["ServerSideEncryptionConfiguration"]["Rules"]
    if len(rules) != 1 or "ApplyServerSideEncryptionByDefault" not in rules[0]:
        raise stored.malformed()
    by = rules[0]["ApplyServerSideEncryptionByDefault"]
    if by.get("KMSMasterKeyID") and by["SSEAlgorithm"] == "AES256":
        raise stored.invalid(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            "ApplyServerSideEncryptionByDefault",
            None,
        )
    bucket["settings"]["Encryption"] = {
        "Rules": [{**rules[0], "BucketKeyEnabled": rules[0].get("BucketKeyEnabled", False)}]
    }
    stored.save_bucket(call, bucket)
    return {}


def delete_bucket_encryption(call: Call) -> Document:
    bucket = stored.bucket(call)
    bucket["settings"].pop("Encryption", None)
    stored.save_bucket(call, bucket)
    return {}
