"""The suites of services, on clouds whose folder has its store in memory: a fair part of what `--store memory` runs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUITES = [
    "tests/services/sqs",
    "tests/services/iam/test_refusals.py",
    "tests/services/dynamodb/test_items.py",
    "tests/services/dynamodb/test_tables.py",
]


def test_services_do_the_same_on_a_store_in_memory() -> None:
    command = [sys.executable, "-m", "pytest", "--store", "memory", "-n", "0", *SUITES]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "passed" in ended.stdout or "100%" in ended.stdout
