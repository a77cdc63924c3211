"""What each operation of a resource type does: which parameters name what, what it takes, lists and leaves.

Part of inference (`core/model/inference.py`); used when a model is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model import forms, references, refusals, words
from fakeaws.core.model.list_parameters import selected_by
from fakeaws.core.model.members import is_tags
from fakeaws.core.model.nouns import ACCOUNTS, NAMING, Type, is_own
from fakeaws.core.model.words import role

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Inference, Operation
    from fakeaws.core.model.members import Members

Document = dict[str, Any]


class Bindings:
    """The bindings of a service's operations, from what its members are."""

    def __init__(self, service: Inference, members: Members) -> None:
        self.service = service
        self.members = members
        self.shapes = service.shapes

    def of(self, kind: Type) -> dict[str, Document]:
        """The bindings of the operations of a type."""
        kind.vocabulary = self.members.vocabulary_of(kind)
        found = {}
        for name, (verb, extra) in kind.verbs.items():
            binding = self._binding(kind, self.service.operations[name], verb)
            if binding is not None:
                self._note_naming(kind, self.service.operations[name], binding)
            if binding is not None or extra:
                found[name] = {"kind": kind.name, "verb": verb, **(binding or {}), **extra}
        return found

    def _note_naming(self, kind: Type, op: Operation, binding: Document) -> None:
        over = binding.get("parents", ())
        referred = ((name, member) for member, name in binding.get("refers", {}).items())
        for name, member in [*over, *referred, *((kind.name, m) for m in binding.get("key", ()))]:
            shape = self.shapes[op.inputs[member]["shape"]]
            if shape["type"] == "list":
                shape = self.shapes[shape["member"]["shape"]]
            if shape["type"] == "string":
                self.members.named_by.setdefault(name, []).append((member, shape))

    def _binding(self, kind: Type, op: Operation, verb: str) -> Document | None:
        binding: Document = {}
        parents = [[parent, self._parameter(op, parent, member)] for parent, member in kind.parents]
        binding["parents"] = [[parent, member] for parent, member in parents if member]
        over = {member for _, member in binding["parents"]}
        binding["key"] = self._key_parameters(kind, op, over, verb)
        if not binding["key"]:
            self._name_within(kind, op, binding)
        if verb in ("list", "batch-read"):
            binding["list"] = kind.list_path(op)
            if not binding["list"]:
                return None
            item = self._item(kind, op)
            if item:
                binding["item"] = item
        elif verb == "update" and (patch := self._patches(op)):
            binding["patch"] = patch
        elif verb in references.MAKING:
            binding["takes"] = self._takes(kind, op)
            binding["refers"] = self.members.refers[op.name] = references.referred(
                self.members, kind, op, [*over, *binding["key"]]
            )
        elif verb == "turn":
            self._turn(kind, op, binding)
            binding["list"] = self._batch_list(kind, op)
        if verb == "list":
            if len(kind.keys) > 1:
                binding["key"] = []
            binding |= selected_by(self.members, kind, op, [*over, *binding["key"]])
        if verb == "delete":
            binding["list"] = self._batch_list(kind, op)
            binding["quiet"] = bool(op.errors) and not any(
                refusals.mentions(error, refusals.MISSING) for error in op.errors
            )
        if verb in ("update", "delete"):
            binding["guard"] = self._guard(kind, op)
        token = next((m for m, ref in op.inputs.items() if ref.get("idempotencyToken")), None)
        if token:
            binding["token"] = token
        return self._checked(kind, op, verb, binding)

    def _guard(self, kind: Type, op: Operation) -> list[str]:
        """The parameter that says which state of a resource is meant, the member that it has to equal, and the error
        for leaving it out, where the operation refuses to work on another state."""
        expected = next((m for m in op.inputs if m.lower() in ("ifmatch", "locktoken")), None)
        held = next((m for m in kind.vocabulary if m.lower() in ("etag", "locktoken")), None)
        refuses = any(refusals.mentions(error, refusals.STALE) for error in op.errors)
        if (
            not expected
            or not held
            or not refuses
            or not forms.allows(self.shapes[op.inputs[expected]["shape"]], "0" * 32)
        ):
            return []
        return [expected, held, next((error for error in op.errors if expected.lower() in error.lower()), "")]

    def _patches(self, op: Operation) -> str:
        """The parameter that says by path what is to be changed."""
        items = {
            m: s["member"]["shape"] for m in op.inputs if (s := self.shapes[op.inputs[m]["shape"]])["type"] == "list"
        }
        return next((m for m, item in items.items() if {"op", "path"} <= set(self.shapes[item].get("members", ()))), "")

    def _name_within(self, kind: Type, op: Operation, binding: Document) -> None:
        """Where the resources are named by a structure, or by a list of structures of which each is one."""
        binding["named"] = kind.named_by(op)
        entries = kind.entries(op)
        item = self.shapes[self.shapes[op.inputs[entries]["shape"]]["member"]["shape"]] if entries else {}
        if entries and set(kind.keys) & set(item["members"]):
            binding["entries"] = entries

    def _checked(self, kind: Type, op: Operation, verb: str, binding: Document) -> Document | None:
        """No binding where nothing names the resource that is meant, unless there is only one."""
        named = binding["key"] or binding.get("named") or binding.get("entries")
        if verb in ("read", "delete", "update", "turn") and kind.keys and not named:
            if not kind.first("create", "put", "link") and verb == "read":
                return None
            return binding if self._is_sole(kind, op) else None
        return {key: value for key, value in binding.items() if value}

    def _batch_list(self, kind: Type, op: Operation) -> str:
        """Where the output of an operation on several resources lists them."""
        path = kind.list_path(op)
        if "." in path or not path or kind.item_shape(op) not in (kind.shape_name, *self.members.views[kind.name]):
            return ""
        return path if any(self.shapes[op.inputs[m]["shape"]]["type"] == "list" for m in op.required) else ""

    def _is_sole(self, kind: Type, op: Operation) -> bool:
        return not op.required

    def _parameter(self, op: Operation, noun: str, member: str) -> str:
        """The parameter of `op` that names the resource of another type, which `member` names elsewhere."""
        if member in op.inputs:
            return member
        wanted = [m for m in op.inputs if m.lower().startswith(noun.lower()) and role(m, noun) in NAMING]
        return next(iter(wanted), "")

    def _key_parameters(self, kind: Type, op: Operation, over: set[str], verb: str) -> list[str]:
        if len(kind.keys) != 1:
            return [m for m in kind.keys if m in op.inputs]
        wanted = set(kind.keys)
        lower = {key.lower() for key in kind.keys}
        lower |= {f"{key.lower()}s" for key in kind.keys if verb not in ("create", "put", "link")}
        exact = [m for m in op.inputs if m in wanted or m.lower() in lower or m in kind.declared.get("also", ())]
        named = [m for m in op.inputs if is_own(m, kind.name) and m not in over]
        roles = [
            m for m in op.inputs if role(m, kind.name) in NAMING[:3] and m not in over and not self._other(kind, m)
        ]
        if verb in ("create", "put", "link"):
            found = exact or ([m for m in roles if self._identifies(kind, m)] if verb != "put" else roles)
        elif verb == "update" and any(m in op.required for m in exact):
            found = [m for m in exact if m in op.required]
        else:
            found = [*exact, *named, *roles]
            plurals = [m for m in op.inputs if self._is_id_list(kind, op, m)]
            found = [*found, *plurals]
        if not found and verb in ("read", "delete", "turn") and kind.keys:
            found = [m for m in op.required if m not in over and self.shapes[op.inputs[m]["shape"]]["type"] == "string"]
        found = [m for m in found if m in wanted or m.lower() not in ACCOUNTS]
        usable = ("string", "integer", "long", "list")
        return [m for m in dict.fromkeys(found) if self.shapes[op.inputs[m]["shape"]]["type"] in usable]

    def _other(self, kind: Type, member: str) -> bool:
        """Whether a member is named after another type than `kind`."""
        others = (other for other in self.service.types.values() if other is not kind)
        return not is_own(member, kind.name) and any(is_own(member, other.name) for other in others)

    def _identifies(self, kind: Type, member: str) -> bool:
        """Whether a parameter of the maker is what the type's key is, and not merely a name besides."""
        return bool(kind.keys) and role(member, kind.name) == role(kind.keys[0], kind.name)

    def _is_id_list(self, kind: Type, op: Operation, member: str) -> bool:
        shape = self.shapes[op.inputs[member]["shape"]]
        if shape["type"] != "list" or self.shapes[shape["member"]["shape"]]["type"] != "string":
            return False
        lower = member.lower()
        own = any(lower.startswith((s, s + "s")) for s in words.stems(kind.name) if len(s) > 2)
        return (own and role(member, kind.name) in (*NAMING, "s", "es")) or lower in ("ids", "names", "arns")

    def _item(self, kind: Type, op: Operation) -> str:
        """The member that is listed where a list's items are scalars."""
        shape = kind.item_shape(op)
        if self.shapes[shape]["type"] == "structure":
            return ""
        path = kind.list_path(op).rsplit(".", 1)[-1]
        wanted = [role(words.singular(path), kind.name), role(shape, kind.name)]
        for member in kind.vocabulary:
            if role(member, kind.name) in wanted and role(member, kind.name):
                return member
        arn = self.members.arn_member(kind)
        return arn if "arn" in wanted and arn else self.members.id_member(kind)

    def _takes(self, kind: Type, op: Operation) -> Document:
        """Parameters that are kept under another name."""
        found: Document = {}
        for member, ref in op.inputs.items():
            if member in kind.keys or (
                member in kind.vocabulary and self.members.alike(member, kind.vocabulary[member], ref["shape"])
            ):
                continue
            shape = self.shapes[ref["shape"]]
            if is_tags(member) and self.members.holds_tags(ref["shape"]) and member != self.members.tags_of(kind):
                found[member] = self.members.tags_of(kind) or member
            elif self.members.tags_of(kind) and self.members.specifies_tags(ref["shape"]):
                found[member] = self.members.tags_of(kind) + "[]"
            elif ref.get("idempotencyToken") or member in ("DryRun", "dryRun", "clientToken", "ClientToken"):
                found[member] = ""
            elif shape["type"] == "structure" and self._is_spread(kind, shape):
                found[member] = "."
            else:
                source = self.members.source(kind, kind.vocabulary, _new_name(member, kind), ref["shape"])
                if source not in (member, None, "."):
                    found[member] = source
        return found

    def _is_spread(self, kind: Type, shape: Document) -> bool:
        """Whether a parameter's members are the resource's own (`DatabaseInput` of a Store)."""
        members = shape.get("members", {})
        known = sum(m in kind.vocabulary for m in members)
        return known > 0 and known >= 0.5 * len(members)

    def _turn(self, kind: Type, op: Operation, binding: Document) -> None:
        if op.word.lower() in kind.declared.get("states", ()):
            binding["passes"] = op.word.lower()
            return
        _, states = self.members.status(kind)
        by_name = {state.upper().replace("-", "_"): state for state in states}
        for wanted in words.TURNED.get(op.word, "").split():
            if wanted in by_name:
                binding["status"] = by_name[wanted]
                break
        if op.word in ("Enable", "Disable"):
            for member, shape in kind.vocabulary.items():
                what = role(member, kind.name)
                if what in ("enabled", "isenabled", "disabled") and self.shapes[shape]["type"] == "boolean":
                    binding["flag"] = [member, (op.word == "Enable") is not (what == "disabled")]


def _new_name(member: str, kind: Type) -> str:
    """`NewName` sets Name, `newDescription` description."""
    for prefix in ("New", "new"):
        rest = member.removeprefix(prefix)
        if rest != member and rest[:1].isupper():
            lower = rest[:1].lower() + rest[1:]
            return rest if rest in kind.vocabulary else lower if lower in kind.vocabulary else rest
    return member
