"""Facts of single services on the wire that their models, as botocore has them, do not carry.

Smithy's own traits for most of these: `s3UnwrappedXmlOutput`, `restXml(noErrorWrapping)`, `xmlName`, `xmlNamespace`.
They stand in `shapes/catalogue/wire.json`.
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import catalogue

_FACTS: dict[str, Any] = catalogue.load("wire")


def _by_operation(fact: str) -> dict[tuple[str, str], str]:
    return {(service, name): value for service, named in _FACTS[fact].items() for name, value in named.items()}


XML_NAMESPACES: dict[str, str] = _FACTS["namespaces"]
"""`xmlns` of answers, where `metadata.xmlNamespace` is missing."""

BARE_ERRORS = frozenset(_FACTS["bare_errors"])
"""rest-xml services whose error document is `<Error>` without `<ErrorResponse>` around it, and which give two ids."""

ERROR_HEADERS: dict[str, dict[str, str]] = _FACTS["error_headers"]
"""Members of a service's errors that are answered in a header, whatever the operation."""

UNWRAPPED_OUTPUTS = {(service, name) for service, names in _FACTS["unwrapped_outputs"].items() for name in names}
"""Operations whose one member's element is the whole document."""

XML_ROOTS = _by_operation("roots")
"""The root element of answers, where it is not the name of the output's shape."""

ERROR_NAMESPACES: dict[str, str] = _FACTS["error_namespaces"]
"""What stands before `#` in the `__type` of JSON errors, for the services that send it."""

MALFORMED_CODES = {"query": "MalformedInput", "ec2": "InvalidRequest", "rest-xml": "MalformedXML"}
"""The error code of a request that cannot be read, by protocol; SerializationException in the others."""

SIGNING_ALIASES: dict[str, str] = _FACTS["signing_aliases"]
"""Signing names that endpoint rules give, and no model."""

INTERNAL_ERRORS: dict[str, tuple[str, str]] = {
    name: (code, text) for name, (code, text) in _FACTS["internal_errors"].items()
}
"""The code and text of a fault of the service's own, where it is not the common InternalFailure.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

SHADOWED = _by_operation("shadowed")
"""Operations that are called as another one is, and give way to it: a newer one, or another endpoint's, which has this
signing name."""

UNSIGNED_REST: list[str] = _FACTS["unsigned_rest"]
"""Services with REST operations that clients call without a signature, where no host says which is meant."""

VIRTUAL_HOSTED: dict[str, list[str]] = _FACTS["virtual_hosted"]
"""Services whose first path segment may stand in the host, and what their endpoints begin with."""

RENAMED_ERRORS = {
    "json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 400),
        "SignatureDoesNotMatch": ("InvalidSignatureException", 400),
        "IncompleteSignature": ("IncompleteSignatureException", 400),
        "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 400),
    },
    "rest-json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 403),
        "SignatureDoesNotMatch": ("InvalidSignatureException", 403),
        "IncompleteSignature": ("IncompleteSignatureException", 403),
        "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 403),
    },
    "ec2": {
        "InvalidClientTokenId": ("AuthFailure", 401),
        "SignatureDoesNotMatch": ("AuthFailure", 401),
        "MissingAuthenticationToken": ("MissingParameter", 400),
    },
}
"""What refusals of a signature are called in a protocol, with their status, where that is not as in query."""
RENAMED_ERRORS["smithy-rpc-v2-cbor"] = RENAMED_ERRORS["json"]

BARE_UNKNOWN_KEY: tuple[str, str] = tuple(_FACTS["unknown_key"])
"""The refusal of an unknown access key by the services of BARE_ERRORS."""

UNKNOWN_OPERATIONS = {
    "query": ("InvalidAction", "Could not find operation {name} for version {version}", 400),
    "ec2": ("InvalidAction", "The action {name} is not valid for this web service.", 400),
    "json": ("UnknownOperationException", "", 400),
    "smithy-rpc-v2-cbor": ("UnknownOperationException", "", 404),
    "rest-json": ("UnknownOperationException", "", 404),
    "rest-xml": ("MethodNotAllowed", "The specified method is not allowed against this resource.", 405),
}
"""Code, message and status where a service has no such operation."""

RAW_PATHS = frozenset(_FACTS["raw_paths"])
"""Signing names whose paths are signed as they are, not normalised and encoded once more."""

SIGNATURE_V2: str = _FACTS["signature_v2"]
"""The service that is called with signatures of version 2 in a header or, without `SignatureVersion`, in the query."""

"""Signing names whose paths are signed as they are, not normalised and encoded once more."""

FORM_UPLOADS: str = _FACTS["form_uploads"]
"""The service that takes uploads by HTML forms: `web/forms.py` in its package reads them."""

ADDRESSES: dict[str, list[str]] = _FACTS["addresses"]
"""Members of answers that are addresses of the service, which many clients then call instead of their endpoint."""

KEEPS_ENDPOINT = ("aws-cli/", "Boto3/", "Botocore/")
"""How clients begin to call themselves that call their endpoint whatever an address says."""

CORS: str = _FACTS["cors"]
"""The service whose buckets say which pages may call: `web/cors.py` in its package knows their rules."""

PAGE_OPERATIONS: list[str] = _FACTS["page_operations"]
"""Its operations on a bucket's objects that have no Key: pages may call these and those that have one."""

COPY_SOURCE = "x-amz-copy-source"
"""The header by which an upload names the object that it copies, of whatever bucket."""

AWS_DOMAINS: tuple[str, ...] = tuple(_FACTS["domains"])
"""Domains whose names AWS gives out, and nobody else: endpoints (botocore's partitions.json, endpoints.json and rule
sets), consoles, and the addresses of what customers run. None of them can be made to point to another machine."""
