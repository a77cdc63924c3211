"""The HTTP endpoint of a cloud: a request comes in, an operation is performed, a response goes out. No sockets here."""

from __future__ import annotations

import hmac
from importlib import import_module
from typing import Any

from fakeaws.core.model import models
from fakeaws.core.model.compiled import module_name
from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline import visits
from fakeaws.core.resources.caller import DEFAULT_REGION
from fakeaws.core.tools import machine
from fakeaws.core.tools.errors import AwsError, CloudError
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import (
    ADDRESSES,
    FORM_UPLOADS,
    KEEPS_ENDPOINT,
    RAW_PATHS,
    RENAMED_ERRORS,
    UNKNOWN_OPERATIONS,
)
from fakeaws.wire.protocols import protocol
from fakeaws.wire.requests.authentication import Keys, authenticate, check_token, known_secret
from fakeaws.wire.requests.origins import PROGRAM, Kind, Sender, admit, admit_upload
from fakeaws.wire.requests.routing import Route, addressed_path, route
from fakeaws.wire.signatures import bodies, signature_v2
from fakeaws.wire.signatures.signature import Credential, mismatch, signature_of


class Endpoint:
    """Answers requests with a cloud. `verify` checks all signatures, else only those of keys that the cloud issued."""

    def __init__(self, cloud: Any, verify: bool = False) -> None:
        self.cloud = cloud
        self.keys = Keys(cloud, verify)

    def answer(self, request: Request, sender: Sender = PROGRAM) -> Response:
        """The response to a request, whatever it is and whoever sent it."""
        request_id = machine.request_id()
        visited = visits.answer(self.cloud, request, request_id)
        if visited is not None:
            return visited
        if _is_form(request):
            return self._uploaded(request, sender, request_id)
        try:
            meant = route(request)
        except AwsError as error:
            return unroutable(request, error, request_id)
        request.meant = meant
        try:
            response = self._performed(meant, request, sender, request_id)
        except (AwsError, CloudError) as error:
            response = refusal(meant, _as_refusal(error), request_id)
        if request.method == "HEAD" or response.status == 304:
            response = without_body(response)
        return response

    def refuse(self, request: Request, error: AwsError) -> Response:
        """An error, in the form that clients of what the request is for read, whether or not it can be carried out."""
        request_id = machine.request_id()
        try:
            response = refusal(route(request), error, request_id)
        except AwsError:
            response = unroutable(request, error, request_id)
        return without_body(response) if request.method == "HEAD" else response

    def _uploaded(self, request: Request, sender: Sender, request_id: str) -> Response:
        """The response to a form: it is carried out as the request that it stands for, by whom its policy names."""
        try:
            upload = _forms().read(request)
            put = upload.put(request)
            meant = request.meant = route(put)
        except AwsError as error:
            return protocol("rest-xml").refuse(Fault(models.service(FORM_UPLOADS), None, error), request_id)
        try:
            secret = known_secret(self.keys, meant)
            if secret is not None:
                check_token(self.keys, meant)
            admit_upload(sender, upload.policy is not None, secret is not None)
            _verify_form(upload, secret, meant.credential)
            upload.check()
            stored = self._carried_out(meant, meant.operation, put, None, self.keys.strict, request_id)
        except (AwsError, CloudError) as error:
            return refusal(meant, _as_refusal(error), request_id)
        response: Response = upload.answer(stored, request, put, addressed_path(meant.service.name, put).split("/")[1])
        return response

    def _performed(self, meant: Route, request: Request, sender: Sender, request_id: str) -> Response:
        if meant.operation is None:
            raise _unknown_operation(meant)
        is_page = sender.kind is not Kind.PROGRAM
        is_bound = is_page and admit(sender, meant, request, self.keys.secret(meant.credential.access_key) is not None)
        secret = authenticate(self.keys, meant, request)
        return self._carried_out(meant, meant.operation, request, secret, is_bound or self.keys.strict, request_id)

    def _carried_out(
        self, meant: Route, operation: Any, request: Request, secret: str | None, is_bound: bool, request_id: str
    ) -> Response:
        """The response of the operation. `is_bound`: without a signature, policies have to allow it to anybody."""
        request = _readable(meant, operation, request, secret)
        spoken = protocol(meant.protocol)
        params = spoken.parse(operation, request)
        signed = meant.credential
        caller = self.cloud.caller(signed.access_key, signed.region or DEFAULT_REGION, signed.token)
        caller.is_remote = True
        caller.is_bound = caller.unsigned and is_bound
        document = self.cloud.perform(meant.service.name, operation.name, params, caller)
        return spoken.answer(operation, _reachable(meant, document, request), request_id)


