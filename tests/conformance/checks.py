"""What every declared resource type keeps to, checked through the pipeline with made-up parameters."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.caller import root
from fakeaws.core.store.tables import values_at
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.tags import as_map, at
from tests.conformance.samples import Sampler, Unsampled

Document = dict[str, Any]
MANY = 25
GIVEN = tomllib.loads(Path(__file__).with_name("given.toml").read_text(encoding="utf-8"))


class Failed(Exception):
    """A type does not keep to something."""


def declared_types(service: str) -> Iterator[str]:
    """The types of a service that a declared operation makes."""
    for name in models.service(service).kind_names:
        if _bound(service, name, "create", "put", "link"):
            yield name


def _bound(service: str, kind: str, *verbs: str, coded: bool = False) -> list[tuple[Operation, Document]]:
    """The declared operations of a type with one of these verbs, best verbs first; with `coded` also those that a
    function answers."""
    model, found = models.service(service), []
    for name in model.binding_names:
        binding = model.binding(name) or {}
        if binding.get("kind") == kind and binding["verb"] in verbs and (coded or model.handler(name) is None):
            found.append((model.operation(name), binding))
    return sorted(found, key=lambda pair: verbs.index(pair[1]["verb"]))


class Case:
    """One resource type, on a cloud of its own."""

    def __init__(self, service: str, name: str) -> None:
        self.service = service
        self.model = models.service(service)
        self.kind = kinds.kind(service, name)
        self.cloud = Cloud(None)
        self.sampler = Sampler(f"{service}.{name}")
        self.above: Document = {}
        self.given: Document = {}
        self.before: set[str] = set()

    # Doing

    def perform(self, operation: Operation, params: Document, caller: Any = None) -> Document:
        return self.cloud.perform(self.service, operation.name, params, caller)

    def initialise(self) -> None:
        """Have what an account has from the start, which comes with the first call whatever it is."""
        for operation in map(self.model.operation, self.model.operation_names):
            if self.model.initial is not None and operation.input is not None and not operation.input.required:
                with suppress(AwsError):
                    self.perform(operation, {})
                    return

    def maker(self) -> tuple[Operation, Document]:
        return _bound(self.service, self.kind.name, "create", "put", "link")[0]

    def make_parents(self, kind: kinds.Kind) -> None:
        """Make what the type stands within, the outermost first."""
        for name in kind.parents:
            parent = kinds.kind(self.service, name)
            self.above[name] = self._made(parent)

    def _made(self, kind: kinds.Kind) -> Any:
        """The id of a resource of a type, made now unless there is one."""
        if kind.name in self.above:
            return self.above[kind.name]
        self.make_parents(kind)
        makers = _bound(self.service, kind.name, "create", "put", "link", coded=True)
        if not makers:
            raise Failed(f"nothing makes its parent {kind.name}")
        operation, binding = makers[0]
        given = GIVEN.get(self.service, {}).get(kind.name, {})
        try:
            self.perform(operation, self.params(operation, binding, **given))
        except AwsError:  # an account may have only one of them
            found = next(filter(_is_here, self.cloud.table(kind).everywhere()), None)
            if found is None:
                raise
            return found
        return self.newest(kind)

    def newest(self, kind: kinds.Kind) -> Any:
        rows = [row for row in self.cloud.table(kind).everywhere() if row.path not in self.before and _is_here(row)]
        if not rows:
            raise Failed(f"making {kind.name} kept nothing")
        return rows[0]

    def params(self, operation: Operation, binding: Document, **given: Any) -> Document:
        over = {m: (parent, self.above[parent]) for parent, m in binding.get("parents", ()) if parent in self.above}
        named = {m: _typed(operation.input, m, self._name(m, *found)) for m, found in over.items()}
        for member, name in binding.get("refers", {}).items():
            if member in operation.input.required:
                named[member] = self._name(member, name, self._made(kinds.kind(self.service, name)))
        if binding.get("verb") in ("create", "put", "link"):
            given = {**self._names(operation, binding), **given}
        return self.sampler.params(operation.input, **{**named, **given})

    def _names(self, operation: Operation, binding: Document) -> Document:
        """Names for a new resource that its readers take as well: their rules may be stricter than its maker's."""
        found = {}
        for member in binding.get("key", ()):
            shape = operation.input.at(member)
            for reader, reading in _bound(self.service, binding["kind"], "read", "delete", "update"):
                for other in reading.get("key", ()):
                    strict = reader.input.at(other)
                    if shape.type == strict.type == "string" and member in operation.input.required:
                        try:
                            text = self.sampler.text(strict, other)
                        except Unsampled:
                            continue
                        if "enum" not in shape.traits and self.sampler.allows(shape, text):
                            found.setdefault(member, text)
        return found

    def _name(self, member: str, parent: str, resource: Any) -> Any:
        """The id of a parent, or its ARN where the parameter is one."""
        kind = kinds.kind(self.service, parent)
        arn = resource.get(kind.arn_member or "")
        return arn if arn and member.lower().endswith("arn") else resource.key

    def naming(self, operation: Operation, binding: Document, resource: Any) -> Document:
        """The parameters that name a resource, and the state of it that is meant."""
        named = self._named(operation, binding, resource)
        if binding.get("guard"):
            now = self.cloud.table(self.kind).find(resource.scope, resource.key, resource.parent)
            named[binding["guard"][0]] = (now or resource)[binding["guard"][1]]
        return named

    def _named(self, operation: Operation, binding: Document, resource: Any) -> Document:
        keys = {m: resource[m] for m in self.kind.keys or [self.kind.id] if m in resource}
        if binding.get("named"):
            shape = operation.input.at(binding["named"])  # type: ignore[union-attr]
            return {
                binding["named"]: self.sampler.params(shape, **{m: v for m, v in keys.items() if shape.has_member(m)})
            }
        if binding.get("entries"):
            return {binding["entries"]: [self.sampler.params(operation.input.at(binding["entries"]).member, **keys)]}
        if self.kind.keys:
            named = {m: resource[m] for m in binding.get("key", ()) if resource.get(m) is not None}
            return {m: _typed(operation.input, m, v) for m, v in named.items()}
        wanted = [m for m in binding.get("key", ()) if operation.input and operation.input.has_member(m)]
        chosen = next((m for m in wanted if m in operation.input.required), next(iter(wanted), None))
        if chosen is None:
            return {}
        value = resource.get(self.kind.id, resource.key)
        if chosen.lower().endswith("arn") and self.kind.arn_member and resource.get(self.kind.arn_member):
            value = resource[self.kind.arn_member]
        shape = operation.input.at(chosen)
        if shape.type == "list":
            return {chosen: value if isinstance(value, list) else [value]}
        return {chosen: _typed(operation.input, chosen, value)}


