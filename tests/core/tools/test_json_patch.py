"""JSON Patch: RFC 6902's operations, and what is refused in AWS's words."""

from typing import Any

import pytest

from fakeaws.core.tools.json_patch import Unpatchable, patched

DOCUMENT = {"Name": "a", "Tags": ["x", "y"], "Deep": {"a/b": 1, "m~n": 2}}

CHANGES: list[tuple[Any, Any]] = [
    ({"op": "add", "path": "/New", "value": 1}, {**DOCUMENT, "New": 1}),
    ({"op": "add", "path": "/Tags/1", "value": "z"}, {**DOCUMENT, "Tags": ["x", "z", "y"]}),
    ({"op": "add", "path": "/Tags/-", "value": "z"}, {**DOCUMENT, "Tags": ["x", "y", "z"]}),
    ({"op": "remove", "path": "/Tags/0"}, {**DOCUMENT, "Tags": ["y"]}),
    ({"op": "replace", "path": "/Deep/a~1b", "value": 3}, {**DOCUMENT, "Deep": {"a/b": 3, "m~n": 2}}),
    ({"op": "remove", "path": "/Deep/m~0n"}, {**DOCUMENT, "Deep": {"a/b": 1}}),
    ({"op": "move", "from": "/Tags/0", "path": "/Name"}, {**DOCUMENT, "Name": "x", "Tags": ["y"]}),
    ({"op": "copy", "from": "/Name", "path": "/Tags/-"}, {**DOCUMENT, "Tags": ["x", "y", "a"]}),
    ({"op": "test", "path": "/Name", "value": "a"}, DOCUMENT),
    ({"op": "replace", "path": "", "value": {}}, {}),
]
NO_PATH = "Operation] noSuchPath in source, path provided : /"
REFUSED: list[tuple[Any, str]] = [
    ({}, "Invalid JSON Patch payload (not an array)"),
    ([1], "Invalid JSON Patch payload (not an object)"),
    ([{"op": "add"}], "Invalid JSON Patch payload (missing 'path' field)"),
    ([{"op": "add", "path": "/a"}], "Invalid JSON Patch payload (missing 'value' field)"),
    ([{"op": "add", "path": 1, "value": 1}], "Invalid JSON Patch payload (missing 'path' field)"),
    ([{"op": "move", "path": "/a"}], "Invalid JSON Patch payload (missing 'from' field)"),
    ([{"op": "turn", "path": "/a"}], "Unknown JSON Patch operation: turn"),
    ([{"op": ["add"], "path": "/a"}], "Unknown JSON Patch operation: ['add']"),
    ([{"op": "replace", "path": "/New", "value": 1}], f"[REPLACE {NO_PATH}/New"),
    ([{"op": "remove", "path": "/Tags/9"}], f"[REMOVE {NO_PATH}/Tags/9"),
    ([{"op": "remove", "path": "/Tags/-"}], f"[REMOVE {NO_PATH}/Tags/-"),
    ([{"op": "add", "path": "/Tags/x", "value": 1}], f"[ADD {NO_PATH}/Tags/x"),
    ([{"op": "add", "path": "/Name/x", "value": 1}], f"[ADD {NO_PATH}/Name/x"),
    ([{"op": "add", "path": "Name", "value": 1}], f"[ADD {NO_PATH}Name"),
    ([{"op": "move", "from": "/Deep", "path": "/Deep/x"}], f"[MOVE {NO_PATH}/Deep/x"),
    ([{"op": "test", "path": "/Name", "value": "b"}], "[TEST Operation] value differs from expectations at /Name"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), CHANGES)
def test_a_document_is_changed(operation: Any, expected: Any) -> None:
    assert patched(DOCUMENT, [operation]) == expected
    assert DOCUMENT["Tags"] == ["x", "y"], "the one given stays as it is"


@pytest.mark.parametrize(("patch", "text"), REFUSED)
def test_a_patch_that_does_not_fit_is_refused(patch: Any, text: str) -> None:
    with pytest.raises(Unpatchable) as refused:
        patched(DOCUMENT, patch)
    assert str(refused.value) == text
