"""Which service, operation and protocol a request means: from its signature's scope, headers, form, path and host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation, Service
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.messages.bindings import fits
from fakeaws.wire.messages.directory import directory
from fakeaws.wire.messages.traits import SHADOWED, SIGNING_ALIASES, UNSIGNED_REST, VIRTUAL_HOSTED
from fakeaws.wire.signatures.signature import Credential, credential_of

_RPC_PATH = re.compile(r"(?:/.*)?/service/([^/]+)/operation/([^/]+)/?")
LABEL = 63
"""The longest part of a host's name (RFC 1035)."""
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d|-az\d+$")
"""A region, or the zone that some endpoints name instead (`s3express-use1-az4`)."""


class Route(NamedTuple):
    """What a request means. `operation` is None where the service is known and has no such operation."""

    service: Service
    operation: Operation | None
    protocol: str
    credential: Credential
    named: str = ""
    """The operation's name as asked for, for the error that says there is none."""


class Unroutable(AwsError):
    """A request that names no service."""


def route(request: Request) -> Route:
    """The meaning of a request; Unroutable where nothing says which service it is for."""
    credential = credential_of(request)
    candidates = _candidates(request, credential)
    if "smithy-protocol" in request.headers or "/operation/" in request.path:
        found = _rpc_path(request, candidates, credential)
        if found is not None:
            return found
    target = request.headers.get("x-amz-target")
    if target:
        return _target(target, candidates, credential)
    if _may_be_form(request, candidates):
        found = _form(request, candidates, credential)
        if found is not None:
            return found
    return _rest(request, candidates, credential)


def _candidates(request: Request, credential: Credential) -> list[str]:
    """The services that sign as this request is signed; unsigned, those that its host names. May be empty.

    Where the host names one of several that share a signing name, that one comes first.
    """
    hosted = host_services(request.host)
    if not credential.service:
        return hosted
    name = SIGNING_ALIASES.get(credential.service, credential.service)
    signed = directory().by_signing_name.get(name, [])
    return [n for n in signed if n in hosted] + [n for n in signed if n not in hosted] if hosted else list(signed)


def host_services(host: str) -> list[str]:
    """The services whose endpoint prefix the host holds: `sqs.us-east-1.localhost`, `bucket.s3.localhost`."""
    names = host.partition(":")[0].split(".")
    index = directory().by_host
    for start in range(len(names)):
        for end in (start + 2, start + 1):
            found = index.get(".".join(names[start:end]))
            if found is not None and end < len(names):
                return found
    return []


def _rpc_path(request: Request, candidates: list[str], credential: Credential) -> Route | None:
    found = _RPC_PATH.fullmatch(request.path)
    if found is None:
        return None
    services = directory().by_target.get(found[1], [])
    return _named(_narrowed(services, candidates), found[2], "smithy-rpc-v2-cbor", credential)


def _target(target: str, candidates: list[str], credential: Credential) -> Route:
    prefix, _, name = target.rpartition(".")
    services = directory().by_target.get(prefix) or [n for n in candidates if "targetPrefix" in _metadata(n)]
    found = _named(_narrowed(services, candidates), name, "json", credential)
    if found is None:
        raise Unroutable("UnknownOperationException", f"No service is called {prefix}", status=400)
    return found


def _metadata(name: str) -> models.Document:
    return directory().metadata[name]


def _narrowed(services: list[str], candidates: list[str]) -> list[str]:
    """The candidates that are among the services, in their order; all services where none is."""
    return [name for name in candidates if name in services] or services


def _may_be_form(request: Request, candidates: list[str]) -> bool:
    """Whether to look for an Action: forms go to the root, or to an address of a service without REST operations."""
    if request.method == "POST" and "x-www-form-urlencoded" in request.headers.get("content-type"):
        if request.path.strip("/") == "" or "Action" in request.argument:
            return True
        return any(not _metadata(name)["protocol"].startswith("rest") for name in candidates)
    return "Action" in request.argument


def _form(request: Request, candidates: list[str], credential: Credential) -> Route | None:
    """A query or ec2 request: an Action and, nearly always, the Version of the service that it is for."""
    try:
        form = request.form
    except ValueError as problem:
        raise Unroutable("MalformedQueryString", str(problem), status=400) from problem
    action = form.get("Action")
    if action is None:
        return None
    versioned = directory().by_version.get(form.get("Version", ""), [])
    services = [n for n in candidates if n in versioned] or candidates or versioned
    services = [n for n in services if not _metadata(n)["protocol"].startswith("rest")]
    found = _named(services, action, "query", credential)
    if found is not None and found.service.protocol == "ec2":
        return found._replace(protocol="ec2")
    return found


