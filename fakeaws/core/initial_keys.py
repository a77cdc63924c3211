"""The keys of the root user that a cloud is initialised with: they stand in `credentials`, in the cloud's folder."""

from __future__ import annotations

import configparser
import os
from functools import lru_cache


def secret(folder: str | None, access_key: str) -> str | None:
    """The secret of one of these keys, None for any other key and for a cloud in memory."""
    if folder is None:
        return None
    path = os.path.join(folder, "credentials")
    try:
        changed = os.stat(path).st_mtime_ns
    except OSError:
        return None
    return _keys(path, changed).get(access_key)


@lru_cache(maxsize=8)
def _keys(path: str, changed: int) -> dict[str, str]:
    """The secrets of a credentials file as it is since `changed`, by key; none of a file that cannot be read."""
    file = configparser.RawConfigParser()
    try:
        file.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    sections = (file[name] for name in file.sections())
    return {
        section["aws_access_key_id"]: section["aws_secret_access_key"]
        for section in sections
        if "aws_access_key_id" in section and "aws_secret_access_key" in section
    }
