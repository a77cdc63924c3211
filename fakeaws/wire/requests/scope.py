"""What a Signature Version 4 says of itself, checked before the signature is: its parts, the scope of its credential,
and that it covers what it must.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html; S3 has words of its own for everything.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.messages.directory import directory
from fakeaws.wire.messages.traits import BARE_ERRORS, SIGNING_ALIASES
from fakeaws.wire.requests.routing import Route
from fakeaws.wire.signatures.signature import ALGORITHMS, ASYMMETRIC, TERMINATOR, Credential, moment_of

_REGION = re.compile(r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-[a-z]+)+-\d{1,2}")
"""The regions of all partitions (botocore's partitions.json)."""
_PARAMETERS = (
    *("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"),
)
_FREE = {"x-amz-content-sha256", "x-amz-user-agent"}
"""Headers that need not be signed: the first is in the signature anyway, as the hash of the body."""
_FORM = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"'


class _Fault(NamedTuple):
    """What is wrong with a scope: in most services' words, and in S3's."""

    text: str
    s3: str


def check_form(meant: Route, request: Request) -> None:
    """Refuse a signature that lacks a part, or is of an algorithm that no service takes."""
    credential = meant.credential
    if credential.algorithm == "AWS":
        return
    if meant.service.name in BARE_ERRORS:
        _check_form_of_s3(credential, request)
    elif credential.is_presigned:
        _check_parameters(request)
    else:
        _check_header(credential, request)
    if credential.algorithm not in ALGORITHMS:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{credential.algorithm}'.")
    if not credential.service:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )


def _check_header(credential: Credential, request: Request) -> None:
    parts = {
        "Credential": credential.access_key,
        "Signature": credential.signature,
        "SignedHeaders": credential.signed_headers,
    }
    said = [f"Authorization header requires '{name}' parameter." for name, value in parts.items() if not value]
    if not moment_of(request, credential):
        said.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if said:
        raise _incomplete(" ".join([*said, f"Authorization={credential.algorithm}"]))


def _check_parameters(request: Request) -> None:
    missing = [name for name in _PARAMETERS[:-1] if not request.argument.get(name)]
    if missing:
        said = [f"AWS query-string parameters must include '{name}'." for name in missing]
        raise _incomplete(" ".join([*said, "Re-examine the query-string parameters."]))


def _check_form_of_s3(credential: Credential, request: Request) -> None:
    if credential.is_presigned:
        if not all(name in request.argument for name in _PARAMETERS):
            names = f"{', '.join(_PARAMETERS[:-1])}, and {_PARAMETERS[-1]}"
            raise malformed(
                credential, f"Query-string authentication version 4 requires the {names} parameters.", bare=True
            )
        if credential.algorithm not in ALGORITHMS:
            text = 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'
            raise malformed(credential, text, bare=True)
    elif credential.algorithm not in ALGORITHMS:
        text = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        raise AwsError("InvalidRequest", text, status=400)
    elif not (credential.access_key and credential.signed_headers and credential.signature):
        names = "Credential, SignedHeaders, and Signature"
        raise malformed(credential, f"the authorization header requires three components: {names}.")
    if not credential.service:
        raise malformed(credential, f"the Credential is mal-formed; expecting {_FORM}.")
    if not moment_of(request, credential):
        text = "AWS authentication requires a valid Date or x-amz-date header"
        raise AwsError("AccessDenied", text, status=403)


def check_scope(meant: Route, request: Request) -> None:
    """Refuse a signature made for another day, region or service than it is used for."""
    faults = list(_faults(meant, request))
    if not faults:
        return
    if meant.service.name in BARE_ERRORS:
        raise malformed(meant.credential, faults[0].s3)
    raise AwsError("SignatureDoesNotMatch", " ".join(fault.text for fault in faults), status=403)


def _faults(meant: Route, request: Request) -> list[_Fault]:
    credential, found = meant.credential, []
    moment = moment_of(request, credential)
    if credential.date != moment[:8]:
        text = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        s3 = f'Invalid credential date "{credential.date}". This date is not the same as X-Amz-Date: "{moment[:8]}".'
        found.append(_Fault(f"{text}'{credential.date}' != '{moment[:8]}', from '{moment}'.", s3))
    if not _is_region(credential, request.host, meant.service.name in BARE_ERRORS):
        text = f"Credential should be scoped to a valid region, not '{credential.region}'."
        found.append(_Fault(text, f"the region '{credential.region}' is wrong"))
    if meant.service.name not in _signers(credential.service):
        name = _signing_name(meant.service.name)
        s3 = f'incorrect service "{credential.service}". This endpoint belongs to "{name}".'
        found.append(_Fault(f"Credential should be scoped to correct service: '{name}'.", s3))
    if credential.terminator != TERMINATOR:
        text = f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{credential.terminator}'."
        s3 = f'incorrect terminal "{credential.terminator}". This endpoint uses "{TERMINATOR}".'
        found.append(_Fault(text, s3))
    return found


def _is_region(credential: Credential, host: str, is_s3: bool) -> bool:
    """Whether the scope's region is one, and that of the endpoint, where its name says one. S3 answers by the region of
    the bucket, and SigV4A names a set of regions."""
    if is_s3 or credential.algorithm == ASYMMETRIC:
        return True
    named = [label for label in host.partition(":")[0].split(".") if _REGION.fullmatch(label)]
    return credential.region == named[-1] if named else _REGION.fullmatch(credential.region) is not None


def _signers(name: str) -> list[str]:
    return directory().by_signing_name.get(SIGNING_ALIASES.get(name, name), [])


def _signing_name(service: str) -> str:
    metadata = directory().metadata[service]
    return str(metadata.get("signingName") or metadata["endpointPrefix"])


def check_headers(meant: Route, request: Request) -> None:
    """Refuse a request whose host, or one of whose x-amz-* headers, is not signed: whoever passes it on could have put
    it there. Most services take a session token that was added after signing; S3 does not."""
    is_s3 = meant.service.name in BARE_ERRORS
    signed = set(meant.credential.signed_headers.lower().split(";"))
    sent = {name.lower(): name for name, _ in request.headers.pairs}
    free = _FREE if is_s3 else _FREE | {"x-amz-security-token"}
    unsigned = sorted(name for name in sent if name.startswith("x-amz-") and name not in free | signed)
    if "host" not in signed:
        unsigned.insert(0, "host")
    if unsigned and is_s3:
        text = "There were headers present in the request which were not signed"
        raise AwsError("AccessDenied", text, status=403, HeadersNotSigned=", ".join(unsigned))
    if unsigned:
        names = ["'Host' or ':authority'" if name == "host" else f"'{sent[name]}'" for name in unsigned]
        said = [f"{name} must be a 'SignedHeader' in the AWS Authorization." for name in names]
        raise AwsError("SignatureDoesNotMatch", " ".join(said), status=403)
    missing = sorted(name for name in signed if name not in sent)
    if missing and not is_s3:
        raise _incomplete(f"'{missing[0]}' is named as a SignedHeader, but it does not exist in the HTTP request.")


def malformed(credential: Credential, text: str, bare: bool = False) -> AwsError:
    """S3's refusal of a signature's form. `bare`: the text is the whole sentence."""
    if credential.is_presigned:
        before, code = "Error parsing the X-Amz-Credential parameter; ", "AuthorizationQueryParametersError"
    else:
        before, code = "The authorization header is malformed; ", "AuthorizationHeaderMalformed"
    return AwsError(code, text if bare else before + text, status=400)


def _incomplete(text: str) -> AwsError:
    return AwsError("IncompleteSignature", text, status=400)
