"""What AWS offers to every account, from `shapes/catalogue/`: regions and zones, public images, instance types."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from fakeaws.core.model.compiled import shapes_folder


@cache
def load(name: str) -> Any:
    """The JSON document `shapes/catalogue/NAME.json`."""
    with open(os.path.join(shapes_folder(), "catalogue", f"{name}.json"), encoding="utf-8") as file:
        return json.load(file)
