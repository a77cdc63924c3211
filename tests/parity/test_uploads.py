"""Every object that is put can be got: by clients, callers, modes of the server and sizes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.parity import installed, uploads
from tests.parity.conftest import Server

MODES = ("plain", "verified", "enforced")
CALLERS = ("root", "user", "session", "account")
JAVASCRIPT = Path(__file__).parent / "clients" / "uploads.mjs"
SLOW = ("aws",)
HOW = [pytest.param(name, marks=pytest.mark.full) if name in SLOW else name for name in uploads.CLIENTS]


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def served(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, uploads.Keys]]]:
    server, keys = uploads.served(tmp_path_factory.mktemp(mode) / "cloud", mode)
    yield server, keys
    server.stop()
    assert "Traceback" not in server.errors.read_text()


@pytest.fixture
def bucket(served: tuple[Server, dict[str, uploads.Keys]], mode: str, caller: str) -> str:
    """A bucket of the caller's account; keys of an account are not known where signatures are verified."""
    server, keys = served
    s3 = uploads.client(server, keys[caller])
    if mode == "verified" and caller == "account":
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            s3.list_buckets()
        pytest.skip("refused, as it must be")
    name = f"{caller}-{mode}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("how", HOW)
def test_what_is_put_can_be_got(
    served: tuple[Server, dict[str, uploads.Keys]], bucket: str, caller: str, how: str, tmp_path: Path
) -> None:
    server, keys = served
    s3 = uploads.client(server, keys[caller])
    for name, size in uploads.SIZES.items():
        body, key = uploads.content(size), f"{how}/{name}"
        uploads.CLIENTS[how](server, keys[caller], bucket, key, body, tmp_path)
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body, key


@pytest.mark.full
@pytest.mark.parametrize("caller", CALLERS)
def test_what_the_sdk_for_javascript_puts_can_be_got(
    served: tuple[Server, dict[str, uploads.Keys]], bucket: str, caller: str
) -> None:
    server, keys = served
    folder = installed.javascript(["@aws-sdk/client-s3", "@aws-sdk/lib-storage"])
    script = folder / JAVASCRIPT.name
    script.write_bytes(JAVASCRIPT.read_bytes())
    own = keys[caller]
    environment = server.client_environment | {"AWS_ACCESS_KEY_ID": own.key, "AWS_SECRET_ACCESS_KEY": own.secret}
    environment |= {"AWS_SESSION_TOKEN": own.token} if own.token else {}
    sizes = [str(size) for size in uploads.SIZES.values()]
    run = ["node", str(script), bucket, *sizes]
    done = subprocess.run(run, env=environment, capture_output=True, check=False, timeout=120)
    assert done.stdout == b"done\n", done.stderr.decode()


@pytest.mark.parametrize("caller", ["user"])
def test_a_large_upload_whose_hash_is_signed_takes_little_memory(
    served: tuple[Server, dict[str, uploads.Keys]], bucket: str, tmp_path: Path
) -> None:
    server, keys = served
    s3 = uploads.client(server, keys["user"], signature_version="s3v4", s3={"payload_signing_enabled": True})
    with (tmp_path / "large").open("wb") as large:
        for _ in range(100):
            large.write(uploads.content(1 << 20))
    with (tmp_path / "large").open("rb") as large:
        s3.put_object(Bucket=bucket, Key="large", Body=large)
    assert s3.head_object(Bucket=bucket, Key="large")["ContentLength"] == 100 << 20
    if sys.platform == "linux":
        assert server.peak_memory() < 120


@pytest.mark.parametrize("caller", ["root", "user"])
def test_a_body_that_is_not_the_one_that_was_hashed_is_refused(
    served: tuple[Server, dict[str, uploads.Keys]], bucket: str, caller: str
) -> None:
    server, keys = served
    s3 = uploads.client(server, keys[caller], request_checksum_calculation="when_required")

    def spoil(request: Any, **_: Any) -> None:
        request.body = b"other"

    s3.meta.events.register("before-send.s3.PutObject", spoil)
    with pytest.raises(ClientError, match="XAmzContentSHA256Mismatch"):
        s3.put_object(Bucket=bucket, Key="spoiled", Body=b"fives")
