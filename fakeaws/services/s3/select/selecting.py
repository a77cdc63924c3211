"""S3 Select: a query over one object of CSV, JSON or Parquet, answered as a stream of events."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, stored
from fakeaws.services.s3.buckets import encryption
from fakeaws.services.s3.objects import objects
from fakeaws.services.s3.select import parquet
from fakeaws.services.s3.select.sql import RECORD, Query, Record, too_large

Document = dict[str, Any]
BATCH = 64 * 1024
"""How many bytes of records one event has, about."""
WHOLE = 256 * 1024 * 1024
"""The most characters of an object that cannot be read record by record; what is packed may unpack to any size."""


def select_object_content(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    encryption.check_key(call, found)
    encryption.need_key(call, found, "Decrypt")
    objects.check_readable(call, found)
    if call["ExpressionType"] != "SQL":
        raise AwsError("InvalidExpressionType", "The ExpressionType is invalid. Only SQL expressions are supported.")
    query = Query(call["Expression"])
    source, target = call["InputSerialization"], call["OutputSerialization"]
    if ("CSV" in source) + ("JSON" in source) + ("Parquet" in source) != 1 or ("CSV" in target) == ("JSON" in target):
        raise AwsError("InvalidDataSource", "Invalid data source type. Only CSV, JSON, and Parquet are supported.")
    if "Parquet" in source:
        parquet.check_installed()
    return {"Payload": _events(bodies.opened(call, found), query, source, target, found["Size"])}


def _events(body: BinaryIO, query: Query, source: Document, target: Document, size: int) -> Iterator[Document]:
    returned = 0
    with closing(body):
        records = _records(body, source, query)
        for batch in _batches(_written(query.run(records), target)):
            returned += len(batch)
            yield {"Records": {"Payload": batch}}
    yield {"Stats": {"Details": {"BytesScanned": size, "BytesProcessed": size, "BytesReturned": returned}}}
    yield {"End": {}}


def _records(body: BinaryIO, source: Document, query: Query) -> Iterator[Record]:
    if "Parquet" in source:
        return (_numbered(row, names) for names, row in parquet.rows(body))
    text = _text(body, source.get("CompressionType") or "NONE")
    return _from_csv(text, source["CSV"]) if "CSV" in source else _from_json(text, source["JSON"], query.path)


def _numbered(row: Sequence[Any], names: Sequence[str]) -> Record:
    """A record by the names of its columns, and by position."""
    record: Record = {f"\0_{number}": value for number, value in enumerate(row, 1)}
    record.update(zip(names or [f"_{number}" for number in range(1, len(row) + 1)], row, strict=False))
    return record


def _text(body: BinaryIO, packing: str) -> io.TextIOBase:
    raw: Any = body if isinstance(body, io.BufferedIOBase) else io.BufferedReader(body)
    if packing == "GZIP":
        import gzip

        raw = gzip.GzipFile(fileobj=raw)
    elif packing == "BZIP2":
        import bz2

        raw = bz2.BZ2File(raw)
    elif packing != "NONE":
        raise AwsError("InvalidCompressionFormat", "The file is not in a supported compression format.")
    return io.TextIOWrapper(raw, "utf-8-sig", newline="")


def _from_csv(text: io.TextIOBase, given: Document) -> Iterator[Record]:
    """Records by column name, if the first line has these, and always by position."""
    delimiter, quote = given.get("FieldDelimiter") or ",", given.get("QuoteCharacter") or '"'
    lines = _lines(text, given.get("RecordDelimiter") or "\n", given.get("Comments"))
    rows = _rows(csv.reader(lines, delimiter=codecs.decode(delimiter, "unicode_escape"), quotechar=quote))
    header = given.get("FileHeaderInfo") or "NONE"
    first = next(rows, None) if header != "NONE" else None
    names = first if header == "USE" and first else []
    for row in rows:
        yield _numbered(row, names)


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    csv.field_size_limit(RECORD)
    try:
        yield from reader
    except csv.Error as error:
        message = "Encountered an error parsing the CSV file. Check the file and try again."
        raise AwsError("CSVParsingError", message, status=400) from error


def _lines(text: io.TextIOBase, end: str, comment: str | None) -> Iterator[str]:
    lines = _read_lines(text) if end in ("\n", "\r\n") else (f"{line}\n" for line in _whole(text).split(end) if line)
    for line in lines:
        if line.strip() and not (comment and line.startswith(comment)):
            yield line


def _read_lines(text: io.TextIOBase) -> Iterator[str]:
    while line := text.readline(RECORD + 1):
        if len(line) > RECORD:
            raise too_large()
        yield line


def _whole(text: io.TextIOBase) -> str:
    found = text.read(WHOLE + 1)
    if len(found) > WHOLE:
        raise too_large()
    return found


def _from_json(text: io.TextIOBase, given: Document, path: list[str]) -> Iterator[Record]:
    """Documents one after the other, or lines of one each; the path of FROM leads to the records in them."""
    is_lines = given.get("Type") == "LINES"
    texts = _read_lines(text) if is_lines else [_whole(text)]
    for document in (document for each in texts for document in _documents(each)):
        for record in _along([document], path[1:] if path[:1] == ["*"] and isinstance(document, dict) else path):
            yield record if isinstance(record, dict) else {"_1": record}


def _documents(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            message = f"Error parsing JSON file: {error}"
            raise AwsError("JSONParsingError", message, status=400) from error
        yield document


def _along(found: list[Any], path: list[str]) -> list[Any]:
    for step in path:
        if step == "*":
            found = [item for each in found for item in (each if isinstance(each, list) else [each])]
        else:
            found = [each[step] for each in found if isinstance(each, dict) and step in each]
    return found


def _written(records: Iterator[Record], target: Document) -> Iterator[str]:
    if "JSON" in target:
        end = target["JSON"].get("RecordDelimiter", "\n")
        for record in records:
            yield json.dumps(record, separators=(",", ":"), ensure_ascii=False) + end
        return
    given = target["CSV"]
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=given.get("FieldDelimiter") or ",",
        quotechar=given.get("QuoteCharacter") or '"',
        lineterminator=given.get("RecordDelimiter") or "\n",
        quoting=csv.QUOTE_ALL if given.get("QuoteFields") == "ALWAYS" else csv.QUOTE_MINIMAL,
    )
    for record in records:
        writer.writerow(_plain(value) for value in record.values())
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _batches(texts: Iterator[str]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for text in texts:
        held.append(text.encode())
        size += len(held[-1])
        if size >= BATCH:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
