"""Parquet for S3 Select: the rows of a file, read by DuckDB."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from fakeaws.core.tools.errors import AwsError, CloudError

Row = tuple[Any, ...]
BATCH = 1000


def check_installed() -> None:
    """CloudError where DuckDB, which is an extra, is not there."""
    try:
        import duckdb  # noqa: F401
    except ImportError as error:
        raise CloudError("S3 Select reads Parquet with DuckDB: pip install 'fakeaws[parquet]'") from error


def rows(body: BinaryIO) -> Iterator[tuple[list[str], Row]]:
    """The rows of a Parquet file, each with the names of the columns. AwsError where the file is none."""
    import duckdb

    handle, path = tempfile.mkstemp(suffix=".parquet")
    connection = duckdb.connect()
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(body, file)
        try:
            found = connection.execute("FROM read_parquet(?)", [path])
        except duckdb.Error as error:
            text = "Error parsing Parquet file. Please check the file and try again."
            raise AwsError("ParquetParsingError", text, status=400) from error
        names = [column[0] for column in found.description or ()]
        while batch := found.fetchmany(BATCH):
            for row in batch:
                yield names, tuple(_plain(value) for value in row)
    finally:
        connection.close()
        os.unlink(path)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return value.decode(errors="replace")
    if isinstance(value, (dict, list, tuple)):
        return json.loads(json.dumps(value, default=str))
    return value
