"""Effects: what a call does outside of its transaction, and how it is carried out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakeaws.core.pipeline import handlers
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
Handler = Callable[[Call], Document]


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have functions carry operations of SQS out."""

    def by(**functions: Handler) -> None:
        original = handlers.handler_of
        monkeypatch.setattr(
            handlers, "handler_of", lambda operation: functions.get(operation.name, original(operation))
        )

    return by


def test_an_effect_runs_while_no_transaction_is_open(cloud: Cloud, handled: Callable[..., None]) -> None:
    def purge_queue(call: Call) -> Document:
        seen.append(call.outside(lambda: cloud.database.is_within))
        return {}

    seen: list[bool] = []
    handled(PurgeQueue=purge_queue)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert seen == [False]


def test_results_are_remembered_in_their_order(cloud: Cloud, handled: Callable[..., None]) -> None:
    ran: list[str] = []

    def ask(name: str) -> str:
        ran.append(name)
        return name.upper()

    def purge_queue(call: Call) -> Document:
        passes.append([call.outside(ask, name) for name in ("a", "b", "c")])
        return {}

    passes: list[list[str]] = []
    handled(PurgeQueue=purge_queue)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert ran == ["a", "b", "c"]
    assert passes == [["A", "B", "C"]]


def test_nothing_that_comes_before_an_effect_is_stored_twice(cloud: Cloud, handled: Callable[..., None]) -> None:
    def purge_queue(call: Call) -> Document:
        call.perform("sns", "CreateTopic", {"Name": call.outside(str, "first")})
        numbers.append(len(call.perform("sns", "ListTopics", {})["Topics"]))
        call.perform("sns", "CreateTopic", {"Name": call.outside(str, "second")})
        return {}

    numbers: list[int] = []
    handled(PurgeQueue=purge_queue)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert numbers == [1, 1]
    assert len(cloud.perform("sns", "ListTopics", {})["Topics"]) == 2


def test_the_outermost_call_is_carried_out_again(cloud: Cloud, handled: Callable[..., None]) -> None:
    def purge_queue(call: Call) -> Document:
        passes.append("outer")
        call.perform("sqs", "ListQueueTags", {"QueueUrl": "q"})
        return {}

    def list_queue_tags(call: Call) -> Document:
        passes.append("inner")
        return {"Tags": {"answer": call.outside(str, "done")}}

    passes: list[str] = []
    handled(PurgeQueue=purge_queue, ListQueueTags=list_queue_tags)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert passes == ["outer", "inner", "outer", "inner"]


def test_a_call_that_only_reads_has_effects_too(cloud: Cloud, handled: Callable[..., None]) -> None:
    handled(ListQueueTags=lambda call: {"Tags": {"answer": call.outside(str, "done")}})
    assert cloud.perform("sqs", "ListQueueTags", {"QueueUrl": "q"}) == {"Tags": {"answer": "done"}}


def test_a_refusal_is_raised_where_the_effect_is_asked_for(cloud: Cloud, handled: Callable[..., None]) -> None:
    def refuse() -> None:
        ran.append("refuse")
        raise AwsError("QueueDoesNotExist", "gone")

    def purge_queue(call: Call) -> Document:
        with pytest.raises(AwsError, match="gone"):
            call.outside(refuse)
        caught.append(call.outside(str, "after"))
        return {}

    ran: list[str] = []
    caught: list[str] = []
    handled(PurgeQueue=purge_queue)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert (ran, caught) == (["refuse"], ["after"])


def test_a_call_that_takes_another_way_forgets_what_it_did_on_the_former(
    cloud: Cloud, handled: Callable[..., None]
) -> None:
    def first() -> str:
        cloud.perform("sns", "CreateTopic", {"Name": "meanwhile"})
        return "first"

    def second() -> str:
        return "second"

    def purge_queue(call: Call) -> Document:
        is_changed = bool(call.perform("sns", "ListTopics", {})["Topics"])
        answers.append(call.outside(second if is_changed else first))
        return {}

    answers: list[str] = []
    handled(PurgeQueue=purge_queue)
    cloud.perform("sqs", "PurgeQueue", {"QueueUrl": "q"})
    assert answers == ["second"]


def test_others_can_write_while_a_key_is_made(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    from fakeaws.services.kms import material

    made = material.new_private

    def slow(spec: str) -> bytes:
        cloud.perform("sqs", "CreateQueue", {"QueueName": "meanwhile"})
        return made(spec)

    monkeypatch.setattr(material, "new_private", slow)
    cloud.perform("kms", "CreateKey", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"})
    assert len(cloud.perform("sqs", "ListQueues", {})["QueueUrls"]) == 1
    assert len(cloud.perform("kms", "ListKeys", {})["Keys"]) == 1
