"""boto3 on a cloud in this process: no server, no socket.

    session = fakeaws.sdk.session()                # a boto3 Session on a new cloud in memory
    session.client("s3").create_bucket(Bucket="b")

    with fakeaws.sdk.patched() as cloud:           # code that makes its own clients
        boto3.client("sqs").create_queue(QueueName="q")   # aiobotocore's clients too, where it is installed

In tests, the fixtures `fakeaws_cloud` and `fakeaws_session` do the same (fakeaws/pytest_plugin.py): pytest finds them
where fakeaws is installed. Requests are made and read by botocore as always; only their transport is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.endpoint import Endpoint as Transport
from botocore.hooks import HierarchicalEmitter

from fakeaws.core.model.compiled import models_folder
from fakeaws.core.pipeline import initial_keys
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.resources.caller import DEFAULT_REGION
from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.wire.server.endpoint import Endpoint


def session(cloud: Cloud | None = None, verify: bool = False, **kwargs: Any) -> boto3.Session:
    """A boto3 Session whose clients and resources call `cloud`, by default a new one in memory.

    `kwargs` are the Session's own. Services that AWS has retired and botocore has dropped are among its clients.
    `verify` checks signatures as `fakeaws serve --verify-signatures` does.
    """
    core = kwargs.pop("botocore_session", None) or botocore.session.get_session()
    core.get_component("data_loader").search_paths.append(models_folder())
    used = cloud or Cloud(None)
    _attach(core.get_component("event_emitter"), Endpoint(used, verify))
    kwargs.setdefault("region_name", core.get_config_variable("region") or DEFAULT_REGION)
    if "profile_name" not in kwargs:
        key, secret = initial_keys.first(used.path)
        kwargs.setdefault("aws_access_key_id", key)
        kwargs.setdefault("aws_secret_access_key", secret)
    return boto3.Session(botocore_session=core, **kwargs)


@contextmanager
def patched(cloud: Cloud | None = None, verify: bool = False) -> Iterator[Cloud]:
    """Have every client of this process, made before or meanwhile, call `cloud` until the block ends."""
    used = cloud or Cloud(None)
    endpoint = Endpoint(used, verify)
    transports = [(transport, transport._send, carry) for transport, carry in _transports()]
    environment = _with_defaults(used)
    try:
        for transport, _, carry in transports:
            transport._send = lambda _, request, carry=carry: carry(endpoint, request)
        yield used
    finally:
        for transport, original, _ in transports:
            transport._send = original
        environment()
        if cloud is None:
            used.close()


def _transports() -> Iterator[tuple[Any, Any]]:
    """The classes through which clients send, each with the function that carries its requests instead."""
    yield Transport, carried
    if find_spec("aiobotocore") is not None:
        from aiobotocore.endpoint import AioEndpoint

        from fakeaws import aio

        yield AioEndpoint, aio.carried


def _with_defaults(cloud: Cloud) -> Any:
    """Give the environment keys and a region where it has none; the answer takes them back."""
    import os

    key, secret = initial_keys.first(cloud.path)
    defaults = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    added = [name for name in defaults if name not in os.environ]
    os.environ.update({name: defaults[name] for name in added})

    def take_back() -> None:
        for name in added:
            os.environ.pop(name, None)

    return take_back


def _attach(events: HierarchicalEmitter, endpoint: Endpoint) -> None:
    """Have the requests of a botocore session answered by `endpoint`, after everything else that wanted to see them."""

    def send(request: Any, **_: Any) -> Any:
        return carried(endpoint, request)

    events.register_last("before-send", send, unique_id="fakeaws")


def carried(endpoint: Endpoint, prepared: Any) -> AWSResponse:
    """The response to a request that botocore has prepared."""
    response = endpoint.answer(_request(prepared))
    endpoint.cloud.finish_work()
    headers = HeadersDict(response.headers.items())
    return AWSResponse(prepared.url, response.status, headers, Raw(response))


def _request(prepared: Any) -> Request:
    rest = prepared.url.partition("://")[2]
    target, _, query = rest.partition("?")
    host, slash, path = target.partition("/")
    fields = [(k, v.decode("latin-1") if isinstance(v, bytes) else str(v)) for k, v in prepared.headers.items()]
    if "Host" not in prepared.headers:
        fields.append(("Host", host))
    body = prepared.body
    if isinstance(body, str):
        body = body.encode()
    return Request(prepared.method, slash + path or "/", query, Headers(fields), body or b"")


class Raw:
    """The body of an answer as botocore expects it of urllib3: read at once, or piece by piece."""

    def __init__(self, response: Response) -> None:
        self._pieces = iter((response.body,)) if isinstance(response.body, bytes) else response.body
        self._held = BytesIO()
        self.closed = False

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        if amt is None or amt < 0:
            return self._held.read() + b"".join(self._pieces)
        while (piece := self._held.read(amt)) == b"" and amt:
            following = next(self._pieces, None)
            if following is None:
                break
            self._held = BytesIO(following)
        return piece

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        """Pieces as they come, so that an event stream's events are not held back."""
        if held := self._held.read():
            yield held
        yield from self._pieces

    def readinto(self, buffer: bytearray) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self.closed = True

    release_conn = close
