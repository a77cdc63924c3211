"""Queues: their names, attributes, permissions and tags."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\Z")
DEFAULTS = {
    "VisibilityTimeout": "30",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
}
FIFO_DEFAULTS = {"ContentBasedDeduplication": "false", "DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
RANGES = {
    "VisibilityTimeout": (0, 43200),
    "MaximumMessageSize": (1024, 1048576),
    "MessageRetentionPeriod": (60, 1209600),
    "DelaySeconds": (0, 900),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "KmsDataKeyReusePeriodSeconds": (60, 86400),
}
BOOLEANS = ("FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled")
OTHERS = (
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "DeduplicationScope",
    "FifoThroughputLimit",
)
COMPUTED = (
    "QueueArn",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
)
ACTIONS = (
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
)


def create_queue(call: Call) -> Document:
    """Asking again for a queue that is there succeeds, unless it would be another queue."""
    name, given = call["QueueName"], call.get("Attributes", {})
    queue = call.find("Queue", name)
    if queue is not None:
        _refuse_other(queue, given)
        return {"QueueUrl": url(call, name)}
    _check_name(name, is_fifo=given.get("FifoQueue") == "true")
    fifo = FIFO_DEFAULTS if name.endswith(".fifo") else {}
    queue_document = {
        "QueueName": name,
        "Attributes": {**DEFAULTS, **fifo},
        "tags": call.get("tags", {}),
        "created": call.now,
        "modified": call.now,
    }
    _set(call, queue_document, given, is_new=True)
    call.keep("Queue", queue_document)
    return {"QueueUrl": url(call, name)}


def _refuse_other(queue: Resource, given: Document) -> None:
    for attribute, value in given.items():
        if queue["Attributes"].get(attribute) != value:
            raise AwsError(
                "QueueNameExists",
                f"A queue already exists with the same name and a different value for attribute {attribute}",
            )


def _check_name(name: str, is_fifo: bool) -> None:
    stem = name.removesuffix(".fifo") if is_fifo else name
    if is_fifo and (stem == name or len(name) > 80 or not NAME.match(stem)):
        raise invalid(
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with"
            " .fifo suffix and be 1 to 80 in length."
        )
    if not NAME.match(stem):
        raise invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")


def get_queue_url(call: Call) -> Document:
    """A queue of another account is named with its owner."""
    elsewhere = call.of(account=call.get("QueueOwnerAWSAccountId"))
    elsewhere.read("Queue", call["QueueName"])
    return {"QueueUrl": url(elsewhere, call["QueueName"])}


def list_queues(call: Call) -> Document:
    found = call.page(call.list("Queue", prefix=call.get("QueueNamePrefix", "")))
    return {"QueueUrls": [url(call, queue["QueueName"]) for queue in found]} if found else {}


def delete_queue(call: Call) -> Document:
    queue = read(call)
    for kind in ("Message", "Deduplication"):
        for row in list(call.list(kind, within=queue)):
            call.drop(kind, row)
    call.drop("Queue", queue)
    return {}


def purge_queue(call: Call) -> Document:
    queue = read(call)
    if call.now - queue.get("purged", 0) < 60:
        raise AwsError(
            "PurgeQueueInProgress",
            f"Only one PurgeQueue operation on {queue['QueueName']} is allowed every 60 seconds.",
        )
    for message in list(call.list("Message", within=queue)):
        call.drop("Message", message)
    queue["purged"] = call.now
    call.keep("Queue", queue)
    return {}


def get_queue_attributes(call: Call) -> Document:
    """None asked for, none given; `All` asks for each that the queue has."""
    queue = read(call)
    wanted = call.get("AttributeNames", [])
    for name in wanted:
        if name != "All" and not _is_known(name):
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
    attributes = {**_computed(call, queue), **queue["Attributes"]}
    shown = {name: value for name, value in attributes.items() if "All" in wanted or name in wanted}
    return {"Attributes": shown} if shown else {}


def _is_known(name: str) -> bool:
    return name in (*RANGES, *BOOLEANS, *OTHERS, *COMPUTED)


def _computed(call: Call, queue: Resource) -> Document:
    counts = {"ready": 0, "delayed": 0, "in_flight": 0}
    for message in call.list("Message", within=queue):
        if message["visible"] <= call.now:
            counts["ready"] += 1
        else:
            counts["in_flight" if message["receives"] else "delayed"] += 1
    return {
        "QueueArn": arn(call, queue["QueueName"]),
        "ApproximateNumberOfMessages": str(counts["ready"]),
        "ApproximateNumberOfMessagesNotVisible": str(counts["in_flight"]),
        "ApproximateNumberOfMessagesDelayed": str(counts["delayed"]),
        "CreatedTimestamp": str(int(queue["created"])),
        "LastModifiedTimestamp": str(int(queue["modified"])),
    }


def set_queue_attributes(call: Call) -> Document:
    queue = read(call)
    _set(call, queue, call["Attributes"], is_new=False)
    queue["modified"] = call.now
    call.keep("Queue", queue)
    return {}


def _set(call: Call, queue: Document, given: Document, is_new: bool) -> None:
    """Check the attributes and lay them over the queue's; an empty policy takes the policy away."""
    for name, value in given.items():
        _check(call, queue, name, value, is_new)
    attributes = queue["Attributes"]
    attributes |= given
    if given.get("KmsMasterKeyId"):
        attributes["SqsManagedSseEnabled"] = "false"
    for name in OTHERS:
        if attributes.get(name) == "":
            del attributes[name]
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    queue["redrives_to"] = redrive.get("deadLetterTargetArn")


