"""Publishing: to a topic's subscriptions, to an endpoint of an app, or to a telephone.

Queues get their messages. What would go to people, telephones and web servers has nowhere to go offline: it is kept as
deliveries in the cloud's file (`sns.Delivery`). The envelope has no signature, as nobody could check it.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.delivery import hand_over
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.sns.selection import is_wanted
from fakeaws.services.sns.topics import topic_of

Document = dict[str, Any]
LARGEST = 262144
WINDOW = 300.0


def publish(call: Call) -> Document:
    """To one of a topic, an endpoint and a telephone."""
    arn = call.get("TopicArn") or call.get("TargetArn")
    if not arn and "PhoneNumber" not in call:
        text = "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
        raise AwsError("InvalidParameter", text)
    if arn and ":endpoint/" not in arn:
        return _published(call, topic_of(call, arn), dict(call.params))
    _check(dict(call.params))
    number = call.make("{uuid}")
    if arn:
        endpoint = call.read("Endpoint", arn)
        if endpoint["attributes"].get("Enabled") != "true":
            raise AwsError("EndpointDisabled", "Endpoint is disabled")
        _deliver(call, "application", arn, call["Message"], number)
    else:
        _deliver(call, "sms", call["PhoneNumber"], call["Message"], number)
    return {"MessageId": number}


def _check(message: Document) -> None:
    if not message["Message"]:
        raise AwsError("InvalidParameter", "Invalid parameter: Empty message")
    if len(message["Message"].encode()) > LARGEST:
        raise AwsError("InvalidParameter", "Invalid parameter: Message too long")
    subject = message.get("Subject", "-")
    if not 0 < len(subject) <= 100 or "\n" in subject or not subject.isascii():
        raise AwsError("InvalidParameter", "Invalid parameter: Subject")
    for name, one in message.get("MessageAttributes", {}).items():
        if "StringValue" not in one and "BinaryValue" not in one:
            text = (
                f"The message attribute '{name}' must contain non-empty message attribute value for message attribute"
            )
            raise AwsError("ParameterValueInvalid", f"{text} type '{one['DataType']}'.")
    if message.get("MessageStructure") == "json":
        _check_structure(message["Message"])


def _check_structure(text: str) -> None:
    try:
        found = json.loads(text)
    except ValueError as error:
        message = "Invalid parameter: Message Structure - JSON message body failed to parse"
        raise AwsError("InvalidParameter", message) from error
    if "default" not in found:
        raise AwsError(
            "InvalidParameter", "Invalid parameter: Message Structure - No default entry in JSON message body"
        )


def _published(call: Call, topic: Resource, message: Document) -> Document:
    _check(message)
    number = call.make("{uuid}")
    fifo = topic["attributes"].get("FifoTopic") == "true"
    if fifo:
        held, sequence = _seen_before(call, topic, message, number)
        if held is not None:
            return held
    elif "MessageGroupId" in message and "MessageDeduplicationId" in message:
        text = "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter"
        raise AwsError("InvalidParameter", f"{text} that is not valid for this topic type")
    for row in list(call.of(account=topic.scope[0], region=topic.scope[1]).list("Subscription", within=topic)):
        if not row["pending"] and is_wanted(
            row["attributes"], message["Message"], message.get("MessageAttributes", {})
        ):
            _send(call, topic, row, message, number)
    return {"MessageId": number, **({"SequenceNumber": sequence} if fifo else {})}


def _seen_before(call: Call, topic: Resource, message: Document, number: str) -> tuple[Document | None, str]:
    """The answer to the same message of the last five minutes, if there was one; else what a new one is numbered."""
    import hashlib

    if "MessageGroupId" not in message:
        text = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
        raise AwsError("InvalidParameter", text)
    key = message.get("MessageDeduplicationId")
    if key is None and topic["attributes"].get("ContentBasedDeduplication") != "true":
        text = "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or"
        raise AwsError("InvalidParameter", f"{text} MessageDeduplicationId provided explicitly")
    key = key or hashlib.sha256(message["Message"].encode()).hexdigest()
    message["MessageDeduplicationId"] = key
    held = call.find("Deduplication", key, within=topic)
    if held is not None and held["until"] > call.now:
        return held["answer"], ""
    sequence = f"{10**19 + counted(call, f'sns {topic.path}'):020}"
    answer = {"MessageId": number, "SequenceNumber": sequence}
    if held is not None:
        call.drop("Deduplication", held)
    call.keep("Deduplication", {"key": key, "until": call.now + WINDOW, "answer": answer}, within=topic)
    return None, sequence


def _send(call: Call, topic: Resource, row: Resource, message: Document, number: str) -> None:
    text = message["Message"]
    if message.get("MessageStructure") == "json":
        every = json.loads(text)
        text = every.get(row["Protocol"], every["default"])
    raw = row["attributes"].get("RawMessageDelivery") == "true"
    body = text if raw else _envelope(call, topic, row, message, text, number)
    if row["Protocol"] == "sqs":
        _enqueue(call, row, message, body, raw)
    else:
        _deliver(call, row["Protocol"], row["Endpoint"], text if row["Protocol"] in ("email", "sms") else body, number)


def _enqueue(call: Call, row: Resource, message: Document, body: str, raw: bool) -> None:
    """A queue that is not there loses the message, unless another one is named for what could not be delivered."""
    more: Document = {}
    if raw and message.get("MessageAttributes"):
        more["MessageAttributes"] = message["MessageAttributes"]
    if row["Endpoint"].endswith(".fifo"):
        more |= {m: message[m] for m in ("MessageGroupId", "MessageDeduplicationId") if m in message}
    try:
        hand_over(call, "sns.amazonaws.com", row["Endpoint"], body, **more)
    except AwsError:
        redrive = json.loads(row["attributes"].get("RedrivePolicy", "{}")).get("deadLetterTargetArn")
        if redrive:
            hand_over(call, "sns.amazonaws.com", redrive, body, **more)


def _envelope(call: Call, topic: Resource, row: Resource, message: Document, text: str, number: str) -> str:
    moment = datetime.fromtimestamp(call.now, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    shown: Document = {"Type": "Notification", "MessageId": number}
    if "SequenceNumber" in message:
        shown["SequenceNumber"] = message["SequenceNumber"]
    shown |= {"TopicArn": topic.key, **({"Subject": message["Subject"]} if "Subject" in message else {})}
    leave = f"https://sns.{topic.scope[1]}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={row.key}"
    shown |= {"Message": text, "Timestamp": moment + "Z", "UnsubscribeURL": leave}
    attributes = {name: _attribute(one) for name, one in message.get("MessageAttributes", {}).items()}
    return json.dumps({**shown, **({"MessageAttributes": attributes} if attributes else {})}, indent=2)


def _attribute(one: Document) -> Document:
    value = one.get("StringValue")
    return {"Type": one["DataType"], "Value": base64.b64encode(one["BinaryValue"]).decode() if value is None else value}


def _deliver(call: Call, protocol: str, endpoint: str, text: str, number: str) -> None:
    place = counted(call, "sns deliveries")
    row = {"key": f"{place:012}", "Protocol": protocol, "Endpoint": endpoint, "Message": text}
    call.keep("Delivery", {**row, "MessageId": number, "at": call.now})


def publish_batch(call: Call) -> Document:
    """Each entry succeeds or fails by itself."""
    topic, entries = topic_of(call), call["PublishBatchRequestEntries"]
    if not entries:
        raise AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(entries) > 10:
        text = f"The batch request contains more entries than permissible (more than 10): {len(entries)}"
        raise AwsError("TooManyEntriesInBatchRequest", text)
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
    done, failed = [], []
    for entry in entries:
        try:
            done.append({"Id": entry["Id"], **_published(call, topic, dict(entry))})
        except AwsError as error:
            failed.append({"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True})
    return {"Successful": done, "Failed": failed}
