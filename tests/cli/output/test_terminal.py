"""What only a terminal shows: the pager, colours, progress on one line. Run in a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from fakeaws.cli import main
from fakeaws.cli.invocation import Streams
from tests.cli.commands.fake_s3 import FakeS3
import os
s3 = FakeS3()
s3.buckets["b"] = {}
streams = Streams(sys.stdin, sys.stdout, sys.stderr, os.environ, "aws")
raise SystemExit(main.run(sys.argv[1:], streams, s3.perform_for))
"""


@pytest.fixture
def terminal(tmp_path):
    """Run a command with a terminal for its output: (exit code, what the terminal was sent)."""

    def run(command, **env):
        try:
            leader, follower = pty.openpty()
        except OSError as error:
            pytest.skip(f"this machine has no pseudo-terminals: {error}")
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
        env = {**os.environ, **keys, "PYTHONPATH": os.getcwd(), "FAKEAWS_HOME": str(tmp_path / "home"), **env}
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command.split()], stdout=follower, stderr=follower, cwd=tmp_path, env=env
        )
        os.close(follower)
        shown = b""
        while chunk := _read(leader):
            shown += chunk
        os.close(leader)
        return process.wait(), shown.decode()

    return run


def _read(leader):
    try:
        return os.read(leader, 65536)
    except OSError:
        return b""


def test_the_pager_gets_what_is_shown(terminal, tmp_path):
    code, shown = terminal("s3api list-buckets", AWS_PAGER=f"{sys.executable} -c print(len(input()))")
    assert (code, shown) == (0, "1\r\n")


def test_without_a_pager_it_goes_straight_to_the_terminal(terminal):
    assert terminal("s3api list-buckets --query Buckets[].Name", AWS_PAGER="")[1] == '[\r\n    "b"\r\n]\r\n'
    assert "b" in terminal("s3api list-buckets --no-cli-pager", AWS_PAGER="false")[1]


def test_a_pager_that_is_not_there_is_explained(terminal):
    code, shown = terminal("s3api list-buckets", AWS_PAGER="no-such-pager")
    assert code == 253
    assert "Unable to redirect output to pager." in shown


def test_tables_are_coloured(terminal):
    shown = terminal("s3api list-buckets --query Buckets[].Name --output table", AWS_PAGER="")[1]
    assert "\x1b[1m\x1b[34mb\x1b[0m" in shown
    plain = terminal("s3api list-buckets --query Buckets[].Name --output table --color off", AWS_PAGER="")[1]
    assert "\x1b" not in plain


def test_progress_is_drawn_on_one_line(terminal, tmp_path):
    (tmp_path / "big").write_bytes(b"0" * (20 << 20))
    code, shown = terminal("s3 cp big s3://b/big")
    assert code == 0
    assert shown.count("\n") == 1
    assert shown.count("Completed") == 3
    assert shown.rpartition("\r")[0].rpartition("\r")[2].rstrip() == "upload: ./big to s3://b/big"