def _check(call: Call, queue: Document, name: str, value: str, is_new: bool) -> None:
    if not _is_known(name) or name in COMPUTED or (name == "FifoQueue" and not is_new):
        raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
    fifo = queue["QueueName"].endswith(".fifo")
    if not fifo and (name in FIFO_DEFAULTS or name == "FifoQueue"):
        raise AwsError("InvalidAttributeName", f"You can specify the {name} only when FifoQueue is set to true.")
    if name in RANGES:
        least, most = RANGES[name]
        if not (value.isdecimal() and least <= int(value) <= most):
            raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if name in BOOLEANS and value not in ("true", "false"):
        raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if name in ("Policy", "RedrivePolicy", "RedriveAllowPolicy") and value:
        _check_document(call, queue, name, value)


def _check_document(call: Call, queue: Document, name: str, text: str) -> None:
    """A policy must be a JSON object; a dead-letter queue must exist, and be of the same kind."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    if name != "RedrivePolicy":
        return
    prefix = f"Value {text} for parameter RedrivePolicy is invalid. Reason:"
    missing = [m for m in ("deadLetterTargetArn", "maxReceiveCount") if m not in document]
    if missing:
        raise invalid(f"{prefix} Redrive policy does not contain mandatory attribute: {missing[0]}.")
    count = str(document["maxReceiveCount"])
    if not (count.isdecimal() and 1 <= int(count) <= 1000):
        raise invalid(
            f"{prefix} Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive."
        )
    target = call.find("Queue", str(document["deadLetterTargetArn"]).rpartition(":")[2])
    if target is None:
        raise AwsError(
            "InvalidParameterValueException",
            f"{prefix} Dead letter target does not exist.",
        )
    if target["QueueName"].endswith(".fifo") != queue["QueueName"].endswith(".fifo"):
        raise invalid(f"{prefix} Dead-letter queue must be same type of queue as the source.")


def tag_queue(call: Call) -> Document:
    queue = read(call)
    queue["tags"] |= call["Tags"]
    if len(queue["tags"]) > 50:
        raise invalid("Too many tags added for queue. Maximum number of tags is 50.")
    call.keep("Queue", queue)
    return {}


def untag_queue(call: Call) -> Document:
    queue = read(call)
    queue["tags"] = {key: value for key, value in queue["tags"].items() if key not in call["TagKeys"]}
    call.keep("Queue", queue)
    return {}


def list_queue_tags(call: Call) -> Document:
    tags = read(call)["tags"]
    return {"Tags": tags} if tags else {}


def add_permission(call: Call) -> Document:
    """A permission is a statement of the queue's policy, named by its label."""
    queue = read(call)
    label = call["Label"]
    policy = json.loads(queue["Attributes"].get("Policy", "null")) or {
        "Version": "2008-10-17",
        "Id": f"{arn(call, queue['QueueName'])}/SQSDefaultPolicy",
        "Statement": [],
    }
    if any(statement.get("Sid") == label for statement in policy["Statement"]):
        raise invalid(f"Value {label} for parameter Label is invalid. Reason: Already exists.")
    for action in call["Actions"]:
        if action not in ACTIONS:
            raise invalid(
                f"Value SQS:{action} for parameter ActionName is invalid. Reason: Only the queue owner is allowed to"
                " invoke this action."
            )
    principals = [f"arn:{call.caller.partition}:iam::{account}:root" for account in call["AWSAccountIds"]]
    actions = [f"SQS:{action}" for action in call["Actions"]]
    policy["Statement"].append(
        {
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
            "Action": actions[0] if len(actions) == 1 else actions,
            "Resource": arn(call, queue["QueueName"]),
        }
    )
    queue["Attributes"]["Policy"] = json.dumps(policy)
    call.keep("Queue", queue)
    return {}


def remove_permission(call: Call) -> Document:
    queue = read(call)
    policy = json.loads(queue["Attributes"].get("Policy", '{"Statement": []}'))
    kept = [statement for statement in policy["Statement"] if statement.get("Sid") != call["Label"]]
    if len(kept) == len(policy["Statement"]):
        raise invalid(f"Value {call['Label']} for parameter Label is invalid. Reason: can't find label.")
    policy["Statement"] = kept
    queue["Attributes"]["Policy"] = json.dumps(policy)
    if not kept:
        del queue["Attributes"]["Policy"]
    call.keep("Queue", queue)
    return {}


def list_dead_letter_source_queues(call: Call) -> Document:
    queue = read(call)
    sources = call.page(call.list("Queue", redrives_to=arn(call, queue["QueueName"])))
    return {"queueUrls": [url(call, source["QueueName"]) for source in sources]}


def read(call: Call) -> Resource:
    """The queue that the URL names, in whichever account it is; a plain name does as well, as it does on AWS."""
    path, _, name = call["QueueUrl"].rpartition("/")
    account = path.rpartition("/")[2]
    elsewhere = call.of(account=account if account.isdecimal() else None)
    return elsewhere.read("Queue", name)


def arn(call: Call, name: str) -> str:
    return arn_for(call, "Queue", QueueName=name)


def url(call: Call, name: str) -> str:
    """The queue's address on the server that was called, else on AWS's."""
    base = call.caller.endpoint or f"https://sqs.{call.region}.amazonaws.com"
    return f"{base}/{call.account}/{name}"


def invalid(text: str) -> AwsError:
    """SQS's refusal of a parameter's value."""
    return AwsError("InvalidParameterValueException", text)
