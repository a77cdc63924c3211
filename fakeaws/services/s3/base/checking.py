"""Checksums and digests: what a writer says of a body, against what came."""

from __future__ import annotations

import binascii
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.blobs import Staged
from fakeaws.core.tools.checksums import combined
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
SIZES = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32, "SHA512": 64, "MD5": 16}
DEFAULT = "CRC64NVME"


def text(digest: bytes) -> str:
    """A digest in base64."""
    return binascii.b2a_base64(digest, newline=False).decode()


def check_md5(call: Call, body: Staged) -> None:
    """Refuse a body that is not what Content-MD5 says."""
    said = call.get("ContentMD5")
    if said is None:
        return
    try:
        digest = binascii.a2b_base64(said, strict_mode=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 16:
        error = AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", status=400)
        error.fields["Content-MD5"] = said
        raise error
    if digest != body.sums["md5"]:
        raise AwsError(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            status=400,
            ExpectedDigest=said,
            CalculatedDigest=text(body.sums["md5"]),
        )


def named(call: Call) -> str | None:
    """The algorithm that the parameters name, by itself or with a checksum."""
    said = [name for name in SIZES if call.get(f"Checksum{name}") is not None]
    if len(said) > 1:
        raise AwsError(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            status=400,
        )
    algorithm: str | None = said[0] if said else call.get("ChecksumAlgorithm")
    return algorithm


def of_body(call: Call, body: Staged) -> tuple[str, str]:
    """The algorithm and the checksum that are kept of a body; AwsError where the writer says another."""
    algorithm = named(call) or DEFAULT
    if algorithm.lower() not in body.sums:
        raise AwsError("InvalidRequest", "Checksum algorithm provided is unsupported.", status=400)
    found = text(body.sums[algorithm.lower()])
    check(algorithm, call.get(f"Checksum{algorithm}"), found)
    return algorithm, found


def check(algorithm: str, said: str | None, found: str) -> None:
    """Refuse a checksum that is none, or another one."""
    if said is None or said == found:
        return
    try:
        size = len(binascii.a2b_base64(said, strict_mode=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != SIZES[algorithm]:
        message = f"Value for x-amz-checksum-{algorithm.lower()} header is invalid."
        raise AwsError("InvalidRequest", message, status=400)
    message = f"The {algorithm} you specified did not match the calculated checksum."
    raise AwsError("BadDigest", message, status=400)


def shown(algorithm: str, value: str, kind: str = "FULL_OBJECT") -> Document:
    """A checksum as an object keeps and shows it."""
    return {f"Checksum{algorithm}": value, "ChecksumType": kind}


def algorithm_of(found: Document) -> str | None:
    """The algorithm of an object's checksum."""
    return next((name[8:] for name in found.get("checksum", {}) if name != "ChecksumType"), None)


def composite(algorithm: str, parts: list[str]) -> str:
    """The checksum of the parts' checksums, and how many these were."""
    from fakeaws.core.tools.checksums import checksum

    whole = checksum(algorithm)
    assert whole is not None
    for part in parts:
        whole.update(binascii.a2b_base64(part))
    return f"{text(whole.digest())}-{len(parts)}"


def joined(algorithm: str, parts: list[tuple[str, int]]) -> str:
    """The checksum of a whole object from those of its parts, with their sizes: CRCs can be put together."""
    whole = binascii.a2b_base64(parts[0][0])
    for value, size in parts[1:]:
        whole = combined(algorithm, whole, binascii.a2b_base64(value), size)
    return text(whole)


def check_kind(algorithm: str, kind: str) -> None:
    """Refuse a way of summing up parts that the algorithm does not have."""
    if kind == "FULL_OBJECT" and algorithm in ("SHA1", "SHA256"):
        raise AwsError(
            "InvalidRequest",
            f"The FULL_OBJECT checksum type cannot be used with the {algorithm.lower()} checksum algorithm.",
            status=400,
        )
    if kind == "COMPOSITE" and algorithm == "CRC64NVME":
        raise AwsError(
            "InvalidRequest",
            "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
            status=400,
        )


def unsupported(call: Call) -> AwsError:
    """The refusal of an unknown algorithm."""
    names = ", ".join(ALGORITHMS)
    return AwsError(
        "InvalidRequest",
        f"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{names}]",
        status=400,
    )


def check_supported(call: Call) -> None:
    """Refuse an algorithm that S3 has not."""
    if call.get("ChecksumAlgorithm", DEFAULT) not in SIZES:
        raise unsupported(call)


def of_key(key: str) -> None:
    """Refuse a key that is too long, in bytes of UTF-8."""
    size = len(key.encode("utf-8", "surrogatepass"))
    if size > 1024:
        raise AwsError("KeyTooLongError", "Your key is too long", status=400, Size=str(size), MaxSizeAllowed="1024")
    if any(0xD800 <= ord(char) < 0xE000 for char in key):
        raise stored.invalid("The key is no UTF-8", "key", "")
