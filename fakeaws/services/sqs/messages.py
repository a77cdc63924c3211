"""Messages: sent, received, hidden while someone works on them, deleted, and moved to dead-letter queues.

A message is kept under its sequence number, so that a queue's table is in the order of sending. `visible` is when it
can be received (again), `receives` how often it was.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call, began, patience
from fakeaws.core.resources.places import counted
from fakeaws.core.resources.request import between
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError, NotYet
from fakeaws.services.sqs.queues import arn, invalid, read

Document = dict[str, Any]

ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}\Z")
FIFO_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}\Z")
ILLEGAL = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
DEDUPLICATION_SECONDS = 300
WHOLE_BATCH = 1048576
NEVER = 1e12


def send_message(call: Call) -> Document:
    queue = read(call)
    return _send(call, queue, call.params)


def send_message_batch(call: Call) -> Document:
    """Each entry succeeds or fails by itself; the batch as a whole has a size."""
    queue = read(call)
    entries = call["Entries"]
    size = sum(_size(entry) for entry in entries)
    if size > WHOLE_BATCH:
        raise AwsError(
            "BatchRequestTooLong",
            f"Batch requests cannot be longer than {WHOLE_BATCH} bytes. You have sent {size} bytes.",
        )
    return _batch(call, lambda entry: _send(call, queue, entry))


def _send(call: Call, queue: Resource, given: Document) -> Document:
    _check_body(queue, given)
    fifo = queue["QueueName"].endswith(".fifo")
    attributes = given.get("MessageAttributes", {})
    answer = {"MD5OfMessageBody": _md5(given["MessageBody"])}
    if attributes:
        answer["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
    system = given.get("MessageSystemAttributes", {})
    if system:
        answer["MD5OfMessageSystemAttributes"] = md5_of_attributes(system)
    seen = _deduplicate(call, queue, given) if fifo else None
    if seen is not None:
        return {**answer, **seen}
    delay = given.get("DelaySeconds", int(queue["Attributes"]["DelaySeconds"]))
    number = counted(call, f"sqs {queue.scope} {queue.key}")
    message = {
        "key": f"{number:020d}",
        "MessageId": call.make("{uuid}"),
        "Body": given["MessageBody"],
        "MessageAttributes": attributes,
        "system": {name: value["StringValue"] for name, value in system.items()},
        "sender": call.caller.user_id,
        "sent": call.now,
        "visible": call.now + delay,
        "receives": 0,
        "group": given.get("MessageGroupId"),
        "deduplication": given.get("MessageDeduplicationId"),
    }
    answer["MessageId"] = message["MessageId"]
    if fifo:
        message["deduplication"] = _deduplication_id(queue, given)
        message["sequence"] = answer["SequenceNumber"] = f"1{number:019d}"
        _remember(call, queue, message)
    _keep(call, queue, message)
    return answer


def _check_body(queue: Resource, given: Document) -> None:
    body = given.get("MessageBody")
    if not body:
        raise AwsError("MissingRequiredParameterException", "The request must contain the parameter MessageBody.")
    found = ILLEGAL.search(body)
    if found:
        raise AwsError("InvalidMessageContents", f"Invalid characters found: U+{ord(found.group()):04X}")
    most = int(queue["Attributes"]["MaximumMessageSize"])
    if _size(given) > most:
        raise invalid(f"One or more parameters are invalid. Reason: Message must be shorter than {most} bytes.")
    delay = given.get("DelaySeconds")
    if delay is not None and not 0 <= delay <= 900:
        raise invalid(
            f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        )
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        value = given.get(name)
        if value is not None and not FIFO_ID.match(value):
            raise invalid(
                f"Value {value} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and"
                " punctuation characters. 1 to 128 in length."
            )
    _check_attributes(given.get("MessageAttributes", {}))
    _check_fifo(queue["QueueName"].endswith(".fifo"), queue, given)


def _check_fifo(fifo: bool, queue: Resource, given: Document) -> None:
    if not fifo:
        if given.get("MessageDeduplicationId") is not None:
            raise invalid(
                f"Value {given['MessageDeduplicationId']} for parameter MessageDeduplicationId is invalid. Reason: The"
                " request includes a parameter that is not valid for this queue type."
            )
        return
    if given.get("DelaySeconds"):
        raise invalid(
            f"Value {given['DelaySeconds']} for parameter DelaySeconds is invalid. Reason: The request include"
            " parameter that is not valid for this queue type."
        )
    if "MessageGroupId" not in given:
        raise AwsError("MissingRequiredParameterException", "The request must contain the parameter MessageGroupId.")
    if "MessageDeduplicationId" not in given and queue["Attributes"]["ContentBasedDeduplication"] != "true":
        raise invalid(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided"
            " explicitly"
        )


def _check_attributes(attributes: Document) -> None:
    if len(attributes) > 10:
        raise invalid(f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum [10].")
    for name, value in attributes.items():
        kind = value["DataType"].partition(".")[0]
        if kind not in ("String", "Number", "Binary"):
            raise invalid(
                f"The message attribute '{name}' has an invalid message attribute type, the set of supported type"
                " prefixes is Binary, Number, and String."
            )
        member = "BinaryValue" if kind == "Binary" else "StringValue"
        if not value.get(member):
            raise invalid(
                f"The message attribute '{name}' with type '{value['DataType']}' must use field '{member[:-5]}'."
            )
        if kind == "Number" and not _is_number(value["StringValue"]):
            raise invalid(f"Can't cast the value of message (user) attribute '{name}' to a number.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _size(given: Document) -> int:
    size = len(given.get("MessageBody", "").encode())
    for name, value in given.get("MessageAttributes", {}).items():
        size += len(name.encode()) + len(value["DataType"].encode())
        size += len(value.get("StringValue", "").encode()) + len(value.get("BinaryValue", b""))
    return size


def _deduplication_id(queue: Resource, given: Document) -> str:
    found: str = given.get("MessageDeduplicationId") or hashlib.sha256(given["MessageBody"].encode()).hexdigest()
    return found


def _deduplication_key(queue: Resource, group: str, identity: str) -> str:
    return f"{group} {identity}" if queue["Attributes"]["DeduplicationScope"] == "messageGroup" else identity


def _deduplicate(call: Call, queue: Resource, given: Document) -> Document | None:
    """What was answered to the same message within the last five minutes."""
    key = _deduplication_key(queue, given["MessageGroupId"], _deduplication_id(queue, given))
    seen = call.find("Deduplication", key, within=queue)
    if seen is None or seen["until"] <= call.now:
        return None
    return {"MessageId": seen["MessageId"], "SequenceNumber": seen["sequence"]}


def _remember(call: Call, queue: Resource, message: Document) -> None:
    key = _deduplication_key(queue, message["group"], message["deduplication"])
    seen = {"key": key, "MessageId": message["MessageId"], "sequence": message["sequence"]}
    call.keep("Deduplication", {**seen, "until": call.now + DEDUPLICATION_SECONDS}, within=queue)


def receive_message(call: Call) -> Document:
    """A long poll waits for a message that is on its way (delayed, or hidden until a timeout has passed), and where
    others can send meanwhile, for one that they send."""
    queue = read(call)
    most = call.get("MaxNumberOfMessages", 1)
    if not 1 <= most <= 10:
        raise invalid(
            f"Value {most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        )
    timeout = call.get("VisibilityTimeout", int(queue["Attributes"]["VisibilityTimeout"]))
    _check_timeout(timeout)
    taken = [_take(call, queue, message, timeout) for message in _ready(call, queue, most)]
    if not taken:
        _wait(call, queue)
    return {"Messages": [_shown(call, message) for message in taken]} if taken else {}


def _wait(call: Call, queue: Resource) -> None:
    """NotYet where a message may still come in the time that the call waits."""
    wait = call.get("WaitTimeSeconds", int(queue["Attributes"]["ReceiveMessageWaitTimeSeconds"]))
    waiting = between(call, "Message", "turn", _turn(queue, 0.0), _turn(queue, NEVER), queue)
    coming = next((message["visible"] for message in waiting), NEVER)
    end = began(call) + wait * patience(call)
    due = coming if call.now < coming <= began(call) + wait else end
    if call.now < due:
        raise NotYet(due)


def _ready(call: Call, queue: Resource, most: int) -> list[Resource]:
    """Up to `most` messages that can be received now; those received too often go to the dead-letter queue."""
    retention = int(queue["Attributes"]["MessageRetentionPeriod"])
    redrive = json.loads(queue["Attributes"].get("RedrivePolicy", "null"))
    ready, expired, failed = [], [], []
    for message in _visible(call, queue):
        if message["sent"] + retention <= call.now:
            expired.append(message)
        elif redrive and message["receives"] >= int(redrive["maxReceiveCount"]):
            failed.append(message)
        else:
            ready.append(message)
        if len(ready) == most:
            break
    for message in expired:
        call.drop("Message", message)
    for message in failed:
        move(call, queue, message, redrive["deadLetterTargetArn"])
    return ready


def _visible(call: Call, queue: Resource) -> Iterator[Resource]:
    """In the order in which they became visible; a FIFO queue keeps the order of sending, and a group of it waits for
    its messages that are in flight."""
    if not queue["QueueName"].endswith(".fifo"):
        yield from between(call, "Message", "turn", _turn(queue, 0.0), _turn(queue, call.now), queue)
        return
    held: set[str] = set()
    for message in call.list("Message", within=queue):
        if message["visible"] > call.now:
            held.add(message["group"])
        elif message["group"] not in held:
            yield message


def _turn(queue: Resource, when: float) -> str:
    """A text that sorts the messages of a queue by when they can be received."""
    return f"{queue.key} {when:020.6f}"


def _keep(call: Call, queue: Resource, message: Document) -> Resource:
    """Keep a message, new or changed, in its turn."""
    message["turn"] = _turn(queue, message["visible"])
    return call.keep("Message", message, within=queue)


def move(call: Call, queue: Resource, message: Resource, target: str) -> None:
    """Put a message into the queue with the ARN `target`, at its end; it keeps its id and when it was sent."""
    _, _, _, _, account, name = target.split(":")
    existing = call.of(account=account).find("Queue", name)
    if existing is None:
        return
    call.drop("Message", message)
    number = counted(call, f"sqs {existing.scope} {existing.key}")
    moved = {**message, "key": f"{number:020d}", "visible": call.now, "receives": 0}
    moved["system"] = {**message["system"], "DeadLetterQueueSourceArn": arn(call, queue["QueueName"])}
    if message.get("sequence"):
        moved["sequence"] = f"1{number:019d}"
    _keep(call, existing, moved)


def _take(call: Call, queue: Resource, message: Resource, timeout: int) -> Resource:
    message["receives"] += 1
    message.setdefault("first", call.now)
    message["visible"] = call.now + timeout
    message["receipt"] = call.make("{hex16}")
    return _keep(call, queue, message)


def _shown(call: Call, message: Resource) -> Document:
    shown: Document = {
        "MessageId": message["MessageId"],
        "ReceiptHandle": _receipt(message),
        "MD5OfBody": _md5(message["Body"]),
        "Body": message["Body"],
    }
    system = _system_attributes(message)
    wanted = [*call.get("AttributeNames", ()), *call.get("MessageSystemAttributeNames", ())]
    shown["Attributes"] = {name: value for name, value in system.items() if "All" in wanted or name in wanted}
    attributes = _asked(message["MessageAttributes"], call.get("MessageAttributeNames", []))
    if attributes:
        shown["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
    shown["MessageAttributes"] = attributes
    return {name: value for name, value in shown.items() if value not in ({}, None)}


def _system_attributes(message: Resource) -> Document:
    found = {
        "SenderId": message["sender"],
        "SentTimestamp": _millis(message["sent"]),
        "ApproximateReceiveCount": str(message["receives"]),
        "ApproximateFirstReceiveTimestamp": _millis(message["first"]),
        "SequenceNumber": message.get("sequence"),
        "MessageDeduplicationId": message.get("deduplication"),
        "MessageGroupId": message.get("group"),
        **message["system"],
    }
    return {name: value for name, value in found.items() if value is not None}


def _asked(attributes: Document, names: list[str]) -> Document:
    """Attributes are asked for by name, by prefix (`foo.*`) or all (`All`, `.*`)."""
    if {"All", ".*", "*"}.intersection(names):
        return attributes
    prefixes = tuple(name[:-2] for name in names if name.endswith(".*"))
    return {
        name: value for name, value in attributes.items() if name in names or (prefixes and name.startswith(prefixes))
    }


def delete_message(call: Call) -> Document:
    _delete(call, read(call), call["ReceiptHandle"])
    return {}


def delete_message_batch(call: Call) -> Document:
    queue = read(call)

    def one(entry: Document) -> Document:
        _delete(call, queue, entry["ReceiptHandle"])
        return {}

    return _batch(call, one)


def _delete(call: Call, queue: Resource, handle: str) -> None:
    """A message that is gone already is deleted with success."""
    message = _by_receipt(call, queue, handle)
    if message is None:
        return
    if queue["QueueName"].endswith(".fifo") and message["visible"] <= call.now:
        raise invalid(f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")
    call.drop("Message", message)


def change_message_visibility(call: Call) -> Document:
    _change_visibility(call, read(call), call["ReceiptHandle"], call["VisibilityTimeout"])
    return {}


def change_message_visibility_batch(call: Call) -> Document:
    queue = read(call)

    def one(entry: Document) -> Document:
        _change_visibility(call, queue, entry["ReceiptHandle"], entry.get("VisibilityTimeout", 30))
        return {}

    return _batch(call, one)


def _change_visibility(call: Call, queue: Resource, handle: str, timeout: int) -> None:
    _check_timeout(timeout)
    message = _by_receipt(call, queue, handle)
    if message is None or message["visible"] <= call.now:
        raise AwsError(
            "MessageNotInflight",
            f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not"
            " exist or is not available for visibility timeout change.",
        )
    message["visible"] = call.now + timeout
    _keep(call, queue, message)


def _check_timeout(timeout: int) -> None:
    if not 0 <= timeout <= 43200:
        raise invalid(
            f"Value {timeout} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer"
            " between 0 and 43200."
        )


def _batch(call: Call, one: Callable[[Document], Document]) -> Document:
    """Carry a batch out entry by entry."""
    entries = call["Entries"]
    _check_entries(entries)
    successful, failed = [], []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **one(entry)})
        except AwsError as error:
            code = error.code.removesuffix("Exception").replace("MissingRequiredParameter", "MissingParameter")
            failed.append({"Id": entry["Id"], "SenderFault": True, "Code": code, "Message": error.message})
    answer: Document = {"Successful": successful} if successful else {}
    return {**answer, "Failed": failed} if failed else answer


def _check_entries(entries: list[Document]) -> None:
    if not entries:
        raise AwsError("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(entries) > 10:
        raise AwsError(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are 10. You have sent {len(entries)}.",
        )
    seen: set[str] = set()
    for entry in entries:
        if not ENTRY_ID.match(entry["Id"]):
            raise AwsError(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most"
                " 80 letters long.",
            )
        if entry["Id"] in seen:
            raise AwsError("BatchEntryIdsNotDistinct", f"Id {entry['Id']} repeated.")
        seen.add(entry["Id"])


def _receipt(message: Resource) -> str:
    return base64.b64encode(f"{message.key} {message['MessageId']} {message['receipt']}".encode()).decode()


def _by_receipt(call: Call, queue: Resource, handle: str) -> Resource | None:
    """The message that a receipt handle stands for, if it is still there."""
    try:
        key, identity, _ = base64.b64decode(handle, validate=True).decode().split(" ")
    except (binascii.Error, ValueError) as error:
        raise AwsError(
            "ReceiptHandleIsInvalid", f'The input receipt handle "{handle}" is not a valid receipt handle.'
        ) from error
    message = call.find("Message", key, within=queue)
    return message if message is not None and message["MessageId"] == identity else None


def md5_of_attributes(attributes: Document) -> str:
    """As the SQS developer guide computes it: names, types and values in name order, each after its length."""
    digest = hashlib.md5()
    for name in sorted(attributes):
        value = attributes[name]
        binary = value["DataType"].startswith("Binary")
        parts = [name.encode(), value["DataType"].encode()]
        parts.append(value["BinaryValue"] if binary else value["StringValue"].encode())
        for place, part in enumerate(parts):
            if place == 2:
                digest.update(b"\x02" if binary else b"\x01")
            digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _millis(seconds: float) -> str:
    return str(int(seconds * 1000))
