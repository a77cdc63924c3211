"""The service models: every service, operation and shape of the installed botocore, read as data.

A model is compiled once into a small file of the cache folder (`core/model/compiled.py`) and then read a row at a time,
so a command pays for the shapes it touches, not for the service. The vocabulary is that of botocore's `service-2.json`.
"""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from typing import Any

from fakeaws.core.model import compiled

Document = dict[str, Any]
READS = ("Describe", "Get", "List", "Head", "Search", "BatchGet", "Lookup", "Query", "Scan", "Check", "Preview")
"""How the names of operations begin that change nothing."""


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """The names of all services, as botocore names them (`s3`, `config`, `codedeploy`), sorted."""
    return compiled.services()


@cache
def service(name: str) -> Service:
    """The model of the service `name`; KeyError if there is none."""
    if not compiled.has_service(name):
        raise KeyError(name)
    return Service(name)


class Service:
    """One service: its metadata and, each read when first asked for, its operations, shapes and waiters."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._file = compiled.open_service(name)
        self._operations: dict[str, Operation] = {}
        self._shapes: dict[str, Document] = {}
        self._handlers: dict[str, Document | None] = {}

    @cached_property
    def metadata(self) -> Document:
        """`protocol`, `protocols`, `serviceId`, `endpointPrefix`, `signingName`, `xmlNamespace`, …"""
        return self._file.read("meta", "metadata") or {}

    @property
    def protocol(self) -> str:
        """The protocol that botocore speaks by default: query, ec2, json, rest-json, rest-xml or smithy-rpc-v2-cbor."""
        return str(self.metadata["protocol"])

    @cached_property
    def facts(self) -> Document:
        """What `shapes/SERVICE.toml` says of the whole service: `scope`, `validation`, …"""
        return self._file.read("meta", "facts") or {}

    @cached_property
    def operation_names(self) -> list[str]:
        return self._file.names("operation")

    @property
    def any_operation(self) -> Operation:
        """One of the operations, where it does not matter which."""
        return self.operation(self.operation_names[0])

    def has_operation(self, name: str) -> bool:
        return name in self._operations or self._file.read("operation", name) is not None

    def operation(self, name: str) -> Operation:
        """The operation `name` (`RunInstances`); KeyError if the service has none of that name."""
        found = self._operations.get(name)
        if found is None:
            raw = self._file.read("operation", name)
            if raw is None:
                raise KeyError(name)
            found = self._operations[name] = Operation(self, name, raw)
        return found

    def shape(self, name: str, reference: Document | None = None) -> Shape:
        """The shape `name`; `reference` holds the traits that the place where it is used adds (`locationName`, …)."""
        raw = self._shapes.get(name)
        if raw is None:
            raw = self._file.read("shape", name)
            if raw is None:
                raise KeyError(name)
            self._shapes[name] = raw
        return Shape(self, name, {**raw, **reference} if reference else raw)

    @cached_property
    def shape_names(self) -> list[str]:
        return self._file.names("shape")

    @cached_property
    def waiter_names(self) -> list[str]:
        return self._file.names("waiter")

    def waiter(self, name: str) -> Document:
        """A waiter as in `waiters-2.json`: operation, delay, maxAttempts, acceptors."""
        found = self._file.read("waiter", name)
        if found is None:
            raise KeyError(name)
        return found

    @cached_property
    def kind_names(self) -> list[str]:
        return self._file.names("kind")

    @property
    def binding_names(self) -> list[str]:
        """The operations that a declaration answers."""
        return self._file.names("binding")

    @property
    def handler_names(self) -> list[str]:
        """The operations that a function in services/ answers."""
        return self._file.names("handler")

    def kinds(self) -> dict[str, Document]:
        """The resource types of the service as inferred and declared (`core/resources/kinds.py`), by name."""
        return {name: self._file.read("kind", name) or {} for name in self._file.names("kind")}

    def kind(self, name: str) -> Document | None:
        return self._file.read("kind", name)

    def binding(self, operation: str) -> Document | None:
        """What a declaration says of `operation`: `{"kind": "Queue", "verb": "create", …}`, or None."""
        return self._file.read("binding", operation)

    def handler(self, operation: str) -> Document | None:
        """Where the function that is `operation` stands: `{"module": …, "function": …}`, or None."""
        if operation not in self._handlers:
            self._handlers[operation] = self._file.read("handler", operation)
        return self._handlers[operation]

    @cached_property
    def initial(self) -> Document | None:
        """The function that gives a new account's region what it has from the start; None for most services."""
        return self._file.read("initial", "")

    def documented(self) -> Document:
        """The whole model as botocore ships it, with its documentation. Slow: for help only."""
        return compiled.load_source(self.name, "service-2")


