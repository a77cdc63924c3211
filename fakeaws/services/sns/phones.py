"""Apps' endpoints, and telephones that do not want messages."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def create_platform_endpoint(call: Call) -> Document:
    """A device's token stands for one endpoint of an app."""
    application = call.read("PlatformApplication", call["PlatformApplicationArn"])
    given = {"Enabled": "true", "Token": call["Token"], **call.get("Attributes", {})}
    if "CustomUserData" in call:
        given["CustomUserData"] = call["CustomUserData"]
    for row in call.list("Endpoint", application=application.key):
        if row["attributes"]["Token"] == call["Token"]:
            if row["attributes"] != given:
                text = f"Invalid parameter: Token Reason: Endpoint {row.key} already exists with the same Token, but"
                raise AwsError("InvalidParameter", f"{text} different attributes.")
            return {"EndpointArn": row.key}
    arn = f"{application.key.replace(':app/', ':endpoint/')}/{call.make('{uuid}')}"
    call.keep("Endpoint", {"EndpointArn": arn, "application": application.key, "attributes": given})
    return {"EndpointArn": arn}


def get_endpoint_attributes(call: Call) -> Document:
    return {"Attributes": call.read("Endpoint", call["EndpointArn"])["attributes"]}


def set_endpoint_attributes(call: Call) -> Document:
    row = call.read("Endpoint", call["EndpointArn"])
    row["attributes"] |= call["Attributes"]
    call.keep("Endpoint", row)
    return {}


def list_endpoints_by_platform_application(call: Call) -> Document:
    application = call.read("PlatformApplication", call["PlatformApplicationArn"])
    rows = call.page(call.list("Endpoint", application=application.key))
    return {"Endpoints": [{"EndpointArn": row.key, "Attributes": row["attributes"]} for row in rows]}


def check_if_phone_number_is_opted_out(call: Call) -> Document:
    return {"isOptedOut": call.find("OptedOut", call["phoneNumber"]) is not None}


def list_phone_numbers_opted_out(call: Call) -> Document:
    return {"phoneNumbers": [row.key for row in call.list("OptedOut")]}


def opt_in_phone_number(call: Call) -> Document:
    found = call.find("OptedOut", call["phoneNumber"])
    if found is not None:
        call.drop("OptedOut", found)
    return {}


def get_sms_sandbox_account_status(call: Call) -> Document:
    """A new account is in the sandbox."""
    return {"IsInSandbox": True}
