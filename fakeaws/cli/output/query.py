"""JMESPath: `--query`, and the expressions by which waiters look at an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.cli.errors import GeneralError


def compiled(expression: str) -> Callable[[Any], Any]:
    """A JMESPath expression as a function of a document, which raises GeneralError for what cannot be evaluated."""
    import jmespath

    parsed = jmespath.compile(expression)

    def search(document: Any) -> Any:
        try:
            return parsed.search(document)
        except (jmespath.exceptions.JMESPathError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise GeneralError(str(error)) from error

    return search
