"""The client's side, as botocore does it: requests as they leave it, answers as it reads them."""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict, create_request_object, prepare_request_dict
from botocore.endpoint import convert_to_response_dict
from botocore.eventstream import EventStream
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.response import StreamingBody
from botocore.serialize import create_serializer

from fakeaws.core.model.compiled import shapes_folder
from fakeaws.core.tools.http import Headers, Request, Response

_LOADER = Loader(extra_search_paths=[str(Path(shapes_folder()) / "models")])


@lru_cache(maxsize=2)
def model(service: str) -> Any:
    return ServiceModel(_LOADER.load_service_model(service, "service-2"), service)


def sent(service: str, operation: str, params: dict[str, Any], protocol: str) -> Request:
    """The request that a client sends, unsigned."""
    serializer = create_serializer(protocol, include_validation=False)
    raw = serializer.serialize_to_request(params, model(service).operation_model(operation))
    prepare_request_dict(raw, endpoint_url="https://example.com")
    prepared = create_request_object(raw).prepare()
    return from_prepared(prepared)


def from_prepared(prepared: Any) -> Request:
    rest = prepared.url.partition("://")[2]
    host, slash, target = rest.partition("/")
    path, _, query = target.partition("?")
    if "?" in host:
        host, _, query = host.partition("?")
    pairs = [(k, v.decode() if isinstance(v, bytes) else str(v)) for k, v in prepared.headers.items()]
    headers = Headers(pairs if any(name.lower() == "host" for name, _ in pairs) else [*pairs, ("Host", host)])
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    return Request(prepared.method, slash + path, query, headers, body)


class _Raw(io.BytesIO):
    """The body of an answer as urllib3 gives it."""

    def stream(self, size: int = 1024) -> Any:
        while piece := self.read(size):
            yield piece


def received(service: str, operation: str, response: Response, protocol: str, shape: Any = None) -> Any:
    """What a client reads from a response: the result, or the members of the error shape `shape`."""
    model_operation = model(service).operation_model(operation)
    raw = _Raw(response.content)
    http = AWSResponse("https://example.com", response.status, HeadersDict(response.headers.items()), raw)
    seen = convert_to_response_dict(http, model_operation)
    parsed = create_parser(protocol).parse(seen, shape or model_operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    return {name: _drained(value) for name, value in parsed.items()}


def _drained(value: Any) -> Any:
    if isinstance(value, StreamingBody):
        return value.read()
    return list(value) if isinstance(value, EventStream) else value
