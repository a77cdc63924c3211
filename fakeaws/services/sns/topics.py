"""Topics and their attributes, policy among them."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns, tags
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
RETRIES = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}
EFFECTIVE = {
    "http": {
        "defaultHealthyRetryPolicy": RETRIES,
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }
}
ACTIONS = (
    "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe"
    " ListSubscriptionsByTopic Publish"
).split()
SETTABLE = (
    "DisplayName Policy DeliveryPolicy KmsMasterKeyId FifoTopic ContentBasedDeduplication SignatureVersion"
    " TracingConfig FifoThroughputScope ArchivePolicy DataProtectionPolicy"
).split()
SUCCESSES = ("HTTP", "Lambda", "SQS", "Firehose", "Application")
FIFO_NAME = (
    "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, "
    "underscores, and hyphens, and must be between 1 and 256 characters long."
)


def create_topic(call: Call) -> Document:
    """Asking again for a topic that is there succeeds, unless it would be another topic."""
    name, given = call["Name"], {**call.get("Attributes", {})}
    is_fifo = given.get("FifoTopic") == "true"
    if is_fifo is not name.endswith(".fifo"):
        raise AwsError("InvalidParameter", f"Invalid parameter: {FIFO_NAME if is_fifo else 'Topic Name'}")
    if not re.fullmatch(r"[\w-]{1,256}", name.removesuffix(".fifo"), re.ASCII):
        raise AwsError("InvalidParameter", "Invalid parameter: Topic Name")
    for attribute, value in given.items():
        check_attribute(attribute, value)
    arn = arn_for(call, "Topic", Name=name)
    held = call.find("Topic", arn)
    if held is None:
        call.keep("Topic", {"TopicArn": arn, "attributes": _new(call, arn, given), "_tags": call.get("Tags", [])})
        return {"TopicArn": arn}
    if any(held["attributes"].get(attribute) != value for attribute, value in given.items()):
        text = "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
        raise AwsError("InvalidParameter", text)
    if "Tags" in call and tags.as_map(held["_tags"]) != tags.as_map(call["Tags"]):
        raise AwsError("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags")
    return {"TopicArn": arn}


def _new(call: Call, arn: str, given: Document) -> Document:
    fifo = {"ContentBasedDeduplication": "false", "FifoThroughputScope": "Topic"} if "FifoTopic" in given else {}
    return {"Policy": _usual_policy(call, arn), "DisplayName": "", **fifo, **given}


def _usual_policy(call: Call, arn: str) -> str:
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in ACTIONS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": call.account}},
    }
    policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return json.dumps(policy, separators=(",", ":"))


def check_attribute(name: str, value: str) -> None:
    """InvalidParameter for an attribute that topics do not have, or a policy that is no JSON."""
    feedback = name.startswith(SUCCESSES) and name.endswith(("FeedbackRoleArn", "FeedbackSampleRate"))
    if name not in SETTABLE and not feedback:
        raise AwsError("InvalidParameter", "Invalid parameter: AttributeName")
    if name in ("Policy", "DeliveryPolicy") and value:
        try:
            json.loads(value)
        except ValueError as error:
            raise AwsError("InvalidParameter", "Invalid parameter: Policy Error: null") from error


def topic_of(call: Call, arn: str | None = None) -> Resource:
    """The topic of an ARN, which may be of another account or region."""
    arn = arn if arn is not None else call["TopicArn"]
    parts = arns.parsed(arn)
    if parts is None or parts.service != "sns" or ":" in parts.resource:
        raise AwsError("InvalidParameter", "Invalid parameter: TopicArn")
    return call.of(account=parts.account, region=parts.region).read("Topic", arn)


def get_topic_attributes(call: Call) -> Document:
    topic = topic_of(call)
    counts = {"SubscriptionsConfirmed": 0, "SubscriptionsPending": 0, "SubscriptionsDeleted": 0}
    for row in call.list("Subscription", within=topic):
        counts["SubscriptionsPending" if row["pending"] else "SubscriptionsConfirmed"] += 1
    policy = json.dumps(EFFECTIVE, separators=(",", ":"))
    shown = {"Policy": topic["attributes"]["Policy"], "Owner": topic.scope[0]}
    numbers = {name: str(number) for name, number in counts.items()}
    whole = {**shown, **numbers, "TopicArn": topic.key, "EffectiveDeliveryPolicy": policy, **topic["attributes"]}
    return {"Attributes": whole}


def set_topic_attributes(call: Call) -> Document:
    topic, name, value = topic_of(call), call["AttributeName"], call.get("AttributeValue", "")
    check_attribute(name, value)
    if name == "FifoTopic":
        raise AwsError("InvalidParameter", "Invalid parameter: Attributes Reason: FifoTopic cannot be changed")
    if name == "Policy" and not value:
        value = _usual_policy(call, topic.key)
    if value or name == "DisplayName":
        topic["attributes"][name] = value
    else:
        topic["attributes"].pop(name, None)
    call.keep("Topic", topic)
    return {}


def delete_topic(call: Call) -> Document:
    """With its subscriptions; one that is not there is no error."""
    topic = call.find("Topic", call["TopicArn"])
    if topic is not None:
        for row in list(call.list("Subscription", within=topic)):
            call.drop("Subscription", row)
        call.drop("Topic", topic)
    return {}


def list_topics(call: Call) -> Document:
    return {"Topics": [{"TopicArn": row.key} for row in call.page(call.list("Topic"))]}


def add_permission(call: Call) -> Document:
    """A statement of the topic's policy."""
    topic = topic_of(call)
    policy = json.loads(topic["attributes"]["Policy"])
    if any(one.get("Sid") == call["Label"] for one in policy["Statement"]):
        raise AwsError("InvalidParameter", "Invalid parameter: Statement already exists")
    who = [call.make("arn:{partition}:iam::{id}:root", id=account) for account in call["AWSAccountId"]]
    actions = [f"SNS:{name}" for name in call["ActionName"]]
    if not {*call["ActionName"]} <= {*ACTIONS, "Receive", "*"}:
        raise AwsError("InvalidParameter", "Invalid parameter: Policy statement action out of service scope!")
    policy["Statement"].append(
        {
            "Sid": call["Label"],
            "Effect": "Allow",
            "Principal": {"AWS": who[0] if len(who) == 1 else who},
            "Action": actions[0] if len(actions) == 1 else actions,
            "Resource": topic.key,
        }
    )
    return _with_policy(call, topic, policy)


def remove_permission(call: Call) -> Document:
    topic = topic_of(call)
    policy = json.loads(topic["attributes"]["Policy"])
    policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != call["Label"]]
    return _with_policy(call, topic, policy)


def _with_policy(call: Call, topic: Resource, policy: Document) -> Document:
    topic["attributes"]["Policy"] = json.dumps(policy, separators=(",", ":"))
    call.keep("Topic", topic)
    return {}
