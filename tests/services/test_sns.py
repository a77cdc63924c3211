"""Topics, subscriptions, and what reaches them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeaws.services.sns import selection
from tests.conftest import Terminal

QUEUE = "arn:aws:sqs:us-east-1:123456789012:inbox"
Place = tuple[str, str]


@pytest.fixture
def place(aws: Terminal) -> Place:
    """A topic and a queue."""
    topic = aws("sns create-topic --name news --query TopicArn").json
    return topic, aws("sqs create-queue --queue-name inbox --query QueueUrl").json


def _subscribe(aws: Terminal, topic: str, **attributes: str) -> str:
    made = f"sns subscribe --topic-arn {topic} --protocol sqs --notification-endpoint {QUEUE} --query SubscriptionArn"
    return str(aws(made, Attributes=json.dumps(attributes)).json)


def _bodies(aws: Terminal, queue: str) -> list[Any]:
    found = aws(f"sqs receive-message --queue-url {queue} --max-number-of-messages 10")
    return [message["Body"] for message in found.json["Messages"]] if found else []


def test_a_topic_is_made_once(aws: Terminal, place: Place) -> None:
    assert aws("sns create-topic --name news").json == {"TopicArn": place[0]}
    told = "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
    aws.refused("sns create-topic --name news --attributes DisplayName=x", "InvalidParameter", told)
    aws.refused("sns create-topic --name a.b", "InvalidParameter", "Invalid parameter: Topic Name")
    aws(f"sns set-topic-attributes --topic-arn {place[0]} --attribute-name DisplayName --attribute-value News")
    found = aws(f"sns get-topic-attributes --topic-arn {place[0]}").json["Attributes"]
    assert (found["DisplayName"], found["Owner"], found["SubscriptionsConfirmed"]) == ("News", "123456789012", "0")
    aws(f"sns delete-topic --topic-arn {place[0]}")
    aws.refused(f"sns get-topic-attributes --topic-arn {place[0]}", "NotFound", "Topic does not exist")


def test_a_queue_gets_what_is_published(aws: Terminal, place: Place) -> None:
    _subscribe(aws, place[0])
    number = aws(f"sns publish --topic-arn {place[0]} --message hello --subject hi").json["MessageId"]
    [body] = map(json.loads, _bodies(aws, place[1]))
    told = {name: body[name] for name in ("Type", "MessageId", "TopicArn", "Subject", "Message")}
    assert told == {
        "Type": "Notification",
        "MessageId": number,
        "TopicArn": place[0],
        "Subject": "hi",
        "Message": "hello",
    }


def test_raw_messages_come_as_they_are(aws: Terminal, place: Place) -> None:
    arn = _subscribe(aws, place[0], RawMessageDelivery="true")
    structure = json.dumps({"default": "all", "sqs": "for queues"})
    aws(f"sns publish --topic-arn {place[0]} --message-structure json", Message=structure)
    assert _bodies(aws, place[1]) == ["for queues"]
    aws(f"sns unsubscribe --subscription-arn {arn}")
    aws(f"sns publish --topic-arn {place[0]} --message gone")
    assert _bodies(aws, place[1]) == []


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (["sport"], "sport"),
        ([{"prefix": "sp"}], "sport"),
        ([{"anything-but": ["art"]}], "sport"),
        ([{"exists": False}], ""),
    ],
)
def test_a_filter_policy_selects(aws: Terminal, place: Place, rules: list[Any], wanted: str) -> None:
    _subscribe(aws, place[0], RawMessageDelivery="true", FilterPolicy=json.dumps({"kind": rules}))
    for kind in ("sport", "art", ""):
        given = json.dumps({"kind": {"DataType": "String", "StringValue": kind}} if kind else {})
        aws(f"sns publish --topic-arn {place[0]} --message m-{kind}", MessageAttributes=given)
    assert _bodies(aws, place[1]) == [f"m-{wanted}"]


def test_a_filter_policy_reads_the_body(aws: Terminal, place: Place) -> None:
    policy = json.dumps({"order": {"total": [{"numeric": [">", 5, "<=", 10]}]}})
    _subscribe(aws, place[0], RawMessageDelivery="true", FilterPolicy=policy, FilterPolicyScope="MessageBody")
    for total in (5, 10, 11):
        aws(f"sns publish --topic-arn {place[0]}", Message=json.dumps({"order": {"total": total}}))
    assert [json.loads(body)["order"]["total"] for body in _bodies(aws, place[1])] == [10]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("FilterPolicyScope", "Body", "Invalid value [Body]. Please use either MessageBody or MessageAttributes"),
        ("FilterPolicy", '{"kind": [{"anything-but": {"exists": true}}]}', "Unsupported anything-but pattern: exists"),
        ("FilterPolicy", '{"$or": [{"kind": ["art"]}]}', "Unrecognized match type kind"),
    ],
)
def test_what_is_no_filter_is_refused_when_it_is_set(
    aws: Terminal, place: Place, name: str, value: str, reason: str
) -> None:
    arn = _subscribe(aws, place[0])
    change = f"sns set-subscription-attributes --subscription-arn {arn} --attribute-name {name}"
    aws.refused(change, "InvalidParameter", f"Invalid parameter: {name}: {reason}", AttributeValue=value)


def test_a_policy_that_an_older_version_stored_unchecked_lets_nothing_through(
    aws: Terminal, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(selection, "check", lambda *_: None)
        _subscribe(aws, place[0], FilterPolicy='{"kind": [{"like": "art"}]}')
    given = json.dumps({"kind": {"DataType": "String", "StringValue": "art"}})
    aws(f"sns publish --topic-arn {place[0]} --message m", MessageAttributes=given)
    assert _bodies(aws, place[1]) == []


def test_an_address_has_to_confirm(aws: Terminal, place: Place) -> None:
    mail = f"sns subscribe --topic-arn {place[0]} --protocol email --notification-endpoint"
    aws.refused(f"{mail} nobody", "InvalidParameter", "Invalid parameter: Email address")
    assert aws(f"{mail} mia@example.com").json == {"SubscriptionArn": "pending confirmation"}
    listed = aws(f"sns list-subscriptions-by-topic --topic-arn {place[0]}").json["Subscriptions"]
    assert listed[0]["SubscriptionArn"] == "PendingConfirmation"
    confirm = f"sns confirm-subscription --topic-arn {place[0]} --token wrong"
    aws.refused(confirm, "InvalidParameter", "Invalid parameter: Token")


def test_a_fifo_topic_sends_a_message_once(aws: Terminal) -> None:
    made = "sns create-topic --name news.fifo --attributes FifoTopic=true,ContentBasedDeduplication=true"
    topic = aws(f"{made} --query TopicArn").json
    queue = aws("sqs create-queue --queue-name inbox.fifo --attributes FifoQueue=true --query QueueUrl").json
    aws(f"sns subscribe --topic-arn {topic} --protocol sqs --notification-endpoint {QUEUE}.fifo")
    told = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
    aws.refused(f"sns publish --topic-arn {topic} --message m", "InvalidParameter", told)
    one, two = (aws(f"sns publish --topic-arn {topic} --message m --message-group-id g").json for _ in range(2))
    assert one == two
    assert len(_bodies(aws, queue)) == 1


def test_entries_of_a_batch_fail_by_themselves(aws: Terminal, place: Place) -> None:
    entries = json.dumps([{"Id": "a", "Message": "m"}, {"Id": "b", "Message": ""}])
    found = aws(f"sns publish-batch --topic-arn {place[0]}", PublishBatchRequestEntries=entries).json
    assert [one["Id"] for one in found["Successful"]] == ["a"]
    assert found["Failed"][0]["Message"] == "Invalid parameter: Empty message"


def test_an_app_has_an_endpoint_for_each_token(aws: Terminal) -> None:
    made = "sns create-platform-application --name app --platform GCM --attributes PlatformCredential=x"
    app = aws(f"{made} --query PlatformApplicationArn").json
    endpoint = f"sns create-platform-endpoint --platform-application-arn {app} --token t --query EndpointArn"
    assert aws(endpoint).json == aws(endpoint).json
    arn = aws(endpoint).json
    aws(f"sns publish --target-arn {arn} --message hello")
    aws(f"sns set-endpoint-attributes --endpoint-arn {arn} --attributes Enabled=false")
    aws.refused(f"sns publish --target-arn {arn} --message hello", "EndpointDisabled", "Endpoint is disabled")
