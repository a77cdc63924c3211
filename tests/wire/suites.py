"""Service models that stand in a test instead of botocore's files."""

from typing import Any

from botocore.model import ServiceModel

from fakeaws.core.model.models import Document, Operation, Service


class _Rows:
    """The rows of a compiled model, held in memory."""

    def __init__(self, rows: dict[str, dict[str, Document]]) -> None:
        self.rows = rows

    def read(self, kind: str, name: str) -> Document | None:
        return self.rows.get(kind, {}).get(name)

    def names(self, kind: str) -> list[str]:
        return list(self.rows.get(kind, {}))


class SuiteService(Service):
    """A service made of a test suite's metadata and shapes, and of one operation."""

    def __init__(self, metadata: Document, shapes: Document, operation: Document) -> None:
        self.name = metadata.get("endpointPrefix", "service")
        self._file: Any = _Rows(
            {"meta": {"metadata": metadata}, "operation": {operation["name"]: operation}, "shape": shapes}
        )
        self._operations: dict[str, Operation] = {}
        self._shapes: dict[str, Document] = {}


def botocore_model(metadata: Document, shapes: Document, operation: Document) -> Any:
    """The same operation as botocore sees it."""
    model = {"metadata": metadata, "shapes": shapes, "operations": {operation["name"]: operation}}
    return ServiceModel(model, "service").operation_model(operation["name"])
