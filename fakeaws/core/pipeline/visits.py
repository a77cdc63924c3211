"""Visits: requests to the URLs that AWS hands out for what customers have, such as a website's.

Which hosts these are is a fact (`shapes/catalogue/hosts.json`: service → name → patterns, in which `{region}` is a
region, any other name a part of the host and `*` the rest). The answer is `visit_NAME(visit)` in the package `web` of
the service. It runs outside of any transaction, and calls the cloud through `perform`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue, compiled
from fakeaws.core.pipeline.functions import function_at
from fakeaws.core.resources.caller import Caller, root
from fakeaws.core.tools.http import Request, Response

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
_PARTS = {"region": r"[a-z]{2,5}(?:-[a-z]+)+-\d", "*": ".+"}


class Visit:
    """One request to a URL of a customer's. `names` are the parts of its host."""

    def __init__(self, cloud: Cloud, request: Request, names: dict[str, str], request_id: str) -> None:
        self._cloud = cloud
        self.request = request
        self.names = names
        self.request_id = request_id

    def perform(self, service: str, operation: str, params: Document, caller: Caller | None = None) -> Document:
        """Call an operation, by default as the root user of the default account; AwsError where it refuses."""
        return self._cloud.perform(service, operation, params, caller or root())


def is_visit(request: Request) -> bool:
    """Whether the host of a request is a customer's."""
    host = request.host.partition(":")[0]
    return any(pattern.fullmatch(host) for pattern, _ in _hosts())


def answer(cloud: Cloud, request: Request, request_id: str) -> Response | None:
    """The answer to a request whose host is a customer's; None for any other."""
    host = request.host.partition(":")[0]
    for pattern, place in _hosts():
        found = pattern.fullmatch(host)
        if found is not None:
            response: Response = function_at(place)(Visit(cloud, request, found.groupdict(), request_id))
            return response
    return None


@cache
def _hosts() -> list[tuple[re.Pattern[str], Document]]:
    """The patterns of hosts, each with the place of the function that answers there."""
    return [
        (_compiled(pattern), {"module": f"fakeaws.services.{compiled.module_name(service)}.web", "function": function})
        for service, named in catalogue.load("hosts").items()
        for function, patterns in ((f"visit_{name}", patterns) for name, patterns in named.items())
        for pattern in patterns
    ]


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|\*)", pattern)
    return re.compile("".join(_expression(part) for part in parts))


def _expression(part: str) -> str:
    if part == "*":
        return _PARTS[part]
    if part.startswith("{"):
        name = part[1:-1]
        return f"(?P<{name}>{_PARTS.get(name, '.+')})"
    return re.escape(part)
