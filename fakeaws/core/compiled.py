"""The compiled cache of the service models: one small SQLite file a service, made when first needed.

A file (`core/store/parts.py`) holds what `core/models.py` reads. It is named by a stamp of everything that
it was made from (botocore's files, the service's shape, its modules), so it is never stale and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fakeaws.core.store.parts import PartsFile

FORMAT = 2
ENGINE = ("compiler.py", "inference.py", "nouns.py", "members.py", "forms.py", "words.py")
"""The modules that decide what a compiled file holds."""
Document = dict[str, Any]

_PACKAGE = Path(__file__).resolve().parent.parent


def shapes_folder() -> Path:
    """Where the shapes stand: beside the package in a checkout, inside it when installed."""
    installed = _PACKAGE / "shapes"
    return installed if installed.is_dir() else _PACKAGE.parent / "shapes"


def cache_folder() -> Path:
    """`$FAKEAWS_CACHE`, else the platform's place for what may be deleted."""
    named = os.environ.get("FAKEAWS_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "fakeaws" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "fakeaws"


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """Service name → the folder that holds its API versions: botocore's, and our own for what botocore dropped."""
    spec = find_spec("botocore")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    found: dict[str, str] = {}
    for base in (os.path.join(spec.submodule_search_locations[0], "data"), str(shapes_folder() / "models")):
        if os.path.isdir(base):
            with os.scandir(base) as entries:
                found.update({e.name: e.path for e in entries if "." not in e.name})
    return found


@cache
def _version_folder(service: str) -> str:
    folder = sources()[service]
    return os.path.join(folder, max(os.listdir(folder)))


def load_source(service: str, part: str) -> Document:
    """A file of the model as shipped: `service-2`, `paginators-1`, `waiters-2`, `examples-1`; empty if there is none."""
    path = os.path.join(_version_folder(service), part + ".json")
    if os.path.exists(path):
        return _document(Path(path).read_bytes())
    if os.path.exists(path + ".gz"):
        import gzip

        return _document(gzip.decompress(Path(path + ".gz").read_bytes()))
    return {}


def _document(text: bytes) -> Document:
    found: Document = json.loads(text)
    return found


def open_service(service: str) -> PartsFile:
    """The compiled file of `service`, compiled now if it is missing or anything that it is made from has changed."""
    path = cache_folder() / f"{service}-{_stamp(service)}.db"
    if not path.exists():
        from fakeaws.core.compiler import compile_service

        compile_service(service, path)
    return PartsFile(path)


def module_files(service: str) -> list[str]:
    """The files of the service's module or package in `services/`; empty where it has none."""
    base = os.path.join(_PACKAGE, "services", module_name(service))
    if os.path.isdir(base):
        return sorted(os.path.join(base, f) for f in os.listdir(base) if f.endswith(".py"))
    return [base + ".py"] if os.path.exists(base + ".py") else []


def module_name(service: str) -> str:
    """The Python name of a service: `sso-admin` → `sso_admin`, `lambda` → `lambda_`."""
    name = service.replace("-", "_")
    return name + "_" if name == "lambda" else name


def shape_file(service: str) -> str:
    return str(shapes_folder() / f"{service}.toml")


@cache
def _stamp(service: str) -> str:
    engine = [os.path.join(_PACKAGE, "core", f) for f in ENGINE]
    folder = _version_folder(service)
    parts: list[object] = [FORMAT, os.path.basename(folder)]
    for path in [folder, *engine, shape_file(service), *module_files(service)]:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            continue
        parts += [status.st_size, status.st_mtime_ns]
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()
