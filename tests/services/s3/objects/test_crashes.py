"""A process that is killed during an upload leaves whole objects only, and nothing behind once the next one looks."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Terminal

UPLOAD = """
import os, sys
from fakeaws.core.cloud import Cloud
cloud = Cloud(sys.argv[1])
number = 0
print("ready", flush=True)
while True:
    number += 1
    body = bytes([number % 251]) * 300_000
    cloud.perform("s3", "PutObject", {"Bucket": "shelf", "Key": f"k{number % 7}", "Body": body})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_kill_9_leaves_no_half_object_and_no_orphan(terminal: Terminal, home: Path, tmp_path: Path) -> None:
    terminal("s3api create-bucket --bucket shelf")
    for turn in range(5):
        process = subprocess.Popen([sys.executable, "-c", UPLOAD, str(home)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 + random.Random(turn).random() / 10)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        terminal("s3api put-object --bucket shelf --key after")
        contents = terminal("s3api list-objects-v2 --bucket shelf").json["Contents"]
        whole = [each for each in contents if each["Key"] != "after"]
        for each in whole:
            assert each["Size"] == 300_000
            terminal(f"s3api get-object --bucket shelf --key {each['Key']} {tmp_path / 'out'}")
            assert len(set((tmp_path / "out").read_bytes())) == 1
        assert len(_files(home)) == len({each["ETag"] for each in whole})


def _files(home: Path) -> list[Path]:
    return [Path(folder) / name for folder, _, names in os.walk(home / "blobs") for name in names]