def _named(services: list[str], name: str, protocol: str, credential: Credential) -> Route | None:
    """The first of the services that has the operation; else the first, without one; None where there is none."""
    for candidate in services:
        service = models.service(candidate)
        if service.has_operation(name):
            return Route(service, service.operation(name), protocol, credential, name)
    if not services:
        return None
    return Route(models.service(services[0]), None, protocol, credential, name)


def _rest(request: Request, candidates: list[str], credential: Credential) -> Route:
    is_unsaid = not candidates and not credential.service
    if is_unsaid:
        candidates = list(UNSIGNED_REST)
    best: tuple[tuple[int, ...], Route] | None = None
    for name in candidates:
        protocol = _metadata(name)["protocol"]
        if protocol.startswith("rest"):
            path = addressed_path(name, request)
            for pattern in _possible(name, request):
                rank = pattern.rank(path, request, credential.service)
                if rank is not None and (best is None or rank > best[0]):
                    service = models.service(name)
                    best = rank, Route(service, service.operation(pattern.operation), protocol, credential)
    if best is not None:
        return best[1]
    if is_unsaid:
        raise Unroutable("MissingAuthenticationToken", "Missing Authentication Token", status=403)
    if not candidates:
        raise Unroutable("UnknownService", f"No service signs as {credential.service}", status=400)
    return Route(models.service(candidates[0]), None, _metadata(candidates[0])["protocol"], credential)


def addressed_path(service: str, request: Request) -> str:
    """The path of a request, with the bucket that its host names put before it: `bucket.s3.localhost`."""
    bucket = virtual_host(service, request.host)
    return f"/{bucket}{request.path}" if bucket else request.path


def virtual_host(service: str, host: str) -> str:
    """What stands in the host before the endpoint, where a service is addressed so; "" where nothing does.

    Endpoints are `s3.REGION.anything`, `s3.anything`, and, for a bucket of its own name, `localhost`.
    """
    if service not in VIRTUAL_HOSTED:
        return ""
    names = host.partition(":")[0].split(".")
    prefixes = VIRTUAL_HOSTED[service]
    for at, name in enumerate(names[:-1]):
        if any(
            name == prefix or (name.startswith(prefix + "-") and _REGION.search(name[:LABEL])) for prefix in prefixes
        ):
            return ".".join(names[:at])
    return ".".join(names[:-1]) if names[-1] == "localhost" else ""


class Pattern:
    """How a REST operation is called: path, fixed and required parameters."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation.name
        self.uri: str = operation.http["requestUri"]
        path, _, query = self.uri.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        self.fixed = [(key, value) for key, value in pairs if key != "x-id"]
        self.is_meant_by = SHADOWED.get((operation.service.name, operation.name))
        self.required = _required(operation)
        self.literal = sum(1 for part in path.split("/") if part and "{" not in part)
        self.greedy = "+}" in path

    def rank(self, path: str, request: Request, signed: str) -> tuple[int, ...] | None:
        """How well a request, signed under a name, fits, the greater the better; None where it does not."""
        arguments = request.argument
        for key, value in self.fixed:
            if key not in arguments or (value and arguments[key] != value):
                return None
        if not fits(self.uri, path):
            return None
        given = all(
            name in arguments if where == "querystring" else name in request.headers for where, name in self.required
        )
        is_meant = 1 if self.is_meant_by is None else 2 * (self.is_meant_by == signed)
        called = arguments.get("x-id") == self.operation
        return called, self.literal, not self.greedy, len(self.fixed), given, len(self.required), is_meant


def _required(operation: Operation) -> list[tuple[str, str]]:
    """The required members of the query string and the headers: they tell UploadPart from PutObject."""
    shape = operation.input
    if shape is None:
        return []
    members = [(name, shape.at(name)) for name in shape.required]
    return [
        (member.get("location"), member.get("locationName", name))
        for name, member in members
        if member.get("location") in ("querystring", "header")
    ]


def _possible(service: str, request: Request) -> Iterator[Pattern]:
    """The patterns of a request's method that need no parameter, or one that the request has."""
    index = patterns(service)
    for key in ("", *request.argument):
        yield from index.get((request.method, key), ())


@cache
def patterns(service: str) -> dict[tuple[str, str], list[Pattern]]:
    """The patterns of a service, by method and the first of the parameters that they fix, "" where they fix none."""
    model = models.service(service)
    out: dict[tuple[str, str], list[Pattern]] = {}
    for name in model.operation_names:
        operation = model.operation(name)
        pattern = Pattern(operation)
        first = pattern.fixed[0][0] if pattern.fixed else ""
        out.setdefault((operation.http["method"], first), []).append(pattern)
    return out