def _is_here(row: Any) -> bool:
    """Whether a resource is of the account and region that the checks are made in."""
    here = root()
    return bool(row.scope[0] == here.account and row.scope[1] in ("", here.region))


def _typed(shape: Shape | None, member: str, value: Any) -> Any:
    assert shape is not None
    kind = shape.at(member).type
    if kind in ("integer", "long") and str(value).isdigit():
        return int(value)
    if kind == "list":
        return value if isinstance(value, list) else [value]
    return str(value) if kind == "string" else value


def run(service: str, name: str) -> None:
    """All checks of a type; Failed says what it does not keep to."""
    case = Case(service, name)
    try:
        _run(case)
    except AwsError as error:
        raise Failed(f"refused: {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise Failed(f"crashed: {error!r}") from error
    finally:
        case.cloud.close()


def _run(case: Case) -> None:
    case.initialise()
    case.make_parents(case.kind)
    case.before = {row.path for row in case.cloud.table(case.kind).everywhere()}
    operation, binding = case.maker()
    params = case.params(operation, binding)
    answer = case.perform(operation, params)
    fits(operation.output, answer, operation.name)
    resource = case.newest(case.kind)
    for check in (shown, listed, refused_again, unseen_elsewhere, changed, tagged, paged, gone):
        check(case, params, resource)


def fits(shape: Shape | None, value: Any, path: str) -> None:
    """The answer has the types of its shape, and all required members but unions of which no member is known: clients
    refuse to read an empty one."""
    if shape is None:
        return
    if shape.type == "structure" and not shape.get("document"):
        for name in shape.required:
            _must(name in value or shape.at(name).get("union"), f"{path} lacks its required {name}")
        for name, item in value.items():
            _must(item != {} or not shape.at(name).get("union"), f"{path}.{name} is an empty union")
            fits(shape.at(name), item, f"{path}.{name}")
    elif shape.type == "list":
        _must(isinstance(value, list), f"{path} is no list")
        for item in value:
            fits(shape.member, item, path)
    elif shape.type == "string":
        _must(isinstance(value, str), f"{path} is no text but {value!r}")
    elif shape.type in ("integer", "long"):
        _must(isinstance(value, int), f"{path} is no number but {value!r}")


def shown(case: Case, params: Document, resource: Any) -> None:
    """Reading gives what was given."""
    for operation, binding in _bound(case.service, case.kind.name, "read")[:1]:
        answer = case.perform(operation, case.params(operation, binding, **case.naming(operation, binding, resource)))
        fits(operation.output, answer, operation.name)
        _same(case, operation, answer, params)


def _same(case: Case, operation: Operation, answer: Document, params: Document) -> None:
    shape, found = _view(case.kind, operation.output, answer)
    maker, _ = case.maker()
    for member, value in params.items():
        if shape.has_member(member) and not isinstance(value, (dict, list, bytes, float)):
            same_type = shape.at(member).type == maker.input.at(member).type and shape.name not in case.kind.views
            _must(
                not same_type or found.get(member) == value,
                f"{member}: {value!r} was given, {found.get(member)!r} read",
            )


def _view(kind: kinds.Kind, shape: Shape | None, answer: Document) -> tuple[Shape, Document]:
    """The structure of an answer that is the resource."""
    assert shape is not None
    for member, source in kind.views.get(shape.name, {}).items():
        if source == "." and member in answer:
            return shape.at(member), answer[member]
    return shape, answer


def listed(case: Case, params: Document, resource: Any, there: bool = True) -> None:
    """Lists have it, or no longer have it."""
    for operation, binding in _bound(case.service, case.kind.name, "list")[:1]:
        if set(binding.get("key", ())) & set(operation.input.required if operation.input else ()):
            continue
        asked = case.params(operation, binding)
        asked = {m: v for m, v in asked.items() if m not in binding.get("key", ())}
        if any(m in asked for m in binding.get("refuses", ())):
            continue
        about = {
            m: _asked(operation, m, test, params, resource) for m, test in binding.get("asks", {}).items() if m in asked
        }
        if None in about.values():
            continue
        asked |= about
        answer = case.perform(operation, asked)
        fits(operation.output, answer, operation.name)
        count = len(at(answer, binding["list"]) or [])
        before = len(case.before)
        _must(
            count == before + 1 if there else count <= before,
            f"{operation.name} lists {count} after making one beside {before}",
        )


def _asked(operation: Operation, member: str, test: list[Any], params: Document, resource: Any) -> Any:
    """What a list operation's parameter must be for the resource to be listed, None where that cannot be said."""
    if test[0] == "has":
        return params.get(member)
    found = next(iter(values_at(resource, test[1].split("."))), None) if test[0] in ("is", "may") else None
    return None if found is None else _typed(operation.input, member, found)


def refused_again(case: Case, params: Document, resource: Any) -> None:
    """Making it twice is the declared conflict."""
    operation, binding = case.maker()
    named = [m in params for m in case.kind.keys or binding.get("key", ())]
    given = case.kind.unique or (all(named) if case.kind.keys else any(named))
    if binding["verb"] == "create" and "exists" in case.kind.errors and given:
        params = {m: v for m, v in params.items() if m != binding.get("token")}
        _refused(case, operation, {**params, **case.sampler.params(operation.input, **params)}, "exists")


def unseen_elsewhere(case: Case, params: Document, resource: Any) -> None:
    """Another account and another region do not see it."""
    callers = [root("210987654321"), *([] if case.kind.is_global else [root(region="eu-central-1")])]
    for operation, binding in _bound(case.service, case.kind.name, "list")[:1]:
        if not binding.get("parents") and not set(operation.input.required if operation.input else ()):
            for caller in callers:
                answer = case.perform(operation, {}, caller)
                shown = len(at(answer, binding["list"]) or [])
                _must(shown <= len(case.before), f"{operation.name} shows it elsewhere")


def changed(case: Case, params: Document, resource: Any) -> None:
    """Updating changes what is given and nothing else."""
    readers = _bound(case.service, case.kind.name, "read")[:1]
    for operation, binding in _bound(case.service, case.kind.name, "update")[:1] if readers else ():
        reader, reading = readers[0]
        asked = case.params(reader, reading, **case.naming(reader, reading, resource))
        before = case.perform(reader, asked)
        given = case.params(operation, binding, **case.naming(operation, binding, resource))
        answer = case.perform(operation, given)
        fits(operation.output, answer, operation.name)
        kept = {binding.get("takes", {}).get(member, member): value for member, value in given.items()}
        _unchanged(case, reader, before, case.perform(reader, asked), {**given, **kept})


def _unchanged(case: Case, reader: Operation, before: Document, after: Document, given: Document) -> None:
    shape, old = _view(case.kind, reader.output, before)
    _, new = _view(case.kind, reader.output, after)
    inner = [m for value in given.values() if isinstance(value, dict) for m in value]
    own = {*given, *inner, *case.kind.sets, case.kind.status.split(".")[0], *_aliases(case, shape)}
    for member in shape.member_names:
        if member not in own:
            _must(old.get(member) == new.get(member), f"updating changed {member}")


def _aliases(case: Case, shape: Shape) -> list[str]:
    return [m for m, source in case.kind.views.get(shape.name, {}).items() if source]


def tagged(case: Case, params: Document, resource: Any) -> None:
    """Tags round-trip."""
    model, arn = models.service(case.service), resource.get(case.kind.arn_member or "")
    by_verb = {(model.binding(n) or {}).get("verb"): n for n in model.binding_names if model.handler(n) is None}
    if not arn or not case.kind.tags or not {"tag", "untag", "list-tags"} <= set(by_verb):
        return
    tag, untag, reads = (model.operation(by_verb[verb]) for verb in ("tag", "untag", "list-tags"))
    if any(len(_names(model, op)) != 1 or "arn" not in _names(model, op)[0].lower() for op in (tag, untag, reads)):
        return
    _tag_round_trip(case, model, (tag, untag, reads), arn)


def _scalar(shape: Shape) -> Shape:
    return shape.member if shape.type == "list" else shape


def _names(model: models.Service, operation: Operation) -> list[str]:
    return list((model.binding(operation.name) or {})["key"])


def _tag_round_trip(case: Case, model: models.Service, operations: Any, arn: str) -> None:
    tag, untag, reads = operations
    bindings = [model.binding(op.name) or {} for op in operations]
    if "." in bindings[0].get("tags", ".") or "." in bindings[1].get("tags", "."):
        return

    def named(op: Operation) -> Document:
        member = _names(model, op)[0]
        return {member: [arn] if op.input.at(member).type == "list" else arn}

    if any(not case.sampler.allows(_scalar(op.input.at(_names(model, op)[0])), arn) for op in operations):
        return  # AWS's own pattern says that the type has no tags
    form = tag.input.at(bindings[0]["tags"])
    members = form.member.member_names if form.type == "list" else []
    value: Any = {"colour": "red"} if form.type == "map" else [dict(zip(members, ("colour", "red"), strict=False))]
    case.perform(tag, case.sampler.params(tag.input, **named(tag), **{bindings[0]["tags"]: value}))
    held = case.perform(reads, case.sampler.params(reads.input, **named(reads)))
    _must(not bindings[2].get("tags") or _tags_in(held).get("colour") == "red", "a tag does not come back")
    keys = untag.input.at(bindings[1]["tags"])
    gone: Any = ["colour"] if keys.type == "list" and keys.member.type == "string" else value
    case.perform(untag, case.sampler.params(untag.input, **named(untag), **{bindings[1]["tags"]: gone}))
    held = case.perform(reads, case.sampler.params(reads.input, **named(reads)))
    _must("colour" not in _tags_in(held), "a tag does not go")


def _tags_in(answer: Any) -> dict[str, str]:
    """All tags in an answer, wherever they are."""
    found = as_map(answer)
    for part in answer if isinstance(answer, list) else answer.values() if isinstance(answer, dict) else ():
        found |= _tags_in(part)
    return found


def paged(case: Case, params: Document, resource: Any) -> None:
    """The list pages through many with the service's own token and limit."""
    lists = [p for p in _bound(case.service, case.kind.name, "list") if p[0].pages and p[0].pages.get("limit_key")][:1]
    operation, binding = case.maker()
    if binding["verb"] not in ("create", "link") or not case.kind.id:
        return
    for reader, reading in lists:
        if (
            set(reading.get("key", ())) & set(reader.input.required)
            or set(reading.get("asks", ())) & set(reader.input.required)
            or "." in reader.pages["limit_key"]
        ):
            continue
        try:
            for _ in range(MANY - 1):
                case.perform(operation, case.params(operation, binding))
        except AwsError as error:
            if error.code == case.kind.errors.get("exists", [""])[0]:
                return  # there are not so many different ones
            raise
        kept = sum(map(_is_here, case.cloud.table(case.kind).everywhere()))
        if kept < MANY:
            continue
        asked = {m: v for m, v in case.params(reader, reading).items() if m not in reading.get("key", ())}
        _must(_pages_through(case, reader, reading, asked) == kept, f"{reader.name} does not page through all")


def _pages_through(case: Case, reader: Operation, reading: Document, asked: Document) -> int:
    pages, count = reader.pages, 0
    limit = reader.input.at(pages["limit_key"])
    size = min(max(10, int(limit.get("min", 1))), int(limit.get("max", 1000)))
    asked = {**asked, pages["limit_key"]: str(size) if limit.type == "string" else size}
    token_in, token_out = (t[0] if isinstance(t, list) else t for t in (pages["input_token"], pages["output_token"]))
    for _ in range(MANY * 2):
        answer = case.perform(reader, asked)
        items = at(answer, reading["list"]) or []
        _must(len(items) <= size, f"{reader.name} gives more than it was asked for")
        count += len(items)
        token = at(answer, token_out)
        if not token:
            return count
        asked[token_in] = token
    return -1


def gone(case: Case, params: Document, resource: Any) -> None:
    """After it is deleted, reading is the declared error and no list has it."""
    for row in list(case.cloud.table(case.kind).everywhere())[1:]:
        with case.cloud.database.transaction(write=True):
            case.cloud.table(case.kind).drop(row)
    rows = list(case.cloud.table(case.kind).everywhere())
    for operation, binding in _bound(case.service, case.kind.name, "delete")[:1]:
        asked = case.params(operation, binding, **case.naming(operation, binding, rows[0]))
        fits(operation.output, case.perform(operation, asked), operation.name)
        for reader, reading in _bound(case.service, case.kind.name, "read")[:1]:
            if case.kind.origin != "settings":
                found = case.params(reader, reading, **case.naming(reader, reading, rows[0]))
                _refused(case, reader, found, "missing")
        listed(case, params, rows[0], there=False)


def _refused(case: Case, operation: Operation, params: Document, reason: str) -> None:
    try:
        case.perform(operation, params)
    except AwsError as error:
        wanted = case.kind.errors.get(reason)
        _must(wanted is None or error.code == wanted[0], f"{operation.name}: {error} is not {wanted}")
        return
    raise Failed(f"{operation.name} is not refused ({reason})")


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


__all__ = ["Call", "Callable", "Failed", "Page", "Unsampled", "declared_types", "naming", "run"]
