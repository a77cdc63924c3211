"""What AWS offers to every account, from `shapes/catalogue/`: regions and zones, public images, instance types."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from fakeaws.core.compiled import shapes_folder


@lru_cache(maxsize=None)
def load(name: str) -> Any:
    """The JSON document `shapes/catalogue/NAME.json`."""
    return json.loads((shapes_folder() / "catalogue" / f"{name}.json").read_text(encoding="utf-8"))
