"""What the matrix of uploads is made of: servers in three modes, those who call them, and clients that upload."""

import hashlib
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from fakeaws.core.pipeline import enforcement
from fakeaws.core.pipeline.cloud import Cloud
from tests.parity.conftest import Keys, Server, issued

SIZES = {"empty": 0, "five": 5, "hundred-k": 100_000, "twenty-m": 20_000_000}
PART = 8 << 20
IN_PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def content(size: int) -> bytes:
    """So many bytes that compress badly and differ from piece to piece."""
    seed = b"".join(hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(2048))
    return (seed * (size // len(seed) + 1))[:size]


def served(home: Path, mode: str) -> tuple[Server, dict[str, Keys]]:
    """A server in a mode (`plain`, `verified`, `enforced`), and the keys of those who call it."""
    keys = issued(home)
    cloud = Cloud(home)
    with cloud.database.transaction(write=True):
        enforcement.enforce(cloud.database, mode == "enforced")
    cloud.close()
    return Server(home, *(["--verify-signatures"] if mode == "verified" else [])), keys


def client(server: Server, keys: Keys, **settings: Any) -> Any:
    """boto3's S3 client for these keys."""
    s3 = {"addressing_style": "path", **settings.pop("s3", {})}
    config = Config(retries={"total_max_attempts": 1}, s3=s3, **settings)
    session = boto3.Session(keys.key, keys.secret, keys.token, region_name="us-east-1")
    return session.client("s3", endpoint_url=server.url, config=config)


Upload = Callable[[Server, Keys, str, str, bytes, Path], None]
"""(server, keys, bucket, key, content, a folder for files): a way of putting an object."""


def boto3_as_it_comes(server: Server, keys: Keys, bucket: str, key: str, body: bytes, folder: Path) -> None:
    _by_boto3(client(server, keys), bucket, key, body, folder)


def boto3_when_required(server: Server, keys: Keys, bucket: str, key: str, body: bytes, folder: Path) -> None:
    _by_boto3(client(server, keys, request_checksum_calculation="when_required"), bucket, key, body, folder)


def _by_boto3(s3: Any, bucket: str, key: str, body: bytes, folder: Path) -> None:
    if len(body) > PART:
        (folder / "body").write_bytes(body)
        s3.upload_file(str(folder / "body"), bucket, key, Config=IN_PARTS)
    else:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": "by", "Value": "boto3"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "by", "Value": "boto3"}]


def aws_cli(server: Server, keys: Keys, bucket: str, key: str, body: bytes, folder: Path) -> None:
    (folder / "body").write_bytes(body)
    environment = server.client_environment | {"AWS_ACCESS_KEY_ID": keys.key, "AWS_SECRET_ACCESS_KEY": keys.secret}
    if keys.token:
        environment["AWS_SESSION_TOKEN"] = keys.token
    command = [Path(sys.executable).parent / "aws", "s3", "cp", folder / "body", f"s3://{bucket}/{key}"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()


def curl(server: Server, keys: Keys, bucket: str, key: str, body: bytes, folder: Path) -> None:
    """In parts where there are several, as a shell script does it."""
    target = f"{server.url}/{bucket}/{quote(key)}"
    if len(body) <= PART:
        _curl(keys, target, folder, "PUT", body)
        return
    begun = _curl(keys, f"{target}?uploads=", folder, "POST", b"")
    upload = ElementTree.fromstring(begun).findtext(f"{NAMESPACE}UploadId")
    parts = ""
    for number, start in enumerate(range(0, len(body), PART), 1):
        part = body[start : start + PART]
        _curl(keys, f"{target}?partNumber={number}&uploadId={upload}", folder, "PUT", part)
        tag = hashlib.md5(part, usedforsecurity=False).hexdigest()
        parts += f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
    whole = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
    _curl(keys, f"{target}?uploadId={upload}", folder, "POST", whole)


def _curl(keys: Keys, url: str, folder: Path, method: str, body: bytes) -> str:
    (folder / "body").write_bytes(body)
    command = ["curl", "-sS", "--fail-with-body", "--noproxy", "*", "-X", method, "--data-binary", f"@{folder}/body"]
    command += ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{keys.key}:{keys.secret}"]
    command += ["-H", f"x-amz-content-sha256: {hashlib.sha256(body).hexdigest()}", "-H", "Content-Type:", url]
    if keys.token:
        command += ["-H", f"x-amz-security-token: {keys.token}"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.decode()


def presigned(server: Server, keys: Keys, bucket: str, key: str, body: bytes, folder: Path) -> None:
    s3 = client(server, keys, signature_version="s3v4")
    names = {"Bucket": bucket, "Key": key}
    if len(body) <= PART:
        _put(s3.generate_presigned_url("put_object", names), body)
        return
    names["UploadId"] = s3.create_multipart_upload(**names)["UploadId"]
    parts = []
    for number, start in enumerate(range(0, len(body), PART), 1):
        url = s3.generate_presigned_url("upload_part", {**names, "PartNumber": number})
        parts.append({"PartNumber": number, "ETag": _put(url, body[start : start + PART])})
    s3.complete_multipart_upload(**names, MultipartUpload={"Parts": parts})


def _put(url: str, body: bytes) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, body, method="PUT")) as answer:
        tag: str = answer.headers["ETag"]
        return tag


CLIENTS: dict[str, Upload] = {
    "boto3": boto3_as_it_comes,
    "boto3, checksums when required": boto3_when_required,
    "aws": aws_cli,
    "curl": curl,
    "presigned": presigned,
}
