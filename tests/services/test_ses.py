"""Identities that are verified, and mail that is sent from and to them."""

from __future__ import annotations

import base64
import json

import pytest

from tests.conftest import Terminal

SEND = "ses send-email --from mia@example.com --subject hi --text hello --to"


@pytest.fixture
def mia(aws: Terminal) -> Terminal:
    aws("ses verify-email-identity --email-address mia@example.com")
    return aws


def test_an_address_is_verified(mia: Terminal) -> None:
    mia.refused("ses verify-email-identity --email-address mia", "InvalidParameterValue", "Invalid email address<mia>.")
    assert mia("ses list-identities").json["Identities"] == ["mia@example.com"]
    asked = "ses get-identity-verification-attributes --identities mia@example.com bo@example.com"
    assert mia(asked).json["VerificationAttributes"] == {"mia@example.com": {"VerificationStatus": "Success"}}
    mia("ses delete-identity --identity mia@example.com")
    assert mia("ses list-identities").json["Identities"] == []


def test_mail_goes_from_and_to_verified_addresses(mia: Terminal) -> None:
    told = "Email address is not verified. The following identities failed the check in region US-EAST-1: bo@other.com"
    mia.refused(f"{SEND} bo@other.com", "MessageRejected", told)
    mia("ses verify-domain-identity --domain other.com")
    assert "MessageId" in mia(f"{SEND} bo@other.com").json
    mia(f"{SEND} success@simulator.amazonses.com")
    quota = mia("ses get-send-quota").json
    assert quota == {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 2.0}
    [point] = mia("ses get-send-statistics").json["SendDataPoints"]
    assert point["DeliveryAttempts"] == 2


def test_a_raw_message_says_who_it_is_from_and_to(mia: Terminal) -> None:
    text = b"From: mia@example.com\r\nTo: mia@example.com\r\nSubject: hi\r\n\r\nhello"
    raw = json.dumps({"Data": base64.b64encode(text).decode()})
    assert "MessageId" in mia("ses send-raw-email", RawMessage=raw).json


def test_a_template_is_filled(mia: Terminal) -> None:
    template = json.dumps({"TemplateName": "hello", "SubjectPart": "Hi {{name}}", "TextPart": "x"})
    mia("ses create-template", Template=template)
    send = (
        "ses send-templated-email --source mia@example.com --destination ToAddresses=mia@example.com --template hello"
    )
    told = "Attribute 'name' is not present in the rendering data."
    mia.refused(send, "MissingRenderingAttribute", told, TemplateData="{}")
    mia(send, TemplateData='{"name": "Bo"}')
    mia.refused(f"{send[:-5]}other", "TemplateDoesNotExist", TemplateData="{}")


def test_bounces_go_to_topics_or_by_mail(mia: Terminal) -> None:
    off = "ses set-identity-feedback-forwarding-enabled --identity mia@example.com --no-forwarding-enabled"
    mia.refused(off, "InvalidParameterValue")
    topic = "arn:aws:sns:us-east-1:123456789012:mail"
    for kind in ("Bounce", "Complaint"):
        named = f"--identity mia@example.com --notification-type {kind} --sns-topic {topic}"
        mia(f"ses set-identity-notification-topic {named}")
    mia(off)
    asked = "ses get-identity-notification-attributes --identities mia@example.com"
    found = mia(asked).json["NotificationAttributes"]["mia@example.com"]
    assert (found["BounceTopic"], found["ForwardingEnabled"]) == (topic, False)


def test_a_domain_signs_with_tokens(aws: Terminal) -> None:
    tokens = aws("ses verify-domain-dkim --domain example.com").json["DkimTokens"]
    found = aws("ses get-identity-dkim-attributes --identities example.com").json["DkimAttributes"]["example.com"]
    assert (found["DkimTokens"], found["DkimEnabled"]) == (tokens, True)
