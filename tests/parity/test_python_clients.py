"""Python's other AWS clients: s3fs, kombu, Celery, PynamoDB and aiobotocore, in an environment of their own, for they
bring a botocore older than ours. Each runs a session of its own (clients/), which ends by printing "done"."""

import subprocess
from pathlib import Path

import pytest

from tests.parity import installed
from tests.parity.conftest import Server

PACKAGES = ["s3fs", "kombu[sqs]", "celery[sqs]", "pynamodb", "aiobotocore", "boto3"]
SESSIONS = Path(__file__).parent / "clients"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def python() -> Path:
    return installed.python(PACKAGES)


def _run(python: Path, session: str, environment: dict[str, str], *arguments: str) -> None:
    run = [str(python), str(SESSIONS / f"{session}_session.py"), *arguments]
    done = subprocess.run(run, capture_output=True, check=False, timeout=120, env={**environment, "NO_PROXY": "*"})
    assert done.stdout == b"done\n", done.stderr.decode()


@pytest.mark.parametrize("session", ["s3fs", "kombu", "celery", "pynamodb"])
def test_a_session_over_http(server: Server, python: Path, session: str) -> None:
    _run(python, session, server.client_environment, server.url)


def test_aiobotocore_in_the_same_process(python: Path, tmp_path: Path) -> None:
    _run(python, "aiobotocore", {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)})
