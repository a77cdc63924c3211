"""The access keys of the root user that a cloud's folder was initialised with.

They stand in `root-key`, in the form of a credentials file; `credentials` starts as its copy and is the user's to
change. A folder of a version that made no `root-key` has them in `credentials` alone.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

FILE = "root-key"
SECTION = re.compile(r"^\s*\[", re.MULTILINE)
SETTING = re.compile(r"^[ \t]*(aws_\w+)[ \t]*=[ \t]*(\S+)", re.MULTILINE)
UNNAMED = ("fakeaws", "fakeaws")
"""What stands for a key and its secret in a cloud in memory and in a folder that has none: no signature is checked
with it."""


def first(folder: str | None) -> tuple[str, str]:
    """An access key of the root user, and its secret."""
    return next(iter(_of(folder).items()), UNNAMED)


def is_one(folder: str | None, access_key: str) -> bool:
    """Whether an access key is one of these."""
    return access_key in (_of(folder) or UNNAMED[:1])


def secret(folder: str | None, access_key: str) -> str | None:
    """The secret of one of these keys, None for any other key and for a cloud in memory."""
    return _of(folder).get(access_key)


def _of(folder: str | None) -> dict[str, str]:
    for name in (FILE, "credentials") if folder is not None else ():
        path = os.path.join(folder or "", name)
        try:
            changed = os.stat(path).st_mtime_ns
        except OSError:
            continue
        return _keys(path, changed)
    return {}


@lru_cache(maxsize=8)
def _keys(path: str, changed: int) -> dict[str, str]:
    """The secrets of a file as it is since `changed`, by key; none of a file that cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            sections = SECTION.split(file.read())
    except OSError:
        return {}
    settings = [dict(SETTING.findall(section)) for section in sections]
    names = ("aws_access_key_id", "aws_secret_access_key")
    return {each[names[0]]: each[names[1]] for each in settings if set(names) <= set(each)}
