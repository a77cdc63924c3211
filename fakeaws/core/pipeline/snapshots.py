"""Snapshots: whole copies of a cloud under a name, in `snapshots/` of its folder: its database, its bodies and the key
that its secrets are sealed with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.blobs import NEW
from fakeaws.core.store.locks import release
from fakeaws.core.store.opening import open_store
from fakeaws.core.tools.errors import CloudError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
BLOBS = "blobs"


def save(cloud: Cloud, name: str) -> None:
    """Copy the cloud as it is now; CloudError if there is a snapshot of that name."""
    folder = _folder(cloud.path, name)
    if folder.exists():
        raise CloudError(f"There is a snapshot {name} already: delete it first, or choose another name.")
    draft = folder.with_name(f".{name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(mode=0o700, exist_ok=True)
    draft.mkdir(mode=0o700)
    home = folder.parent.parent
    held = cloud.blobs.hold(())
    try:
        cloud.database.copy_to(str(draft / "cloud.db"))
        shutil.copytree(home / BLOBS, draft / BLOBS, ignore=shutil.ignore_patterns(NEW))
    finally:
        release(held)
    draft.rename(folder)


def restored(path: str, name: str) -> Cloud:
    """The cloud of a folder, put back to what it was when the snapshot was made, be its database readable or not."""
    _existing(path, name)
    cloud = Cloud.renewed(path)
    restore(cloud, name)
    return cloud


def restore(cloud: Cloud, name: str) -> None:
    """Put the cloud back to what it was when the snapshot was made; others may go on using it meanwhile."""
    folder = _existing(cloud.path, name)
    saved = open_store(str(folder / "cloud.db"))
    held = cloud.blobs.hold(())
    try:
        if (folder / BLOBS).is_dir():
            shutil.copytree(folder / BLOBS, folder.parent.parent / BLOBS, dirs_exist_ok=True)
        cloud.database.become(saved)
    finally:
        release(held)
        saved.close()


def delete(path: str, name: str) -> None:
    """Remove a snapshot of the cloud in a folder."""
    shutil.rmtree(_existing(path, name))


def names(path: str | None) -> list[str]:
    """The names of all snapshots of the cloud in a folder, sorted."""
    folder = _snapshots(path)
    return sorted(entry.name for entry in folder.iterdir() if NAME.match(entry.name)) if folder.is_dir() else []


def _existing(path: str | None, name: str) -> Path:
    folder = _folder(path, name)
    if not folder.is_dir():
        raise CloudError(f"There is no snapshot {name}. There are: {', '.join(names(path)) or 'none'}.")
    return folder


def _folder(path: str | None, name: str) -> Path:
    if not NAME.match(name):
        raise CloudError(f"{name!r} cannot name a snapshot: letters, digits, '.', '_' and '-', at most 64.")
    return _snapshots(path) / name


def _snapshots(path: str | None) -> Path:
    if path is None:
        raise CloudError("A cloud in memory has no snapshots.")
    return Path(path) / "snapshots"
