"""Identity providers: SAML and OpenID Connect."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam.entities import new_tags

Document = dict[str, Any]
YEARS_100 = 100 * 365 * 86400
MOST_CLIENTS, MOST_THUMBPRINTS = 100, 5


def create_saml_provider(call: Call) -> Document:
    arn = arn_for(call, "SAMLProvider", Name=call["Name"])
    if call.find("SAMLProvider", arn) is not None:
        raise AwsError("EntityAlreadyExists", f"SAMLProvider {call['Name']} already exists.")
    _check_metadata(call["SAMLMetadataDocument"])
    tags = new_tags(call)
    provider = {
        "Arn": arn,
        "SAMLProviderUUID": call.make("SAML{upper17}"),
        "SAMLMetadataDocument": call["SAMLMetadataDocument"],
        "CreateDate": call.now,
        "ValidUntil": call.now + YEARS_100,
        "Tags": tags,
    }
    call.keep("SAMLProvider", provider)
    return {"SAMLProviderArn": arn, **({"Tags": tags} if tags else {})}


def _check_metadata(text: str) -> None:
    if "EntityDescriptor" not in text or not text.lstrip().startswith("<"):
        raise AwsError("InvalidInput", "Could not parse metadata")


def get_saml_provider(call: Call) -> Document:
    provider = dict(call.read("SAMLProvider", call["SAMLProviderArn"]))
    provider.pop("Arn")
    return provider


def list_saml_providers(call: Call) -> Document:
    members = ("Arn", "ValidUntil", "CreateDate")
    return {"SAMLProviderList": [{name: row[name] for name in members} for row in call.list("SAMLProvider")]}


def update_saml_provider(call: Call) -> Document:
    provider = call.read("SAMLProvider", call["SAMLProviderArn"])
    if "SAMLMetadataDocument" in call:
        _check_metadata(call["SAMLMetadataDocument"])
        provider["SAMLMetadataDocument"] = call["SAMLMetadataDocument"]
    if "AssertionEncryptionMode" in call:
        provider["AssertionEncryptionMode"] = call["AssertionEncryptionMode"]
    call.keep("SAMLProvider", provider)
    return {"SAMLProviderArn": provider.key}


def delete_saml_provider(call: Call) -> Document:
    call.drop("SAMLProvider", call.read("SAMLProvider", call["SAMLProviderArn"]))
    return {}


# OpenID Connect


def create_open_id_connect_provider(call: Call) -> Document:
    """Without a thumbprint AWS asks the provider for its own; here one is made up from the URL."""
    url = call["Url"]
    if not re.fullmatch(r"https://[^\s?#]+", url):
        raise AwsError("ValidationError", "Invalid Open ID Connect Provider URL")
    bare = url.removeprefix("https://").rstrip("/")
    arn = arn_for(call, "OpenIDConnectProvider", Url=bare)
    if call.find("OpenIDConnectProvider", arn) is not None:
        raise AwsError("EntityAlreadyExists", f"Provider with url {url} already exists.")
    thumbprints = call.get("ThumbprintList") or [hashlib.sha1(bare.encode(), usedforsecurity=False).hexdigest()]
    _check_thumbprints(thumbprints)
    tags = new_tags(call)
    provider = {
        "Arn": arn,
        "Url": bare,
        "ClientIDList": call.get("ClientIDList", []),
        "ThumbprintList": thumbprints,
        "CreateDate": call.now,
        "Tags": tags,
    }
    if len(provider["ClientIDList"]) > MOST_CLIENTS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST_CLIENTS}")
    call.keep("OpenIDConnectProvider", provider)
    return {"OpenIDConnectProviderArn": arn, **({"Tags": tags} if tags else {})}


def _check_thumbprints(thumbprints: list[str]) -> None:
    if len(thumbprints) > MOST_THUMBPRINTS:
        raise AwsError("InvalidInput", f"Thumbprint list must contain fewer than {MOST_THUMBPRINTS} entries.")


def _provider(call: Call) -> Resource:
    return call.read("OpenIDConnectProvider", call["OpenIDConnectProviderArn"])


def get_open_id_connect_provider(call: Call) -> Document:
    provider = dict(_provider(call))
    provider.pop("Arn")
    return provider


def list_open_id_connect_providers(call: Call) -> Document:
    return {"OpenIDConnectProviderList": [{"Arn": row["Arn"]} for row in call.list("OpenIDConnectProvider")]}


def update_open_id_connect_provider_thumbprint(call: Call) -> Document:
    provider = _provider(call)
    _check_thumbprints(call["ThumbprintList"])
    provider["ThumbprintList"] = call["ThumbprintList"]
    call.keep("OpenIDConnectProvider", provider)
    return {}


def add_client_id_to_open_id_connect_provider(call: Call) -> Document:
    """Adding one that is there changes nothing."""
    provider = _provider(call)
    if call["ClientID"] not in provider["ClientIDList"]:
        provider["ClientIDList"].append(call["ClientID"])
        call.keep("OpenIDConnectProvider", provider)
    return {}


def remove_client_id_from_open_id_connect_provider(call: Call) -> Document:
    provider = _provider(call)
    provider["ClientIDList"] = [each for each in provider["ClientIDList"] if each != call["ClientID"]]
    call.keep("OpenIDConnectProvider", provider)
    return {}


def delete_open_id_connect_provider(call: Call) -> Document:
    """Deleting one that is not there succeeds."""
    provider = call.find("OpenIDConnectProvider", call["OpenIDConnectProviderArn"])
    if provider is not None:
        call.drop("OpenIDConnectProvider", provider)
    return {}
