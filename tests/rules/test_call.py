"""A call is the boundary of a service: what a handler needs of the cloud has a name there or in a page of core."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from fakeaws.core.pipeline.call import Call

SERVICES = Path(__file__).resolve().parents[2] / "fakeaws" / "services"
NAMES = 20
"""How many public names a call has at most: beyond that it is somebody's base class."""


def _nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


def test_a_call_has_few_names() -> None:
    own = {name for cls in Call.__mro__ for name in (*vars(cls), *getattr(cls, "__annotations__", ()))}
    given = ast.parse("".join(Path(path).read_text(encoding="utf-8") for path in _files_of(Call)))
    set_ = {
        node.attr
        for node in ast.walk(given)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    names = {name for name in own | set_ if not name.startswith("_")}
    assert len(names) <= NAMES, sorted(names)


def _files_of(cls: type) -> list[str]:
    return [str(sys.modules[each.__module__].__file__) for each in cls.__mro__ if each is not object]


def test_no_service_reaches_behind_a_call() -> None:
    for path, node in _nodes():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "call":
            assert not node.attr.startswith("_"), f"{path}:{node.lineno}: call.{node.attr}"
            assert node.attr not in ("cloud", "database", "store"), f"{path}:{node.lineno}: call.{node.attr}"
        if isinstance(node, ast.ImportFrom):
            assert "cloud_of" not in {alias.name for alias in node.names}, f"{path}:{node.lineno}"


CENTER = "IAM Identity Center is four APIs of one service, and its portal finds an instance wherever it stands"
TRUSTED = "the seeds of devices are IAM's, and no operation shows them"
REASONS = {
    "accessanalyzer/findings.py": "an analyzer looks at the policies of all resources",
    "identitystore.py": CENTER,
    "s3/base/stored.py": "access points are other names of buckets, of an API of the same service",
    "ebs.py": "the blocks of EC2's snapshots, of an API of the same service",
    "sso.py": CENTER,
    "sso_oidc.py": CENTER,
    "sts/sessions.py": TRUSTED,
}
"""Why a service may look at the resources of another all the same."""


def test_no_service_finds_the_resources_of_another() -> None:
    """It calls the other service, which answers as it answers everybody."""
    found = {path.relative_to(SERVICES).as_posix() for path, node in _nodes() if _is_foreign(path, node)}
    assert found == set(REASONS)


def _is_foreign(path: Path, node: ast.AST) -> bool:
    """`call.of("other")` and `kinds.kind("other", …)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return False
    if not isinstance(node.func.value, ast.Name) or (node.func.value.id, node.func.attr) not in FINDING:
        return False
    named = node.args[0]
    own = path.relative_to(SERVICES).parts[0].removesuffix(".py").strip("_").replace("_", "-")
    if isinstance(named, ast.Constant):
        return named.value != own
    return node.func.attr == "of"


FINDING = {("call", "of"), ("kinds", "kind")}
