"""What a declaration does: create, read, list, update and delete the resources of a type, and turn their states.

An operation's binding (`core/model/inference.py`) says the type, the verb and which parameters name what. A function
here is a verb; `perform_declared` is the one entrance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.resources import kinds, naming, selection, states, tagging
from fakeaws.core.resources.naming import SOLE, key_of, refusal
from fakeaws.core.resources.patches import patched
from fakeaws.core.resources.places import counted, scope, service_of, table
from fakeaws.core.resources.showing import completed, fitted, show
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import ids
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request

Document = dict[str, Any]


def perform_declared(call: Request) -> Document:
    """What the operation's declaration answers; AwsError where it refuses, KeyError where there is no declaration."""
    binding = call.operation.service.binding(call.operation.name)
    if binding is None:
        raise KeyError(call.operation.name)
    if binding["verb"] in tagging.VERBS:
        return tagging.VERBS[binding["verb"]](call, binding)
    answer = VERBS[binding["verb"]](call, kinds.kind(service_of(call), binding["kind"]), binding)
    return answer if binding["verb"] in ("read", "list") else _nothing_failed(call, answer)


def _nothing_failed(call: Request, answer: Document) -> Document:
    """The answer of an operation on several resources, with what it says of those that failed."""
    output = call.operation.output
    for member in output.member_names if output is not None else ():
        if member.lower().startswith(("failed", "unprocessed")) and member not in answer:
            kind = output.at(member).type if output is not None else ""
            if kind in ("list", "integer"):
                answer[member] = [] if kind == "list" else 0
    return answer


# Making


