"""What the transfers print: progress on one line, a line for each that is done, warnings and failures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def human_size(size: float) -> str:
    """`1 Byte`, `6 Bytes`, `9.0 MiB`."""
    if size == 1:
        return "1 Byte"
    if size < 1024:
        return f"{int(size)} Bytes"
    power = next((n for n in range(1, len(_UNITS)) if round(size / 1024**n) < 1024), len(_UNITS))
    return f"{size / 1024**power:.1f} {_UNITS[power - 1]}"


class Reporter:
    """Prints the results of transfers on stdout and stderr, and holds the exit code."""

    def __init__(self, streams: Streams, options: dict[str, Any]) -> None:
        self._streams = streams
        self._says_done = not (options.get("quiet") or options.get("only_show_errors"))
        self._says_errors = not options.get("quiet")
        self._shows_progress = self._says_done and not options.get("no_progress")
        self._ending = "\n" if options.get("progress_multiline") else "\r"
        frequency = options.get("progress_frequency")
        self._pause = float(frequency) if frequency else 0.0
        self._shown_at = float("-inf")
        self._began = time.perf_counter()
        self._length = 0
        self._files = self._bytes = 0
        self._done_files = self._done_bytes = 0
        self._is_final = False
        self.failed = self.warned = 0

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 2 if self.warned else 0

    def expect(self, sizes: list[int | None]) -> None:
        """How many transfers there will be, and of what sizes."""
        self._files = len(sizes)
        self._bytes = sum(size or 0 for size in sizes)
        self._is_final = True
        if self._length and not self._files:
            self._clear()

    def moved(self, count: int) -> None:
        """So many bytes more have arrived."""
        self._done_bytes += count
        now = time.perf_counter()
        if self._shows_progress and count and now - self._shown_at >= self._pause:
            self._shown_at = now
            self._progress()

    def done(self, kind: str, where: str) -> None:
        self._done_files += 1
        if self._says_done:
            self._line(f"{kind}: {where}")

    def would(self, kind: str, where: str) -> None:
        """What a dry run would do."""
        self._done_files += 1
        if self._says_done:
            self._streams.stdout.write(f"(dryrun) {kind}: {where}\n")

    def passed_over(self) -> None:
        """A transfer that is not needed after all."""
        self._done_files += 1

    def failure(self, kind: str, where: str, error: CliError | OSError) -> None:
        self._done_files += 1
        self.failed += 1
        self._error(f"{kind} failed: {where} {worded(error)}")

    def warning(self, message: str) -> None:
        self.warned += 1
        self._error(f"warning: {message}")

    def fatal(self, error: CliError | OSError) -> None:
        self.failed += 1
        self._error(f"fatal error: {worded(error)}")

    def _error(self, text: str) -> None:
        if self._says_errors:
            self._streams.stderr.write(text + "\n")
        self._length = 0
        self._progress_if_more()

    def _line(self, text: str) -> None:
        self._streams.stdout.write(text.ljust(self._length) + "\n")
        self._length = 0
        self._progress_if_more()

    def _progress_if_more(self) -> None:
        if self._shows_progress and not (self._is_final and self._done_files >= self._files) and not self.failed:
            self._progress()

    def _clear(self) -> None:
        self._streams.stdout.write(" " * self._length + "\n")
        self._length = 0

    def _progress(self) -> None:
        estimate = "" if self._is_final else "~"
        left = f"{estimate}{self._files - self._done_files} file(s) remaining"
        if self._bytes:
            speed = self._done_bytes / max(time.perf_counter() - self._began, 1e-6)
            done = f"{human_size(self._done_bytes)}/{estimate}{human_size(self._bytes)} ({human_size(speed)}/s)"
        else:
            done = f"{self._done_files} file(s)"
        text = f"Completed {done} with {left}" + ("" if self._is_final else " (calculating...)")
        text = text.ljust(self._length)
        self._length = len(text)
        self._streams.stdout.write(text + self._ending)
        self._streams.stdout.flush()


def worded(error: CliError | OSError) -> str:
    """An error as the messages of transfers end with it."""
    return error.sentence("legacy") if isinstance(error, CliError) else str(error)