def _is_form(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("content-type").startswith("multipart/form-data")


def _forms() -> Any:
    """What the service that takes forms knows of them, found by its name."""
    return import_module(f"fakeaws.services.{module_name(FORM_UPLOADS)}.web.forms")


def _verify_form(upload: Any, secret: str | None, credential: Credential) -> None:
    """Refuse a form whose policy was not signed with `secret`."""
    if upload.policy is None or secret is None:
        return
    old = upload.old_signature
    found = signature_of(upload.policy, secret, credential) if old is None else signature_v2.sign(upload.policy, secret)
    if not hmac.compare_digest(found.encode(), (credential.signature if old is None else old).encode()):
        raise mismatch("", upload.policy, credential, is_s3=True)


def _as_refusal(error: AwsError | CloudError) -> AwsError:
    """A refusal as clients read it: what is wrong with the cloud itself is a service that cannot answer."""
    return error if isinstance(error, AwsError) else AwsError("ServiceUnavailable", str(error), status=503)


def _readable(meant: Route, operation: Operation, request: Request, secret: str | None) -> Request:
    """The request as its protocol reads it: unpacked, checked, and with the path that names what its host named."""
    if bodies.is_chunked(request):
        request = bodies.unpacked(request, meant.credential, secret)
    if "gzip" in request.headers.get("content-encoding") and _may_be_packed(meant, operation):
        request = bodies.decompressed(request)
    is_summed = "httpChecksum" in operation.raw or bool(operation.raw.get("httpChecksumRequired"))
    request = bodies.check_sums(request, meant.credential.service in RAW_PATHS, is_summed)
    path = addressed_path(meant.service.name, request)
    if path != request.path:
        return Request(request.method, path, request.query, request.headers, request.body)
    return request


def _reachable(meant: Route, document: dict[str, Any], request: Request) -> dict[str, Any]:
    """The answer with its addresses at the host that was asked, for clients that would call AWS's own instead."""
    names = ADDRESSES.get(meant.service.name, ())
    is_ours = request.host and "amazonaws" not in request.host
    if not names or not is_ours or request.headers.get("user-agent").startswith(KEEPS_ENDPOINT):
        return document
    found = {name: _at(request.host, document[name]) for name in names if name in document}
    return {**document, **found} if found else document


def _at(host: str, address: Any) -> Any:
    if isinstance(address, list):
        return [_at(host, each) for each in address]
    return f"http://{host}/{address.partition('://')[2].partition('/')[2]}"


def _may_be_packed(meant: Route, operation: Operation) -> bool:
    """In REST a content encoding belongs to what is uploaded, but for the operations that say otherwise."""
    return "requestcompression" in operation.raw or not meant.protocol.startswith("rest")


def _unknown_operation(meant: Route) -> AwsError:
    code, message, status = UNKNOWN_OPERATIONS[meant.protocol]
    version = meant.service.metadata["apiVersion"]
    return AwsError(code, message.format(name=meant.named, version=version), status=status)


def refusal(meant: Route, error: AwsError, request_id: str) -> Response:
    """An error in the form of the protocol that was spoken."""
    renamed = RENAMED_ERRORS.get(meant.protocol, {}).get(error.code)
    if renamed is not None:
        error = AwsError(renamed[0], error.message, status=renamed[1])
    return protocol(meant.protocol).refuse(Fault(meant.service, meant.operation, error), request_id)


def unroutable(request: Request, error: AwsError, request_id: str) -> Response:
    """An error where the service is not known: in the form that the request's headers suggest."""
    if "smithy-protocol" in request.headers:
        spoken = "smithy-rpc-v2-cbor"
    elif "x-amz-target" in request.headers:
        spoken = "json"
    elif "json" in request.headers.get("content-type"):
        spoken = "rest-json"
    else:
        spoken = "query"
    return protocol(spoken).refuse(Fault(None, None, error), request_id)


def without_body(response: Response) -> Response:
    """The answer to HEAD: headers alone."""
    if isinstance(response.body, bytes) and "content-length" not in response.headers and response.status < 300:
        response.headers.add("Content-Length", str(len(response.body)))
    response.body = b""
    return response
