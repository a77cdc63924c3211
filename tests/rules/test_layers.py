"""The packages of the command line stand on each other in one order, and none on one above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CLI = Path(__file__).resolve().parents[2] / "fakeaws" / "cli"
LAYERS = (
    ("errors", "invocation"),
    ("arguments", "profile"),
    ("customizations", "output"),
    ("tree", "calls"),
    ("help",),
    ("commands",),
    ("main",),
)
"""From the bottom up: each may import itself and the layers below it, for types too."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def _imported(path: Path) -> Iterator[str]:
    """The parts of the command line that a module imports: `fakeaws.cli.PART…`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "fakeaws.cli":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fakeaws.cli."):
            yield node.module.split(".")[2]


def test_every_part_of_the_command_line_has_its_layer() -> None:
    parts = {path.stem for path in CLI.iterdir() if not path.name.startswith("__")}
    assert parts == set(LEVEL)


@pytest.mark.parametrize("part", LEVEL)
def test_a_layer_imports_only_those_below(part: str) -> None:
    files = [CLI / f"{part}.py"] if (CLI / f"{part}.py").exists() else sorted((CLI / part).rglob("*.py"))
    for path in files:
        for name in _imported(path):
            assert name == part or LEVEL[name] < LEVEL[part], f"{path}: imports {name}"


def test_a_package_holds_one_family() -> None:
    for folder in (path for path in CLI.rglob("*") if path.is_dir()):
        if folder.name not in ("commands", "customizations"):
            assert len(list(folder.glob("*.py"))) <= 25, folder