def _create(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    again = _asked_before(call, kind, binding)
    if again is not None:
        return _answer(call, kind, again)
    naming.check_references(call, binding)
    if binding.get("entries"):
        return _create_entries(call, kind, binding, path or "")
    made = [make(call, kind, one, path or "", binding) for one in _each(kind, taken(call.params, binding))]
    return _answers(call, kind, binding, made)


def _create_entries(call: Request, kind: kinds.Kind, binding: Document, path: str) -> Document:
    """Make a resource of each of the entries that the parameters list; those that are there already are changed."""
    name = binding["entries"]
    common = {member: value for member, value in call.params.items() if member != name}
    made = []
    for entry in call[name]:
        key = naming.named_in(kind, entry)
        found = naming.find(call, kind, key, path) if key else None
        if found is not None:
            found.update(entry)
            call.keep(kind.name, found)
        made.append(found or make(call, kind, {**common, **entry}, path, {**binding, "verb": "put"}))
    if binding.get("list"):
        return _listed(call, kind, binding, made)
    return completed(call.operation.output, {}) if call.operation.output else {}


def _each(kind: kinds.Kind, document: Document) -> list[Document]:
    """A document for each resource that the parameters name: some operations take lists of names."""
    found = [document]
    for member in kind.keys or [kind.id]:
        values = document.get(member)
        if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
            found = [{**one, member: value} for one in found for value in values]
    return found


def _asked_before(call: Request, kind: kinds.Kind, binding: Document) -> Resource | None:
    """The resource that an earlier call with the same idempotency token made."""
    token = call.get(binding.get("token", ""))
    if token is None or "_token" not in kind.index:
        return None
    rows = table(call, kind).having(scope(call, kind), "_token", [str(token)])
    return next((row for row in rows if states.settled(kind, row, call.now) is not None), None)


def make(call: Request, kind: kinds.Kind, document: Document, path: str, binding: Document) -> Resource:
    """Keep a new resource: the document with its id, its ARN and what the service sets; AwsError if it is there."""
    _inherit(call, kind, document, path)
    key = _key(call, kind, document, path, binding)
    _refuse_twice(call, kind, document, path, key, binding)
    _set(call, kind, document)
    if kind.arn_member and document.get(kind.arn_member) is None and kind.arn:
        document[kind.arn_member] = _arn(call, kind, document, key)
    default(call, document, kind.defaults)
    token = call.get(binding.get("token", ""))
    if token is not None and "_token" in kind.index:
        document["_token"] = token
    states.begin(kind, document, "create", call.now)
    return table(call, kind).keep(scope(call, kind), path, key, document)


def taken(params: Document, binding: Document) -> Document:
    """The parameters as the resource keeps them."""
    takes = binding.get("takes", {})
    found: Document = {}
    for member, value in params.items():
        target = takes.get(member, member)
        if target == "." and isinstance(value, dict):
            found.update(value)
        elif target.endswith("[]"):
            found[target[:-2]] = [tag for item in value for tag in item.get("Tags", ())]
        elif target and value is not None:
            found[target] = value
    return found


def _key(call: Request, kind: kinds.Kind, document: Document, path: str, binding: Document) -> str:
    if kind.keys:
        for member in kind.keys:
            if document.get(member) is None:
                document[member] = _drawn(call, kind, kind.makes.get(member, ""), document, path)
        return key_of([document[member] for member in kind.keys])
    if not kind.id:
        return SOLE
    if document.get(kind.id) is None:
        given = naming.given_keys(call, kind, binding)
        document[kind.id] = given[0] if given and given != [SOLE] else _made(call, kind, document, path)
    return key_of(document[kind.id])


def _made(call: Request, kind: kinds.Kind, document: Document, path: str) -> Any:
    if kind.id == kind.arn_member and kind.arn:
        return _arn(call, kind, document, "")
    return _drawn(call, kind, kind.make or "{uuid}", document, path)


def _drawn(call: Request, kind: kinds.Kind, template: str, document: Document, path: str) -> Any:
    if template in ("{serial}", "{count}"):
        above = key_of([document.get(member, "") for member in kind.keys])
        number = counted(call, f"{kind.table} {call.account} {call.region} {path} {above}".strip())
        return number if template == "{serial}" else str(number)
    return call.make(template, **_texts(document))


def _refuse_twice(call: Request, kind: kinds.Kind, document: Document, path: str, key: str, binding: Document) -> None:
    if binding["verb"] not in ("create", "link") or "exists" not in kind.errors:
        return
    held, place = table(call, kind), scope(call, kind)
    found: Iterable[Resource | None] = [held.find(place, key, path)]
    if kind.unique and document.get(kind.unique) is not None:
        found = [*found, *held.having(place, kind.unique, [str(document[kind.unique])])]
        key = str(document[kind.unique])
    siblings = (row for row in found if row is not None and row.parent == path)
    if any(states.settled(kind, row, call.now) is not None for row in siblings):
        raise refusal(call, kind, "exists", key)


def _inherit(call: Request, kind: kinds.Kind, document: Document, path: str) -> None:
    """What a resource shows of the one that it stands within."""
    if not kind.inherits or not path:
        return
    parent = kinds.kind(service_of(call), kind.parents[-1])
    above, _, key = path.rpartition("/")
    held: Document = table(call, parent).find(scope(call, parent), key, above) or {}
    for member, source in kind.inherits.items():
        if held.get(source) is not None:
            document[member] = held[source]


def _set(call: Request, kind: kinds.Kind, document: Document) -> None:
    for member, what in kind.sets.items():
        if document.get(member) is None:
            document[member] = _SOURCES[what](call)


_SOURCES: dict[str, Callable[[Request], Any]] = {
    "createdat": lambda call: call.now,
    "updatedat": lambda call: call.now,
    "account": lambda call: call.account,
    "region": lambda call: call.region,
    "caller": lambda call: call.caller.arn,
    "uuid": lambda call: call.make("{uuid}"),
    "hex": lambda call: call.make("{hex32}"),
}


def _arn(call: Request, kind: kinds.Kind, document: Document, key: str) -> str:
    fields = ids.fields(kind.arn or "")
    default(call, document, {field: kind.defaults[field] for field in fields if field in kind.defaults})
    values = {**_texts(call.params), **_texts(document)}
    if kind.id and key:
        values.setdefault(kind.id, key)
    for field in fields:
        if field not in values and not ids.is_drawn(field):
            values[field] = key or call.make("{uuid}")
    return call.make(kind.arn or "", **values)


def _texts(document: Document) -> Document:
    return {name: value for name, value in document.items() if isinstance(value, (str, int))}


def default(call: Request, document: Document, defaults: Document) -> None:
    """Fill what the document lacks, structure by structure; texts are templates over the document, and left out where
    it lacks one of their fields."""
    for member, value in defaults.items():
        if isinstance(value, dict) and isinstance(document.get(member), dict):
            default(call, document[member], value)
        elif document.get(member) is None:
            try:
                document[member] = _resolved(call, document, value)
            except KeyError:
                continue


def _resolved(call: Request, document: Document, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(call, document, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(call, document, item) for item in value]
    if value == "{now}":
        return call.now
    if isinstance(value, str) and "{" in value:
        return call.make(value, **_texts(call.params), **_rest(document, call.params))
    return value


def _rest(document: Document, params: Document) -> Document:
    return {name: value for name, value in _texts(document).items() if name not in _texts(params)}


def _put(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    """Make the resource, or put the parameters in the place of what it had."""
    path = naming.within(call, binding)
    found = None if binding.get("entries") else _named(call, kind, binding, path)
    if found is None:
        return _create(call, kind, binding)
    return _changed(call, kind, binding, found)


# Reading


def _read(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    found = _named(call, kind, binding, naming.within(call, binding))
    if found is None and kind.origin == "settings" and (kind.defaults or "missing" not in kind.errors):
        found = _untouched(call, kind)
    if found is None:
        raise _missing(call, kind, binding)
    return _answer(call, kind, found)


def _untouched(call: Request, kind: kinds.Kind) -> Resource:
    """Settings as they are before anybody changes them."""
    found = Resource({}, scope(call, kind), "", SOLE)
    _set(call, kind, found)
    default(call, found, kind.defaults)
    return found


def _named(call: Request, kind: kinds.Kind, binding: Document, path: str | None) -> Resource | None:
    keys = naming.given_keys(call, kind, binding)
    if not keys:
        return next(iter(call.list(kind.name, path)), None)
    return naming.find(call, kind, keys[0], path if path is not None else "" if keys[0] == SOLE else None)


def _missing(call: Request, kind: kinds.Kind, binding: Document) -> AwsError:
    keys = naming.given_keys(call, kind, binding)
    over = [call.get(member) for _, member in binding.get("parents", ())]
    key = next((key_of(k) for k in [*keys, *reversed(over)] if k not in (None, SOLE)), call.account)
    return refusal(call, kind, "missing", key)


def _list(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    keys = naming.given_keys(call, kind, binding) if kind.id else []
    if keys:
        found = list(_those(call, kind, binding, keys, path))
    else:
        found = selection.page(call, kind, binding, call.list(kind.name, path))
    return _listed(call, kind, binding, found)


def _those(call: Request, kind: kinds.Kind, binding: Document, keys: list[Any], path: str | None) -> Iterator[Resource]:
    """The resources that are asked for by name; the first that is missing is an error where the type has one."""
    for key in keys:
        found = naming.find(call, kind, key, path)
        if found is not None:
            yield found
        elif binding["verb"] == "list" and "missing" in kind.errors:
            raise refusal(call, kind, "missing", key_of(key))


def _listed(call: Request, kind: kinds.Kind, binding: Document, found: list[Resource]) -> Document:
    """The answer of a list operation: the items, and what it says besides."""
    output = call.operation.output
    assert output is not None
    *steps, last = binding["list"].split(".")
    turning = (call.operation.pages or {}).get("input_token")
    known = {m: v for m, v in call.params.items() if output.has_member(m) and m not in (*steps, turning)}
    echoed = {m: e for m, v in known.items() if (e := fitted(output.at(m), v)) is not None}
    shape, document = output, echoed
    answer = document
    for step in steps:
        shape = shape.at(step)
        document[step] = document = {}
    member = shape.at(last).member
    if member.type == "structure":
        document[last] = [show(kind, member, row) for row in found]
    else:
        document[last] = [
            v for row in found if (v := fitted(member, row.get(binding.get("item") or kind.id))) is not None
        ]
    for name in shape.required:
        if shape.at(name).type in ("integer", "long") and name not in document:
            document[name] = len(found)
    completed(shape, document)
    return completed(output, answer)


# Changing


def _update(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    found = _named(call, kind, binding, path)
    if found is None and kind.origin == "settings" and "patch" in binding:
        found = _untouched(call, kind)
    if found is None and kind.origin == "settings":
        return _create(call, kind, binding)
    if found is None:
        raise _missing(call, kind, binding)
    return _changed(call, kind, binding, found)


def _check_guard(call: Request, kind: kinds.Kind, binding: Document, found: Resource) -> None:
    """AwsError where the caller means another state of the resource than it is in."""
    if not binding.get("guard"):
        return
    parameter, held, absent = binding["guard"]
    if call.get(parameter) is None and absent:
        raise AwsError(absent, "The If-Match version is missing or not valid for the resource.")
    if call.get(parameter) not in (None, found.get(held)):
        raise refusal(call, kind, "stale", found.key)


def _changed(call: Request, kind: kinds.Kind, binding: Document, found: Resource) -> Document:
    _check_guard(call, kind, binding, found)
    naming.check_references(call, binding)
    over = {member for _, member in binding.get("parents", ())}
    naming_it = {*over, *binding.get("key", ())}
    given = {member: value for member, value in call.params.items() if member not in naming_it}
    given = taken(given, binding)
    if "patch" in binding:
        given = patched(call.operation.service.shape(kind.shape), found, given.get(binding["patch"], []))
    given.pop(kind.id, None)
    found.update(given)
    _touch(call, kind, found)
    call.keep(kind.name, found)
    return _answer(call, kind, found)


def _touch(call: Request, kind: kinds.Kind, resource: Resource) -> None:
    for member, what in kind.sets.items():
        if what in ("updatedat", "uuid", "hex"):
            resource[member] = _SOURCES[what](call)


def _turn(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    """Put the resource into the state that the operation leaves it in."""
    path = naming.within(call, binding)
    keys = naming.given_keys(call, kind, binding)
    found = [row for key in keys if (row := naming.find(call, kind, key, path)) is not None] if keys else []
    if not keys and (sole := _named(call, kind, binding, path)) is not None:
        found = [sole]
    if len(found) < max(1, len(keys)):
        raise _missing(call, kind, binding)
    for row in found:
        row.pop("passing", None)
        _put_state(call, kind, binding, row)
        _touch(call, kind, row)
        call.keep(kind.name, row)
    return _answers(call, kind, binding, found)


def _put_state(call: Request, kind: kinds.Kind, binding: Document, row: Resource) -> None:
    if binding.get("passes"):
        states.begin(kind, row, binding["passes"], call.now)
    elif binding.get("status"):
        states.put(row, kind.status, binding["status"])
    if binding.get("flag"):
        row[binding["flag"][0]] = binding["flag"][1]


def _answers(call: Request, kind: kinds.Kind, binding: Document, found: list[Resource]) -> Document:
    if binding.get("list"):
        return _listed(call, kind, binding, found)
    return _answer(call, kind, found[0])


# Removing


def _delete(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    keys = naming.given_keys(call, kind, binding)
    found = [row for key in keys if (row := naming.find(call, kind, key, path)) is not None]
    if len(found) < max(1, len(keys)) and not binding.get("quiet"):
        raise _missing(call, kind, binding)
    for row in found:
        _check_guard(call, kind, binding, row)
        remove(call, kind, row)
    if not found:
        return completed(call.operation.output, {}) if call.operation.output else {}
    return _answers(call, kind, binding, found)


def remove(call: Request, kind: kinds.Kind, resource: Resource) -> None:
    """Remove a resource and what stands within it; AwsError where its type refuses while something does."""
    if "holds" in kind.errors and (any(_inside(call, kind, resource, counted=True)) or _is_held(call, kind, resource)):
        raise refusal(call, kind, "holds", resource.key)
    for child, row in list(_inside(call, kind, resource)):
        remove(call, child, row)
    leaving = kind.states.get("delete")
    if leaving and kind.status:
        states.begin(kind, resource, "delete", call.now)
    if leaving and kind.status and pace() > 0:
        call.keep(kind.name, resource)
    else:
        call.drop(kind.name, resource)


def _is_held(call: Request, kind: kinds.Kind, resource: Resource) -> bool:
    """Whether a resource of another type refers to this one."""
    names = {resource.get(member) for member in (kind.id, *kind.index) if member and member != "_token"} - {None}
    for name, member in kind.holders:
        other = kinds.kind(service_of(call), name)
        rows = (row for row in table(call, other).list(scope(call, other)) if row.get(member) in names)
        if any(states.settled(other, row, call.now) is not None for row in rows):
            return True
    return False


def _inside(
    call: Request, kind: kinds.Kind, resource: Resource, counted: bool = False
) -> Iterator[tuple[kinds.Kind, Resource]]:
    """The resources within one; `counted` leaves out those that there is only one of, such as its policy."""
    for name in kind.children:
        child = kinds.kind(service_of(call), name)
        if counted and not child.id:
            continue
        for row in table(call, child).list(scope(call, child), resource.path):
            if states.settled(child, row, call.now) is not None:
                yield child, row


# Several at once


def _batch_read(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    keys = [_entry(kind, key) for key in naming.given_keys(call, kind, binding)]
    return _listed(call, kind, binding, list(_those(call, kind, binding, keys, path)))


def _entry(kind: kinds.Kind, entry: Any) -> Any:
    return naming.named_in(kind, entry) if isinstance(entry, dict) else entry


def _batch_delete(call: Request, kind: kinds.Kind, binding: Document) -> Document:
    path = naming.within(call, binding)
    for key in naming.given_keys(call, kind, binding):
        found = naming.find(call, kind, _entry(kind, key), path)
        if found is not None:
            remove(call, kind, found)
    output = call.operation.output
    return completed(output, {}) if output else {}


def _answer(call: Request, kind: kinds.Kind, resource: Document) -> Document:
    output = call.operation.output
    return show(kind, output, resource) if output is not None else {}


VERBS: dict[str, Callable[[Request, kinds.Kind, Document], Document]] = {
    "create": _create,
    "link": _create,
    "put": _put,
    "read": _read,
    "list": _list,
    "update": _update,
    "turn": _turn,
    "delete": _delete,
    "batch-read": _batch_read,
    "batch-delete": _batch_delete,
}
