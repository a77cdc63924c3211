"""One transfer: an object put, fetched, copied, moved or deleted."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from datetime import datetime
from typing import Any, BinaryIO

from fakeaws.cli.calls.client import Client
from fakeaws.cli.commands._s3 import options
from fakeaws.cli.commands._s3.places import Item, split_path
from fakeaws.cli.commands._s3.progress import Reporter
from fakeaws.cli.errors import GeneralError, ServiceError
from fakeaws.cli.output.streaming import CHUNK, chunks

Document = dict[str, Any]

MEBIBYTE = 1 << 20
THRESHOLD = PART = 8 * MEBIBYTE
"""From this size an object goes in parts of this size, unless the profile's `s3` section says otherwise."""

MOST_PARTS = 10000
LARGEST_PART = 5 << 30
LEAST_PART = 5 * MEBIBYTE
LONGEST_TAGS = 2048
CARRIED = (
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires", "Metadata",
)  # fmt: skip
FROZEN = ("GLACIER", "DEEP_ARCHIVE")


class Mover:
    """Carries out transfers for one command."""

    def __init__(self, client: Client, given: options.Values, reporter: Reporter) -> None:
        self._client = client
        self._given = given
        self._reporter = reporter
        settings = client.profile.section.get("s3")
        settings = settings if isinstance(settings, dict) else {}
        self._threshold = size_of(settings.get("multipart_threshold"), THRESHOLD)
        self._part = size_of(settings.get("multipart_chunksize"), PART)

    def call(self, operation: str, params: Document) -> Document:
        return self._client("s3", operation, params)

    def upload(self, source: Item, target: str) -> None:
        """Put a file into the object `bucket/key`."""
        with open(source.path, "rb") as file:
            self._put(file, source.size or 0, target, self._guessed(source.path))

    def upload_stream(self, stream: BinaryIO, target: str) -> None:
        """Put what a stream has into the object `bucket/key`."""
        first = stream.read(self._threshold)
        if len(first) < self._threshold:
            self._put(io.BytesIO(first), len(first), target, {})
        else:
            self._put_parts(_Joined(first, stream), target, {}, options.number(self._given.get("expected_size")))

    def _put(self, file: BinaryIO, size: int, target: str, extra: Document) -> None:
        if size >= self._threshold:
            self._put_parts(file, target, extra, size)
            return
        bucket, key = split_path(target)
        params = {**extra, **options.object_params(self._given)}
        if self._given.get("no_overwrite"):
            params["IfNoneMatch"] = "*"
        self.call("PutObject", {"Bucket": bucket, "Key": key, "Body": file, **params})
        self._reporter.moved(size)

    def _put_parts(self, file: Any, target: str, extra: Document, size: int | None) -> None:
        bucket, key = split_path(target)
        params = {**extra, **options.object_params(self._given)}

        def put(number: int, where: Document, body: bytes) -> Document:
            same = {**options.customer_key(self._given), **options.payer(self._given)}
            answer = self.call("UploadPart", {**where, "PartNumber": number, "Body": body, **same})
            self._reporter.moved(len(body))
            return answer

        part = part_size(self._part, size)
        parts = iter(lambda: file.read(part), b"")
        self._in_parts({"Bucket": bucket, "Key": key}, params, put, parts)

    def _in_parts(self, place: Document, params: Document, put: Any, parts: Any) -> None:
        """A multipart upload, aborted if any part fails."""
        upload = {**place, "UploadId": self.call("CreateMultipartUpload", {**place, **params})["UploadId"]}
        is_whole = False
        try:
            made = [
                {"ETag": put(number, upload, part)["ETag"], "PartNumber": number}
                for number, part in enumerate(parts, 1)
            ]
            self.call("CompleteMultipartUpload", {**upload, "MultipartUpload": {"Parts": made}})
            is_whole = True
        finally:
            if not is_whole:
                with contextlib.suppress(ServiceError):
                    self.call("AbortMultipartUpload", upload)

    def _guessed(self, path: str) -> Document:
        if not self._given.get("guess_mime_type") or self._given.get("content_type"):
            return {}
        import mimetypes

        kind = mimetypes.guess_type(path)[0]
        return {"ContentType": kind} if kind else {}

    def download(self, source: str, target: str) -> None:
        """Fetch the object `bucket/key` into a file, which appears only when it is complete; a device or a pipe is
        written to directly."""
        answer = self._fetch(source)
        if _is_special(target):
            with open(target, "wb") as file:
                self._receive(answer, file)
            return
        folder = os.path.dirname(target)
        _make_folder(folder)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=os.path.basename(target) + ".")
        try:
            with os.fdopen(handle, "wb") as file:
                self._receive(answer, file)
            os.chmod(draft, 0o666 & ~_umask())
            _set_time(draft, answer.get("LastModified"))
            os.replace(draft, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)

    def download_stream(self, source: str, stream: BinaryIO) -> None:
        """Write the object `bucket/key` to a stream."""
        bucket, key = split_path(source)
        self.call("HeadObject", {"Bucket": bucket, "Key": key, **self._reading()})
        for chunk in chunks(self._fetch(source).get("Body")):
            stream.write(chunk)
        stream.flush()

    def _fetch(self, source: str) -> Document:
        bucket, key = split_path(source)
        mode = {"ChecksumMode": self._given["checksum_mode"]} if self._given.get("checksum_mode") else {}
        return self.call("GetObject", {"Bucket": bucket, "Key": key, **mode, **self._reading()})

    def _reading(self) -> Document:
        return {**options.customer_key(self._given), **options.payer(self._given)}

    def _receive(self, answer: Document, file: BinaryIO) -> None:
        for chunk in chunks(answer.get("Body")):
            for start in range(0, len(chunk), CHUNK):
                piece = chunk[start : start + CHUNK]
                file.write(piece)
                self._reporter.moved(len(piece))

    def copy(self, source: Item, target: str) -> None:
        """Copy one object onto another."""
        size = source.size or 0
        if size >= self._threshold:
            self._copy_parts(source, target, size)
            return
        bucket, key = split_path(target)
        params = {**options.object_params(self._given), **options.source_key(self._given), **self._directives()}
        self.call("CopyObject", {"Bucket": bucket, "Key": key, "CopySource": _source(source.path), **params})
        self._reporter.moved(size)

    def _directives(self) -> Document:
        """New metadata replaces the source's, unless the command says how it is meant; the source's tags are carried,
        unless --copy-props leaves them out."""
        given = self._given.get("metadata_directive")
        renews = "REPLACE" if self._given.get("metadata") else None
        found = {"MetadataDirective": given or renews}
        if not given and self._given.get("copy_props") in ("none", "metadata-directive"):
            found["TaggingDirective"] = "REPLACE"
            if self._given["copy_props"] == "none":
                found["MetadataDirective"] = "REPLACE"
        return {name: value for name, value in found.items() if value}

    def _copy_parts(self, source: Item, target: str, size: int) -> None:
        bucket, key = split_path(target)
        copied, tags = self._properties(source)
        params = {**copied, **options.object_params(self._given)}
        part = part_size(self._part, size)

        def put(number: int, where: Document, span: tuple[int, int]) -> Document:
            origin = {"CopySource": _source(source.path), "CopySourceRange": f"bytes={span[0]}-{span[1]}"}
            keys = {**options.customer_key(self._given), **options.source_key(self._given)}
            answer = self.call("UploadPartCopy", {**where, "PartNumber": number, **origin, **keys})
            self._reporter.moved(span[1] - span[0] + 1)
            result: Document = answer["CopyPartResult"]
            return result

        spans = [(start, min(start + part, size) - 1) for start in range(0, size, part)]
        self._in_parts({"Bucket": bucket, "Key": key}, params, put, spans)
        if tags:
            self.call("PutObjectTagging", {"Bucket": bucket, "Key": key, "Tagging": {"TagSet": tags}})

    def _properties(self, source: Item) -> tuple[Document, list[Document]]:
        """The properties that a copy in parts takes from its source, as CopyObject does by itself; and the tags, where
        they are too long for a header."""
        from urllib.parse import urlencode

        mode = self._given.get("copy_props") or "default"
        if mode == "none" or self._directives().get("MetadataDirective") == "REPLACE":
            return {}, []
        bucket, key = split_path(source.path)
        where = {"Bucket": bucket, "Key": key}
        found = self.call(
            "HeadObject", {**where, **options.payer(self._given), **options.reading_key(self._given, True)}
        )
        params = {name: found[name] for name in CARRIED if found.get(name)}
        if mode != "default" or self._given.get("metadata_directive"):
            return params, []
        tags = self.call("GetObjectTagging", where)["TagSet"]
        header = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        if not header or len(header) > LONGEST_TAGS:
            return params, tags
        return {**params, "Tagging": header}, []

    def delete(self, path: str) -> None:
        """Delete the object `bucket/key`."""
        bucket, key = split_path(path)
        self.call("DeleteObject", {"Bucket": bucket, "Key": key, **options.payer(self._given)})


