"""Snapshots: whole copies of a cloud under a name, in `snapshots/` of its folder: its database, its bodies and the key
that its secrets are sealed with."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from fakeaws.core.cloud import Cloud
from fakeaws.core.errors import CloudError
from fakeaws.core.sealing import KEY
from fakeaws.core.store.database import Database

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
BLOBS = "blobs"


def save(cloud: Cloud, name: str) -> None:
    """Copy the cloud as it is now; CloudError if there is a snapshot of that name."""
    folder = _folder(cloud, name)
    if folder.exists():
        raise CloudError(f"There is a snapshot {name} already: delete it first, or choose another name.")
    draft = folder.with_name(f".{name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(mode=0o700, exist_ok=True)
    draft.mkdir(mode=0o700)
    cloud.database.copy_to(str(draft / "cloud.db"))
    home = folder.parent.parent
    if (home / KEY).exists():
        shutil.copy2(home / KEY, draft / KEY)
    if (home / BLOBS).is_dir():
        shutil.copytree(home / BLOBS, draft / BLOBS)
    draft.rename(folder)


def restore(cloud: Cloud, name: str) -> None:
    """Put the cloud back to what it was when the snapshot was made; others may go on using it meanwhile."""
    folder = _existing(cloud, name)
    if (folder / BLOBS).is_dir():
        shutil.copytree(folder / BLOBS, folder.parent.parent / BLOBS, dirs_exist_ok=True)
    if (folder / KEY).exists():
        _put_key(folder / KEY, folder.parent.parent / KEY)
    saved = Database(str(folder / "cloud.db"))
    try:
        cloud.database.become(saved)
    finally:
        saved.close()


def _put_key(saved: Path, key: Path) -> None:
    """Have what was sealed when the snapshot was made be read again, in one step."""
    draft = key.with_name(f"{KEY}.{os.getpid()}")
    shutil.copy2(saved, draft)
    draft.replace(key)


def delete(cloud: Cloud, name: str) -> None:
    shutil.rmtree(_existing(cloud, name))


def names(cloud: Cloud) -> list[str]:
    """The names of all snapshots, sorted."""
    folder = _snapshots(cloud)
    return sorted(entry.name for entry in folder.iterdir() if NAME.match(entry.name)) if folder.is_dir() else []


def _existing(cloud: Cloud, name: str) -> Path:
    folder = _folder(cloud, name)
    if not folder.is_dir():
        raise CloudError(f"There is no snapshot {name}. There are: {', '.join(names(cloud)) or 'none'}.")
    return folder


def _folder(cloud: Cloud, name: str) -> Path:
    if not NAME.match(name):
        raise CloudError(f"{name!r} cannot name a snapshot: letters, digits, '.', '_' and '-', at most 64.")
    return _snapshots(cloud) / name


def _snapshots(cloud: Cloud) -> Path:
    if cloud.path is None:
        raise CloudError("A cloud in memory has no snapshots.")
    return Path(cloud.path) / "snapshots"
