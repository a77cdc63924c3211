"""The recorded calls as CloudTrail shows them."""

from __future__ import annotations

import json

from tests.conftest import Terminal


def test_calls_are_looked_up_also_those_that_were_refused(aws: Terminal) -> None:
    aws("iam create-user --user-name bob")
    aws("iam get-user --user-name eve", code=254)
    events = aws("cloudtrail lookup-events --query Events").json
    assert [event["EventName"] for event in events] == ["GetUser", "CreateUser"]
    record = json.loads(events[0]["CloudTrailEvent"])
    assert (record["errorCode"], record["eventSource"]) == ("NoSuchEntity", "iam.amazonaws.com")
    assert record["requestParameters"] == {"userName": "eve"}
    query = "--lookup-attributes AttributeKey=EventName,AttributeValue=CreateUser --query Events[].Username"
    assert aws(f"cloudtrail lookup-events {query}").json == ["root"]


def test_secrets_are_not_recorded(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-login-profile --user-name bob --password correct-Horse-1")
    assert "correct-Horse-1" not in terminal("cloudtrail lookup-events")


def test_a_trail_says_whether_it_logs(terminal: Terminal) -> None:
    terminal("s3api create-bucket --bucket logs")
    terminal("cloudtrail create-trail --name all --s3-bucket-name logs")
    assert terminal("cloudtrail get-trail-status --name all --query IsLogging").json is False
    terminal("cloudtrail start-logging --name all")
    assert terminal("cloudtrail get-trail-status --name all --query IsLogging").json is True
