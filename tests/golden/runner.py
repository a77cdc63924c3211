"""Runs recorded cases in this process, as the program `aws`, with the recorded answers in place of the cloud."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakeaws.cli import main
from fakeaws.cli.arguments.validation import validated
from fakeaws.cli.calls import waiters
from fakeaws.cli.invocation import Globals, Streams
from fakeaws.cli.profile import signing
from fakeaws.core.model.models import service as model
from fakeaws.core.tools.errors import AwsError
from tests.golden.cases import Case, decoded, file_content

Document = dict[str, Any]

ONLY_ON_THE_WIRE = ("EncodingType", "ChecksumMode")
"""Members that the AWS CLI adds for the sake of HTTP: the cloud behind a command line has no need of them."""


MADE_UP = re.compile(r"\b\d{10}-\d{1,7}\b")
"""A reference that the AWS CLI makes up: the second and a random number."""


class Finished(BaseException):
    """The call that a case is about has been made."""


class Outcome:
    """What a command did: output, exit code, calls (service, operation, parameters) and the seconds that it slept."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.stdout = ""
        self.stderr = ""
        self.calls: list[tuple[str, str, Document]] = []
        self.sleeps: list[float] = []
        self.files: dict[str, bytes] = {}


def failure(kind: str, case: Case, env: dict[str, str]) -> str | None:
    """What a case of the file `kind` gets wrong; None if nothing."""
    try:
        outcome = run(case, env, stop_at_call=kind == "params")
    except Exception:  # noqa: BLE001  a case that breaks must not hide the others
        return traceback.format_exc(limit=-2)
    if kind == "params":
        return _wrong_params(case, outcome)
    return _wrong_output(case, outcome) or _wrong_requests(case, outcome) or _wrong_files(case, outcome)


