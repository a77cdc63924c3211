"""Elastic IP addresses that go over to another account: offered for seven days, accepted by address."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.account import limit
from fakeaws.services.ec2.resources import check_page_size, read, tags_for, with_tags

Document = dict[str, Any]
OFFERED = 7 * 86400
KIND = "AddressTransfer"


def enable_address_transfer(call: Call) -> Document:
    """Only of an address that is not in use; the offer is found by the other account alone."""
    address = read(call, "Address", call["AllocationId"])
    if "AssociationId" in address:
        raise AwsError("AddressTransferNotSupported", f"Address {address['PublicIp']} is associated.")
    to = call["TransferAccountId"]
    if to == call.account:
        raise AwsError("InvalidParameterValue", "An address cannot be transferred to its own account.")
    transfer = {
        "PublicIp": address["PublicIp"],
        "AllocationId": address.key,
        "TransferAccountId": to,
        "TransferOfferExpirationTimestamp": call.now + OFFERED,
        "AddressTransferStatus": "pending",
        "passing": [[call.now + OFFERED, None]],
    }
    kept = call.keep(KIND, transfer)
    offer = {"AllocationId": f"offer {address['PublicIp']}", "owner": call.account, "key": address.key}
    call.of(account=to).keep(KIND, {**offer, "passing": transfer["passing"]})
    return {"AddressTransfer": kept}


def describe_address_transfers(call: Call) -> Document:
    check_page_size(call)
    rows = [row for row in call.list(KIND) if "AddressTransferStatus" in row]
    keys = call.get("AllocationIds")
    return {"AddressTransfers": [row for row in rows if not keys or row.key in keys]}


def disable_address_transfer(call: Call) -> Document:
    transfer = call.find(KIND, read(call, "Address", call["AllocationId"]).key)
    if transfer is None or transfer["AddressTransferStatus"] != "pending":
        raise AwsError("InvalidTransfer.AddressNotFound", f"No transfer of {call['AllocationId']} is pending.")
    call.drop(KIND, transfer)
    _withdraw(call.of(account=transfer["TransferAccountId"]), transfer["PublicIp"])
    return {"AddressTransfer": {**transfer, "AddressTransferStatus": "disabled"}}


def _withdraw(elsewhere: Call, ip: str) -> None:
    offer = elsewhere.find(KIND, f"offer {ip}")
    if offer is not None:
        elsewhere.drop(KIND, offer)


def accept_address_transfer(call: Call) -> Document:
    """The address has a new allocation id with its new owner, and none of its tags."""
    offer = call.find(KIND, f"offer {call['Address']}")
    if offer is None:
        raise AwsError("InvalidTransfer.AddressNotFound", f"No transfer of {call['Address']} is pending.")
    if len(list(call.list("Address"))) >= limit(call, "L-0263D0A3"):
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    elsewhere = call.of(account=offer["owner"])
    address = elsewhere.read("Address", offer["key"])
    transfer = elsewhere.read(KIND, offer["key"])
    key = _taken_over(call, address)
    elsewhere.drop("Address", address)
    call.drop(KIND, offer)
    accepted = {"AddressTransferStatus": "accepted", "TransferOfferAcceptedTimestamp": call.now}
    elsewhere.keep(KIND, transfer | accepted | {"passing": [[call.now + 3 * 86400, None]]})
    return {"AddressTransfer": {**transfer, **accepted, "AllocationId": key}}


def _taken_over(call: Call, address: Resource) -> str:
    key = call.make("eipalloc-0{hex16}")
    made = {name: value for name, value in address.items() if name not in ("Tags", "AllocationId")}
    call.keep("Address", with_tags({**made, "AllocationId": key}, tags_for(call, "elastic-ip")))
    return key