class Operation:
    """One operation: its shapes, HTTP binding, errors and how it pages."""

    def __init__(self, service: Service, name: str, raw: Document) -> None:
        self.service = service
        self.raw = raw
        self.name = name
        """The key in the model; `raw["name"]` may carry an API version (`CreateDistribution2020_05_31`)."""

    @property
    def served(self) -> Operation:
        """The operation that answers: that of the same name of the service that this one is a part of, else itself."""
        by = self.service.facts.get("served_by")
        return service(by).operation(self.name) if by else self

    @property
    def is_reading(self) -> bool:
        """Whether the operation only reads, as its name has it; one that turns out to write may do so."""
        return self.name.startswith(READS)

    @property
    def takes_no_signature(self) -> bool:
        """Whether it is answered to callers without a key: signing up, or what brings a token of its own."""
        return self.raw.get("authtype") == "none" or "smithy.api#noAuth" in self.raw.get("auth", ())

    @property
    def http(self) -> Document:
        """`method`, `requestUri` and, where it is not 200, `responseCode`."""
        return dict(self.raw["http"])

    @cached_property
    def input(self) -> Shape | None:
        return self._shape("input")

    @cached_property
    def output(self) -> Shape | None:
        return self._shape("output")

    def _shape(self, side: str) -> Shape | None:
        reference = self.raw.get(side)
        if reference is None:
            return None
        return self.service.shape(reference["shape"], {k: v for k, v in reference.items() if k != "shape"})

    @cached_property
    def errors(self) -> list[Shape]:
        return [self.service.shape(e["shape"]) for e in self.raw.get("errors", ())]

    @property
    def paginator(self) -> Document | None:
        """`input_token`, `output_token`, `limit_key`, `result_key`, `more_results`, `non_aggregate_keys`, or None."""
        return self.raw.get("paginator")

    @property
    def pages(self) -> Document | None:
        """As `paginator`, also of operations that page but that botocore has no paginator for; None where a handler
        pages by itself, by the names of what it lists."""
        if self.service.facts.get("pages") == "own" and self.service.handler(self.name) is not None:
            return None
        return self.raw.get("paginator") or self.raw.get("pages")


class Shape:
    """One shape at the place where it is used; `traits` are the shape's own with the reference's laid over them."""

    __slots__ = ("_members", "_parts", "layers", "name", "service", "traits", "type")

    def __init__(self, service: Service, name: str, traits: Document) -> None:
        self.service = service
        self.name = name
        self.traits = traits
        self.type: str = traits["type"]
        self._members: dict[str, Shape] | None = None
        self._parts: dict[str, Shape] = {}
        self.layers: dict[str, Any] = {}
        """What `core/pipeline/layout.py` knows of the members that it has seen."""

    def __repr__(self) -> str:
        return f"<Shape {self.service.name}:{self.name} {self.type}>"

    def get(self, trait: str, default: Any = None) -> Any:
        """A trait: `locationName`, `location`, `enum`, `min`, `max`, `pattern`, `flattened`, `timestampFormat`, …"""
        return self.traits.get(trait, default)

    @property
    def required(self) -> list[str]:
        found: list[str] = self.traits.get("required", [])
        return found

    @property
    def member_names(self) -> list[str]:
        """The members of a structure in the model's order, without resolving their shapes."""
        return list(self.traits.get("members", ()))

    def has_member(self, name: str) -> bool:
        return name in self.traits.get("members", ())

    def at(self, name: str) -> Shape:
        """The shape of the structure's member `name`; KeyError if it has none."""
        found = self._parts.get(name)
        if found is None:
            found = self._parts[name] = self._resolve(self.traits["members"][name])
        return found

    @property
    def members(self) -> dict[str, Shape]:
        """All members of a structure, in the model's order; empty for other types."""
        if self._members is None:
            self._members = {name: self.at(name) for name in self.traits.get("members", ())}
        return self._members

    @property
    def member(self) -> Shape:
        """The shape of a list's items."""
        return self._part("member")

    @property
    def key(self) -> Shape:
        return self._part("key")

    @property
    def value(self) -> Shape:
        return self._part("value")

    def _part(self, which: str) -> Shape:
        found = self._parts.get(which)
        if found is None:
            found = self._parts[which] = self._resolve(self.traits[which])
        return found

    def _resolve(self, reference: Document) -> Shape:
        return self.service.shape(reference["shape"], {k: v for k, v in reference.items() if k != "shape"})
