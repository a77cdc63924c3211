"""What the members of a model's shapes are to a resource type: its id, ARN, parents, tags, status, times, list, errors.

The second half of inference (`core/model/inference.py`); used when a model is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model import forms, references, refusals, words
from fakeaws.core.model.nouns import NAMING, SCALARS, WRAPPERS, Type, is_own
from fakeaws.core.model.words import role, stem

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Inference

Document = dict[str, Any]
TIMES = ("timestamp", "string", "long", "double", "float", "integer")
_SETS = {
    "createdat": "now",
    "updatedat": "now",
    "ownerid": "account",
    "owneraccountid": "account",
    "owneraccount": "account",
    "accountid": "account",
    "awsaccountid": "account",
    "registryid": "account",
    "ownerawsaccountid": "account",
    "owner": "account",
    "createdby": "caller",
    "createdbyarn": "caller",
    "ownerarn": "caller",
    "region": "region",
    "awsregion": "region",
    "locktoken": "uuid",
    "revisionid": "uuid",
    "etag": "hex",
}
"""Members that the service sets when a resource is made, by their role, and to what."""
_AT_START = {"starttime", "startedat", "startdate", "submittedat", "submittime", "requestedat", "requesttime"}


class Members:
    """What the kinds and bindings of a service say of its members."""

    def __init__(self, service: Inference) -> None:
        self.service = service
        self.shapes = service.shapes
        metadata = service.model["metadata"]
        self.namespace = str(metadata.get("signingName") or metadata["endpointPrefix"]).split(".")[-1]
        self.views: dict[str, dict[str, Document]] = {}
        self.spelled = [(other.name.lower(), other) for other in service.types.values()]
        """The types by their names in lower case, as members begin that name them."""
        self.refers: dict[str, dict[str, str]] = {}
        self.named_by: dict[str, list[tuple[str, Document]]] = {}
        """The parameters that name resources of a type, and their shapes."""
        usual = ("ResourceNotFoundException", "NotFoundException", "ResourceNotFoundFault", "EntityNotFoundException")
        self.tagged_by = [
            self.shapes[op.inputs[m]["shape"]]
            for op in service.operations.values()
            if op.name.startswith(("TagResource", "ListTags"))
            for m in op.inputs
            if m.lower() in ("resourcearn", "arn") and self.shapes[op.inputs[m]["shape"]]["type"] == "string"
        ]
        self.usual_missing = next((name for name in usual if name in self.shapes), "")

    # Bindings

    def _naming_shapes(self, kind: Type, member: str, arn: bool) -> list[Document]:
        """The shapes that the value of a resource's member must suit: its own, and those of parameters that take it."""
        own = [self.shapes[kind.vocabulary[member]]] if member in kind.vocabulary else []
        taking = [s for m, s in self.named_by.get(kind.name, ()) if m.lower().endswith(("arn", "arns")) is arn]
        if len(kind.keys) > 1:
            taking = [s for m, s in self.named_by.get(kind.name, ()) if m == member]
        if arn:
            taking += self.tagged_by
        found: dict[str, Document] = {}
        for shape in [*own, *taking]:
            found.setdefault(f"{shape.get('pattern')} {shape.get('min')} {shape.get('max')}", shape)
        return list(found.values())

    def vocabulary_of(self, kind: Type) -> dict[str, str]:
        """The members of a resource as it is kept, and the shape of each."""
        found: dict[str, str] = {}
        views = self.views[kind.name] = {}
        for shape in self._views_of(kind):
            view = {}
            for member, ref in self.shapes[shape].get("members", {}).items():
                if member.lower().endswith(("nexttoken", "nextmarker")):
                    continue
                source = self.source(kind, found, member, ref["shape"])
                if source == member:
                    found.setdefault(member, ref["shape"])
                else:
                    view[member] = source
            if view:
                views[shape] = view
        return found

    def _views_of(self, kind: Type) -> list[str]:
        """The shapes that show a resource, the fullest first."""
        found = [kind.shape_name] if kind.shape_name else []
        for op in (op for ops in kind.operations.values() for op in ops):
            verb = kind.verbs[op.name][0]
            wrapper = kind.wrapper(op)
            if verb in ("list", "batch-read"):
                found.append(kind.item_shape(op))
            elif wrapper:
                found += [str(op.outputs[wrapper]["shape"]), op.output_name]
            else:
                found.append(op.output_name)
        return [name for name in dict.fromkeys(found) if name and self.shapes[name]["type"] == "structure"]

    def source(self, kind: Type, found: dict[str, str], member: str, shape: str) -> str | None:
        """Where in the resource a view's member is: its own name, another, "." for the resource itself, or nowhere."""
        if member in found:
            return member if self.alike(member, found[member], shape) else None
        if self.shapes[shape]["type"] == "structure" and (
            shape == kind.shape_name
            or (kind.shape_name and role(member, kind.name) in WRAPPERS and kind.identifies(shape) > 0)
        ):
            return "."
        wanted = role(member, kind.name)
        for other, other_shape in found.items():
            if role(other, kind.name) == wanted and wanted and self.alike(member, other_shape, shape):
                return other
        return member

    def alike(self, member: str, one: str, other: str) -> bool:
        if one == other:
            return True
        first, second = self.shapes[one]["type"], self.shapes[other]["type"]
        if first != second:
            return first in TIMES and second in TIMES and ("at" in role(member, "") or "number" not in (first, second))
        if first == "list":
            return bool(self.alike(member, self.shapes[one]["member"]["shape"], self.shapes[other]["member"]["shape"]))
        return True

    # Kinds

    def document(self, kind: Type) -> Document:
        """What is kept of a type in the compiled file (`core/resources/kinds.py` explains its keys)."""
        found: Document = {"shape": kind.shape_name, "id": self.id_member(kind)}
        if len(kind.keys) > 1:
            found["keys"] = kind.keys
            found["makes"] = {m: self._make(kind, m) for m in kind.keys}
        if kind.parents:
            found["within"] = dict(kind.parents)
        found |= self._made(kind)
        path, states = self.status(kind)
        if path:
            found["status"] = path
            found["states"] = self._states(kind, states)
        found["tags"] = self.tags_of(kind)
        found["errors"] = refusals.of_type(kind, self.usual_missing)
        found["sets"] = self._sets(kind)
        found["views"] = self.views[kind.name]
        found["names"] = self._names(kind, found)
        found["index"] = [*found["names"], *(["_token"] if kind.first("create") else ())]
        found["unique"] = self._unique(kind, found)
        found["inherits"] = self._inherits(kind)
        found["children"] = [
            other.name for other in self.service.types.values() if other.parents and other.parents[-1][0] == kind.name
        ]
        if "holds" in {**found["errors"], **kind.declared.get("errors", {})}:
            found["holders"] = references.holders(self, kind)
        if kind.first("create", "put", "link") is None:
            found["origin"] = "settings" if kind.first("update") else "none"
        result = {key: value for key, value in found.items() if value}
        return self._with_declared(kind, result)

    def _with_declared(self, kind: Type, found: Document) -> Document:
        result = {"id": "", **{k: v for k, v in self.service.facts.items() if k == "scope"}, **found}
        for key, value in kind.declared.items():
            merges = (
                isinstance(value, dict) and key not in ("within", "operations") and isinstance(found.get(key), dict)
            )
            result[key] = {**found[key], **value} if merges else value
        result["names"] = [name for name in result.get("names", ()) if name in result.get("index", ())]
        result.pop("operations", None)
        if "keys" in result and "id" in kind.declared and "keys" not in kind.declared:
            del result["keys"]
        return result

    def id_member(self, kind: Type) -> str:
        """The resource's member that holds its key."""
        if not kind.keys:
            return ""
        key = kind.keys[0]
        if "id" in kind.declared or key in kind.vocabulary:
            return key
        wanted = role(key, kind.name)
        for looked_for in [wanted] if wanted else ["id", "name", "arn"]:
            for member, shape in kind.vocabulary.items():
                if role(member, kind.name) == looked_for and self.shapes[shape]["type"] in SCALARS:
                    return member
        return key

    def _made(self, kind: Type) -> Document:
        """How ids and ARNs of the type are made."""
        found: Document = {}
        member = self.id_member(kind)
        made_by = kind.first("create", "link", "put")
        arn_member = self.arn_member(kind)
        if made_by is not None and len(kind.keys) == 1 and member != arn_member:
            found["make"] = self._make(kind, member)
        if arn_member and (arn_member not in kind.keys or member == arn_member):
            found["arn"] = self._arn(kind, member, arn_member, found.get("make", ""))
            found["arn_member"] = arn_member
        return found

    def _make(self, kind: Type, member: str) -> str:
        shape = self._shape_of_key(kind, member)
        if shape["type"] != "string":
            return "{serial}"
        if shape.get("enum"):
            return str(shape["enum"][0])
        shapes = self._naming_shapes(kind, member, arn=False)
        counted = member.lower().endswith(("version", "revision")) and all(forms.allows(s, "1") for s in shapes)
        return "{count}" if counted else forms.id_template(shapes)

    def _shape_of_key(self, kind: Type, member: str) -> Document:
        name = kind.vocabulary.get(member)
        for op in (op for ops in kind.operations.values() for op in ops if name is None):
            if member in op.inputs:
                name = op.inputs[member]["shape"]
                break
        found: Document = self.shapes.get(name or "", {"type": "string"})
        return found

    def arn_member(self, kind: Type) -> str:
        """The resource's member that holds its ARN; `_arn`, which is never shown, where only tags need one."""
        named = kind.declared.get("arn_member")
        if named:
            return str(named)
        key = kind.keys[0] if len(kind.keys) == 1 else ""
        if key.lower().endswith("arn") and self._is_given(kind, key):
            return key
        own = [m for m in kind.vocabulary if role(m, kind.name) == "arn" and self._holds_text(kind, m)]
        own.sort(key=lambda m: (not is_own(m, kind.name) and m.lower() != "arn", m.lower().startswith("resource")))
        if own:
            return own[0]
        creates = kind.first("create", "put")
        return "_arn" if kind.keys and creates and (self.service.has_tags or "arn" in kind.declared) else ""

    def _is_given(self, kind: Type, member: str) -> bool:
        """Whether who makes a resource has to name it so."""
        makers = [op for verb in ("create", "put", "link") for op in kind.operations.get(verb, ())]
        return any(member in op.required for op in makers)

    def _holds_text(self, kind: Type, member: str) -> bool:
        return bool(self.shapes[kind.vocabulary[member]]["type"] == "string")

    def _arn(self, kind: Type, key: str, arn_member: str, made: str) -> str:
        field = key
        if key == arn_member:
            create = kind.first("create", "put")
            inputs = create.inputs if create else {}
            names = [m for m in inputs if role(m, kind.name) == "name" and m in (create.required if create else ())]
            unique = any(word in e.lower() for e in (create.errors if create else ()) for word in refusals.EXISTS[:3])
            others = [m for m in kind.vocabulary if role(m, kind.name) == "id" and m != key]
            field = names[0] if names and unique else others[0] if others else "uuid"
        field = field or "uuid"
        shapes = self._naming_shapes(kind, arn_member, arn=True)
        return forms.arn_template(kind.name, field, made, kind.parents, self.namespace, shapes)

    def status(self, kind: Type) -> tuple[str, list[str]]:
        """The dotted path of the member that holds the state, and the states that it knows."""
        wanted = ("status", "state", "lifecyclestate", "lifecyclestatus", "currentstate", "statename")
        for name in wanted:
            for member, shape_name in kind.vocabulary.items():
                if role(member, kind.name) != name:
                    continue
                shape = self.shapes[shape_name]
                if shape.get("enum"):
                    return member, shape["enum"]
                for inner, ref in shape.get("members", {}).items() if shape["type"] == "structure" else ():
                    enum = self.shapes[ref["shape"]].get("enum")
                    if enum and inner.lower() in ("name", "state", "status", "code", "value"):
                        return f"{member}.{inner}", enum
        for member in kind.vocabulary:
            if member.lower().endswith(("status", "state")) and role(member, kind.name) in wanted:
                return member, self._waited(kind)
        return "", []

    def _waited(self, kind: Type) -> list[str]:
        """The states that waiters on the type's reader know, those that they wait for first."""
        readers = {op.name for verb in ("read", "list") for op in kind.operations.get(verb, ())}
        found = [
            str(acceptor["expected"])
            for waiter in self.service.waiters.values()
            if waiter["operation"] in readers
            for acceptor in sorted(waiter["acceptors"], key=lambda a: a["state"] != "success")
            if acceptor["matcher"] in ("path", "pathAll", "pathAny") and isinstance(acceptor["expected"], str)
        ]
        return list(dict.fromkeys(found))

    def _states(self, kind: Type, known: list[str]) -> Document:
        by_name = {state.upper().replace("-", "_").replace(" ", "_"): state for state in known}
        settled = [by_name[s] for s in words.SETTLED.split() if s in by_name]
        waited = [s for s in self._waited(kind) if s in settled]
        transient = [by_name[s] for s in words.TRANSIENT.split() if s in by_name]
        rests = (waited or settled)[:1]
        if self._works(kind, rests):
            rests = transient = [by_name[s] for s in words.WAITING.split() if s in by_name][:1]
        states: Document = {}
        if rests:
            states["create"] = [*[t for t in transient[:1] if t != rests[0]], rests[0]]
        leaving = [by_name[s] for s in words.LEAVING.split() if s in by_name]
        if leaving:
            states["delete"] = leaving[:1]
        return states

    def _works(self, kind: Type, rests: list[str]) -> bool:
        """Whether the type is work that would have to be done before it came to its resting state."""
        made_by = kind.first("create", "put", "link")
        done = [rest.upper().replace("-", "_").replace(" ", "_") in words.WORKED.split() for rest in rests]
        is_job = words.words(kind.name)[-1] in words.JOBS.split()
        started = made_by is not None and made_by.verb == "make"
        return (started and is_job) or (any(done) and (started or is_job))

    def tags_of(self, kind: Type) -> str:
        for member, shape in kind.vocabulary.items():
            if role(member, kind.name) in ("tags", "taglist", "tagset", "tag") and self.holds_tags(shape):
                return member
        makers = kind.operations.get("create", []) + kind.operations.get("put", [])
        takes = any(m.lower() in ("tags", "taglist") for op in makers for m in op.inputs)
        return "_tags" if takes or (kind.keys and self.arn_member(kind) and self.service.has_tags) else ""

    def holds_tags(self, name: str) -> bool:
        shape = self.shapes[name]
        is_list = shape["type"] == "list"
        return shape["type"] == "map" or (is_list and self._item_type(name) == "structure")

    def specifies_tags(self, name: str) -> bool:
        """Whether a parameter lists which kinds of what is made get which tags."""
        if self.shapes[name]["type"] != "list" or self._item_type(name) != "structure":
            return False
        members = self.shapes[self.shapes[name]["member"]["shape"]]["members"]
        return "ResourceType" in members and any(is_tags(member) for member in members)

    def _item_type(self, list_shape: str) -> str:
        return str(self.shapes[self.shapes[list_shape]["member"]["shape"]]["type"])

    def _sets(self, kind: Type) -> Document:
        found = {}
        given = {m for op in kind.operations.get("create", ()) for m in op.inputs}
        for member, shape_name in kind.vocabulary.items():
            what = role(member, kind.name)
            shape = self.shapes[shape_name]["type"]
            if what in ("createdat", "updatedat") and shape in TIMES:
                found[member] = what
            elif what in _AT_START and shape == "timestamp" and member not in given:
                found[member] = "createdat"
            elif what in _SETS and shape == "string" and (member not in given or _SETS[what] in ("account", "region")):
                found[member] = _SETS[what]
        return found

    def _names(self, kind: Type, found: Document) -> list[str]:
        """Besides the key, what a resource may be named by: its ARN, name or other id."""
        named = [m for m, shape in kind.vocabulary.items() if role(m, kind.name) in NAMING[:3]]
        scalars = [m for m in named if self.shapes[kind.vocabulary[m]]["type"] in SCALARS]
        return [m for m in dict.fromkeys([found.get("arn_member", ""), *scalars]) if m and m != found["id"]]

    def _unique(self, kind: Type, found: Document) -> str:
        """The name that no two resources of the type may have, where the service makes their ids."""
        create = kind.first("create")
        if create is None or not any(refusals.mentions(error, refusals.EXISTS[:3]) for error in create.errors):
            return ""
        names = (m for m in create.required if role(m, kind.name) == "name" and m in found["index"])
        return next(names, "")

    def _inherits(self, kind: Type) -> dict[str, str]:
        """Members that show what the resource stands within: {member: the parent's member}."""
        if not kind.parents:
            return {}
        parent = self.service.types.get(stem(kind.parents[-1][0]))
        found: dict[str, str] = {}
        for member in kind.vocabulary if parent is not None else ():
            if parent is None or not is_own(member, parent.name) or member in kind.keys:
                continue
            wanted = role(member, parent.name)
            source = next((m for m in parent.vocabulary if role(m, parent.name) == wanted), None)
            if source and self.alike(member, parent.vocabulary[source], kind.vocabulary[member]):
                found[member] = source
        return found


def is_tags(member: str) -> bool:
    """Whether a member is named as a list of tags is."""
    return member.lower() in ("tags", "taglist", "tagset", "tag")
