"""How the AWS CLI changes Amazon CloudSearch: the members of expressions and fields as arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import extra
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Document
from fakeaws.core.model.models import Operation


def _expression(table: Table, operation: Operation) -> None:
    """The members of an expression as arguments."""
    del table["expression"]
    extra(table, "name", partial(_put, "Expression", "ExpressionName"), required=True)
    extra(table, "expression", partial(_put, "Expression", "ExpressionValue"), required=True)


def _index_field(table: Table, operation: Operation) -> None:
    """The members of a field, and of the options of its type, as arguments."""
    del table["index-field"]
    extra(table, "name", partial(_put, "IndexField", "IndexFieldName"), required=True)
    extra(table, "type", partial(_put, "IndexField", "IndexFieldType"), required=True)
    for name, member in _OPTIONS.items():
        kind = "boolean" if name.endswith("-enabled") else "string"
        extra(table, name, partial(_put_option, member, kind), kind)


def _put(container: str, member: str, params: Document, value: str) -> None:
    params.setdefault(container, {})[member] = value


_OPTIONS = {
    "default-value": "DefaultValue",
    "facet-enabled": "FacetEnabled",
    "search-enabled": "SearchEnabled",
    "return-enabled": "ReturnEnabled",
    "sort-enabled": "SortEnabled",
    "source-field": "SourceField",
    "highlight-enabled": "HighlightEnabled",
    "analysis-scheme": "AnalysisScheme",
}
_DEFAULTS: dict[str, Callable[[str], Any]] = {"Int": int, "IntArray": int, "Double": float, "DoubleArray": float}


def _put_option(member: str, kind: str, params: Document, text: str) -> None:
    field = params.setdefault("IndexField", {})
    if "IndexFieldType" not in field:
        raise GeneralError("You must pass the --type option.")
    type_ = "".join(part.capitalize() for part in field["IndexFieldType"].split("-"))
    type_ = "LatLon" if type_ == "Latlon" else type_
    value: Any = text.lower() != "false" if kind == "boolean" else text
    if member == "DefaultValue":
        try:
            value = _DEFAULTS.get(type_, str)(text)
        except ValueError as error:
            raise GeneralError(str(error)) from error
    field.setdefault(f"{type_}Options", {})[member] = value


CHANGES = {"define-expression": _expression, "define-index-field": _index_field}
