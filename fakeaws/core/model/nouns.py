"""A resource type while it is being found: its operations, the shape that shows it, what identifies it.

Part of inference (`core/model/inference.py`); used when a model is compiled.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.words import role, stem, stems

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Inference, Operation

Document = dict[str, Any]
NAMING = ("id", "arn", "name", "")
"""What members that identify a resource say of it (`core/model/words.py`, role)."""
ACCOUNTS = ("accountid", "awsaccountid", "registryid")
"""Parameters that name the account of the resource, which the caller's scope does already."""
WRAPPERS = ("", "details", "detail", "info", "description", "summary", "response", "metadata", "data")
"""What the members that hold a resource are called besides its noun: `JobDetails`, `RepositoryMetadata`."""
SCALARS = ("string", "integer", "long")
PAGING = ("token", "marker", "maxresults", "maxitems", "limit", "pagesize", "maxrecords")


class Type:
    """A resource type while it is being found."""

    def __init__(self, service: Inference, name: str) -> None:
        self.service = service
        self.name = name
        self.operations: dict[str, list[Operation]] = {}
        self.verbs: dict[str, tuple[str, Document]] = {}
        self.declared: Document = {}
        self._shape: str | None = None
        self.keys: list[str] = []
        self.parents: list[tuple[str, str]] = []
        self.vocabulary: dict[str, str] = {}

    @property
    def is_switched(self) -> bool:
        """Whether it is made by being enabled."""
        return any(op.word in ("Enable", "Activate") for op in self.operations.get("put", ()))

    @property
    def is_confused(self) -> bool:
        """Whether nothing that is known tells its resources apart, though there may be many: where they are named by
        structures, made several at once, or only ever listed."""
        makers = [op for verb in ("create", "put", "link") for op in self.operations.get(verb, ())]
        if self.keys or not makers or not (self.operations.get("list") or self.operations.get("batch-read")):
            return False
        single = [op for verb in ("read", "delete", "update", "turn") for op in self.operations.get(verb, ())]
        over = {member for _, member in self.parents}
        types = {self._type_of(op, m) for op in single for m in op.required if m not in over}
        return not single or any(self.entries(op) for op in makers) or bool(types & {"structure", "list", "map"})

    def entries(self, op: Operation) -> str:
        """The parameter that lists structures, each of which stands for a resource."""
        lists = [m for m in op.required if self._type_of(op, m) == "list"]
        return next((m for m in lists if self._item_type(op.inputs[m]["shape"]) == "structure"), "")

    def named_by(self, op: Operation) -> str:
        """The parameter whose structure names a resource: `RegistryId={RegistryName=…}`."""
        structures = [m for m in op.inputs if self._type_of(op, m) == "structure" and role(m, self.name) in NAMING]
        return next((m for m in structures if set(self.keys) & set(self._members_of(op, m))), "")

    def _members_of(self, op: Operation, member: str) -> list[str]:
        return list(self.service.shapes[op.inputs[member]["shape"]].get("members", ()))

    def _type_of(self, op: Operation, member: str) -> str:
        return str(self.service.shapes[op.inputs[member]["shape"]]["type"])

    def _keys_within(self) -> list[str]:
        """The keys of a type whose resources are named by structures, or made several at once by lists of them."""
        single = [op for verb in ("read", "delete", "update", "turn") for op in self.operations.get(verb, ())]
        makers = [op for verb in ("create", "put", "link") for op in self.operations.get(verb, ())]
        given = {m for op in makers for m in op.inputs if self._type_of(op, m) in SCALARS}
        for op in single:
            for member in (m for m in op.required if self._type_of(op, m) == "structure"):
                found = [m for m in self._members_of(op, member) if m in given]
                if role(member, self.name) in NAMING and found:
                    return found
        lister = self.first("list", "batch-read")
        over = {member for _, member in self.parents}
        several = any(self.entries(op) for op in (*makers, *single))
        found = self._keys_of_items(lister) if several and lister is not None else []
        return [m for m in found if m not in over] or (self._entered_keys(makers, lister) if lister else [])

    def _entered_keys(self, makers: list[Operation], lister: Operation) -> list[str]:
        """The first member that both what lists the resources and what makes several of them have."""
        shapes = self.service.shapes
        listed = shapes.get(self.item_shape(lister), {}).get("members", {})
        for op in (op for op in makers if self.entries(op)):
            entered = shapes[shapes[op.inputs[self.entries(op)]["shape"]]["member"]["shape"]]["members"]
            return [m for m, ref in listed.items() if m in entered and self._is_scalar(ref)][:1]
        return []

    def add(self, op: Operation, verb: str, extra: Document | None = None) -> None:
        self.operations.setdefault(verb, []).append(op)
        self.verbs[op.name] = (verb, extra or {})

    def remove(self, name: str) -> None:
        verb, _ = self.verbs.pop(name)
        self.operations[verb] = [op for op in self.operations[verb] if op.name != name]

    def first(self, *verbs: str) -> Operation | None:
        return next((op for verb in verbs for op in self.operations.get(verb, ())), None)

    # Shapes

    @property
    def shape_name(self) -> str:
        """The shape that has most of the resource's members: of its reader, its list's items or its maker's answer."""
        if self._shape is None:
            self._shape = self._found_shape()
        return self._shape

    def _found_shape(self) -> str:
        for op in self.operations.get("read", ()):
            wrapper = self.wrapper(op)
            shape = op.outputs[wrapper]["shape"] if wrapper else op.output_name
            if shape and self.service.shapes[shape].get("members"):
                return str(shape)
        for verb in ("list", "batch-read"):
            for op in self.operations.get(verb, ()):
                item = self.item_shape(op)
                if item and self.service.shapes[item]["type"] == "structure":
                    return item
        for op in (op for verb in ("create", "put", "update", "link") for op in self.operations.get(verb, ())):
            wrapper = self.wrapper(op)
            if wrapper:
                return str(op.outputs[wrapper]["shape"])
        return ""

    def wrapper(self, op: Operation) -> str:
        """The output member whose structure is the resource, "" where the output itself is."""
        found = self.structures(op.outputs)
        named = [m for m in found if role(m, self.name) in WRAPPERS]
        shaped = [m for m in found if stem(self.name) in stem(op.outputs[m]["shape"])]
        shaped = [m for m in shaped if self.identifies(op.outputs[m]["shape"])]
        others = [m for m in op.outputs if not m.lower().endswith(PAGING) and m != "ResponseMetadata"]
        sole = found if len(found) == len(others) == 1 else []
        candidates = [*named, *sole, *shaped]
        return max(candidates, key=lambda m: self.identifies(op.outputs[m]["shape"]), default="")

    def identifies(self, shape: str) -> int:
        """How many members of a structure say which resource it is."""
        members = self.service.shapes[shape].get("members", {})
        return len({role(m, self.name) for m in members} & {"id", "arn", "name"})

    def structures(self, members: Document) -> list[str]:
        shapes = self.service.shapes
        return [m for m, ref in members.items() if shapes[ref["shape"]]["type"] == "structure"]

    def list_path(self, op: Operation) -> str:
        """The output member (dotted path) that lists the resources, "" if there is none."""
        shapes = self.service.shapes
        if op.result and self._type_at(op.outputs, op.result) == "list":
            return op.result
        lists = [m for m, ref in op.outputs.items() if shapes[ref["shape"]]["type"] == "list"]
        named = [m for m in lists if stem(self.name).endswith(stem(m)) or stem(m) == op.stem]
        filled = [m for m in lists if self._item_type(op.outputs[m]["shape"]) == "structure"]
        found = next(iter([*named, *filled, *lists]), "")
        if found:
            return found
        for name in self.structures(op.outputs):
            inner = shapes[op.outputs[name]["shape"]]["members"]
            nested = next((m for m, ref in inner.items() if shapes[ref["shape"]]["type"] == "list"), None)
            if nested:
                return f"{name}.{nested}"
        return ""

    def _type_at(self, members: Document, path: str) -> str:
        shape: Document = {"members": members, "type": "structure"}
        for step in path.split("."):
            if step not in shape.get("members", {}):
                return ""
            shape = self.service.shapes[shape["members"][step]["shape"]]
        return str(shape["type"])

    def _item_type(self, list_shape: str) -> str:
        shapes = self.service.shapes
        return str(shapes[shapes[list_shape]["member"]["shape"]]["type"])

    def item_shape(self, op: Operation) -> str:
        """The shape of the items that a list operation answers with."""
        members, shape = op.outputs, ""
        for step in filter(None, self.list_path(op).split(".")):
            shape = members[step]["shape"]
            members = self.service.shapes[shape].get("members", {})
        return str(self.service.shapes[shape]["member"]["shape"]) if shape else ""

    def shows(self, op: Operation) -> bool:
        """Whether the output of `op` is mostly what the resource has."""
        if op.output_name and op.output_name == self.shape_name:
            return True
        wrapper = self.wrapper(op)
        if wrapper and op.outputs[wrapper]["shape"] == self.shape_name:
            return True
        full = self.service.shapes.get(self.shape_name, {}).get("members", {})
        wanted = [m for m in op.outputs if not m.lower().endswith((*PAGING, "etag"))]
        known = {role(m, self.name) for m in full}
        return bool(wanted) and sum(role(m, self.name) in known for m in wanted) >= 0.6 * len(wanted)

    def lists(self, op: Operation) -> bool:
        item = self.item_shape(op)
        return bool(item) and (item == self.shape_name or stem(self.name) in stem(item.removesuffix("Summary")))

    # Identity

    def settle(self, types: dict[str, Type]) -> None:
        """Find the members that identify a resource of this type, and the types that it stands within."""
        op = self.first("read", "delete", "update", "turn", "list", "put", "create", "link")
        if op is None:
            return
        required = [m for m in self._identifying(op) if not m.lower().endswith(PAGING)]
        if not any(word in self.name for word in ("Account", "Member", "Admin")):
            required = [m for m in required if m.lower() not in ACCOUNTS]
        required = self._without_selectors(op, required)
        if "within" in self.declared:
            self.parents = list(self.declared["within"].items())
        else:
            self.parents = self._found_parents(required, types)
        if "id" in self.declared or "keys" in self.declared:
            self.keys = self.declared.get("keys") or [self.declared["id"]]
            return
        over = {member for _, member in self.parents}
        self.keys = [m for m in required if m not in over]
        if not self.keys and op in self.operations.get("list", ()):
            self.keys = self._keys_of_items(op)
        if self.is_confused:
            self.keys = self._keys_within()

    def _without_selectors(self, op: Operation, required: list[str]) -> list[str]:
        """Members that only say how the others are meant (`identifierType`) do not identify."""
        made = self.first("create", "put", "link")
        known = made.inputs if made else {}
        shapes = self.service.shapes
        named = [m for m in required if m in known or not shapes[op.inputs[m]["shape"]].get("enum")] or required
        remover = self.first("delete")
        if len(named) > 1 and made is not None and remover is not None:
            named = [m for m in named if m in known or m in remover.required or made.verb != "put"] or named
        return named

    def settle_parents(self, types: dict[str, Type]) -> None:
        """Keep as parents only a chain of types that stand within one another; what else names is part of the key."""
        if "within" in self.declared:
            return
        chain: list[tuple[str, str]] = []
        for name, member in self.parents:
            parent = types[stem(name)]
            nested = not chain or chain[-1][0] in [above for above, _ in parent.parents]
            if (
                len(parent.keys) != 1
                or not nested
                or len(chain) != len(self.parents[: self.parents.index((name, member))])
            ):
                break
            chain.append((name, member))
        loose = [member for _, member in self.parents[len(chain) :]]
        self.parents = chain
        if "id" not in self.declared and "keys" not in self.declared:
            self.keys = [*loose, *self.keys]

    def _identifying(self, op: Operation) -> list[str]:
        """The scalar parameters that an operation on one resource needs; those of a name where it requires none."""
        found = [m for m in op.required if self._is_scalar(op.inputs[m])]
        if op in self.operations.get("delete", ()) and self.first("create", "put", "link"):
            made = self.first("create", "put", "link")
            assert made is not None
            found = [m for m in op.required if self._is_scalar(op.inputs[m]) or m in made.required]
        elif not any(op in self.operations.get(verb, ()) for verb in ("read", "delete", "turn")):
            named = [m for m in found if role(m, self.name) in NAMING or self._is_of_other(m)]
            found = named or ([] if op in self.operations.get("list", ()) else found[:1])
        if not found and op.verb != "list":
            found = [m for m in op.inputs if role(m, self.name) in NAMING and self._is_scalar(op.inputs[m])][:1]
        return found

    def _is_of_other(self, member: str) -> bool:
        return any(role(member, other.name) in NAMING for other in self.service.types.values())

    def _is_scalar(self, reference: Document) -> bool:
        return self.service.shapes[reference["shape"]]["type"] in SCALARS

    def _keys_of_items(self, op: Operation) -> list[str]:
        item = self.service.shapes.get(self.item_shape(op), {})
        for wanted in ("id", "name", "arn"):
            for member, ref in item.get("members", {}).items():
                if role(member, self.name) == wanted and self._is_scalar(ref):
                    return [member]
        return next(([m] for m, ref in item.get("members", {}).items() if self._is_scalar(ref)), [])

    def _found_parents(self, required: list[str], types: dict[str, Type]) -> list[tuple[str, str]]:
        found = []
        for member in required:
            if is_own(member, self.name):
                continue
            parent = self._named_by(member, types)
            if parent is not None and self._is_made_within(parent, member):
                found.append((parent.name, member))
        own = [m for m in required if m not in {member for _, member in found}]
        return found if own or self.shape_name or len(found) < 2 else found[:-1]

    def _is_made_within(self, parent: Type, member: str) -> bool:
        """Whether what makes a resource says which parent it is for."""
        made = self.first("create", "put", "link")
        if made is None or member in made.inputs:
            return True
        return any(is_own(m, parent.name) for m in made.inputs)

    def _named_by(self, member: str, types: dict[str, Type]) -> Type | None:
        """The other type that a parameter names: the one with the longest name that it begins with."""
        lower = member.lower().replace("_", "")
        fits = [
            kind
            for kind in types.values()
            if lower.startswith(self._spellings(kind))
            and kind is not self
            and kind.first("create", "put")
            and role(member, kind.name) in NAMING
        ]
        return max(fits, key=lambda kind: len(kind.name), default=None)

    def _spellings(self, other: Type) -> tuple[str, ...]:
        """How members may begin that name another type; its last words will do where this type is named after it."""
        return stems(other.name) if self.name.startswith(other.name) else (other.name.lower(),)


@cache
def is_own(member: str, noun: str) -> bool:
    return member.lower().startswith(noun.lower()) and role(member, noun) in NAMING
