"""What each parameter of a list operation asks of a resource. Part of inference; used when a model is compiled.

Found for a binding (`core/model/inference.py`), and carried out by `core/resources/selection.py`:

asks     {parameter: [test, path]}: `is`, `starts`, `contains`, `after`, `before` compare the member at the path;
         `may` is an `is` that is not known of a resource without the member; `has` wants the value anywhere in the
         resource; `owner` that it is the caller's own; `filters` are names with values; `each` is {member: test} of a
         structure; `map` is {name: values}
orders   parameters that say in which order: `sort` by what, `order` which way, or others that are refused
refuses  parameters that select in a way that is not known here: refused where there is anything to select from
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.nouns import ACCOUNTS, NAMING, PAGING, SCALARS, Type
from fakeaws.core.model.words import role, singular

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Operation
    from fakeaws.core.model.members import Members

Document = dict[str, Any]
_ENDINGS = {
    "contains": "contains",
    "prefix": "starts",
    "startswith": "starts",
    "beginswith": "starts",
    "equals": "is",
    "after": "after",
    "before": "before",
    "filter": "is",
    "": "is",
}
"""How the names of parameters end, and the test that they stand for: `nameContains`, `CreationTimeAfter`."""
_BY = re.compile(r"^[Bb]y(?=[A-Z])")
_ORDERS = ("sort", "order")
_SHOWING = ("include", "show", "with", "return", "hide", "verbose", "detail", "unmask", "exclude", "attributesto")
_SHOWN = ("acceptlanguage", "locale", "language", "consistencylevel", "callas", "fields", "catalogid", "domainowner")
"""Parameters that say how the answer is to look, or whose cloud is meant: they select nothing."""
_DEPTH = 2


def selected_by(members: Members, kind: Type, op: Operation, naming: list[str]) -> Document:
    """The parts of a list operation's binding that say what its parameters ask for; `naming` are those that name the
    resources or what they stand within."""
    found: Document = {"asks": {}, "orders": {}, "refuses": []}
    for member, ref in op.inputs.items():
        if member in naming or _is_paging(members, op, member) or ref.get("idempotencyToken"):
            continue
        if any(part in member.lower() for part in _ORDERS) and member not in kind.vocabulary:
            found["orders"][member] = _order(members, member, ref["shape"])
        elif not _only_shows(members, member, ref["shape"]):
            test = _test(members, kind, member, ref["shape"]) or _mention(members, op, member, ref["shape"])
            if test:
                found["asks"][member] = test
            else:
                found["refuses"].append(member)
    return found


def _is_paging(members: Members, op: Operation, member: str) -> bool:
    lower = member.lower()
    pages = (op.paginator.get("input_token"), op.paginator.get("limit_key"))
    counts = lower.startswith("max") and members.shapes[op.inputs[member]["shape"]]["type"] == "integer"
    return member in pages or counts or lower in ("dryrun", "position") or lower.endswith(PAGING)


def _order(members: Members, member: str, shape: str) -> str:
    if members.shapes[shape]["type"] != "string":
        return ""
    return "sort" if member.lower().endswith(("by", "sort", "field")) else "order"


def _only_shows(members: Members, member: str, shape: str) -> bool:
    lower = member.lower()
    if lower in _SHOWN or lower in ACCOUNTS:
        return True
    return lower.startswith(_SHOWING) and members.shapes[shape]["type"] in ("boolean", "list")


def _mention(members: Members, op: Operation, member: str, shape: str) -> list[str]:
    """What has to be said and is no member of the resource must be mentioned in it: the ARN that a rule is for."""
    said = members.shapes[shape]
    named = member in op.required and said["type"] in SCALARS and not said.get("enum")
    return ["has"] if named else []


def _test(members: Members, kind: Type, member: str, name: str, depth: int = 0) -> list[Any]:
    """The test for a parameter or a member of one, nothing if none is known."""
    shape = members.shapes[name]
    if shape["type"] == "list":
        item = members.shapes[shape["member"]["shape"]]
        return ["filters"] if _is_filter(item) else _compared(members, kind, member, shape["member"]["shape"])
    if depth > _DEPTH:
        return []
    if shape["type"] == "structure":
        inner = {m: _test(members, kind, m, ref["shape"], depth + 1) for m, ref in shape["members"].items()}
        known = {m: test for m, test in inner.items() if test}
        return ["each", known] if known else []
    if shape["type"] == "map":
        value = members.shapes[shape["value"]["shape"]]
        return ["map"] if value["type"] == "list" and "filter" in member.lower() else []
    return _compared(members, kind, member, name)


def _is_filter(item: Document) -> bool:
    names = {member.lower().removeprefix("filter") for member in item.get("members", ())}
    return bool(names & {"name", "key", "field"}) and bool(names & {"value", "values", "stringvalues"})


def _compared(members: Members, kind: Type, member: str, name: str) -> list[str]:
    shape = members.shapes[name]
    if shape["type"] not in (*SCALARS, "boolean", "timestamp"):
        return []
    if any(value.upper() == "SELF" for value in shape.get("enum", ())):
        return ["owner"]
    if member in kind.vocabulary:
        known = members.shapes[kind.vocabulary[member]]["type"]
        alike = known in (shape["type"], "list") and _share_values(members, shape, kind.vocabulary[member])
        return [_sureness(kind, member), member] if alike else []
    if any(member in op.inputs for op in _makers(kind)):
        return ["is", member]
    word = _BY.sub("", member)
    ending = next(end for end in _ENDINGS if word.lower().endswith(end) and word.lower() != end)
    test = _ENDINGS[ending]
    if (shape["type"] == "timestamp") != (test in ("after", "before")):
        return []
    path = _path(members, kind, word[: len(word) - len(ending)])
    if path in kind.vocabulary and not _share_values(members, shape, kind.vocabulary[path]):
        return []
    return [_sureness(kind, path) if test == "is" else test, path] if path else []


def _share_values(members: Members, shape: Document, other: str) -> bool:
    """Whether a parameter can have a value that the member has."""
    known = members.shapes[other].get("enum")
    return not shape.get("enum") or not known or bool(set(shape["enum"]) & set(known))


def _sureness(kind: Type, path: str) -> str:
    """Whether a resource without the member surely has no such value: it was not given, rather than not known here."""
    return "is" if any(path.split(".")[0] in op.inputs for op in _makers(kind)) else "may"


def _makers(kind: Type) -> list[Operation]:
    return [op for verb in ("create", "put", "link") for op in kind.operations.get(verb, ())]


def _path(members: Members, kind: Type, word: str) -> str:
    """The member of the resource that a word of a parameter's name means."""
    status, _ = members.status(kind)
    wanted = role(word, kind.name)
    if wanted in ("status", "state", "statuses", "states") and status:
        return status
    if wanted == "":
        return members.id_member(kind)
    for spelling in dict.fromkeys(role(said, kind.name) for said in (word, singular(word), f"{word}At", f"{word}Time")):
        for member, shape in kind.vocabulary.items():
            scalar = members.shapes[shape]["type"] in (*SCALARS, "boolean", "timestamp")
            if scalar and (role(member, kind.name) == spelling or member.lower() == word.lower()):
                return member
    return members.id_member(kind) if wanted in NAMING else ""
