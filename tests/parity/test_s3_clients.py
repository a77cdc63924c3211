"""S3's real clients against a served cloud: boto3, the real `aws s3`, MinIO's client, s3cmd and s3fs."""

import hashlib
import io
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.parity.conftest import Server

BIN = Path(sys.executable).parent
LONG_AGO = 1_700_000_000


class Stream(io.RawIOBase):
    """So many bytes of a pattern that is nowhere held as a whole."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        size = self.left if size is None or size < 0 else min(size, self.left)
        piece = (self.left.to_bytes(8, "big") * (size // 8 + 1))[:size]
        self.left -= size
        self.digest.update(piece)
        return piece


class Digest(io.RawIOBase):
    def __init__(self) -> None:
        super().__init__()
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.digest.update(data)
        return len(data)


def test_a_large_upload_takes_little_memory(server: Server) -> None:
    from boto3.s3.transfer import TransferConfig

    s3 = server.client("s3")
    s3.create_bucket(Bucket="large")
    source, target = Stream(200 << 20), Digest()
    one_by_one = TransferConfig(use_threads=False)
    s3.upload_fileobj(source, "large", "big", Config=one_by_one)
    s3.download_fileobj("large", "big", target, Config=one_by_one)
    assert target.digest.digest() == source.digest.digest()
    if sys.platform == "linux":
        assert server.peak_memory() < 100
    s3.delete_object(Bucket="large", Key="big")
    assert not [path for path in (server.home / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 1 << 20]


def test_a_session_of_boto3(server: Server) -> None:
    s3, resource = server.client("s3"), server.session().resource("s3", endpoint_url=server.url)
    bucket = resource.Bucket("session")
    bucket.create()
    bucket.wait_until_exists()
    bucket.put_object(Key="a/b.txt", Body=b"hello", Metadata={"m": "1"}, ContentType="text/plain")
    thing = bucket.Object("a/b.txt")
    assert (thing.content_length, thing.metadata, thing.content_type) == (5, {"m": "1"}, "text/plain")
    assert thing.get(Range="bytes=1-3")["Body"].read() == b"ell"
    bucket.Object("c.txt").copy({"Bucket": "session", "Key": "a/b.txt"})
    assert [each.key for each in bucket.objects.all()] == ["a/b.txt", "c.txt"]
    assert [each.key for each in bucket.objects.filter(Prefix="a/")] == ["a/b.txt"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="session", PaginationConfig={"PageSize": 1})
    assert [page["KeyCount"] for page in pages] == [1, 1]
    bucket.Versioning().enable()
    bucket.put_object(Key="c.txt", Body=b"again")
    assert len(list(bucket.object_versions.filter(Prefix="c.txt"))) == 2
    s3.put_object_tagging(Bucket="session", Key="c.txt", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    assert s3.get_object_tagging(Bucket="session", Key="c.txt")["TagSet"] == [{"Key": "k", "Value": "v"}]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="session", Key="no")
    bucket.object_versions.delete()
    bucket.delete()
    bucket.wait_until_not_exists()


def test_presigned_urls_need_no_client(server: Server) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket="presigned")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "a b"})
    urllib.request.urlopen(urllib.request.Request(put, b"hello", {"Content-Type": ""}, method="PUT")).close()
    got = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "a b"})
    with urllib.request.urlopen(got) as answer:
        assert answer.read() == b"hello"
    form = s3.generate_presigned_post("presigned", "posted", Conditions=[["content-length-range", 1, 10]])
    assert _post(form, b"posted") == 204
    assert s3.get_object(Bucket="presigned", Key="posted")["Body"].read() == b"posted"
    assert _post(form, b"far too much") == 400


def _post(form: dict[str, Any], body: bytes) -> int:
    """Send a form as a browser does; the status of the answer."""
    lines = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in form["fields"].items()]
    head = "".join(lines) + '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    content = {"Content-Type": "multipart/form-data; boundary=x"}
    request = urllib.request.Request(form["url"], head.encode() + body + b"\r\n--x--\r\n", content)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_buckets_in_the_hosts_name(server: Server) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket="hosted")
    s3.put_object(Bucket="hosted", Key="a", Body=b"hello")
    for host in (f"hosted.s3.localhost:{server.port}", f"hosted.localhost:{server.port}"):
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/a", headers={"Host": host})) as answer:
            assert answer.read() == b"hello"


def test_the_real_aws_s3(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for number in range(20):
        (folder / "sub" / f"{number}.txt").write_text(str(number))
    (folder / "large").write_bytes(b"x" * (20 << 20))
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))  # S3's times are whole seconds: a file of this very second looks newer

    def aws(*arguments: str) -> str:
        command = [str(BIN / "aws"), "s3", *arguments]
        done = subprocess.run(command, env=server.client_environment, capture_output=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    aws("mb", "s3://synced")
    aws("sync", "in", "s3://synced/x")
    assert aws("sync", "in", "s3://synced/x") == ""
    assert len(aws("ls", "s3://synced", "--recursive").splitlines()) == 21
    aws("sync", "s3://synced/x", "out")
    assert (tmp_path / "out" / "large").read_bytes() == (folder / "large").read_bytes()
    (folder / "sub" / "3.txt").unlink()
    assert aws("sync", "in", "s3://synced/x", "--delete") == "delete: s3://synced/x/sub/3.txt\n"
    aws("cp", "s3://synced/x/large", "s3://synced/copy")
    aws("mv", "s3://synced/copy", "back")
    assert (tmp_path / "back").stat().st_size == 20 << 20
    aws("rb", "s3://synced", "--force")


def test_minios_client(server: Server, tmp_path: Path) -> None:
    minio = pytest.importorskip("minio")
    from minio.commonconfig import REPLACE, CopySource, Tags
    from minio.deleteobjects import DeleteObject
    from minio.versioningconfig import ENABLED, VersioningConfig

    client = minio.Minio(
        f"127.0.0.1:{server.port}",
        access_key=server.keys.key,
        secret_key=server.keys.secret,
        session_token=server.keys.token,
        secure=False,
    )
    client.make_bucket(bucket_name="minio")
    assert client.bucket_exists(bucket_name="minio")
    assert "minio" in [bucket.name for bucket in client.list_buckets()]
    content = b"x" * (11 << 20)
    client.put_object(
        bucket_name="minio", object_name="a/b", data=io.BytesIO(content), length=len(content), part_size=5 << 20
    )
    assert client.stat_object(bucket_name="minio", object_name="a/b").size == len(content)
    with client.get_object(bucket_name="minio", object_name="a/b", offset=5, length=3) as answer:
        assert answer.read() == b"xxx"
    client.fget_object(bucket_name="minio", object_name="a/b", file_path=str(tmp_path / "out"))
    assert (tmp_path / "out").stat().st_size == len(content)
    client.copy_object(
        bucket_name="minio",
        object_name="c",
        source=CopySource(bucket_name="minio", object_name="a/b"),
        metadata_directive=REPLACE,
        metadata={"m": "1"},
    )
    assert {each.object_name for each in client.list_objects(bucket_name="minio")} == {"a/", "c"}
    assert len(list(client.list_objects(bucket_name="minio", recursive=True))) == 2
    tags = Tags.new_object_tags()
    tags["k"] = "v"
    client.set_object_tags(bucket_name="minio", object_name="c", tags=tags)
    assert client.get_object_tags(bucket_name="minio", object_name="c") == {"k": "v"}
    client.set_bucket_versioning(bucket_name="minio", config=VersioningConfig(ENABLED))
    client.put_object(bucket_name="minio", object_name="c", data=io.BytesIO(b"new"), length=3)
    versions = list(client.list_objects(bucket_name="minio", include_version=True, recursive=True))
    assert len(versions) == 3
    doomed = [DeleteObject(each.object_name, each.version_id) for each in versions]
    assert list(client.remove_objects(bucket_name="minio", delete_object_list=doomed)) == []
    with pytest.raises(minio.S3Error, match="NoSuchKey"):
        client.get_object(bucket_name="minio", object_name="c")
    client.remove_bucket(bucket_name="minio")


def test_s3cmd(server: Server, tmp_path: Path) -> None:
    if not (BIN / "s3cmd").exists():
        pytest.skip("s3cmd is not installed")
    host = f"127.0.0.1:{server.port}"
    options = ["--no-ssl", f"--host={host}", f"--host-bucket={host}"]
    options += [f"--access_key={server.keys.key}", f"--secret_key={server.keys.secret}"]
    options += [f"--access_token={server.keys.token}"] if server.keys.token else []
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("hello")
    (tmp_path / "in" / "large").write_bytes(b"x" * (16 << 20))

    def s3cmd(*arguments: str) -> str:
        command = [str(BIN / "s3cmd"), "-c", str(tmp_path / "none"), *options, *arguments]
        done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=server.client_environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    (tmp_path / "none").touch()
    s3cmd("mb", "s3://cmd")
    s3cmd("put", "in/a.txt", "s3://cmd/a.txt")
    s3cmd("put", "--multipart-chunk-size-mb=5", "in/large", "s3://cmd/large")
    assert "s3://cmd/a.txt" in s3cmd("ls", "s3://cmd")
    s3cmd("get", "--force", "s3://cmd/large", "out")
    assert (tmp_path / "out").stat().st_size == 16 << 20
    s3cmd("cp", "s3://cmd/a.txt", "s3://cmd/b.txt")
    s3cmd("mv", "s3://cmd/b.txt", "s3://cmd/c.txt")
    assert "5 " in s3cmd("du", "s3://cmd/c.txt")
    assert "MD5 sum" in s3cmd("info", "s3://cmd/a.txt")
    s3cmd("sync", "in/", "s3://cmd/synced/")
    assert len(s3cmd("la", "--recursive").splitlines()) >= 5
    s3cmd("modify", "--add-header=x-amz-meta-m:1", "s3://cmd/a.txt")
    s3cmd("settagging", "s3://cmd/a.txt", "k=v")
    assert "k" in s3cmd("gettagging", "s3://cmd/a.txt")
    s3cmd("expire", "s3://cmd", "--expiry-days=3")
    assert "<LifecycleConfiguration" in s3cmd("getlifecycle", "s3://cmd")
    s3cmd("dellifecycle", "s3://cmd")
    s3cmd("del", "--recursive", "--force", "s3://cmd")
    s3cmd("rb", "s3://cmd")
