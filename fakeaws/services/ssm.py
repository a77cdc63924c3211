"""AWS Systems Manager: the public parameters that name images."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from fakeaws.core import catalogue
from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError

Document = dict[str, Any]
IMAGE = "aws:ec2:image"


@lru_cache(maxsize=1)
def _public() -> dict[str, Document]:
    """Public parameter → the facts of the image that it names."""
    found: dict[str, Document] = {}
    for facts in catalogue.load("images"):
        for name in (*facts["parameters"], *facts.get("recommended", ())):
            found[name] = facts
    return found


def get_parameter(call: Call) -> Document:
    found = _public_parameter(call, call["Name"])
    if found is None:
        return call.declared()
    return {"Parameter": found}


def get_parameters(call: Call) -> Document:
    """Names that nothing has are listed apart; that is no error."""
    found: list[Document] = []
    invalid: list[str] = []
    for name in call["Names"]:
        try:
            found.append(call.perform("ssm", "GetParameter", {"Name": name})["Parameter"])
        except AwsError as error:
            if error.code != "ParameterNotFound":
                raise
            invalid.append(name)
    return {"Parameters": found, "InvalidParameters": invalid}


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
