"""AWS Systems Manager: parameters, their versions, and the public ones that name images."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import lru_cache
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.key import masked
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
IMAGE, SECURE = "aws:ec2:image", "SecureString"
CIPHERTEXT = b"\x01\x02\x02\x00\x78"
"""How the ciphertexts of AWS KMS begin."""
HISTORY = (
    *("Name", "Type", "KeyId", "LastModifiedDate", "LastModifiedUser", "Description", "Value", "AllowedPattern"),
    *("Version", "Tier", "DataType"),
)
"""The members of a version in the history."""
MOST = 100
"""Versions that are kept of a parameter: the oldest goes.
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html"""
TAGS_AND_OVERWRITE = (
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove"
    " overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource."
)


@lru_cache(maxsize=1)
def _public() -> dict[str, Document]:
    """Public parameter → the facts of the image that it names."""
    found: dict[str, Document] = {}
    for facts in catalogue.load("images"):
        for name in (*facts["parameters"], *facts.get("recommended", ())):
            found[name] = facts
    return found


def put_parameter(call: Call) -> Document:
    """Each time is another version; the former ones stay in the history."""
    name, found = call["Name"], call.find("Parameter")
    if found is not None and not call.get("Overwrite"):
        text = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
        raise AwsError("ParameterAlreadyExists", text)
    if call.get("Overwrite") and call.get("Tags"):
        raise AwsError("ValidationException", TAGS_AND_OVERWRITE)
    if found is None and "Type" not in call:
        raise AwsError("ValidationException", "A parameter type is required when you create a parameter.")
    held: Document = found if found is not None else {"Name": name, **_new(call, name)}
    given = ("Value", "Type", "Description", "KeyId", "AllowedPattern", "DataType", "Tier")
    held |= {member: call[member] for member in given if member in call}
    history = _history(held) if found is not None else []
    held["history"] = history[1 - MOST :]
    held.setdefault("Tier", "Standard")
    version = history[-1]["Version"] + 1 if history else 1
    held |= {"Version": version, "LastModifiedDate": call.now, "LastModifiedUser": call.caller.arn}
    if held["Type"] == SECURE:
        held.setdefault("KeyId", "alias/aws/ssm")
    held["history"].append({member: held[member] for member in HISTORY if member in held})
    call.keep("Parameter", held)
    return {"Version": held["Version"], "Tier": held["Tier"]}


def _new(call: Call, name: str) -> Document:
    arn = call.make("arn:{partition}:ssm:{region}:{account}:parameter/") + name.removeprefix("/")
    return {"ARN": arn, "DataType": "text", "Tier": "Standard", "_tags": call.get("Tags", [])}


def get_parameter(call: Call) -> Document:
    return {"Parameter": _parameter(call, call["Name"])}


def get_parameters(call: Call) -> Document:
    """Names that nothing has are listed apart; that is no error."""
    found: list[Document] = []
    invalid: list[str] = []
    for name in call["Names"]:
        try:
            found.append(_parameter(call, name))
        except AwsError as error:
            if error.code not in ("ParameterNotFound", "ParameterVersionNotFound"):
                raise
            invalid.append(name)
    return {"Parameters": found, "InvalidParameters": invalid}


def delete_parameters(call: Call) -> Document:
    names = list(dict.fromkeys(call["Names"]))
    found = {name: parameter for name in names if (parameter := call.find("Parameter", name)) is not None}
    for parameter in found.values():
        call.drop("Parameter", parameter)
    return {"DeletedParameters": [*found], "InvalidParameters": [name for name in names if name not in found]}


def get_parameters_by_path(call: Call) -> Document:
    """What is below a path; names without a slash are below `/`, beside those that begin with one."""
    path = call["Path"].rstrip("/")
    below = call.list("Parameter", prefix=f"{path}/" if path else "")
    rows = (row for row in below if call.get("Recursive") or "/" not in row.key[len(path) :].removeprefix("/"))
    return {"Parameters": [_shown(call, row, row) for row in call.page(rows)]}


def get_parameter_history(call: Call) -> Document:
    return {"Parameters": [_readable(call, version) for version in _history(call.read("Parameter"))]}


def _parameter(call: Call, name: str) -> Document:
    """A parameter by its name or ARN, in its newest version or that of `name:3`."""
    public = _public_parameter(call, name)
    if public is not None:
        return public
    arn = arns.parsed(name)
    plain, _, selector = (arn.resource.removeprefix("parameter") if arn is not None else name).partition(":")
    found = call.find("Parameter", plain) or call.find("Parameter", plain.removeprefix("/"))
    if found is None:
        raise refusal(call, "Parameter", "missing", name)
    if not selector:
        return _shown(call, found, found)
    version = next((one for one in _history(found) if str(one["Version"]) == selector), None)
    if version is None:
        text = f"Systems Manager could not find version {selector} of {plain}. Verify the version and try again."
        raise AwsError("ParameterVersionNotFound", text)
    return {**_shown(call, found, version), "Selector": f":{selector}"}


def _shown(call: Call, parameter: Document, version: Document) -> Document:
    named = {member: parameter[member] for member in ("Name", "ARN")}
    members = ("Type", "Value", "Version", "LastModifiedDate", "DataType")
    return {**named, **{m: v for m, v in _readable(call, version).items() if m in members}}


def _readable(call: Call, version: Document) -> Document:
    """A version, its secret in plain text only where decryption is asked for: else as a ciphertext, always the same."""
    if version["Type"] != SECURE or call.get("WithDecryption") or version.get("Value") is None:
        return version
    hidden = masked(store_of(call), f"{version['Name']} {version.get('Version')} {version['Value']}")
    return {**version, "Value": b64encode(CIPHERTEXT + hidden).decode()}


def _history(parameter: Document) -> list[Document]:
    """The versions, the oldest first; what was kept before there were versions is the first one."""
    first = {member: parameter[member] for member in HISTORY if member in parameter}
    found: list[Document] = parameter.get("history") or [{"Version": 1, **first}]
    return found


def _public_parameter(call: Call, name: str) -> Document | None:
    facts = _public().get(name)
    if facts is None:
        return None
    filters = [{"Name": "name", "Values": [facts["name"]]}]
    image = call.perform("ec2", "DescribeImages", {"Filters": filters})["Images"][0]
    value = image["ImageId"]
    if name in facts.get("recommended", ()):
        value = json.dumps({**facts["recommended"][name], "image_id": value})
    return {
        "Name": name,
        "Type": "String",
        "Value": value,
        "Version": 1,
        "LastModifiedDate": image["CreationDate"],
        "ARN": f"arn:{call.caller.partition}:ssm:{call.region}::parameter{name}",
        "DataType": IMAGE if value.startswith("ami-") else "text",
    }
