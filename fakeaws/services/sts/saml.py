"""SAML responses: believed where the provider's metadata has the certificate that signed them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as Tree
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fakeaws.core.tools.errors import AwsError

NAMES = "{urn:oasis:names:tc:SAML:2.0:assertion}"
META = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
AUDIENCES = r"https://([\w-]+\.)?signin\.aws\.amazon\.com/saml(/acs/\w+)?|urn:amazon:webservices"
LARGEST = 100_000


class Told:
    """What an assertion says."""

    def __init__(self, assertion: Tree.Element) -> None:
        self.issuer = _text(assertion, f"{NAMES}Issuer")
        name = assertion.find(f"{NAMES}Subject/{NAMES}NameID")
        self.subject = (name.text or "").strip() if name is not None else ""
        form = name.get("Format", "") if name is not None else ""
        self.subject_type = form.rpartition(":")[2] if form.rpartition(":")[2] in ("transient", "persistent") else form
        self.audience = ""
        self.until = 0.0
        held = {a.get("Name", ""): [_own(v) for v in a] for a in assertion.iter(f"{NAMES}Attribute")}
        self._attributes = {name.removeprefix(ATTRIBUTES): values for name, values in held.items()}
        self.roles = [_pair(value) for value in self._attributes.get("Role", ())]
        self.session = self._one("RoleSessionName")
        self.source = self._one("SourceIdentity")
        self.transitive = self._attributes.get("TransitiveTagKeys", [])
        tagged = [(name, v) for name, v in self._attributes.items() if name.startswith("PrincipalTag:") and v]
        self.tags = {name.removeprefix("PrincipalTag:"): values[0] for name, values in tagged}

    def _one(self, name: str) -> str:
        return next(iter(self._attributes.get(name, ())), "")

    @property
    def keys(self) -> dict[str, str]:
        """The condition keys of the assertion."""
        found = {"SAML:aud": self.audience, "SAML:iss": self.issuer, "SAML:sub": self.subject}
        return {**found, "SAML:sub_type": self.subject_type}


def read(response: str, metadata: str, now: float) -> Told:
    """What a response in base64 tells, now; AwsError where it is not to be believed."""
    try:
        text = base64.b64decode(response, validate=True)
    except ValueError as fault:
        raise _invalid("Invalid base64 SAMLResponse") from fault
    provider = _parsed(metadata.encode(), "Could not parse metadata")
    assertion = _signed(text, list(_certificates(provider)))
    message = Told(assertion)
    if message.issuer != provider.get("entityID"):
        raise _invalid("Issuer not present in specified provider")
    _check_conditions(message, assertion, now)
    if not message.session:
        raise _invalid("RoleSessionName is required in AuthnResponse")
    if not re.fullmatch(r"[a-zA-Z_0-9+=,.@-]{2,64}", message.session):
        raise _invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return message


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidIdentityToken", text)


def _parsed(text: bytes, fault: str) -> Tree.Element:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or len(text) > LARGEST:
        raise _invalid(fault)
    try:
        return Tree.fromstring(text)
    except Tree.ParseError as error:
        raise _invalid(fault) from error


def _certificates(provider: Tree.Element) -> Iterator[str]:
    """The signing certificates of the provider, as PEM."""
    for key in provider.iterfind(f".//{META}IDPSSODescriptor/{META}KeyDescriptor"):
        for held in key.iter(f"{SIGNATURE}X509Certificate") if key.get("use", "signing") == "signing" else ():
            body = "".join((held.text or "").split())
            yield f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def _signed(text: bytes, certificates: list[str]) -> Tree.Element:
    """The assertion, as far as one of the certificates signed it: what stands beside is not looked at."""
    _parsed(text, "Invalid SAMLResponse")
    for certificate in certificates:
        found = _verified(text, certificate)
        root = Tree.fromstring(found) if found is not None else None
        if root is not None:
            assertion = root if root.tag == f"{NAMES}Assertion" else root.find(f"{NAMES}Assertion")
            if assertion is not None:
                return assertion
    raise _invalid("Response signature invalid")


def _verified(text: bytes, certificate: str) -> bytes | None:
    """The element that a certificate's key signed, None where there is none."""
    try:
        from lxml import etree
        from signxml.exceptions import InvalidInput, InvalidSignature
        from signxml.verifier import SignatureConfiguration, XMLVerifier
    except ImportError as missing:
        extra = "SAML needs packages that are not installed: pip install 'fakeaws[saml]'"
        raise AwsError("NotImplemented", extra, status=501) from missing
    root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    wanted = SignatureConfiguration(require_x509=False)
    for place in (root, *root.iter(f"{NAMES}Assertion")):
        try:
            found: Any = XMLVerifier().verify(place, x509_cert=certificate, id_attribute="ID", expect_config=wanted)
        except (InvalidSignature, InvalidInput):
            continue
        return bytes(etree.tostring(found.signed_xml))
    return None


def _check_conditions(message: Told, assertion: Tree.Element, now: float) -> None:
    """Whether the assertion is for AWS, and in time."""
    audiences = [_own(each) for each in assertion.iter(f"{NAMES}Audience")]
    message.audience = next((each for each in audiences if re.fullmatch(AUDIENCES, each)), "")
    if not message.audience:
        raise _invalid("Response does not contain the required audience.")
    data = assertion.find(f"{NAMES}Subject/{NAMES}SubjectConfirmation/{NAMES}SubjectConfirmationData")
    if data is None or not re.fullmatch(AUDIENCES, data.get("Recipient", "")):
        raise _invalid("Assertion recipient is not valid: it must be https://signin.aws.amazon.com/saml")
    conditions = assertion.find(f"{NAMES}Conditions")
    for element in (data, conditions):
        until, since = (element.get(name) if element is not None else None for name in ("NotOnOrAfter", "NotBefore"))
        if until is not None and _time(until) <= now:
            raise AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
        if since is not None and _time(since) > now + 300:
            raise _invalid("Response is not valid yet")
    statement = assertion.find(f"{NAMES}AuthnStatement")
    over = statement.get("SessionNotOnOrAfter") if statement is not None else None
    message.until = _time(over) if over else now + 43200


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _text(element: Tree.Element, path: str) -> str:
    found = element.find(path)
    return _own(found) if found is not None else ""


def _own(element: Tree.Element) -> str:
    return (element.text or "").strip()


def _pair(value: str) -> str:
    """A role and its provider, which may stand in either order."""
    first, _, second = (part.strip() for part in value.partition(","))
    return f"{second},{first}" if ":saml-provider/" in first else f"{first},{second}"
