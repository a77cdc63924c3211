"""README says what is so: its commands run, and its generated part is what would be generated."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_generated_part_is_up_to_date() -> None:
    assert runpy.run_path(str(ROOT / "scripts" / "readme"))["written"](README) == README, "run scripts/readme"


def test_the_scripts_that_are_named_exist() -> None:
    for name in re.findall(r"scripts/([a-z-]+)", README):
        assert os.access(ROOT / "scripts" / name, os.X_OK), name


def test_the_commands_run_as_they_stand(tmp_path: Path) -> None:
    commands = [block for block in _blocks("sh") if not block.startswith(("scripts/", "fakeaws serve"))]
    assert len(commands) == 3
    bin_ = Path(sys.executable).parent
    env = {
        **os.environ,
        "FAKEAWS_HOME": str(tmp_path / "cloud"),
        "HOME": str(tmp_path),
        "PATH": f"{bin_}:{os.environ['PATH']}",
    }
    script = "set -eu\n" + "\n".join(commands)
    ended = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert '"hello"' in ended.stdout


def test_the_python_runs_as_it_stands(tmp_path: Path) -> None:
    [program] = _blocks("python")
    env = {**os.environ, "FAKEAWS_HOME": str(tmp_path / "cloud"), "HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
