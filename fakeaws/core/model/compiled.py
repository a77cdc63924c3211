"""The compiled cache of the service models: one small SQLite file a service, made when first needed.

A file (`core/store/parts.py`) holds what `core/model/models.py` reads. It is named by a stamp of everything that it was
made from (botocore's files, the service's shape, its modules), so it is never stale and may be deleted at any time.
"""

from __future__ import annotations

import binascii
import json
import os
import sqlite3
import sys
from _thread import RLock
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from keyword import iskeyword
from typing import Any

from fakeaws.core.store.parts import PartsFile

FORMAT = 3
ENGINE = tuple(
    f"{name}.py"
    for name in (
        "compiler",
        "inference",
        "nouns",
        "members",
        "bindings",
        "list_parameters",
        "references",
        "refusals",
        "forms",
        "patterns",
        "words",
        "secrets",
        "vocabulary",
    )
)
"""The modules that decide what a compiled file holds."""
Document = dict[str, Any]
_COMPILING = RLock()
"""One thread compiles at a time: the draft of a file is one a process."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def shapes_folder() -> str:
    """Where the shapes stand: beside the package in a checkout, inside it when installed."""
    installed = os.path.join(_PACKAGE, "shapes")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(_PACKAGE), "shapes")


def cache_folder() -> str:
    """`$FAKEAWS_CACHE`, else the platform's place for what may be deleted."""
    named = os.environ.get("FAKEAWS_CACHE")
    if named:
        return named
    if sys.platform == "win32":
        return os.path.join(os.path.expanduser(os.environ.get("LOCALAPPDATA", "~")), "fakeaws", "cache")
    return os.path.join(os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache"), "fakeaws")


@cache
def _bases() -> tuple[str, ...]:
    """The folders that hold models: botocore's, and our own for what botocore dropped."""
    spec = find_spec("botocore")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return os.path.join(spec.submodule_search_locations[0], "data"), models_folder()


def models_folder() -> str:
    """Where the models stand that botocore lacks, in the form of its data folder."""
    return os.path.join(shapes_folder(), "models")


@cache
def services() -> tuple[str, ...]:
    """The names of all services that there is a model of, sorted."""
    found: set[str] = set()
    for base in filter(os.path.isdir, _bases()):
        with os.scandir(base) as entries:
            found.update(entry.name for entry in entries if "." not in entry.name)
    return tuple(sorted(found))


def has_service(service: str) -> bool:
    """Whether there is a model of `service`, without looking at all of them."""
    return service.replace("-", "").isalnum() and any(os.path.isdir(os.path.join(b, service)) for b in _bases())


@cache
def version_folder(service: str) -> str:
    """The folder of the newest API version of a service."""
    folders = (os.path.join(base, service) for base in _bases())
    folder = next(filter(os.path.isdir, folders))
    return os.path.join(folder, max(os.listdir(folder)))


def load_source(service: str, part: str) -> Document:
    """A file of the model as shipped: `service-2`, `paginators-1`, `waiters-2`, …; empty if there is none."""
    path = os.path.join(version_folder(service), part + ".json")
    if os.path.exists(path):
        with open(path, "rb") as file:
            return _document(file.read())
    if os.path.exists(path + ".gz"):
        import gzip

        with gzip.open(path + ".gz") as packed:
            return _document(packed.read())
    return {}


def _document(text: bytes) -> Document:
    found: Document = json.loads(text)
    return found


def open_service(service: str) -> PartsFile:
    """The compiled file of `service`, compiled now if it is missing or anything that it is made from has changed; where
    no file can be written, it is compiled for this process alone."""
    path = os.path.join(cache_folder(), f"{service}-{_stamp(service)}.db")
    with _COMPILING:
        try:
            if not os.path.exists(path):
                from fakeaws.core.model import compiler

                compiler.compile_service(service, path)
            return PartsFile.at(path)
        except (OSError, sqlite3.Error):  # no room, or another version of fakeaws has just put its own in its place
            from fakeaws.core.model import compiler

            return PartsFile.in_memory(compiler.parts(service))


def module_files(service: str) -> list[str]:
    """The files of the service's module or package in `services/`; empty where it has none."""
    base = os.path.join(services_folder(), module_name(service))
    if os.path.isdir(base):
        return sorted(_python_files(base))
    return [base + ".py"] if os.path.exists(base + ".py") else []


def services_folder() -> str:
    """Where the modules and packages of the services stand."""
    return os.path.join(_PACKAGE, "services")


def _python_files(folder: str) -> Iterator[str]:
    """The Python files of a package and of its sub-packages."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _python_files(entry.path)


def modules(service: str) -> list[str]:
    """The modules of the service in `services/`: `fakeaws.services.ec2.network.vpcs`."""
    return [module_at(path) for path in module_files(service)]


def module_at(path: str) -> str:
    """The name of the module that a file in `services/` is."""
    inner = os.path.relpath(path, services_folder()).removesuffix(".py").split(os.sep)
    return ".".join(["fakeaws.services", *inner]).removesuffix(".__init__")


def module_name(service: str) -> str:
    """The Python name of a service: `sso-admin` → `sso_admin`, `lambda` → `lambda_`."""
    name = service.replace("-", "_")
    return name + "_" if iskeyword(name) else name


def shape_file(service: str) -> str:
    return os.path.join(shapes_folder(), f"{service}.toml")


@cache
def _stamp(service: str) -> str:
    engine = [os.path.join(_PACKAGE, "core", "model", f) for f in ENGINE]
    folder = version_folder(service)
    parts: list[object] = [FORMAT, os.path.basename(folder)]
    for path in [folder, *engine, shape_file(service), *module_files(service)]:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            continue
        parts += [status.st_size, status.st_mtime_ns]
    return f"{binascii.crc32(repr(parts).encode()):08x}"
