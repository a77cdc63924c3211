"""`scripts/golden`: how many of the recorded cases this program passes, and whether that is fewer than before."""

from __future__ import annotations

import argparse
import json
import os
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.golden import cases, runner, transcripts
from tests.golden.cases import DEFAULT_FOLDER, FILES, HERE, Case

BASELINE = HERE / "baseline.json"
LEFT_OUT = HERE / "left_out.toml"
BATCH = 200

Failure = tuple[str, Case, str]
"""The file, the case, and what is wrong with it."""


class Tally:
    """What was counted of one file."""

    def __init__(self) -> None:
        self.passed = 0
        self.total = 0
        self.left_out = 0
        self.failures: list[Failure] = []


def main(argv: list[str] | None = None) -> int:
    """Run the cases of a folder; 1 if the default folder's total has fallen below the baseline."""
    options = _parser().parse_args(argv)
    folder = Path(options.folder) if options.folder else DEFAULT_FOLDER
    tallies = {name: _count(folder, name, options) for name in options.only or FILES}
    _print(tallies, options)
    if folder != DEFAULT_FOLDER or options.only or options.grep:
        return 0
    if options.accept:
        BASELINE.write_text(json.dumps({name: tally.passed for name, tally in tallies.items()}, indent=2) + "\n")
    return _compare(tallies)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/golden", description=__doc__)
    parser.add_argument("folder", nargs="?", help="a folder of recorded cases (default: the copy in tests/golden)")
    parser.add_argument("--only", action="append", choices=FILES, help="only this file")
    parser.add_argument("--grep", default="", help="only cases whose command line has this text")
    parser.add_argument("--show", type=int, default=0, help="print so many failures of each file")
    parser.add_argument("--accept", action="store_true", help="take the present total as the new baseline")
    return parser


def left_out_cases() -> list[dict[str, str]]:
    """The cases that are not judged, each with its file, command line and reason."""
    listed: list[dict[str, str]] = tomllib.loads(LEFT_OUT.read_text())["case"]
    return listed


def _count(folder: Path, name: str, options: argparse.Namespace) -> Tally:
    header, found = cases.read(folder, name)
    found = [case for case in found if options.grep in cases.title(case)]
    omitted = {case["argv"] for case in left_out_cases() if case["file"] == name}
    judged = [case for case in found if cases.title(case) not in omitted and "raw_response" not in case]
    tally = Tally()
    tally.left_out = len(found) - len(judged)
    for total, passed, failures in _in_parallel(name, judged, header.get("env", {})):
        tally.total += total
        tally.passed += passed
        tally.failures += [(name, case, text) for case, text in failures]
    return tally


def _in_parallel(
    name: str, judged: list[Case], env: dict[str, str]
) -> Iterable[tuple[int, int, list[tuple[Case, str]]]]:
    batches = [judged[start : start + BATCH] for start in range(0, len(judged), BATCH)]
    if len(batches) < 2:
        return [_run_batch(name, batch, env) for batch in batches]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = [pool.submit(_run_batch, name, batch, env) for batch in batches]
        return [future.result() for future in futures]


def _run_batch(name: str, batch: list[Case], env: dict[str, str]) -> tuple[int, int, list[tuple[Case, str]]]:
    """(cases or steps, how many passed, what failed)."""
    if name == "transcripts":
        return transcripts.run_all(batch, env)
    failures = [(case, text) for case in batch if (text := runner.failure(name, case, env)) is not None]
    return len(batch), len(batch) - len(failures), failures


def _print(tallies: dict[str, Tally], options: argparse.Namespace) -> None:
    for name, tally in tallies.items():
        note = f"  ({tally.left_out} left out)" if tally.left_out else ""
        print(f"{name + '.jsonl':18} {tally.passed}/{tally.total}{note}")
        short = Counter(_where(case) for _, case, _ in tally.failures)
        for where, count in sorted(short.items()):
            print(f"    {where:24} {count} short")
        for _, case, text in tally.failures[: options.show]:
            print(f"  * {cases.title(case)}\n    {text}")
    print(f"{'total':18} {sum(t.passed for t in tallies.values())}/{sum(t.total for t in tallies.values())}")


def _where(case: Case) -> str:
    return str(case.get("name") or case.get("service") or (case.get("argv") or ["-"])[:1][0])


def _compare(tallies: dict[str, Tally]) -> int:
    baseline = defaultdict(int, json.loads(BASELINE.read_text()))
    fallen = [name for name, tally in tallies.items() if tally.passed < baseline[name]]
    for name in fallen:
        print(f"{name}.jsonl passed {baseline[name]} before")
    return 1 if fallen else 0
