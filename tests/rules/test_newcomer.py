"""fakeaws/README.md says what is so: the service that it adds works as its shell session shows, both ways in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.parity.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "fakeaws" / "README.md").read_text(encoding="utf-8")
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def _linked(source: Path, target: Path, left_out: str = "") -> None:
    """A folder with links to what stands in another, but for one."""
    target.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.name not in (left_out, "__pycache__"):
            (target / entry.name).symlink_to(entry)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with the service of README's example added, and nothing else."""
    root = tmp_path / "project"
    _linked(ROOT / "fakeaws", root / "fakeaws", "services")
    _linked(ROOT / "fakeaws" / "services", root / "fakeaws" / "services")
    _linked(ROOT / "shapes", root / "shapes", "models")
    _linked(ROOT / "shapes" / "models", root / "shapes" / "models")
    for path, text in re.findall(r"`((?:shapes|fakeaws)/\S+?)`[^`]*\n\n```\w+\n(.*?)```", README, re.DOTALL):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(project))
    monkeypatch.setenv("FAKEAWS_HOME", str(project.parent / "cloud"))
    monkeypatch.setenv("FAKEAWS_CACHE", str(project.parent / "cache"))
    monkeypatch.setenv("HOME", str(project.parent))
    monkeypatch.chdir(project.parent)


@pytest.fixture(params=["command line", "http"])
def fakeaws(request: pytest.FixtureRequest, project: Path, environment: None) -> object:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "fakeaws", *arguments], capture_output=True, text=True)

    if request.param == "command line":
        yield run
        return
    server = Server(project.parent / "cloud")
    yield lambda *arguments: run(*arguments, "--endpoint-url", server.url)
    server.stop()


def test_the_service_of_the_example_works_as_shown(fakeaws: Command) -> None:
    [session] = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    shown = re.findall(r"^\$ fakeaws (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    arn = fakeaws("guestbook", "create-entry", "--guest", "ann", "--text", "a fine place", "--query", "Entry.EntryArn")
    key = json.loads(arn.stdout).rpartition("/")[2]
    assert len(shown) == 3
    for command, output in shown[1:]:
        ended = fakeaws(*command.replace("entry-…", key).split())
        assert (ended.stdout + ended.stderr).strip() == output.strip()
    assert re.fullmatch(shown[0][1].strip().replace("…", "[0-9a-f]{17}"), json.loads(arn.stdout))
    listed = json.loads(fakeaws("guestbook", "list-entries").stdout)["Entries"]
    assert [(entry["EntryId"], entry["Guest"]) for entry in listed] == [(key, "ann")]


def test_what_the_page_names_exists() -> None:
    for name in re.findall(r"`((?:core|services|wire|cli|policies)/[\w/.]*)`", README):
        assert (ROOT / "fakeaws" / name).exists(), name
    packages = re.findall(r"^ {0,2}(\w+)/ ", README, re.MULTILINE)
    assert len(packages) > 15
    for name in packages:
        assert any(path.is_dir() for path in (ROOT / "fakeaws").rglob(name)), name
    for name in re.findall(r"`\.\./([\w/.]+)`", README):
        assert (ROOT / name).exists(), name
