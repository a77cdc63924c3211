"""Subscriptions: confirmed at once where the endpoint is AWS's, by a token where somebody else has to agree."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.sns import selection
from fakeaws.services.sns.topics import topic_of

Document = dict[str, Any]
ENDPOINTS = {
    "sqs": (r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w.-]+", "SQS endpoint ARN"),
    "lambda": (r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+", "Lambda endpoint ARN"),
    "firehose": (r"arn:aws[\w-]*:firehose:[\w-]+:\d{12}:deliverystream/.+", "Firehose endpoint ARN"),
    "application": (r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:endpoint/.+", "Application endpoint arn invalid"),
    "email": (r"[^@\s]+@[^@\s]+", "Email address"),
    "email-json": (r"[^@\s]+@[^@\s]+", "Email address"),
    "sms": (r"\+?[\d\s()./-]{4,}", "Invalid SMS endpoint: {}"),
    "http": (r"http://.+", "Endpoint must match the specified protocol"),
    "https": (r"https://.+", "Endpoint must match the specified protocol"),
}
"""What the endpoints of a protocol look like, and what is said of others."""
ASKED = ("email", "email-json", "http", "https")
"""The protocols whose endpoints have to confirm."""
SETTABLE = "DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy SubscriptionRoleArn".split()
SHOWN = ("SubscriptionArn", "Owner", "Protocol", "Endpoint", "TopicArn")


def subscribe(call: Call) -> Document:
    """An endpoint subscribes once to a topic."""
    topic, protocol, endpoint = topic_of(call), call["Protocol"], call.get("Endpoint", "")
    if protocol not in ENDPOINTS:
        text = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
        raise AwsError("InvalidParameter", text)
    pattern, text = ENDPOINTS[protocol]
    if not re.fullmatch(pattern, endpoint):
        raise AwsError("InvalidParameter", f"Invalid parameter: {text.format(endpoint)}")
    given = call.get("Attributes", {})
    for name, value in given.items():
        _check(name, value, "Attributes Reason: ")
    if "FilterPolicy" in given:
        selection.check(given["FilterPolicy"], given.get("FilterPolicyScope"), "Attributes Reason: ")
    held = _same(call, topic, protocol, endpoint)
    if held is not None and any(held["attributes"].get(name) != value for name, value in given.items()):
        text = "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
        raise AwsError("InvalidParameter", text)
    row = held if held is not None else _new(call, topic, protocol, endpoint, given)
    shows = call.get("ReturnSubscriptionArn") or not row["pending"]
    return {"SubscriptionArn": row.key if shows else "pending confirmation"}


def _same(call: Call, topic: Resource, protocol: str, endpoint: str) -> Resource | None:
    rows = call.list("Subscription", within=topic)
    return next((row for row in rows if (row["Protocol"], row["Endpoint"]) == (protocol, endpoint)), None)


def _new(call: Call, topic: Resource, protocol: str, endpoint: str, given: Document) -> Resource:
    made = {
        "SubscriptionArn": f"{topic.key}:{call.make('{uuid}')}",
        "Owner": call.account,
        "Protocol": protocol,
        "Endpoint": endpoint,
        "TopicArn": topic.key,
        "pending": protocol in ASKED,
        "token": call.make("{hex100}"),
        "attributes": {"RawMessageDelivery": "false", **given},
    }
    return call.keep("Subscription", made, within=topic)


def _check(name: str, value: str, place: str = "") -> None:
    if name not in SETTABLE:
        raise AwsError("InvalidParameter", "Invalid parameter: AttributeName")
    if name == "RawMessageDelivery" and value not in ("true", "false"):
        message = "Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [{}]. Must be true or false."
        raise AwsError("InvalidParameter", message.format(value))
    if name == "FilterPolicyScope" and value not in ("", "MessageBody", "MessageAttributes"):
        text = f"Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
        raise AwsError("InvalidParameter", f"Invalid parameter: {place}FilterPolicyScope: {text}")
    if name.endswith("Policy") and value:
        try:
            found = json.loads(value)
        except (ValueError, RecursionError) as error:
            text = f"Invalid parameter: {place}{name}: failed to parse JSON."
            raise AwsError("InvalidParameter", text) from error
        if not isinstance(found, dict):
            raise AwsError("InvalidParameter", f"Invalid parameter: {place}{name}: must be a JSON object")


def confirm_subscription(call: Call) -> Document:
    """The token was sent to the endpoint: here it stands in the cloud's file, with the subscription."""
    topic = topic_of(call)
    row = next((one for one in call.list("Subscription", within=topic) if one["token"] == call["Token"]), None)
    if row is None:
        raise AwsError("InvalidParameter", "Invalid parameter: Token")
    row["pending"] = False
    call.keep("Subscription", row)
    return {"SubscriptionArn": row.key}


def _subscription(call: Call) -> Resource:
    found = call.find("Subscription", call["SubscriptionArn"])
    if found is None:
        raise refusal(call, "Subscription", "missing", call["SubscriptionArn"])
    return found


def unsubscribe(call: Call) -> Document:
    """One that is not there is no error, but what is no ARN of one is."""
    if call["SubscriptionArn"].count(":") != 6:
        text = "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"
        raise AwsError("InvalidParameter", text)
    found = call.find("Subscription", call["SubscriptionArn"])
    if found is not None:
        call.drop("Subscription", found)
    return {}


def get_subscription_attributes(call: Call) -> Document:
    row = _subscription(call)
    shown = {name: row[name] for name in SHOWN}
    params = {"PendingConfirmation": "true" if row["pending"] else "false", "ConfirmationWasAuthenticated": "true"}
    scope = {"FilterPolicyScope": "MessageAttributes"} if "FilterPolicy" in row["attributes"] else {}
    return {"Attributes": {**shown, **params, "SubscriptionPrincipal": call.caller.arn, **scope, **row["attributes"]}}


def set_subscription_attributes(call: Call) -> Document:
    row, name, value = _subscription(call), call["AttributeName"], call.get("AttributeValue", "")
    _check(name, value)
    if name == "FilterPolicy":
        selection.check(value, row["attributes"].get("FilterPolicyScope"))
    if value and value != "{}":
        row["attributes"][name] = value
    else:
        row["attributes"].pop(name, None)
    call.keep("Subscription", row)
    return {}


def list_subscriptions(call: Call) -> Document:
    return {"Subscriptions": [_shown(row) for row in call.page(call.list("Subscription"))]}


def list_subscriptions_by_topic(call: Call) -> Document:
    rows = call.page(call.list("Subscription", within=topic_of(call)))
    return {"Subscriptions": [_shown(row) for row in rows]}


def _shown(row: Resource) -> Document:
    shown = {name: row[name] for name in SHOWN}
    return {**shown, "SubscriptionArn": "PendingConfirmation"} if row["pending"] else shown
