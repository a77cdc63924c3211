"""Runs recorded sessions: each in a home and a cloud of its own, step after step."""

from __future__ import annotations

import io
import os
import re
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from fakeaws.cli import main
from fakeaws.cli.calls import waiters
from fakeaws.cli.invocation import Streams
from tests.golden.cases import Case, file_content

HOUR = 3600

_PLACEHOLDERS = {
    "UUID": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "TIMESTAMP": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?",
}
_MARK = re.compile(r"\{\{([A-Z_0-9]+)(?::(\d+))?\}\}")


def run_all(sessions: list[Case], env: dict[str, str]) -> tuple[int, int, list[tuple[Case, str]]]:
    """(steps, steps passed, what failed, each with its session)."""
    total, failures = 0, []
    for session in sessions:
        total += len(session["steps"])
        failures += [(session, text) for text in run(session, env)]
    return total, total - len(failures), failures


def run(session: Case, env: dict[str, str], perform_for: Any = None) -> list[str]:
    """What the steps of a session get wrong, a text for each step that does; `perform_for` stands in for the cloud."""
    with tempfile.TemporaryDirectory() as base:
        return _Session(Path(base), session, env, perform_for).run()


class _Session:
    def __init__(self, base: Path, session: Case, env: dict[str, str], perform_for: Any = None) -> None:
        self._perform_for = perform_for
        self._home = base / "home"
        self._cwd = base / "cwd"
        self._steps = session["steps"]
        self._env = {**env, **(session.get("env") or {})}
        self._env.pop("AWS_ENDPOINT_URL", None)
        self._seen: dict[str, str] = {}
        self._cwd.mkdir()
        self._home.mkdir()
        _write(self._home, session.get("home_files") or {})

    def run(self) -> list[str]:
        before, waiters.sleep = waiters.sleep, lambda seconds: None
        folder = os.getcwd()
        os.chdir(self._cwd)
        try:
            found = [self._judge(step) for step in self._steps]
        finally:
            os.chdir(folder)
            waiters.sleep = before
        return [text for text in found if text]

    def _judge(self, step: Case) -> str:
        argv = [self._filled(argument) for argument in step["argv"]]
        files = step.get("files") or {}
        _write(self._cwd, {name: self._filled(f) if isinstance(f, str) else f for name, f in files.items()})
        streams = self._streams(step)
        try:
            code = main.run(argv, streams, self._perform_for)
        except Exception:  # noqa: BLE001  a step that breaks must not hide the others
            return f"{' '.join(argv)}: {traceback.format_exc(limit=-2)}"
        printed = (streams.stdout, streams.stderr)
        out, err = (stream.buffer.getvalue().decode("utf-8", "surrogateescape") for stream in printed)
        wrong = [
            f"{name} {found!r}\n      wanted {wanted!r}"
            for name, found, wanted in (("stdout", out, step["stdout"]), ("stderr", err, step["stderr"]))
            if not self._same(found, wanted, bool(step.get("unordered")))
        ]
        if code != step["rc"]:
            wrong.append(f"exit code {code}, wanted {step['rc']}")
        wrong += self._wrong_files(step)
        return f"{' '.join(argv)}: " + "\n    ".join(wrong) if wrong else ""

    def _streams(self, step: Case) -> Streams:
        env = {**self._env, **(step.get("env") or {}), "HOME": str(self._home)}
        env.setdefault("FAKEAWS_HOME", str(self._home / ".fakeaws"))
        env.setdefault("AWS_CONFIG_FILE", str(self._home / ".aws" / "config"))
        env.setdefault("AWS_SHARED_CREDENTIALS_FILE", str(self._home / ".aws" / "credentials"))
        present = {name: self._filled(value) for name, value in env.items() if value is not None}
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
        given = step.get("stdin") or ""
        stdin = io.TextIOWrapper(io.BytesIO(file_content(given)), "utf-8")
        return Streams(stdin, out, err, present, "aws")

    def _filled(self, text: str) -> str:
        """Placeholders of a command line as the values seen before, or as this session's folders."""
        text = text.replace("{{CWD}}", str(self._cwd)).replace("{{HOME}}", str(self._home))
        text = text.replace("{{TMP}}", str(self._home.parent)).replace("{{NOWMS}}", str(int(time.time() * 1000)))
        return _MARK.sub(lambda mark: self._seen.get(mark[0], mark[0]), text)

    def _same(self, found: str, wanted: Any, unordered: bool) -> bool:
        if isinstance(wanted, dict):
            return self._holds(found.encode("utf-8", "surrogateescape"), wanted)
        if unordered:
            return sorted(self._filled(wanted).splitlines()) == sorted(found.splitlines())
        wanted = self._filled(wanted)
        if found == wanted or "{{" not in wanted:
            return found == wanted
        match = re.fullmatch(self._pattern(wanted), found, re.DOTALL)
        if match is None:
            return False
        self._seen.update({_mark_of(name): value for name, value in match.groupdict().items()})
        return True

    def _pattern(self, wanted: str) -> str:
        parts, end, named = [], 0, set()
        for mark in _MARK.finditer(wanted):
            parts.append(re.escape(wanted[end : mark.start()]))
            kind, number = mark[1], mark[2]
            pattern = _PLACEHOLDERS.get(kind, ".+?")
            name = f"{kind}__{number}"
            if number is None:
                parts.append(pattern)
            elif name in named:
                parts.append(f"(?P={name})")
            else:
                named.add(name)
                parts.append(f"(?P<{name}>{pattern})")
            end = mark.end()
        return "".join(parts) + re.escape(wanted[end:])

    def _wrong_files(self, step: Case) -> list[str]:
        wrong = [f"{name} is still there" for name in step.get("files_removed") or () if (self._cwd / name).exists()]
        for folder, files in ((self._cwd, step.get("files_after")), (self._home, step.get("home_files_after"))):
            for name, content in (files or {}).items():
                path = folder / name
                if not path.exists():
                    wrong.append(f"{name} is missing")
                elif not self._holds(path.read_bytes(), content):
                    wrong.append(f"{name} holds {path.read_bytes()[:400]!r}\n      wanted {content!r}")
        return wrong

    def _holds(self, found: bytes, wanted: Any) -> bool:
        if isinstance(wanted, dict) and "$sha256" in wanted:
            import hashlib

            return len(found) == wanted["$size"] and hashlib.sha256(found).hexdigest() == wanted["$sha256"]
        if isinstance(wanted, str):
            return self._same(found.decode("utf-8", "replace"), wanted, unordered=False)
        return found == file_content(wanted)


def _mark_of(group: str) -> str:
    kind, _, number = group.partition("__")
    return f"{{{{{kind}:{number}}}}}"


def _write(folder: Path, files: dict[str, Any]) -> None:
    """Write the files of a step, an hour old so that nothing depends on speed; null deletes one."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
            continue
        path.write_bytes(file_content(content))
        moment = content["$mtime"] if isinstance(content, dict) and "$mtime" in content else time.time() - HOUR
        os.utime(path, (moment, moment))
