"""Names, contacts and regions of accounts."""

from __future__ import annotations

import pytest

from tests.conftest import Clock, Terminal


def test_a_region_is_turned_on(aws: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    ask = "account get-region-opt-status --region-name af-south-1 --query RegionOptStatus"
    assert aws(ask).json == "DISABLED"
    aws("account enable-region --region-name af-south-1")
    assert aws(ask).json == "ENABLING"
    aws.refused("account disable-region --region-name af-south-1", "ConflictException")
    clock.advance(3600)
    listed = aws("account list-regions --region-opt-status-contains ENABLED --query Regions[].RegionName").json
    assert listed == ["af-south-1"]
    code = "ValidationException"
    assert "enabled by default" in aws.refused("account disable-region --region-name us-east-1", code).stderr
    aws.refused("account enable-region --region-name nowhere-1", code)


def test_contacts_are_there_once_they_are_given(aws: Terminal) -> None:
    get = "account get-alternate-contact --alternate-contact-type SECURITY"
    said = "No contact of the inputted alternate contact type found."
    aws.refused(get, "ResourceNotFoundException", said)
    who = "--name Ann --title CISO --email-address ann@example.com --phone-number 1"
    aws(f"account put-alternate-contact --alternate-contact-type SECURITY {who}")
    assert aws(f"{get} --query AlternateContact.Name").json == "Ann"


def test_members_are_the_management_account_s_to_ask_about(aws: Terminal) -> None:
    aws("organizations create-organization")
    aws("organizations create-account --email a@example.com --account-name a")
    account = aws("organizations list-accounts", Query="Accounts[?Name=='a'].Id|[0]").json
    assert aws(f"account get-primary-email --account-id {account}").json == {"PrimaryEmail": "a@example.com"}
    aws(f"account put-account-name --account-id {account} --account-name new")
    shown = aws(f"account get-account-information --account-id {account}").json
    assert (shown["AccountName"], shown["AccountState"]) == ("new", "ACTIVE")
    aws.refused("account get-account-information --account-id 444455556666", "AccessDeniedException")
    aws.refused("account get-account-information --account-id 123456789012", "AccessDeniedException")
