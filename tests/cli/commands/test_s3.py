"""`aws s3`: recorded sessions against a small S3, and what a session cannot show."""

from __future__ import annotations

import io

import pytest

from fakeaws.cli import main
from fakeaws.cli.invocation import Streams
from fakeaws.core.tools.errors import AwsError
from tests.cli.commands.fake_s3 import FakeS3
from tests.golden import cases, transcripts

HEADER, SESSIONS = cases.read(cases.DEFAULT_FOLDER, "transcripts")
KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def s3(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fake = FakeS3()
    fake.buckets["b"] = {}
    return fake


@pytest.fixture
def aws(s3, tmp_path):
    """Run a command against the small S3: (exit code, stdout, stderr)."""

    def run(command):
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
        env = {**KEYS, "FAKEAWS_HOME": str(tmp_path / "home")}
        streams = Streams(io.TextIOWrapper(io.BytesIO()), out, err, env, "aws")
        code = main.run(command.split(), streams, s3.perform_for)
        return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

    return run


@pytest.mark.parametrize("session", [s for s in SESSIONS if s["name"].startswith("s3-")], ids=lambda s: s["name"])
def test_a_recorded_session_reads_the_same(session):
    assert transcripts.run(session, HEADER["env"], FakeS3().perform_for) == []


def test_a_download_that_is_broken_off_leaves_nothing(aws, s3, tmp_path):
    s3.PutObject({"Bucket": "b", "Key": "k", "Body": b"content"})
    (tmp_path / "k").write_text("before")

    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise KeyboardInterrupt

    s3.GetObject = lambda params: {"Body": Broken()}
    code, _, _ = aws("s3 cp s3://b/k k --no-progress")
    assert code == 130
    assert (tmp_path / "k").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("k")] == ["k"]


def test_an_upload_in_parts_that_fails_is_given_up_as_a_whole(aws, s3, tmp_path):
    (tmp_path / "big").write_bytes(b"0" * (9 << 20))

    def refuse(params):
        raise AwsError("InternalError", "no", 500)

    s3.UploadPart = refuse
    code, _, err = aws("s3 cp big s3://b/big --no-progress")
    assert code == 1
    assert err.startswith("upload failed: ./big to s3://b/big An error occurred (InternalError)")
    assert s3.uploads == {}
    assert s3.buckets["b"] == {}


def test_the_type_of_an_upload_is_guessed_from_its_name(aws, s3, tmp_path):
    (tmp_path / "a.html").write_text("<p>")
    aws("s3 cp a.html s3://b/ --no-progress")
    aws("s3 cp a.html s3://b/plain --no-progress --no-guess-mime-type")
    assert s3.buckets["b"]["a.html"]["ContentType"] == "text/html"
    assert s3.buckets["b"]["plain"]["ContentType"] == "binary/octet-stream"


def test_a_key_never_leads_out_of_the_folder(aws, s3, tmp_path):
    s3.PutObject({"Bucket": "b", "Key": "p/../../evil", "Body": b"x"})
    code, _, err = aws("s3 cp s3://b/p in/out --recursive --no-progress")
    assert code == 2
    assert "File references a parent directory" in err
    assert not list(tmp_path.rglob("evil"))


def test_an_object_in_an_archive_is_skipped_with_a_warning(aws, s3):
    s3.PutObject({"Bucket": "b", "Key": "k", "Body": b"x"})
    plain = s3.HeadObject
    s3.HeadObject = lambda params: {**plain(params), "StorageClass": "GLACIER"}
    code, out, err = aws("s3 cp s3://b/k k --no-progress")
    assert (code, out) == (2, "")
    assert "is of storage class GLACIER" in err
    assert aws("s3 cp s3://b/k k --no-progress --force-glacier-transfer")[0] == 0


def test_the_last_rule_that_matches_decides(aws, s3, tmp_path):
    for name in ("a.txt", "b.txt", "c.log"):
        (tmp_path / name).write_text(name)
    aws("s3 cp . s3://b --recursive --no-progress --exclude * --include *.txt --exclude b*")
    assert sorted(s3.buckets["b"]) == ["a.txt"]


def test_sync_deletes_only_what_is_gone(aws, s3, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "kept").write_text("1")
    s3.PutObject({"Bucket": "b", "Key": "gone", "Body": b"x"})
    assert aws("s3 sync d s3://b --no-progress")[1] == "upload: d/kept to s3://b/kept\n"
    assert aws("s3 sync d s3://b --no-progress --delete")[1] == "delete: s3://b/gone\n"


def test_presigned_links_name_the_endpoint_and_sign_the_session_token(aws):
    _, url, _ = aws("s3 presign s3://b/a+b --endpoint-url http://localhost:9 --expires-in 5")
    assert url.startswith("http://localhost:9/b/a%2Bb?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F")
    assert "X-Amz-Expires=5&X-Amz-SignedHeaders=host&X-Amz-Signature=" in url
