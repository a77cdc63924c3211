"""AWS Account Management: names, contacts and regions of an account; the management account may ask for a member's."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import root
from fakeaws.core.resources.places import store_of
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.policies.organization import NOTE

Document = dict[str, Any]
SECONDS = 20 * 60
"""How long it takes to turn a region on or off."""


def _account(call: Call) -> str:
    """The account that is meant; AwsError where it is not the caller's to ask about."""
    meant = str(call.get("AccountId", call.account))
    note = store_of(call).note(NOTE.format(account=meant))
    if meant != call.account and (note is None or note["management"] != call.account):
        text = f"User: {call.caller.arn} is not authorized to perform: account:{call.operation.name}"
        raise AwsError("AccessDeniedException", text, status=403)
    if meant == call.account and "AccountId" in call and note is not None and note["management"] == meant:
        text = "The management account can only be managed using the standalone context from the management account."
        raise AwsError("AccessDeniedException", text, status=403)
    return meant


def _member(call: Call, account: str) -> Document | None:
    """The account as its organization knows it."""
    note = store_of(call).note(NOTE.format(account=account))
    if note is None:
        return None
    caller = root(note["management"], call.region)
    found: Document = call.perform("organizations", "DescribeAccount", {"AccountId": account}, caller)["Account"]
    return found


def get_account_information(call: Call) -> Document:
    account = _account(call)
    member, named = _member(call, account), store_of(call).note(f"account name {account}")
    found: Document = {"AccountId": account, "AccountName": named["name"] if named else account}
    if member is not None:
        found |= {"AccountName": named["name"] if named else member["Name"]}
        found |= {"AccountCreatedDate": member["JoinedTimestamp"]}
    return {**found, "AccountState": "ACTIVE"}


def put_account_name(call: Call) -> Document:
    store_of(call).keep_note(f"account name {_account(call)}", {"name": call["AccountName"]})
    return {}


def get_primary_email(call: Call) -> Document:
    """Only members have one that can be asked for."""
    member = _member(call, _account(call))
    if member is None:
        raise AwsError("ResourceNotFoundException", f"No primary email found for account {call['AccountId']}.")
    return {"PrimaryEmail": member["Email"]}


# Regions


def list_regions(call: Call) -> Document:
    account, wanted = _account(call), call.get("RegionOptStatusContains")
    found = [{"RegionName": name, "RegionOptStatus": _status(call, account, name)} for name in _regions()]
    return {"Regions": [each for each in found if not wanted or each["RegionOptStatus"] in wanted]}


def get_region_opt_status(call: Call) -> Document:
    account, name = _account(call), call["RegionName"]
    _check(name)
    return {"RegionName": name, "RegionOptStatus": _status(call, account, name)}


def enable_region(call: Call) -> Document:
    return _turn(call, "ENABLING", "ENABLED")


def disable_region(call: Call) -> Document:
    return _turn(call, "DISABLING", "DISABLED")


def _turn(call: Call, passing: str, wanted: str) -> Document:
    account, name = _account(call), call["RegionName"]
    _check(name)
    status = _status(call, account, name)
    if status == "ENABLED_BY_DEFAULT":
        text = "The region provided is enabled by default and can not be updated."
        raise AwsError("ValidationException", text, reason="invalidRegionOptTarget")
    if status in ("ENABLING", "DISABLING") and status != passing:
        raise AwsError("ConflictException", "The region is being changed already.")
    if status != wanted:
        done = call.now + SECONDS * pace()
        note = {"status": wanted, "passing": passing, "done": done}
        store_of(call).keep_note(f"account region {account} {name}", note)
    return {}


def _regions() -> Document:
    found: Document = catalogue.load("regions")
    return found


def _check(name: str) -> None:
    if name not in _regions():
        raise AwsError("ValidationException", f"Invalid region name: {name}", reason="fieldValidationFailed")


def _status(call: Call, account: str, name: str) -> str:
    if _regions()[name]["enabled"]:
        return "ENABLED_BY_DEFAULT"
    note = store_of(call).note(f"account region {account} {name}")
    if note is None:
        return "DISABLED"
    return str(note["status"] if note["done"] <= call.now else note["passing"])
