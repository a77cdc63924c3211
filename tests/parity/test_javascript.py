"""The AWS SDK for JavaScript v3, from npm, against a served cloud."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.parity.conftest import Server

PACKAGES = [f"@aws-sdk/client-{name}" for name in ("sts", "sqs", "iam", "ec2")]
SCRIPT = Path(__file__).parent / "clients" / "javascript_session.mjs"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    made = tmp_path_factory.mktemp("javascript")
    (made / "package.json").write_text('{"private": true, "type": "module"}')
    install = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES]
    done = subprocess.run(install, cwd=made, capture_output=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot install the SDK: {done.stderr.decode()[:200]}")
    shutil.copy(SCRIPT, made)
    return made


@pytest.mark.full
def test_the_sdk_for_javascript(server: Server, folder: Path) -> None:
    run = ["node", SCRIPT.name]
    done = subprocess.run(run, cwd=folder, env=server.client_environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["account"] == "123456789012"
    assert told["messages"] == ["héllo"]
    assert told["missing"] in ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
    assert {"js-a", "js-b", "js-c"} <= set(told["users"])
    assert told["when"] is True
    assert told["vpcs"] == 1
