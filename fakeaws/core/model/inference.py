"""From a service's model to its resource types: which there are, and which operation does what with which of them.

Read when a model is compiled; what is found is kept in the compiled file as kinds (`core/resources/kinds.py`) and
bindings: what an operation does. A binding has `kind`, `verb`, and as far as the verb needs them

parents  [[type, parameter], …]: the parameters that name what the resource stands within, the outermost first
key      parameters that name the resource: alternatives, or for a type with several `keys` one after the other
takes    {parameter: member}: parameters kept under another name; "." for one whose members are the resource's own,
         `Tags[]` for one that lists the tags by what they are for
refers   {parameter: type}: parameters that name resources of other types, which have to be there
list     the output member (dotted path) that lists the resources
of       the type whose resources a tag operation tags, where it is for one only
guard    [parameter, member, error]: the parameter that has to equal a member of the resource as it is, and the error
         for leaving it out, "" where that is allowed
patch    the parameter that says by path what an update changes (`core/resources/patches.py`)
item     the member that is listed where the list holds no structures
status   the state that a turn leaves the resource in; `passes` the word of the `states` that it goes through instead;
         `flag` the boolean member that it sets, and to what
tags     the parameter or output member with tags
token    the idempotency token
asks     what the other parameters of a list ask for, with `orders` and `refuses` (`core/model/list_parameters.py`)

Nothing here knows a service: where names mislead, `shapes/SERVICE.toml` says what is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.model import vocabulary, words
from fakeaws.core.model.bindings import Bindings
from fakeaws.core.model.members import Members
from fakeaws.core.model.nouns import Type
from fakeaws.core.model.words import stem

Document = dict[str, Any]
Part = tuple[str, str, Document]

READING = ("read", "list", "batch-read")
MAKING = ("create", "put", "link")
ACCUMULATED = (
    "finding job execution event invitation operation task request history anomaly insight recommendation error"
    " failure result run report import export evaluation assessment scan backup snapshot session issue incident"
    " alert notification message log record activity action step change deployment association attachment"
    " subscription grant member entitlement permission review approval vulnerability deviation violation exclusion"
    " connection reservation workitem observation suggestion note comment mitigation investigation detection contact"
    " device instance node worker replica endpoint server statement queries query claim restoration"
    " asset image package resource share principal policy dependency relation relationship offer contract agreement"
)
"""What only comes to be by use: a type that nothing creates but is one of these (by its last word) is kept, and empty.
Of other types that nothing creates AWS has a catalogue that is not here, and so their operations are missing."""
_ACCUMULATED = {stem(word) for word in ACCUMULATED.split()}
_CATALOGUES = ("available", "supported", "orderable", "foundation", "default", "managed", "aws", "valid", "public")


class Operation:
    """An operation of the model, its name taken apart."""

    def __init__(self, name: str, model: Document, raw: Document, paginator: Document) -> None:
        self.name = name
        self.verb, self.word, self.rest = words.split(self.name)
        self.noun, self.tail = words.head(self.rest)
        shapes = model["shapes"]
        self.input: Document = shapes[raw["input"]["shape"]] if "input" in raw else {}
        self.output: Document = shapes[raw["output"]["shape"]] if "output" in raw else {}
        self.output_name: str = raw["output"]["shape"] if "output" in raw else ""
        self.inputs: Document = self.input.get("members", {})
        self.outputs: Document = self.output.get("members", {})
        self.required: list[str] = self.input.get("required", [])
        self.errors = [error["shape"] for error in raw.get("errors", ())]
        self.paginator = paginator
        self.stem = stem(self.noun)
        results = paginator.get("result_key") or []
        self.result: str = results if isinstance(results, str) else next(iter(results), "")


class Inference:
    """The model of one service and what has been found in it."""

    def __init__(self, name: str, model: Document, pagination: Document, waiters: Document, shape: Document) -> None:
        self.name = name
        self.model = model
        self.shapes: Document = model["shapes"]
        self.waiters = waiters
        self.declared = {name: said for name, said in shape.items() if vocabulary.is_type(name)}
        self.facts = {name: said for name, said in shape.items() if name not in self.declared}
        self.operations = {
            key: Operation(key, model, raw, pagination.get(key, {})) for key, raw in model["operations"].items()
        }
        self.types: dict[str, Type] = {}
        self.declares_errors = any(op.errors for op in self.operations.values())
        self.has_tags = any(key.startswith(("TagResource", "AddTags", "ListTags")) for key in self.operations)

    def parts(self) -> Iterator[Part]:
        """The kinds and the bindings of the service."""
        tagging = {key: found for key, op in self.operations.items() if (found := tag_verb(op))}
        self._find_types({key: op for key, op in self.operations.items() if key not in tagging})
        self._declare_operations()
        self._place_others(tagging)
        bindings: dict[str, Document] = {}
        for kind in self.types.values():
            kind.settle(self.types)
        for kind in self.types.values():
            kind.settle_parents(self.types)
        members = Members(self)
        operations = Bindings(self, members)
        for kind in self.types.values():
            bound = operations.of(kind)
            if not kind.is_confused:
                bindings.update(bound)
        for kind in self.types.values():
            yield "kind", kind.name, members.document(kind)
        yield "meta", "facts", self.facts
        for key, verb in tagging.items():
            binding = tag_binding(self.operations[key], verb, self.shapes)
            tagged = self.types.get(stem(tagged_noun(self.operations[key])))
            bindings.setdefault(key, {**binding, **({"of": tagged.name} if tagged else {})})
        left_out = set(self.facts.get("missing", ()))
        named = {key for declared in self.declared.values() for key, _ in _named_operations(declared)}
        kept = {k: b for k, b in bindings.items() if k in named or (k not in left_out and self._only_keeps(k, b))}
        made = {binding.get("kind") for binding in kept.values() if binding["verb"] in MAKING}
        for key, binding in kept.items():
            if "refers" in binding:
                binding["refers"] = {member: other for member, other in binding["refers"].items() if other in made}
            yield "binding", key, binding

    def _only_keeps(self, key: str, binding: Document) -> bool:
        """Whether what an operation is named to do is done when its resource is kept, changed or removed."""
        op = self.operations[key]
        if binding["verb"] not in words.DONE.split() or not self._has_effect(op, binding):
            return False
        word = op.word.removeprefix("Batch")
        if binding["verb"].removeprefix("batch-") == "create" and word not in words.MAKES:
            kind = self.types.get(stem(binding.get("kind", "")))
            makers = kind.operations.get("create", []) if kind is not None else []
            if any(maker.word == "Create" for maker in makers):
                return False
        makes_first = word in ("Submit", "Copy", "Invite") and binding["verb"] == "create"
        return word not in words.ACTS.split() or makes_first

    def _has_effect(self, op: Operation, binding: Document) -> bool:
        """Whether somebody who reads the resource could see that it was changed or turned, or can list it at all."""
        if binding["verb"] == "turn":
            return bool({"status", "flag", "passes"} & set(binding)) or op.word in ("Reboot", "Restart")
        if binding["verb"] not in ("update", "list"):
            return True
        kind = next(kind for kind in self.types.values() if kind.name == binding["kind"])
        if binding["verb"] == "list":
            made = kind.first("create", "put", "link") is not None
            return not made or not set(binding.get("refuses", ())) & set(op.required)
        naming = {*binding.get("key", ()), *(member for _, member in binding.get("parents", ()))}
        if "patch" in binding:
            return True
        known, takes = kind.vocabulary, binding.get("takes", {})
        return any(takes.get(m, m) == "." or takes.get(m, m) in known for m in op.inputs if m not in naming)

    # Which types there are

    def _find_types(self, operations: dict[str, Operation]) -> None:
        groups: dict[str, list[Operation]] = {}
        for op in operations.values():
            if op.verb and op.noun:
                groups.setdefault(op.stem, []).append(op)
        for members in groups.values():
            self._find_type(members)

    def _find_type(self, group: list[Operation]) -> None:
        """A type is what something makes and something else reads or removes."""
        verbs = {op.verb.removeprefix("batch-") for op in group}
        makers = [op for op in group if op.verb in ("create", "make", "put")]
        links = [op for op in group if op.verb in ("link", "unlink")]
        if makers and verbs & {"read", "list", "delete", "update", "unlink"}:
            self._add_type(makers[0], [op for op in group if op not in links or len(links) < 2])
            if len(links) > 1:
                self._add_type(links[0], links, "Association")
        elif "link" in verbs and verbs & {"read", "list", "unlink", "delete"}:
            self._add_type(next(op for op in group if op.verb.endswith("link")), group)
        elif verbs & {"update", "create"} and verbs & {"read", "list", "delete"}:
            self._add_type(next(op for op in group if op.verb.endswith(("update", "create"))), group)
        elif any(op.word in ("Enable", "Activate") for op in group) and len(group) > 1:
            self._add_type(next(op for op in group if op.word in ("Enable", "Activate")), group)
        elif verbs & {"read", "list"} and self._is_accumulated(group[0].noun):
            self._add_type(group[0], group)

    def _is_accumulated(self, noun: str) -> bool:
        parts = words.words(noun)
        return stem(parts[-1]) in _ACCUMULATED and not any(part.lower() in _CATALOGUES for part in parts)

    def _add_type(self, first: Operation, group: list[Operation], suffix: str = "") -> None:
        name = words.singular(first.noun) + suffix
        kind = self.types.setdefault(stem(name), Type(self, name))
        for op in sorted(group, key=lambda op: op.word in ("Disable", "Deactivate")):
            kind.add(op, self._verb(op, kind))

    def _verb(self, op: Operation, kind: Type) -> str:
        """What an operation of this type does, its verb seen beside those of the others."""
        verb = op.verb
        if verb in ("read", "list", "batch-read"):
            return self._reading_verb(op, kind)
        if verb == "make" and (kind.operations.get("create") or (op.word == "Start" and self._is_made(kind, op))):
            return "turn" if op.word == "Start" else "create"
        if verb == "turn" and op.word in ("Enable", "Activate") and not kind.operations.get("create"):
            return "put"
        if verb == "turn" and op.word in ("Disable", "Deactivate") and kind.is_switched:
            return "delete"
        return {"make": "create", "link": "link", "unlink": "delete"}.get(verb, verb)

    def _is_made(self, kind: Type, op: Operation) -> bool:
        others = (o for o in self.operations.values() if o.stem == op.stem and o.verb == "create")
        return next(others, None) is not None

    def _reading_verb(self, op: Operation, kind: Type) -> str:
        if op.verb == "batch-read":
            return "batch-read"
        plural = len(op.noun) > len(kind.name) and words.is_plural(op.noun)
        if op.verb == "list" or (op.result and (plural or not kind.wrapper(op))):
            return "list"
        lists = [m for m, ref in op.outputs.items() if self.shapes[ref["shape"]]["type"] == "list"]
        return "list" if plural and lists else "read"

    # What the shapes/ file says

    def _declare_operations(self) -> None:
        """Types as they are declared: each takes over the operations that it names, and those of the same noun."""
        for name, declared in self.declared.items():
            operations = dict(_named_operations(declared))
            kind = self.types.get(stem(name))
            if kind is None:
                first = next((op for op in operations if self.type_of(op) is not None), None)
                kind = self.type_of(first) if first and operations[first][0] in ("create", "put") else None
            if kind is None or kind.declared:
                kind = self.types[stem(name)] = Type(self, name)
            kind.name, kind.declared = name, declared
            for key, (verb, extra) in operations.items():
                if key in self.operations:
                    owner = self.type_of(key)
                    if owner is not None:
                        owner.remove(key)
                    kind.add(self.operations[key], verb, extra)

    def type_of(self, operation: str) -> Type | None:
        return next((kind for kind in self.types.values() if operation in kind.verbs), None)

    # Operations whose noun is no type, but that belong to one

    def _place_others(self, tagging: dict[str, str]) -> None:
        taken = {key for kind in self.types.values() for key in kind.verbs}
        for key, op in self.operations.items():
            if key not in taken and key not in tagging and op.verb:
                self._place(op)

    def _place(self, op: Operation) -> None:
        kind = self.types.get(stem(op.rest)) or self.types.get(op.stem) or self._by_words(op)
        if kind is not None and not (kind.name.endswith("Association") and op.verb in ("create", "update")):
            verb = self._other_verb(op, kind)
            if verb:
                kind.add(op, verb)

    def _by_words(self, op: Operation) -> Type | None:
        """The type whose noun begins or ends the operation's: Cluster for `UpdateClusterConfig`."""
        for prefix in words.prefixes(op.rest):
            if stem(prefix) in self.types:
                return self.types[stem(prefix)]
        item = self._item_shape(op)
        if item and stem(item) in self.types:
            return self.types[stem(item)]
        if op.verb in ("list", "delete", "update", "turn"):
            endings = [kind for key, kind in self.types.items() if key.endswith(op.stem) and len(op.stem) > 3]
            if len(endings) == 1:
                return endings[0]
            last = stem(words.words(op.noun or op.rest)[-1]) if op.rest else ""
            return self.types.get(last)
        return None

    def _item_shape(self, op: Operation) -> str:
        for ref in op.outputs.values():
            shape = self.shapes[ref["shape"]]
            if shape["type"] == "structure" and len(op.outputs) == 1:
                return str(ref["shape"])
            if shape["type"] == "list" and self.shapes[shape["member"]["shape"]]["type"] == "structure":
                return str(shape["member"]["shape"]).removesuffix("Summary")
        return ""

    def _other_verb(self, op: Operation, kind: Type) -> str:
        if op.verb in ("create", "make", "put", "link"):
            makes_it = kind.shape_name and self._item_shape(op) == kind.shape_name
            if makes_it and op.verb in ("create", "make") and kind.operations.get("create"):
                return "create"
            return "update" if op.verb in ("put", "link") else ""
        if op.verb in ("read", "list"):
            exact = kind.name.lower() in op.rest.lower() and self._item_shape(op) not in ("", *op.outputs)
            verb = self._reading_verb(op, kind)
            if kind.shows(op):
                return verb
            return verb if exact and verb == "list" and kind.lists(op) else ""
        return {"update": "update", "turn": "update", "unlink": "update"}.get(op.verb, "")


