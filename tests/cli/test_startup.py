"""What a command may import: start-up is the product."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, click, json, sqlite3
before = set(sys.modules)
from fakeaws.cli.main import main
sys.argv = ["fakeaws", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
for name in sorted(set(sys.modules) - before):
    print(name, file=sys.stderr)
"""

BESIDES = {"_queue", "_struct", "binascii", "copy", "importlib._abc", "importlib.util", "struct", "zlib", "atexit"}
"""What the hot path may import besides click, json, sqlite3 and fakeaws itself."""

NEVER = (
    "botocore",
    "boto3",
    "jmespath",
    "ruamel",
    "tabulate",
    "sqlite_utils",
    "cryptography",
    "asyncio",
    "http",
    "uvicorn",
)


def _imported(home: Path, *argv: str) -> set[str]:
    """The modules of a command's second run; the models' cache is its own, which no other version compiles anew."""
    env = {**os.environ, "FAKEAWS_HOME": str(home), "FAKEAWS_CACHE": str(home.parent / "cache"), "AWS_PAGER": ""}
    subprocess.run([sys.executable, "-c", PROGRAM, *argv], env=env, check=True, capture_output=True)
    again = subprocess.run([sys.executable, "-c", PROGRAM, *argv], env=env, check=True, capture_output=True, text=True)
    return set(again.stderr.split())


def test_the_hot_path_imports_little(home: Path) -> None:
    found = _imported(home, "ec2", "describe-instances")
    assert {name for name in found if not name.startswith("fakeaws")} <= BESIDES
    own = {name.split(".")[2] for name in found if name.startswith("fakeaws.services.")}
    assert own == {"ec2"}
    assert not {name for name in found if name.startswith(("fakeaws.wire", "fakeaws.sdk"))}


def test_no_command_imports_a_client(home: Path) -> None:
    for argv in (("sqs", "list-queues"), ("sts", "get-caller-identity"), ("ecr", "describe-repositories")):
        found = _imported(home, *argv)
        assert not {name for name in found if name.split(".")[0] in NEVER}


def test_the_reference_of_actions_is_for_clouds_that_enforce(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = "fakeaws.policies.reference"
    assert read not in _imported(home, "ec2", "describe-instances")
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    found = _imported(home, "ec2", "describe-instances")
    assert read in found
    assert {name for name in found if not name.startswith("fakeaws")} <= BESIDES | {"itertools"}
