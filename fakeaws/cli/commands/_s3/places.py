"""Where a transfer begins and ends: files, objects, and the lists of both."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from fakeaws.cli.calls.client import Client
from fakeaws.cli.commands._s3.options import Rule
from fakeaws.cli.errors import CliError, ServiceError

Document = dict[str, Any]
Warn = Callable[[str], None]

_LAMBDA = re.compile(r"arn:aws[\w-]*:s3-object-lambda:[a-z0-9-]*:\d{12}:accesspoint[:/].*", re.DOTALL)
_OUTPOST_BUCKET = re.compile(
    r"arn:aws[\w-]*:s3-outposts:[a-z0-9-]+:\d{12}:outpost[:/][\w-]+[:/]bucket[:/].*", re.DOTALL
)
_ARN = re.compile(r"(arn:aws[\w-]*:s3[\w-]*:[a-z0-9-]*:\d{12}:(?:accesspoint|outpost)[:/][^/]+)/?(.*)", re.DOTALL)


class Place:
    """One side of a transfer as given: a path, an S3 URI, or `-` for a stream."""

    def __init__(self, text: str, is_folder: bool) -> None:
        self.text = text
        self.in_s3 = text.startswith("s3://")
        self.is_stream = text == "-"
        self.is_folder = is_folder
        if self.in_s3:
            bucket, key = split_uri(text)
            self.path = f"{bucket}/{key}"
            if is_folder and key and not key.endswith("/"):
                self.path += "/"
        else:
            self.path = os.path.abspath(text)
            if (is_folder or text.endswith(os.sep)) and not self.path.endswith(os.sep):
                self.path += os.sep

    @property
    def bucket(self) -> str:
        return split_path(self.path)[0]

    @property
    def key(self) -> str:
        return split_path(self.path)[1]


class Item:
    """A file or an object: `path` (absolute, or `bucket/key`), its name below the place, size and modification time."""

    __slots__ = ("details", "modified", "name", "path", "size")

    def __init__(
        self, path: str, name: str, size: int | None, modified: datetime | None, details: Document | None = None
    ) -> None:
        self.path = path
        self.name = name
        self.size = size
        self.modified = modified
        self.details = details or {}


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket (or access point) and key of `s3://bucket/key`; the scheme may be missing."""
    path = uri.removeprefix("s3://")
    if _LAMBDA.fullmatch(path):
        raise CliError("s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.")
    if _OUTPOST_BUCKET.fullmatch(path):
        raise CliError("s3 commands do not support Outpost Bucket ARNs. Use s3control commands instead.")
    return split_path(uri.removeprefix("s3://"))


def is_directory(bucket: str) -> bool:
    """Whether a bucket is one of S3 Express One Zone."""
    return bucket.endswith("--x-s3")


def split_path(path: str) -> tuple[str, str]:
    """Bucket and key of `bucket/key`."""
    found = _ARN.fullmatch(path)
    if found is not None:
        return found[1], found[2]
    bucket, _, key = path.partition("/")
    return bucket, key


def shown(path: str, in_s3: bool) -> str:
    """A path as the messages show it: an S3 URI, or relative to the working directory (`./a`, `d/a`)."""
    if in_s3:
        return f"s3://{path}"
    folder, name = os.path.split(path)
    try:
        return os.path.join(os.path.relpath(folder), name)
    except ValueError:
        return os.path.abspath(path)


def files(place: Place, follow_links: bool, warn: Warn) -> Iterator[Item]:
    """The file at a place, or all files below it in the order of their keys."""
    if not place.is_folder:
        yield _file(place.path, os.path.basename(place.path))
        return
    if not os.path.isdir(place.path):
        warn(f"Skipping file {place.path}. File does not exist.")
        return
    yield from _below(place.path, "", follow_links, warn)


def _below(folder: str, name: str, follow_links: bool, warn: Warn) -> Iterator[Item]:
    entries = [entry + os.sep if os.path.isdir(os.path.join(folder, entry)) else entry for entry in os.listdir(folder)]
    for entry in sorted(entries, key=lambda text: text.replace(os.sep, "/")):
        path = os.path.join(folder, entry)
        if _is_skipped(path.rstrip(os.sep), follow_links, warn):
            continue
        if entry.endswith(os.sep):
            yield from _below(path, f"{name}{entry[:-1]}/", follow_links, warn)
        else:
            yield _file(path, name + entry)


def _is_skipped(path: str, follow_links: bool, warn: Warn) -> bool:
    if os.path.islink(path) and not follow_links:
        return True
    if not os.path.exists(path):
        warn(f"Skipping file {path}. File does not exist.")
        return True
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        warn(f"Skipping file {path}. File is character special device, block special device, FIFO, or socket.")
        return True
    if not os.access(path, os.R_OK):
        warn(f"Skipping file {path}. File/Directory is not readable.")
        return True
    return False


def _file(path: str, name: str) -> Item:
    found = os.stat(path)
    return Item(path, name, found.st_size, datetime.fromtimestamp(int(found.st_mtime), UTC))


def objects(client: Client, place: Place, page_size: int | None, extra: Document) -> Iterator[Item]:
    """All objects below a place, in the order of their keys; the key of the folder itself is left out."""
    for content in contents(client, place.bucket, place.key, page_size, extra):
        key = content["Key"]
        if key.endswith("/") and not content["Size"]:
            continue
        path = f"{place.bucket}/{key}"
        yield Item(path, key[len(place.key) :], content["Size"], content["LastModified"], content)


def contents(
    client: Client, bucket: str, prefix: str, page_size: int | None = None, extra: Document | None = None
) -> Iterator[Document]:
    """The entries of a bucket's list of objects."""
    for page in pages(client, bucket, prefix, page_size, extra or {}):
        yield from page.get("Contents", ())


def pages(client: Client, bucket: str, prefix: str, page_size: int | None, extra: Document) -> Iterator[Document]:
    """The pages of a bucket's list of objects."""
    params: Document = {"Bucket": bucket, "Prefix": prefix, **extra}
    if page_size is not None:
        params["MaxKeys"] = page_size
    while True:
        page = client("s3", "ListObjectsV2", params)
        yield page
        if not page.get("IsTruncated"):
            return
        params["ContinuationToken"] = page["NextContinuationToken"]


def head(client: Client, place: Place, extra: Document) -> Item:
    """The one object at a place; a missing one is named in the error."""
    try:
        found = client("s3", "HeadObject", {"Bucket": place.bucket, "Key": place.key, **extra})
    except ServiceError as error:
        if error.code == "404":
            error.message = f'Key "{place.key}" does not exist'
        raise
    name = place.key.rpartition("/")[2]
    return Item(place.path, name, found["ContentLength"], found["LastModified"], found)


class Filter:
    """--exclude and --include: the last rule that matches a path decides; without one it is taken."""

    def __init__(self, rules: list[Rule], *roots: str) -> None:
        self._rules = [(kind, [os.path.join(root, pattern) for root in roots]) for kind, pattern in rules]

    def takes(self, path: str) -> bool:
        taken = True
        for kind, patterns in self._rules:
            if any(fnmatchcase(path, pattern) for pattern in patterns):
                taken = kind == "include"
        return taken
