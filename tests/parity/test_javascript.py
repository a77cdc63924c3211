"""The AWS SDK for JavaScript v3, from npm, against a served cloud."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.parity import installed
from tests.parity.conftest import Server

PACKAGES = [f"@aws-sdk/client-{name}" for name in ("sts", "sqs", "iam", "ec2")]
SCRIPT = Path(__file__).parent / "clients" / "javascript_session.mjs"


@pytest.fixture(scope="module")
def folder() -> Path:
    """A folder with the SDK installed, and the session beside it: Node.js looks for packages where the script is."""
    found = installed.javascript(PACKAGES)
    shutil.copy(SCRIPT, found)
    return found


@pytest.mark.full
def test_the_sdk_for_javascript(server: Server, folder: Path) -> None:
    run = ["node", SCRIPT.name]
    done = subprocess.run(run, cwd=folder, env=server.client_environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    answers = json.loads(done.stdout)
    assert answers["account"] == "123456789012"
    assert answers["messages"] == ["héllo"]
    assert answers["missing"] in ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
    assert {"js-a", "js-b", "js-c"} <= set(answers["users"])
    assert answers["when"] is True
    assert answers["vpcs"] == 1
