"""Functions by name: what is scheduled, and work, are stored as the names of functions; handlers and policies are found
by theirs, since core imports neither."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from fakeaws.core.model import compiled

Document = dict[str, Any]


def place_of(function: Callable[..., Any]) -> Document:
    """How a function of a service's module is stored."""
    return {"module": function.__module__, "function": function.__name__}


def function_at(place: Document) -> Any:
    """The function at a place: `{"module": "fakeaws.services.sqs", "function": "send_message"}`. What an older version
    stored is found in whichever module of the same service has it now."""
    try:
        return getattr(importlib.import_module(place["module"]), place["function"])
    except (ModuleNotFoundError, AttributeError):
        service = place["module"].split(".")[2]
        for module in compiled.modules(service):
            found = getattr(importlib.import_module(module), place["function"], None)
            if found is not None and found.__module__ == module:
                return found
        raise
