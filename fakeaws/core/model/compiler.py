"""Makes the compiled file of a service: its model without the prose, waiters, resource types and handlers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fakeaws.core.model import compiled, vocabulary
from fakeaws.core.model.inference import Inference
from fakeaws.core.model.secrets import Secrets
from fakeaws.core.store.parts import Part, write_parts

Document = dict[str, Any]


def compile_service(service: str, path: str) -> None:
    """Write the compiled file of `service` to `path`, and remove those that it replaces."""
    write_parts(path, parts(service))
    for old in Path(path).parent.glob(f"{service}-{'[0-9a-f]' * 8}.db"):
        if str(old) != path:
            old.unlink(missing_ok=True)


def parts(service: str) -> Iterator[Part]:
    """Everything that the compiled file of a service holds."""
    model = _merged(
        compiled.load_source(service, "service-2"),
        compiled.load_source(service, "service-2.sdk-extras").get("merge", {}),
    )
    own = declared(service)
    vocabulary.refuse_unknown(service, own, model["operations"])
    _add_codes(model, own.get("codes", {}))
    yield "meta", "metadata", model["metadata"]
    pagination = _pagination(service)
    for name, operation in model["operations"].items():
        stripped = _without_prose(operation)
        if name in pagination:
            stripped["paginator"] = pagination[name]
        elif (pages := _pages(model["shapes"], operation)) is not None:
            stripped["pages"] = pages
        if name in own.get("unsupported", {}):
            stripped["unsupported"] = own["unsupported"][name]
        yield "operation", name, stripped
    for name, shape in model["shapes"].items():
        yield "shape", name, _without_prose(shape)
    waiters = compiled.load_source(service, "waiters-2").get("waiters", {})
    for name, waiter in waiters.items():
        yield "waiter", name, waiter
    if "served_by" in own:
        yield "meta", "facts", own
        return
    yield from _with_secrets(model, list(Inference(service, model, pagination, waiters, own).parts()))
    yield from handlers(service, model["operations"])


def _with_secrets(model: Document, found: list[Part]) -> Iterator[Part]:
    """The parts, each resource type with the members of it that are secret."""
    secrets = Secrets(model)
    operations: dict[str, list[str]] = {}
    for part, name, document in found:
        if part == "binding" and "kind" in document:
            operations.setdefault(document["kind"], []).append(name)
    for part, name, document in found:
        if part == "kind":
            document = {**document, "sealed": secrets.of_kind(document, operations.get(name, []))}
        yield part, name, document


def declared(service: str) -> Document:
    """What `shapes/SERVICE.toml` says; empty where there is no such file."""
    path = Path(compiled.shape_file(service))
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _add_codes(model: Document, codes: Document) -> None:
    """Give errors the codes and statuses that they have on the wire where botocore's model does not say them."""
    for name, error in codes.items():
        shape = {"type": "structure", "members": {"message": {"shape": "String"}}, "exception": True}
        model["shapes"].setdefault(name, shape)["error"] = error


def _merged(model: Document, extras: Document) -> Document:
    """The model with botocore's extra file laid over it, as its clients see it."""
    return {
        **model,
        **{k: _merged(model[k], v) if isinstance(v, dict) and k in model else v for k, v in extras.items()},
    }


def _pagination(service: str) -> Document:
    """Botocore's paginators, with its extra file (`merge`) laid over them."""
    pages: Document = compiled.load_source(service, "paginators-1").get("pagination", {})
    extras = compiled.load_source(service, "paginators-1.sdk-extras").get("merge", {}).get("pagination", {})
    return {name: {**pages.get(name, {}), **extras.get(name, {})} for name in {**pages, **extras}}


_TOKENS = ("nextToken", "NextToken", "Marker", "NextMarker", "marker", "nextPageToken", "NextPageToken", "pageToken")
_LIMITS = ("maxResults", "MaxResults", "MaxItems", "maxItems", "limit", "Limit", "MaxRecords", "PageSize", "pageSize")


def _pages(shapes: Document, operation: Document) -> Document | None:
    """How an operation pages that botocore has no paginator for, by the names of its members."""
    if "input" not in operation or "output" not in operation:
        return None
    inputs = shapes[operation["input"]["shape"]].get("members", {})
    outputs = shapes[operation["output"]["shape"]].get("members", {})
    token = next((name for name in _TOKENS if name in inputs), None)
    given = next((name for name in (token, *_TOKENS) if name in outputs), None)
    result = next((name for name, ref in outputs.items() if shapes[ref["shape"]]["type"] == "list"), None)
    if token is None or given is None or result is None:
        return None
    limit = next((name for name in _LIMITS if name in inputs), None)
    pages = {"input_token": token, "output_token": given, "result_key": result}
    return {**pages, "limit_key": limit} if limit else pages


def _without_prose(part: Document) -> Document:
    """The part of a model without its documentation: that is nine tenths of it, and only `help` shows it."""
    kept = {key: value for key, value in part.items() if not key.startswith(("documentation", "deprecated"))}
    if "members" in kept:
        kept["members"] = {name: _without_prose(member) for name, member in kept["members"].items()}
    return kept


def handlers(service: str, operations: Document) -> Iterator[Part]:
    """Which function of `services/` is which operation, found without importing any of them."""
    by_function = {snake(name): name for name in operations}
    for path in compiled.module_files(service):
        module = compiled.module_at(path)
        for name in _DEFINED.findall(Path(path).read_text(encoding="utf-8")):
            if name.rstrip("_") in by_function:
                operation = by_function[name.rstrip("_")]
                yield "handler", operation, {"module": module, "function": name}
            elif name == "_initialise":
                yield "initial", "", {"module": module, "function": name}


_DEFINED = re.compile(r"^def (\w+)\(", re.MULTILINE)


def snake(name: str) -> str:
    """`DescribeDBInstances` → `describe_db_instances`: the Python name of an operation or the option of a member."""
    out: list[str] = []
    for index, char in enumerate(name):
        after_lower = index > 0 and (name[index - 1].islower() or name[index - 1].isdecimal())
        ends_acronym = index > 0 and name[index - 1].isupper() and name[index + 1 : index + 2].islower()
        if char.isupper() and (after_lower or ends_acronym):
            out.append("_")
        out.append(char.lower())
    return "".join(out)
