"""Aliases: names of keys that can come to point at others."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kms.resources import OWN, aliased, invalid, must_be_there, read

Document = dict[str, Any]


def create_alias(call: Call) -> Document:
    name = call["AliasName"]
    if not name.startswith("alias/"):
        raise invalid(
            'Alias must start with the prefix "alias/". Please see'
            " https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        )
    if name.startswith(OWN):
        raise AwsError("NotAuthorizedException", "")
    key = read(call, call["TargetKeyId"])
    must_be_there(key)
    if call.find("Alias", name) is not None:
        raise refusal(call, "Alias", "exists", name)
    call.keep("Alias", aliased(call, name, key))
    return {}


def update_alias(call: Call) -> Document:
    """Only to a key of the same kind and use, so that what is encrypted can go on being decrypted."""
    alias = call.read("Alias", call["AliasName"])
    key, old = read(call, call["TargetKeyId"]), read(call, alias["TargetKeyId"])
    must_be_there(key)
    if (key["KeyUsage"], key["KeySpec"]) != (old["KeyUsage"], old["KeySpec"]):
        text = f"Alias {alias['AliasArn']} can only be changed to a key of the same type and usage."
        raise AwsError("ValidationException", text)
    alias |= {"TargetKeyId": key["KeyId"], "LastUpdatedDate": call.now}
    call.keep("Alias", alias)
    return {}


def delete_alias(call: Call) -> Document:
    call.drop("Alias", call.read("Alias", call["AliasName"]))
    return {}


def list_aliases(call: Call) -> Document:
    wanted = read(call)["KeyId"] if "KeyId" in call else None
    return {"Aliases": [dict(a) for a in call.list("Alias") if wanted in (None, a["TargetKeyId"])]}
