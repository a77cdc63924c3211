"""Which hosts a server answers as, and what the web pages that a browser shows may do with it.

Every page can make a browser send requests to this machine. The browser says where they come from, in headers that no
page can change: Origin (with every request whose answer the page may read, and with every one that is no GET),
Sec-Fetch-Site, Referer. Programs (SDKs, curl) send none of these, and nothing here concerns them.

https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from fakeaws.core.model.models import Operation
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.messages.traits import AWS_DOMAINS, COPY_SOURCE, CORS, PAGE_OPERATIONS
from fakeaws.wire.requests.routing import Route, addressed_path

_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]@/]+)(:[0-9]{0,5})?")
_FROM_CONTAINERS = {"host.docker.internal", "gateway.docker.internal", "host.containers.internal"}
"""What Docker Desktop and Podman call this machine in their containers; nobody can register a name below `internal`."""
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]+", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
ANY = "*"


class Kind(Enum):
    """Whom a request is from."""

    PROGRAM = "a program, or a page that was given leave"
    USER = "the person before the browser, who typed an address or followed a link from outside"
    NEIGHBOUR = "a page of this machine or of this server"
    STRANGER = "any other page"


class Sender(NamedTuple):
    """Who sent a request."""

    kind: Kind = Kind.PROGRAM
    origin: str = ""
    is_invited: bool = False
    """Whether the CORS rules of the bucket that the request is for allow it."""


PROGRAM = Sender()


class Origins:
    """What a server lets in: `hosts` besides this machine's names and AWS's (`*.example.test` for all below a domain),
    and `origins` of pages that may do what programs may; `*` is any."""

    def __init__(self, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        self.hosts = {host.lower().rstrip(".") for host in hosts}
        self.origins = {origin.lower().rstrip("/") for origin in origins}

    def answers_as(self, host: str) -> bool:
        """Whether a Host header is one of this server's, and not of a domain whose owner had it point to this machine
        (DNS rebinding). What no browser sends, an empty one, is none's."""
        if not host or ANY in self.hosts:
            return True
        name = name_of(host)
        if is_loopback(name) or name in self.hosts or name in _FROM_CONTAINERS or _is_below(name, AWS_DOMAINS):
            return True
        if any(known.startswith("*.") and name.endswith(known[1:]) for known in self.hosts):
            return True
        return not self.hosts.isdisjoint(("0.0.0.0", "::", "[::]")) and _address(name) is not None

    def sender(self, request: Request) -> Sender:
        """Who sent a request, from what a browser says of it.

        Browsers send Sec-Fetch-Site to addresses of this machine only (and by https), old ones never: what a browser
        sends without it is of the page that Referer names. A GET that names none either is taken for the user's.
        """
        headers = request.headers
        if "origin" in headers:
            return self._page(headers.get("origin"), request)
        site = headers.get("sec-fetch-site")
        if not site and (ANY in self.origins or not headers.get("user-agent").startswith("Mozilla/")):
            return PROGRAM
        if site == "none":
            return Sender(Kind.USER)
        referrer = _ORIGIN.match(headers.get("referer"))
        if referrer is not None:
            return self._page(referrer[0], request)
        if not site:
            return Sender(Kind.USER) if request.method in ("GET", "HEAD") else PROGRAM
        is_near = site == "same-origin" or (site == "same-site" and is_loopback(name_of(request.host)))
        return Sender(Kind.NEIGHBOUR) if is_near else self._page("", request)

    def _page(self, origin: str, request: Request) -> Sender:
        if ANY in self.origins or origin.lower() in self.origins:
            return Sender(Kind.PROGRAM, origin)
        try:
            parts = urlsplit(origin.lower())
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            return Sender(Kind.STRANGER, origin)
        name = name_of(parts.netloc)
        is_own = (name, port) == (name_of(request.host), _port(request.host, parts.scheme))
        return Sender(Kind.NEIGHBOUR if is_own or is_loopback(name) else Kind.STRANGER, origin)


@lru_cache(maxsize=64)
def name_of(authority: str) -> str:
    """The host of `HOST[:PORT]` in lower case; "" where it is none."""
    found = _AUTHORITY.fullmatch(authority.lower())
    return found["name"].rstrip(".") if found else ""


def _port(authority: str, scheme: str) -> int:
    port = authority.rpartition(":")[2]
    return int(port) if port.isdecimal() else _PORTS[scheme]


@lru_cache(maxsize=64)
def is_loopback(name: str) -> bool:
    """Whether a host is this machine: 127.0.0.0/8, [::1], localhost and all names below it (RFC 6761, 6.3)."""
    address = _address(name)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _is_below(name: str, domains: Iterable[str]) -> bool:
    return any(name == domain or name.endswith("." + domain) for domain in domains)


