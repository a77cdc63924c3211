"""User pools with their schema, and the clients that sign users in."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cognito_idp.people import POLICY, STANDARD, pool_of

Document = dict[str, Any]
LENGTHS = {"birthdate": ("10", "10"), "sub": ("1", "2048")}


def create_user_pool(call: Call) -> Document:
    """A pool has the standard attributes; those of its own are called `custom:`."""
    given = {one["Name"]: one for one in call.params.pop("Schema", [])}
    answer = call.declared()["UserPool"]
    pool = pool_of(call, answer["Id"])
    own = [_custom(one) for name, one in given.items() if name not in STANDARD]
    pool["SchemaAttributes"] = [_standard(name, given.get(name, {})) for name in STANDARD if name != "identities"] + own
    policies = pool.setdefault("Policies", {})
    policies["PasswordPolicy"] = {**POLICY, **policies.get("PasswordPolicy", {})}
    policies.setdefault("SignInPolicy", {"AllowedFirstAuthFactors": ["PASSWORD"]})
    call.keep("UserPool", pool)
    return {"UserPool": {**pool}}


def _standard(name: str, given: Document) -> Document:
    kind = STANDARD[name]
    least, most = LENGTHS.get(name, ("0", "2048"))
    more: Document = {"StringAttributeConstraints": {"MinLength": least, "MaxLength": most}} if kind == "String" else {}
    if kind == "Number":
        more = {"NumberAttributeConstraints": {"MinValue": "0"}}
    usual = {"Name": name, "AttributeDataType": kind, "DeveloperOnlyAttribute": False, "Mutable": name != "sub"}
    return {**usual, "Required": name == "sub", **more, **given}


def _custom(given: Document) -> Document:
    lead = "dev:" if given.get("DeveloperOnlyAttribute") else ""
    usual = {"AttributeDataType": "String", "DeveloperOnlyAttribute": False, "Mutable": True, "Required": False}
    if given.get("AttributeDataType", "String") == "String":
        usual["StringAttributeConstraints"] = {}
    return {**usual, **given, "Name": f"{lead}custom:{given['Name']}"}


def describe_user_pool(call: Call) -> Document:
    pool = pool_of(call)
    return {"UserPool": {**pool, "EstimatedNumberOfUsers": sum(1 for _ in call.list("User", within=pool))}}


def add_custom_attributes(call: Call) -> Document:
    pool = pool_of(call)
    held = {one["Name"] for one in pool["SchemaAttributes"]}
    for one in map(_custom, call["CustomAttributes"]):
        if one["Name"] in held:
            raise AwsError(
                "InvalidParameterException", f"{one['Name']}: Existing attribute already has name {one['Name']}."
            )
        pool["SchemaAttributes"].append(one)
    call.keep("UserPool", pool)
    return {}


def delete_user_pool(call: Call) -> Document:
    pool = pool_of(call)
    if pool.get("DeletionProtection") == "ACTIVE":
        text = "The user pool cannot be deleted because deletion protection is activated. "
        raise AwsError("InvalidParameterException", text + "Deletion protection must be inactivated first.")
    if any(domain.get("UserPoolId") == pool.key for domain in call.list("UserPoolDomain")):
        text = "User pool cannot be deleted. It has a domain configured that should be deleted first."
        raise AwsError("InvalidParameterException", text)
    return call.declared()


def create_user_pool_client(call: Call) -> Document:
    """A client with a secret has to prove that it knows it whenever it names a user."""
    secret = call.params.pop("GenerateSecret", False)
    answer = call.declared()["UserPoolClient"]
    client = call.read("UserPoolClient", answer["ClientId"], within=pool_of(call))
    if secret:
        client["ClientSecret"] = call.make("{alnum51}")
    call.keep("UserPoolClient", client)
    return {"UserPoolClient": {**client}}


def client_of(call: Call, key: str) -> tuple[Resource, Resource]:
    """A client by its id, and its pool."""
    client = call.find("UserPoolClient", key)
    if client is None:
        raise AwsError("ResourceNotFoundException", f"User pool client {key} does not exist.")
    return client, pool_of(call, client.parent.rsplit("/", 1)[-1])


def get_csv_header(call: Call) -> Document:
    """The columns of a file that users are imported from."""
    pool = pool_of(call)
    names = [one["Name"] for one in pool["SchemaAttributes"] if one["Name"] != "sub"]
    return {"UserPoolId": pool.key, "CSVHeader": [*names, "cognito:mfa_enabled", "cognito:username"]}
