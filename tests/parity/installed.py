"""Clients that are installed for the tests alone, once: in a folder of the test environment, which later runs find."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(sys.prefix) / "clients"


def python(packages: list[str]) -> Path:
    """The interpreter of an environment with these packages from PyPI; the test is skipped where there are none."""

    def install(folder: Path) -> list[str]:
        venv.create(folder, with_pip=True)
        return [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *packages]

    return _installed("python", packages, install) / "bin" / "python"


def javascript(packages: list[str]) -> Path:
    """A folder with these packages from npm; the test is skipped where there are none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")

    def install(folder: Path) -> list[str]:
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        return ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *packages]

    return _installed("javascript", packages, install)


def _installed(language: str, packages: list[str], prepare: Callable[[Path], list[str]]) -> Path:
    """The folder that `prepare` makes and whose command then fills it; of several processes one does it."""
    digest = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    folder = FOLDER / f"{language}-{digest}"
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = folder / "complete"
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            command = prepare(folder)
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=600)
            if done.returncode:
                pytest.skip(f"the clients cannot be installed: {done.stderr.decode()[-200:]}")
            complete.touch()
    return folder