def _named_operations(declared: Document) -> Iterator[tuple[str, tuple[str, Document]]]:
    for verb, found in declared.get("operations", {}).items():
        for one in found if isinstance(found, list) else [found]:
            extra = dict(one) if isinstance(one, dict) else {"operation": one}
            yield extra.pop("operation"), (extra.pop("verb", verb), extra)


_TAGS = re.compile(
    r"(?P<tag>Tag|AddTags(?:To)?|SetTagsFor|CreateTags)(?P<a>[A-Z]\w*)?$|(?P<untag>Untag|RemoveTags(?:From)?|DeleteTags)"
    r"(?P<b>[A-Z]\w*)?$|(?P<reads>(?:List|Get|Describe)Tags(?:For|Of)?)(?P<c>[A-Z]\w*)?$|List(?P<d>[A-Z]\w*?)Tags$"
)


def tag_verb(op: Operation) -> str:
    """`tag`, `untag` or `list-tags` for the operations that do this for resources, else ""."""
    found = _TAGS.match(op.name)
    named = [m for m in op.inputs if not _is_tags(m) and _names_resource(m)]
    if found is None or not named:
        return ""
    if found["tag"] or found["untag"]:
        return ("tag" if found["tag"] else "untag") if any(_is_tags(m) for m in op.inputs) else ""
    return "list-tags"