def part_size(wanted: int, size: int | None) -> int:
    """The part size nearest to `wanted` with which `size` bytes fit into the number of parts that S3 allows."""
    while size is not None and size > wanted * MOST_PARTS:
        wanted *= 2
    return min(max(wanted, LEAST_PART), LARGEST_PART)


def size_of(setting: Any, default: int) -> int:
    """A size as the configuration gives it: `16MB`, `64KB`, or bytes."""
    if setting is None:
        return default
    text = str(setting).strip().lower()
    units = {"kb": 10, "kib": 10, "mb": 20, "mib": 20, "gb": 30, "gib": 30, "tb": 40, "tib": 40}
    for unit, power in units.items():
        if text.endswith(unit):
            text, shift = text.removesuffix(unit), power
            break
    else:
        shift = 0
    try:
        return int(text) << shift
    except ValueError as error:
        raise GeneralError(f"Invalid size value: {setting}") from error


class _Joined:
    """A stream whose beginning has been read already."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int) -> bytes:
        found, self._first = self._first[:size], self._first[size:]
        return found + self._rest.read(size - len(found)) if len(found) < size else found


def _source(path: str) -> str:
    from urllib.parse import quote

    bucket, key = split_path(path)
    return f"{bucket}/{quote(key, safe='/~')}"


def _is_special(path: str) -> bool:
    """Whether a path is a device, a pipe or a socket: something other than a file or a folder."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _make_folder(path: str) -> None:
    """Create a folder unless its name is taken; GeneralError with the AWS CLI's message."""
    try:
        if not os.path.exists(path):
            os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise GeneralError(f"Could not create directory {path}: {error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _set_time(path: str, moment: datetime | None) -> None:
    if moment is not None:
        os.utime(path, (moment.timestamp(), moment.timestamp()))
