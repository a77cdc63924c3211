"""How the AWS CLI changes AWS Data Pipeline: a pipeline's definition as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import extra
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Document, Invocation
from fakeaws.core.model.models import Operation

RENAMES = {"*": {"query": "objects-query"}, "get-pipeline-definition": {"version": "pipeline-version"}}


def _definition(table: Table, operation: Operation) -> None:
    del table["pipeline-objects"]
    extra(table, "pipeline-definition", _put_definition, required=True)
    extra(table, "parameter-objects", _put_parameters)
    _parameter_values(table, operation)


def _parameter_values(table: Table, operation: Operation) -> None:
    extra(table, "parameter-values-uri", _put_values)
    extra(table, "parameter-values", _put_inline_values, "list", nargs="+")


def _loaded(text: str) -> Document:
    try:
        found: Document = json.loads(text)
    except ValueError as error:
        raise GeneralError(str(error)) from error
    return found


def _put_definition(params: Document, text: str) -> None:
    definition = _loaded(text)
    if "objects" not in definition:
        raise GeneralError('Error in pipeline definition: Missing "objects" key\n')
    params["pipelineObjects"] = [_object(element) for element in definition["objects"]]
    if "parameters" in definition:
        params.setdefault("parameterObjects", [_parameter(element) for element in definition["parameters"]])
    if "values" in definition:
        params.setdefault("parameterValues", _values(definition["values"]))


def _object(element: Document) -> Document:
    identifier = _identifier(element, "element")
    rest = {key: value for key, value in element.items() if key not in ("id", "name")}
    return {"id": identifier, "name": element.get("name", identifier), "fields": _fields(rest)}


def _parameter(element: Document) -> Document:
    rest = {key: value for key, value in element.items() if key != "id"}
    return {"id": _identifier(element, "parameter"), "attributes": _fields(rest)}


def _identifier(element: Document, what: str) -> str:
    if "id" not in element:
        raise GeneralError(f'Error in pipeline definition: Missing "id" key of {what}: {json.dumps(element)}\n')
    return str(element["id"])


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _fields(element: Document) -> list[Document]:
    return [_field(key, item) for key, value in sorted(element.items()) for item in _each(value)]


def _field(key: str, value: Any) -> Document:
    if isinstance(value, dict) and list(value) == ["ref"]:
        return {"key": key, "refValue": value["ref"]}
    return {"key": key, "stringValue": value}


def _values(given: Document) -> list[Document]:
    return [{"id": key, "stringValue": item} for key, value in given.items() for item in _each(value)]


def _put_parameters(params: Document, text: str) -> None:
    params["parameterObjects"] = [_parameter(element) for element in _loaded(text).get("parameters", [])]


def _refuse_two(params: Document) -> None:
    if params.get("parameterValues") is not None:
        raise GeneralError("Only parameter-values or parameter-values-uri is allowed")


def _put_values(params: Document, text: str) -> None:
    _refuse_two(params)
    params["parameterValues"] = _values(_loaded(text).get("values", {}))


def _put_inline_values(params: Document, pairs: list[str]) -> None:
    """`key=value …`; a key given more than once has a list of values."""
    _refuse_two(params)
    found: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise GeneralError(f"Error in parameter: Invalid inline parameter format: {pair}\n")
        found.setdefault(key, []).append(value)
    params["parameterValues"] = _values(found)


def _show_definition(invocation: Invocation, given: Values) -> None:
    invocation.after.append(_as_definition)


def _as_definition(answer: Document) -> Document:
    """The answer as a definition is written."""
    shown = {key: value for key, value in answer.items() if key not in _API_NAMES}
    if "pipelineObjects" in answer:
        shown["objects"] = [
            _collected([("id", part["id"]), ("name", part["name"]), *_pairs(part["fields"])])
            for part in answer["pipelineObjects"]
        ]
    if "parameterObjects" in answer:
        shown["parameters"] = [
            _collected([("id", part["id"]), *_pairs(part["attributes"])]) for part in answer["parameterObjects"]
        ]
    if "parameterValues" in answer:
        shown["values"] = _collected([(part["id"], part["stringValue"]) for part in answer["parameterValues"]])
    return shown


_API_NAMES = ("pipelineObjects", "parameterObjects", "parameterValues")


def _pairs(fields: list[Document]) -> list[tuple[str, Any]]:
    return [(f["key"], f["stringValue"] if "stringValue" in f else {"ref": f["refValue"]}) for f in fields]


def _collected(pairs: list[tuple[str, Any]]) -> Document:
    """The pairs as a document; what has a key in common becomes a list."""
    found: Document = {}
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


CHANGES = {"put-pipeline-definition": _definition, "activate-pipeline": _parameter_values}
FINISH = {"get-pipeline-definition": _show_definition}