def _is_tags(member: str) -> bool:
    return "tag" in member.lower() and not member.lower().startswith("max")


def tagged_noun(op: Operation) -> str:
    """What an operation tags: `Role` for `TagRole`."""
    found = _TAGS.match(op.name)
    noun = "" if found is None else next((found[g] for g in ("a", "b", "c", "d") if found[g]), "")
    return "" if stem(noun) == "resourc" else noun


def tag_binding(op: Operation, verb: str, shapes: Document) -> Document:
    """The binding of a tag operation: which parameters name the resource, and where the tags or their keys are."""
    binding: Document = {"verb": verb}
    members = op.outputs if verb == "list-tags" else op.inputs
    tags = [m for m, ref in members.items() if "tag" in m.lower() and shapes[ref["shape"]]["type"] in ("list", "map")]
    held = [m for m, ref in members.items() if _holds_tags(shapes, ref["shape"])] if not tags else []
    if tags:
        binding["tags"] = tags[0]
    elif held:
        binding["tags"] = f"{held[0]}.{next(iter(shapes[members[held[0]]['shape']]['members']))}"
    binding["key"] = [m for m in op.inputs if m not in tags and _names_resource(m)]
    return binding


def _holds_tags(shapes: Document, name: str) -> bool:
    return shapes[name]["type"] == "structure" and "tag" in name.lower() and len(shapes[name]["members"]) == 1


def _names_resource(member: str) -> bool:
    lower = member.lower()
    return "type" not in lower and lower.endswith(
        ("arn", "arns", "id", "ids", "name", "names", "resource", "identifier", "url")
    )
