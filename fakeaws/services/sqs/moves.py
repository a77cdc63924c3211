"""Message move tasks: dead letters go back to where they came from, or to another queue."""

from __future__ import annotations

import base64
import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.sqs.messages import move
from fakeaws.services.sqs.queues import arn

Document = dict[str, Any]


def start_message_move_task(call: Call) -> Document:
    """The source must be somebody's dead-letter queue. All messages are moved by the call itself."""
    source = _queue(call, call["SourceArn"])
    if next(call.list("Queue", redrives_to=call["SourceArn"]), None) is None:
        raise AwsError("InvalidParameterValueException", "Source queue must be configured as a Dead Letter Queue.")
    destination = call.get("DestinationArn")
    if destination is not None:
        _queue(call, destination)
    messages = list(call.list("Message", within=source))
    for message in messages:
        target = destination or message["system"].pop("DeadLetterQueueSourceArn", None)
        if target is not None:
            move(call, source, message, target)
    identity = {"taskId": call.make("{uuid}"), "sourceArn": call["SourceArn"]}
    task = {
        "TaskHandle": base64.b64encode(json.dumps(identity).encode()).decode(),
        "Status": "COMPLETED",
        "SourceArn": call["SourceArn"],
        "DestinationArn": destination,
        "MaxNumberOfMessagesPerSecond": call.get("MaxNumberOfMessagesPerSecond"),
        "ApproximateNumberOfMessagesMoved": len(messages),
        "ApproximateNumberOfMessagesToMove": len(messages),
        "StartedTimestamp": int(call.now * 1000),
    }
    call.keep("MoveTask", task)
    return {"TaskHandle": task["TaskHandle"]}


def list_message_move_tasks(call: Call) -> Document:
    """The newest first; a finished task shows no handle."""
    _queue(call, call["SourceArn"])
    tasks = [task for task in call.list("MoveTask") if task["SourceArn"] == call["SourceArn"]]
    tasks.sort(key=lambda task: task["StartedTimestamp"], reverse=True)
    shown = [{k: v for k, v in task.items() if k != "TaskHandle"} for task in tasks]
    return {"Results": shown[: call.get("MaxResults", 1)]}


def cancel_message_move_task(call: Call) -> Document:
    """Tasks are done by the time that anyone can ask, so there is never one to cancel."""
    task = call.find("MoveTask", call["TaskHandle"])
    if task is None:
        raise AwsError("ResourceNotFoundException", "Task does not exist.")
    raise AwsError("UnsupportedOperation", "Only active tasks can be cancelled.")


def _queue(call: Call, named: str) -> Resource:
    found = call.find("Queue", named.rpartition(":")[2])
    if found is None or arn(call, found["QueueName"]) != named:
        raise AwsError(
            "ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist."
        )
    return found
