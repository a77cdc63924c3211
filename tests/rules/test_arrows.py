"""The packages and the arrows between them: what may import what, and what stands where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeaws.core.model import compiled, models
from fakeaws.core.model.compiler import snake

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fakeaws"
SQL = re.compile(
    r"\b(SELECT .+ FROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (UNIQUE )?(TABLE|INDEX))\b"
)
MAY_IMPORT = {
    "core": {"core"},
    "policies": {"core", "policies"},
    "services": {"core", "policies", "services"},
    "wire": {"core", "wire"},
    "cli": {"core", "policies", "wire", "cli"},
}
MODULES = 25
"""How many modules stand side by side at most, but where each is one service or command."""
CHANCE = {"random", "secrets", "uuid"}


def _files(part: str = "") -> list[Path]:
    return sorted((PACKAGE / part).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_run_one_way(part: str) -> None:
    for path in _files(part):
        for name in _imports(path):
            parts = name.split(".")
            if parts[0] == "fakeaws" and len(parts) > 1 and parts[1] in MAY_IMPORT:
                assert parts[1] in MAY_IMPORT[part], f"{path}: imports {name}"


def test_no_package_has_too_many_modules() -> None:
    for package in {path.parent for path in _files()}:
        if package.name not in ("services", "customizations", "commands"):
            assert len(list(package.glob("*.py"))) <= MODULES, package


CORE = ("pipeline", "resources", "model", "store", "tools")
"""The packages of core: each imports itself and those after it."""


@pytest.mark.parametrize("package", CORE)
def test_packages_of_core_import_one_way(package: str) -> None:
    """Imports for types alone are imports too."""
    allowed = set(CORE[CORE.index(package) :])
    for path in _files(f"core/{package}"):
        for name in _imports(path):
            parts = name.split(".")
            if parts[:2] == ["fakeaws", "core"] and len(parts) > 2:
                assert parts[2] in allowed, f"{path}: imports {name}"


WIRE = ("server", "requests", "signatures", "protocols", "messages")
"""The packages of wire, in the same order."""
S3 = ("web", "select", "objects", "rules", "buckets", "base")


@pytest.mark.parametrize(("folder", "packages"), [("wire", WIRE), ("services/s3", S3)])
def test_packages_import_one_way(folder: str, packages: tuple[str, ...]) -> None:
    prefix = ["fakeaws", *folder.split("/")]
    assert {path.name for path in (PACKAGE / folder).iterdir() if path.is_dir()} - {"__pycache__"} == set(packages)
    for package in packages:
        allowed = set(packages[packages.index(package) :])
        for path in _files(f"{folder}/{package}"):
            for name in _imports(path):
                parts = name.split(".")
                if parts[: len(prefix)] == prefix and len(parts) > len(prefix):
                    assert parts[len(prefix)] in allowed, f"{path}: imports {name}"


def test_a_store_names_its_engine_to_nobody() -> None:
    """Whoever uses a store knows its interface: sqlite3 is imported by its engine, by the files of compiled models and
    by `fakeaws cloud db`."""
    others = {"core/store/parts.py", "core/model/compiled.py", "cli/commands/cloud.py", "core/store/opening.py"}
    for path in _files():
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith("core/store/sqlite/") or place in others:
            continue
        found = [name for name in _imports(path) if name.startswith(("sqlite", "fakeaws.core.store.sqlite"))]
        assert not found, f"{path}: imports {found}"


def test_a_service_imports_no_other_service() -> None:
    for path in _files("services"):
        own = path.relative_to(PACKAGE / "services").parts[0].removesuffix(".py")
        for name in _imports(path):
            if name.startswith("fakeaws.services."):
                assert name.split(".")[2] == own, f"{path}: imports {name}"


def test_sql_stands_in_the_store_only() -> None:
    for path in _files():
        if "store" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not SQL.search(node.value), f"{path}:{node.lineno}"


@pytest.mark.parametrize("part", ["core", "services"])
def test_only_the_clock_reads_time_and_chance(part: str) -> None:
    for path in _files(part):
        if path.name in ("clock.py", "machine.py"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not CHANCE.intersection(_imports(path)), path
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                assert called not in {"time.time", "time.sleep", "os.urandom", "datetime.now"}, f"{path}:{node.lineno}"


EDGES = ("fakeaws/cli/main.py", "fakeaws/wire/server/app.py", "fakeaws/core/pipeline/work.py")
"""Where an error that nobody expected is shown to the user: beyond these is nobody else."""


def test_nothing_but_the_edges_catches_everything() -> None:
    for path in (path for path in _files() if not path.as_posix().endswith(EDGES)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                name = getattr(node.type, "id", "")
                assert node.type is not None, f"{path}:{node.lineno}"
                assert name not in ("Exception", "BaseException"), f"{path}:{node.lineno}"


def test_public_functions_of_services_are_operations() -> None:
    """Modules of a package that share helpers have them documented; everything else public is an operation."""
    for service in models.services():
        operations = {snake(name) for name in models.service(service).operation_names} if _has_code(service) else set()
        for file in compiled.module_files(service):
            for node in ast.parse(Path(file).read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    is_operation = node.name.rstrip("_") in operations
                    assert is_operation or ast.get_docstring(node) or _is_shared(service, node.name), (
                        f"{file}:{node.lineno}: {node.name} is no operation of {service}"
                    )


def _has_code(service: str) -> bool:
    return bool(compiled.module_files(service))


def _is_shared(service: str, function: str) -> bool:
    """Whether another module of the service's package imports the function."""
    return any(
        any(name.endswith(f".{function}") for name in _imports(Path(file))) for file in compiled.module_files(service)
    )


def test_the_top_level_holds_only_what_it_should() -> None:
    expected = {"pyproject.toml", "README.md", "LICENSE", "fakeaws", "shapes", "tests", "scripts"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - {"build", "dist"} <= expected