def admit(sender: Sender, meant: Route, request: Request, is_known: bool) -> bool:
    """Refuse what a page may not do; else whether the request may do no more than policies allow to anybody.

    `is_known`: the cloud has the secret of the key that signed, so no page can have made up the signature.
    """
    operation = meant.operation
    if sender.kind is Kind.PROGRAM or operation is None:
        return False
    if sender.kind is Kind.USER:
        is_admitted = is_known or operation.is_reading
    elif sender.kind is Kind.NEIGHBOUR:
        is_admitted = _may_neighbour(sender, meant, operation, request, is_known)
    else:
        is_admitted = _may_stranger(sender, meant, operation, request, is_known)
    if not is_admitted:
        raise refused(sender)
    return sender.kind is Kind.STRANGER and not sender.is_invited


def _may_neighbour(sender: Sender, meant: Route, operation: Operation, request: Request, is_known: bool) -> bool:
    """Pages under development call with an SDK, which signs in a header: browsers send that one only after a
    preflight, or to the page's own origin. What they send without it is no more than what a stranger may, but that all
    can be read."""
    if is_known or operation.takes_no_signature or (sender.is_invited and _is_of_objects(operation)):
        return True
    if request.headers.get("authorization").startswith(("AWS4-", "AWS ")):
        return True
    return _is_page_read(operation, request)


def _may_stranger(sender: Sender, meant: Route, operation: Operation, request: Request, is_known: bool) -> bool:
    """A page of elsewhere shows what is public or presigned in a bucket, and does what the bucket's CORS rules say: no
    more than to objects, unless a key of the cloud has signed."""
    if sender.is_invited:
        is_within = _is_of_objects(operation) and not _copies_into(operation, request)
        return is_within or (is_known and meant.service.name == CORS)
    return (is_known or not meant.credential.access_key) and _is_page_read(operation, request)


def _is_page_read(operation: Operation, request: Request) -> bool:
    """Whether a request reads an object or lists a bucket: what an image, a link or a frame may do."""
    return request.method in ("GET", "HEAD") and operation.is_reading and _is_of_objects(operation)


def _is_of_objects(operation: Operation) -> bool:
    """Whether an operation is about the objects of a bucket, not about the bucket's settings."""
    if operation.service.name != CORS or operation.input is None:
        return False
    return "Key" in operation.input.member_names or operation.name in PAGE_OPERATIONS


def _copies_into(operation: Operation, request: Request) -> bool:
    """Whether a request copies what is in another bucket, about which the rules of the one that it is sent to say
    nothing."""
    source = unquote(request.headers.get(COPY_SOURCE)).removeprefix("/").partition("/")[0]
    bucket = addressed_path(operation.service.name, request).split("/")[1]
    return COPY_SOURCE in request.headers and source != unquote(bucket)


def admit_upload(sender: Sender, is_signed: bool, is_known: bool) -> None:
    """Refuse a form that a page may not send: one without a policy, or whose policy anybody may have signed.

    Anybody's page may show a form whose policy was signed with a key of the cloud, as on AWS.
    """
    trusted = sender.kind is Kind.PROGRAM or sender.is_invited
    if not (trusted or (is_signed and (is_known or sender.kind is Kind.NEIGHBOUR))):
        raise refused(sender)


def misdirected(request: Request) -> AwsError:
    """The refusal under a name that is not this server's: a browser lets the pages of that name read what they ask for,
    whoever made it point to this machine (DNS rebinding)."""
    name = name_of(request.host) or "NAME"
    text = (
        f"fakeaws does not answer as {request.host!a}: only as localhost, as AWS, and as the hosts that"
        f" `fakeaws serve --allow-host {name if name.isascii() else 'NAME'}` names."
    )
    return AwsError("AccessDenied", text, status=403)


def refused(sender: Sender) -> AwsError:
    """What a page is answered, and how its user lets it do what it tries."""
    if sender.kind is Kind.USER:
        why = "An address opened in a browser changes nothing unless it is presigned with a key of this cloud."
    else:
        page = f"The web page {sender.origin}" if sender.origin else "A web page of another origin"
        leave = f"`fakeaws serve --allow-origin {sender.origin or 'ORIGIN'}`"
        why = f"{page} may not send this request to fakeaws. {leave} lets it."
        if sender.kind is Kind.NEIGHBOUR:
            why += " Without it, pages of this machine have to sign their requests in the Authorization header."
    return AwsError("AccessDenied", why, status=403)
