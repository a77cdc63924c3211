"""`cp`, `mv`, `sync` and `rm`: plans the transfers, and runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fakeaws.cli.calls.client import Client
from fakeaws.cli.commands._s3 import access_points, options, places
from fakeaws.cli.commands._s3.case_conflicts import CaseConflicts
from fakeaws.cli.commands._s3.places import Filter, Item, Place
from fakeaws.cli.commands._s3.progress import Reporter
from fakeaws.cli.commands._s3.tasks import FROZEN, Mover
from fakeaws.cli.errors import CliError, GeneralError, ServiceError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

Document = dict[str, Any]

_USAGE = "<LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>"

_MAY_BE_SAME = (
    "warning: Provided s3 paths may resolve to same underlying s3 object(s) and result in deletion instead of being"
    " moved. To resolve and validate underlying s3 paths are not the same, specify the --validate-same-s3-paths flag or"
    " set the AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS environment variable to true. To resolve s3 outposts access point"
    " path, the arn must be used instead of the alias.\n"
)


class Job:
    """One transfer to do: its kind, the item, and where it goes (None for a deletion)."""

    __slots__ = ("item", "item_in_s3", "kind", "target")

    def __init__(self, kind: str, item: Item, target: str | None, item_in_s3: bool) -> None:
        self.kind = kind
        self.item = item
        self.target = target
        self.item_in_s3 = item_in_s3


class Transfer:
    """A `cp`, `mv` or `sync`."""

    def __init__(
        self,
        command: str,
        given: options.Values,
        rules: list[options.Rule],
        client: Client,
        streams: Streams,
    ) -> None:
        self._command = command
        self._given = given
        self._streams = streams
        self._client = client
        self._recursive = command == "sync" or bool(given.get("recursive"))
        source, target = given["paths"][:2]
        self._check_kinds(source, target)
        self.source = Place(source, self._recursive)
        self.target = Place(target, self._recursive)
        self._check(source, target)
        streamed = self.source.is_stream or self.target.is_stream
        silent = {**given, "only_show_errors": True} if streamed and not given["dryrun"] else given
        self.reporter = Reporter(streams, silent)
        self._filter = Filter(rules, *self._roots())
        self._seen: set[str] = set()

    def _check_kinds(self, source: str, target: str) -> None:
        in_s3 = (source.startswith("s3://"), target.startswith("s3://"))
        if not any(in_s3):
            usage = f"usage: {self._streams.program} s3 {self._command} {_USAGE}"
            raise CliError(f"{usage}\nError: Invalid argument type")
        if "-" in (source, target) and (self._recursive or self._command == "mv"):
            raise CliError("Streaming currently is only compatible with non-recursive cp commands")

    def _check(self, source: str, target: str) -> None:
        options.check_customer_keys(self._given, self.source.in_s3 and self.target.in_s3)
        kinds = "".join("s3" if place.in_s3 else "local" for place in (self.source, self.target))
        options.check_checksums(self._given, kinds)
        if self._command == "mv" and kinds == "s3s3":
            self._check_move(source, target)
        if self._command == "sync" and any(
            p.in_s3 and places.is_directory(p.bucket) for p in (self.source, self.target)
        ):
            raise CliError("Cannot use sync command with a directory bucket.")
        if not self.source.in_s3 and not self.source.is_stream and not os.path.exists(self.source.path.rstrip(os.sep)):
            raise GeneralError(f"The user-provided path {source} does not exist.")
        if self._recursive and not self.target.in_s3 and not os.path.exists(target):
            os.makedirs(target)

    def _check_move(self, source: str, target: str) -> None:
        """An object is not moved onto itself, nor, with --validate-same-s3-paths, by way of an access point."""
        if _is_same(source, target):
            raise CliError(f"Cannot mv a file onto itself: {source} - {target}")
        (one, key), (other, new) = (places.split_uri(uri) for uri in (source, target))
        if not _is_same(f"/{key}", f"/{new}"):
            return
        validates = str(self._streams.env.get("AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS", "")).lower() == "true"
        if self._given["validate_same_s3_paths"] or validates:
            pairs = [
                (a, b)
                for a in access_points.behind(self._client, one)
                for b in access_points.behind(self._client, other)
            ]
            if any(_is_same(f"s3://{a}/{key}", f"s3://{b}/{new}") for a, b in pairs):
                raise CliError(f"Cannot mv a file onto itself: {source} - {target}")
        elif access_points.is_indirect(one) or access_points.is_indirect(other):
            self._streams.stderr.write(_MAY_BE_SAME)

    def _roots(self) -> list[str]:
        return [_root(self.source, self._recursive), _root(self.target, self._recursive)]

    def run(self) -> int:
        """Do all transfers; the exit code."""
        mover = Mover(self._client, self._given, self.reporter)
        try:
            options.object_params(self._given)
            if self.source.is_stream or self.target.is_stream:
                self._stream(mover)
                return self.reporter.exit_code
            jobs = list(self._jobs())
            self.reporter.expect([job.item.size for job in jobs])
            for job in jobs:
                self._do(job, mover)
        except (CliError, OSError) as error:
            self.reporter.fatal(error)
        return self.reporter.exit_code

    def _stream(self, mover: Mover) -> None:
        source, target = self._given["paths"][:2]
        if self.source.is_stream and (not self.target.key or target.endswith("/")):
            raise GeneralError("Streaming needs the key of an object to write to.")
        kind = "upload" if self.source.is_stream else "download"
        where = f"{source} to {target}"
        if self._given["dryrun"]:
            self.reporter.would(kind, where)
            return
        try:
            if self.source.is_stream:
                mover.upload_stream(self._streams.stdin.buffer, self.target.path)
            else:
                mover.download_stream(self.source.path, self._streams.stdout.buffer)
        except (CliError, OSError) as error:
            self.reporter.failure(kind, where, error)

    def _jobs(self) -> Iterator[Job]:
        if self._command == "sync":
            yield from self._differences()
            return
        conflicts = self._conflicts() if self._recursive and self.source.in_s3 and not self.target.in_s3 else None
        for item in self._items(self.source):
            if self._filter.takes(item.path) and not self._is_frozen(item):
                target = self._target_of(item)
                if conflicts is None or conflicts.takes(item, target):
                    yield Job(self._kind(), item, target, self.source.in_s3)

    def _conflicts(self) -> CaseConflicts | None:
        how = self._given["case_conflict"]
        return None if how == "ignore" else CaseConflicts(how, self.source, self._streams)

    def _kind(self) -> str:
        if self._command == "mv":
            return "move"
        if not self.source.in_s3:
            return "upload"
        return "copy" if self.target.in_s3 else "download"

    def _items(self, place: Place) -> Iterator[Item]:
        if not place.in_s3:
            return places.files(place, self._given["follow_symlinks"], self.reporter.warning)
        extra = options.payer(self._given)
        if place.is_folder:
            return places.objects(self._client, place, options.number(self._given["page_size"]), extra)
        return iter(
            [places.head(self._client, place, {**extra, **options.reading_key(self._given, self.target.in_s3)})]
        )

    def _target_of(self, item: Item) -> str:
        name = item.name if os.sep == "/" or self.target.in_s3 else item.name.replace("/", os.sep)
        target = self.target
        if target.is_folder:
            return target.path + name
        if target.in_s3:
            ends_open = not target.key or target.path.endswith("/")
        else:
            ends_open = target.path.endswith(os.sep) or os.path.isdir(target.path)
        return (target.path if target.path.endswith("/") else target.path + "/") + name if ends_open else target.path

    def _is_frozen(self, item: Item) -> bool:
        """Objects in an archive are not fetched, unless with --force-glacier-transfer or when restored."""
        if not self.source.in_s3 or self._given["force_glacier_transfer"]:
            return False
        is_restored = 'ongoing-request="false"' in item.details.get("Restore", "")
        if item.details.get("StorageClass") not in FROZEN or is_restored:
            return False
        if not self._given["ignore_glacier_warnings"]:
            verb, stored = self._kind(), item.details["StorageClass"]
            self.reporter.warning(
                f"Skipping file s3://{item.path}. Object is of storage class {stored}. Unable to perform {verb} "
                f"operations on {stored} objects. You must restore the object to be able to perform the operation. See "
                f"{self._streams.program} s3 {verb} help for additional parameter options to ignore or force these "
                "transfers."
            )
        return True

    def _differences(self) -> Iterator[Job]:
        """Both sides side by side in the order of their names: what to transfer and, with --delete, what to delete."""
        kind = self._kind()
        conflicts = self._conflicts() if kind == "download" else None
        for left, right in _paired(self._filtered(self.source), self._filtered(self.target)):
            if left is None and right is not None:
                if self._given["delete"]:
                    yield Job("delete", right, None, self.target.in_s3)
            elif left is not None and self._must_transfer(left, right) and not self._is_frozen(left):
                target = self._target_of(left)
                if conflicts is None or right is not None or conflicts.takes(left, target):
                    yield Job(kind, left, target, self.source.in_s3)

    def _must_transfer(self, left: Item, right: Item | None) -> bool:
        if right is None:
            return True
        return not self._given["no_overwrite"] and self._differ(left, right)

    def _filtered(self, place: Place) -> Iterator[Item]:
        return (item for item in self._items(place) if self._filter.takes(item.path))

    def _differ(self, left: Item, right: Item) -> bool:
        if left.size != right.size:
            return True
        return not (self._given["size_only"] or self._is_current(left.modified, right.modified))

    def _is_current(self, left: datetime | None, right: datetime | None) -> bool:
        if left is None or right is None:
            return False
        behind = (right - left).total_seconds()
        if self._kind() != "download":
            return behind >= 0
        return behind == 0 if self._given["exact_timestamps"] else behind <= 0

    def _do(self, job: Job, mover: Mover) -> None:
        where = self._where(job)
        if self._given["dryrun"]:
            self.reporter.would(job.kind, where)
            return
        if job.target is not None and self._is_refused(job):
            self.reporter.passed_over()
            return
        try:
            self._carry_out(job, mover)
        except (CliError, OSError) as error:
            if isinstance(error, ServiceError) and error.code == "PreconditionFailed" and self._given["no_overwrite"]:
                self.reporter.passed_over()
            else:
                self.reporter.failure(job.kind, where, error)
        else:
            self.reporter.done(job.kind, where)

    def _where(self, job: Job) -> str:
        source = places.shown(job.item.path, job.item_in_s3)
        return source if job.target is None else f"{source} to {places.shown(job.target, self.target.in_s3)}"

    def _is_refused(self, job: Job) -> bool:
        """A download never leaves its folder; with --no-overwrite it skips existing files."""
        if self.target.in_s3 or job.target is None:
            return False
        if self.target.is_folder and not os.path.abspath(job.target).startswith(self.target.path):
            self.reporter.warning(f"Skipping file {job.item.path}. File references a parent directory.")
            return True
        return bool(self._given["no_overwrite"]) and os.path.exists(job.target)

    def _carry_out(self, job: Job, mover: Mover) -> None:
        if job.target is None:
            self._remove(job, mover)
        elif not self.source.in_s3:
            mover.upload(job.item, job.target)
        elif self.target.in_s3:
            mover.copy(job.item, job.target)
        else:
            mover.download(job.item.path, job.target)
        if job.kind == "move":
            self._remove(job, mover)

    def _remove(self, job: Job, mover: Mover) -> None:
        if job.item_in_s3:
            mover.delete(job.item.path)
        else:
            os.remove(job.item.path)


def _is_same(source: str, target: str) -> bool:
    """Whether a target, which may be a folder, is the source."""
    return source in (target, target + source.rpartition("/")[2] if target.endswith("/") else None)


def _root(place: Place, recursive: bool) -> str:
    """What the patterns of --exclude and --include begin with."""
    if recursive:
        return place.path
    return place.path if place.path.endswith("/") else os.path.dirname(place.path)


def _paired(left: Iterator[Item], right: Iterator[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """The items of two sorted lists, those of one name together."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.name < other.name):
            yield one, None
            one = next(left, None)
        elif one is None or one.name > other.name:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)
