"""`--output json`: indented by four, in the model's order; an empty answer shows nothing."""

from __future__ import annotations

import json
from typing import Any, TextIO

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output import scalar


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document`; raises GeneralError for what JSON cannot hold (a JMESPath expression reference)."""
    if document == {}:
        return
    try:
        text = json.dumps(document, indent=4, ensure_ascii=False, default=scalar)
    except TypeError:
        raise GeneralError("Encountered unrecognized type in JSON encoder.") from None
    stream.write(text + "\n")