def run(case: Case, env: dict[str, str], stop_at_call: bool = False) -> Outcome:
    """Run a case in a folder of its own."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as base, _working_in(Path(base) / "cwd"):
        home = Path(base) / "home"
        _write_files(Path.cwd(), case.get("files") or {})
        if case.get("config") is not None:
            _write_files(home / ".aws", {"config": case["config"]})
        streams = _streams(_environment(env, case, home))
        with _counted_sleep(outcome), _signing_at(case), contextlib.suppress(Finished):
            outcome.code = main.run(list(case["argv"]), streams, _recorded(case, outcome, stop_at_call))
        outcome.stdout = _text(streams.stdout).replace(str(home), "{{HOME}}").replace(os.getcwd(), "{{CWD}}")
        outcome.stderr = _text(streams.stderr).replace(str(home), "{{HOME}}").replace(os.getcwd(), "{{CWD}}")
        outcome.files = {name: Path(name).read_bytes() for name in case.get("files_after", ()) if os.path.exists(name)}
    return outcome


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    folder.mkdir()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _counted_sleep(outcome: Outcome) -> Iterator[None]:
    before, waiters.sleep = waiters.sleep, outcome.sleeps.append
    try:
        yield
    finally:
        waiters.sleep = before


@contextlib.contextmanager
def _signing_at(case: Case) -> Iterator[None]:
    """What is signed, is signed at the moment that the recorded signature names."""
    found = re.search(r"X-Amz-Date=(\d{8}T\d{6})Z", case.get("stdout", ""))
    before = signing.now
    if found:
        moment = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        signing.now = lambda: moment
    try:
        yield
    finally:
        signing.now = before


def _write_files(folder: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file_content(content))


def _environment(env: dict[str, str], case: Case, home: Path) -> dict[str, str]:
    merged = {**env, **(case.get("env") or {}), "HOME": str(home), "FAKEAWS_HOME": str(home / ".fakeaws")}
    merged.setdefault("AWS_CONFIG_FILE", str(home / ".aws" / "config"))
    merged.setdefault("AWS_SHARED_CREDENTIALS_FILE", str(home / ".aws" / "credentials"))
    return {name: value for name, value in merged.items() if value is not None}


def _streams(env: dict[str, str]) -> Streams:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
    return Streams(io.TextIOWrapper(io.BytesIO(), "utf-8"), out, err, env, "aws")


def _text(stream: Any) -> str:
    stream.flush()
    return str(stream.buffer.getvalue().decode("utf-8", "surrogateescape"))


def _recorded(case: Case, outcome: Outcome, stop_at_call: bool) -> Any:
    """What stands in for the cloud: it notes each call, and gives the recorded answers in their order."""
    answers = iter(_answers(case))

    def perform(service: str, operation: str, params: Document) -> Document:
        outcome.calls.append((service, operation, _comparable(params)))
        if stop_at_call:
            raise Finished
        answer = next(answers, {})
        if isinstance(answer, AwsError):
            raise answer
        return _with_body(service, operation, answer, case)

    def perform_for(options: Globals, streams: Streams) -> Any:
        return perform

    return perform_for


def _answers(case: Case) -> Iterator[Any]:
    error = case.get("service_error")
    if error:
        while True:
            refusal = AwsError(error["code"], error["message"], error.get("http_status"))
            refusal.fields = decoded(error.get("fields") or {})
            yield refusal
    answers = case.get("responses") or ([case["response"]] if case.get("response") is not None else [])
    for answer in answers + answers[-1:] * case.get("responses_repeat_last", 0):
        if isinstance(answer.get("error"), dict) and "status" in answer:
            found = answer["error"]
            yield AwsError(found["Code"], found["Message"], answer["status"])
        else:
            yield decoded(answer)


def _with_body(service: str, operation: str, answer: Document, case: Case) -> Document:
    """The streamed body of an answer is recorded as the file that it went to."""
    output = model(service).operation(operation).output
    payload = output.get("payload") if output is not None else None
    if payload and len(case.get("files_after") or {}) == 1 and "requests" in case:
        [content] = case["files_after"].values()
        return {**answer, payload: io.BytesIO(file_content(content))}
    return answer


def _wrong_params(case: Case, outcome: Outcome) -> str | None:
    if not outcome.calls:
        return f"no call was made: {outcome.stderr.strip()[-300:]}"
    service, operation, params = outcome.calls[0]
    if (service, operation) != (case["service"], case["operation"]):
        return f"called {service} {operation}"
    wanted = _settled(service, operation, decoded(case.get("params_final", case["params"])))
    return None if _comparable(params) == wanted else f"params {_comparable(params)}\n wanted {wanted}"


def _settled(service: str, operation: str, params: Document) -> Document:
    """Recorded parameters with timestamps and blobs as a call has them."""
    return _comparable(validated(model(service).operation(operation).input, params)[0])


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _comparable(item) for key, item in value.items() if key not in ONLY_ON_THE_WIRE}
    if isinstance(value, list | tuple):
        return [_comparable(item) for item in value]
    if hasattr(value, "read"):
        return value.read()
    if isinstance(value, str):
        return MADE_UP.sub("<moment>-<number>", value)
    return repr(value) if isinstance(value, float) and value != value else value


def _wrong_output(case: Case, outcome: Outcome) -> str | None:
    for name in ("stderr", "stdout"):
        found, wanted = getattr(outcome, name), case[name]
        if not _same(found, wanted):
            return f"{name} {found!r}\n wanted {wanted!r}"
    return None if outcome.code == case["rc"] else f"exit code {outcome.code}, wanted {case['rc']}"


def _same(found: str, wanted: str) -> bool:
    if found == wanted or "{{" not in wanted:
        return found == wanted
    pattern = re.sub(r"\\\{\\\{[A-Z]+\\\}\\\}", ".+?", re.escape(wanted))
    return re.fullmatch(pattern, found, re.DOTALL) is not None


def _wrong_requests(case: Case, outcome: Outcome) -> str | None:
    """A call that is refused for its parameters counts among the recorded requests, though it was never sent."""
    wanted: list[tuple[str, Document]] = []
    for request in case.get("requests") or ():
        if "repeated" in request:
            wanted += wanted[-1:] * request["repeated"]
        else:
            params = _settled(case["service"], request["operation"], decoded(request["params"]))
            wanted.append((request["operation"], params))
    found = [(operation, _comparable(params)) for _, operation, params in outcome.calls]
    if "Parameter validation failed" in outcome.stderr:
        wanted = wanted[:-1]
    if "requests" in case and found != wanted:
        return f"calls {found}\n wanted {wanted}"
    sleeps = case.get("sleeps")
    if sleeps and outcome.sleeps != [sleeps[0]] * sleeps[1]:
        return f"slept {outcome.sleeps}, wanted {sleeps}"
    return None


def _wrong_files(case: Case, outcome: Outcome) -> str | None:
    for name, content in (case.get("files_after") or {}).items():
        if outcome.files.get(name) != file_content(content):
            return f"file {name} {outcome.files.get(name)!r}"
    return None
