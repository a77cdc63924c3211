"""The options of `aws s3` on a cloud: what they do to objects, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Printed, Terminal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file `a.txt`."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / "a.txt").write_text("hello")
    return here


@pytest.fixture
def s3(terminal: Terminal, folder: Path) -> Terminal:
    terminal("s3 mb s3://shelf")
    return terminal


def _head(s3: Terminal, key: str) -> dict[str, object]:
    found: dict[str, object] = s3(f"s3api head-object --bucket shelf --key {key}").json
    return found


def _wrong(s3: Terminal, command: str) -> str:
    printed: Printed = s3(command, 252)
    return printed.stderr


def test_a_bucket_is_made_with_tags(s3: Terminal) -> None:
    s3("s3 mb s3://tagged --tags team blue --tags cost 7")
    tags = s3("s3api get-bucket-tagging --bucket tagged").json["TagSet"]
    assert tags == [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": "7"}]
    assert "expected 2 arguments" in _wrong(s3, "s3 mb s3://other --tags team")
    assert "Cannot use mb command with a directory bucket." in _wrong(s3, "s3 mb s3://d--use1-az4--x-s3")


def test_headers_encryption_and_class_of_an_upload(s3: Terminal) -> None:
    options = "--cache-control max-age=5 --content-language de --content-disposition inline --content-encoding br"
    s3(f"s3 cp a.txt s3://shelf/a {options} --storage-class STANDARD_IA --sse --metadata m=1 --expires 2030-01-01")
    found = _head(s3, "a")
    assert (found["CacheControl"], found["ContentLanguage"], found["ContentEncoding"]) == ("max-age=5", "de", "br")
    assert (found["ContentDisposition"], found["StorageClass"]) == ("inline", "STANDARD_IA")
    assert (found["ContentType"], found["Metadata"]) == ("text/plain", {"m": "1"})
    assert str(found["Expires"]).startswith("2030-01-01")


def test_metadata_of_a_copy_is_replaced_where_there_is_new(s3: Terminal) -> None:
    s3("s3 cp a.txt s3://shelf/a --metadata m=1 --cache-control no-cache")
    s3("s3api put-object-tagging --bucket shelf --key a --tagging TagSet=[{Key=t,Value=1}]")
    s3("s3 cp s3://shelf/a s3://shelf/same --content-type text/html")
    assert (_head(s3, "same")["ContentType"], _head(s3, "same")["Metadata"]) == ("text/plain", {"m": "1"})
    s3("s3 cp s3://shelf/a s3://shelf/new --metadata n=2")
    assert _head(s3, "new")["Metadata"] == {"n": "2"}
    s3("s3 cp s3://shelf/a s3://shelf/plain --copy-props none")
    assert (_head(s3, "plain")["Metadata"], "TagCount" in _head(s3, "plain")) == ({}, False)
    s3("s3 cp s3://shelf/a s3://shelf/untagged --copy-props metadata-directive")
    assert (_head(s3, "untagged")["Metadata"], "TagCount" in _head(s3, "untagged")) == ({"m": "1"}, False)
    s3("s3 cp s3://shelf/a s3://shelf/tagged")
    assert _head(s3, "tagged")["TagCount"] == 1


def test_a_copy_in_parts_carries_metadata_and_tags(s3: Terminal, folder: Path) -> None:
    (folder / "big.html").write_bytes(b"0" * (9 << 20))
    s3("s3 cp big.html s3://shelf/big --metadata m=1 --no-progress")
    s3("s3api put-object-tagging --bucket shelf --key big --tagging TagSet=[{Key=t,Value=1}]")
    s3("s3 cp s3://shelf/big s3://shelf/copy --no-progress")
    found = _head(s3, "copy")
    assert str(found["ETag"]).endswith('-2"')
    assert (found["ContentType"], found["Metadata"], found["TagCount"]) == ("text/html", {"m": "1"}, 1)
    s3("s3 cp s3://shelf/big s3://shelf/bare --no-progress --copy-props none")
    assert (_head(s3, "bare")["Metadata"], "TagCount" in _head(s3, "bare")) == ({}, False)


def test_checksums_of_transfers(s3: Terminal) -> None:
    s3("s3 cp a.txt s3://shelf/a --checksum-algorithm SHA256")
    found = s3("s3api head-object --bucket shelf --key a --checksum-mode ENABLED").json
    assert found["ChecksumSHA256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    s3("s3 cp s3://shelf/a b.txt --checksum-mode ENABLED")
    assert (
        "Expected checksum-algorithm parameter to be used with one of following path formats: <LocalPath> <S3Uri>,"
        " <S3Uri> <S3Uri>. Instead, received <S3Uri> <LocalPath>."
    ) in _wrong(s3, "s3 cp s3://shelf/a b.txt --checksum-algorithm CRC32")
    assert "Expected checksum-mode parameter" in _wrong(s3, "s3 cp a.txt s3://shelf/a --checksum-mode ENABLED")


def test_customer_keys_come_with_each_transfer(s3: Terminal, folder: Path) -> None:
    key, other = "k" * 32, "o" * 32
    s3(f"s3 cp a.txt s3://shelf/a --sse-c AES256 --sse-c-key {key}")
    refused = s3("s3 cp s3://shelf/a out", 1)
    assert refused.stderr.startswith("fatal error: An error occurred (400) when calling the HeadObject operation")
    s3(f"s3 cp s3://shelf/a s3://shelf/b --sse-c-copy-source --sse-c-copy-source-key {key} --sse-c --sse-c-key {other}")
    s3(f"s3 cp s3://shelf/b out --sse-c --sse-c-key {other}")
    assert (folder / "out").read_text() == "hello"


def test_nothing_is_overwritten_where_that_is_said(s3: Terminal, folder: Path) -> None:
    s3("s3 cp a.txt s3://shelf/a")
    (folder / "a.txt").write_text("new")
    assert s3("s3 cp a.txt s3://shelf/a --no-overwrite --no-progress") == ""
    assert s3("s3 cp s3://shelf/a - ") == "hello"
    assert s3("s3 cp s3://shelf/a a.txt --no-overwrite --no-progress") == ""
    assert (folder / "a.txt").read_text() == "new"


@pytest.mark.parametrize(
    ("how", "code", "printed", "files"),
    [
        ("ignore", 0, "", ["A", "a"]),
        ("skip", 0, "warning: Skipping shelf/c/a -> ", ["A"]),
        ("warn", 0, "warning: Downloading shelf/c/a -> ", ["A", "a"]),
        ("error", 1, "fatal error: Failed to download shelf/c/a -> ", []),
    ],
)
def test_names_that_differ_by_case(
    s3: Terminal, folder: Path, how: str, code: int, printed: str, files: list[str]
) -> None:
    for key in ("A", "a"):
        s3(f"s3 cp a.txt s3://shelf/c/{key}")
    for command in ("cp --recursive", "sync"):
        got = s3(f"s3 {command} s3://shelf/c out-{command[:2]} --case-conflict {how}", code)
        assert got.stderr.startswith(printed)
        assert sorted(path.name for path in (folder / f"out-{command[:2]}").iterdir()) == files


def test_links_are_followed_unless_told_otherwise(s3: Terminal, folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "link").symlink_to(folder / "a.txt")
    (folder / "d" / "broken").symlink_to(folder / "nowhere")
    assert s3("s3 sync d s3://shelf/none --no-follow-symlinks") == ""
    printed = s3("s3 sync d s3://shelf/d --no-progress", 2)
    assert printed == "upload: d/link to s3://shelf/d/link\n"
    assert printed.stderr == f"warning: Skipping file {folder}/d/broken. File does not exist.\n"


def test_a_move_onto_the_bucket_behind_an_access_point(s3: Terminal) -> None:
    s3("s3 cp a.txt s3://shelf/a")
    point = "arn:aws:s3:us-east-1:123456789012:accesspoint/door"
    s3("s3control create-access-point --account-id 123456789012 --name door --bucket shelf")
    move = f"s3 mv s3://{point}/a s3://shelf/a"
    assert "Cannot mv a file onto itself: " in _wrong(s3, f"{move} --validate-same-s3-paths")
    strict = s3.with_env(AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS="true")
    assert "Cannot mv a file onto itself: " in _wrong(strict, move)
    assert _head(s3, "a")["ContentLength"] == 5
    printed = s3(f"s3 cp s3://{point}/a -")
    assert printed == "hello"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("sync . s3://d--use1-az4--x-s3", "Cannot use sync command with a directory bucket."),
        (
            "ls s3://arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/x",
            "s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.",
        ),
        ("cp - s3://shelf/a --recursive", "Streaming currently is only compatible with non-recursive cp commands"),
        ("mv s3://shelf/a s3://shelf/", "Cannot mv a file onto itself: s3://shelf/a - s3://shelf/"),
        ("cp a.txt s3://shelf/a --sse-c-copy-source AES256", "--sse-c-copy-source-key must be specified as well."),
    ],
)
def test_what_makes_no_sense_is_refused(s3: Terminal, command: str, message: str) -> None:
    assert message in _wrong(s3, f"s3 {command}")


def test_a_large_stream_goes_in_parts_that_suffice() -> None:
    from fakeaws.cli.commands._s3.tasks import part_size

    assert part_size(8 << 20, None) == 8 << 20
    assert part_size(8 << 20, 80_000 << 20) == 8 << 20
    assert part_size(8 << 20, 1 << 40) == 128 << 20
    assert part_size(1, 10) == 5 << 20
