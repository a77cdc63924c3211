"""The account in the region: its attributes and its limits, which Service Quotas can raise."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
LIMITS = {
    "L-F678F1CE": ("vpc", 5),
    "L-407747CB": ("vpc", 200),
    "L-A4707A72": ("vpc", 5),
    "L-0EA8095F": ("vpc", 60),
    "L-93826ACB": ("vpc", 50),
    "L-E79EC296": ("vpc", 2500),
    "L-0263D0A3": ("ec2", 5),
    "L-FE5A380F": ("vpc", 5),
    "L-A2478D36": ("ec2", 5),
}
"""Quota code → the service that it is listed under, and AWS's default."""

LONG = (
    "bundle conversion-task customer-gateway dhcp-options elastic-ip-allocation elastic-ip-association export-task"
    " flow-log image import-task instance internet-gateway network-acl network-acl-association network-interface"
    " network-interface-attachment prefix-list reservation route-table route-table-association security-group snapshot"
    " subnet subnet-cidr-block-association volume vpc vpc-cidr-block-association vpc-endpoint vpc-peering-connection"
    " vpn-connection vpn-gateway"
).split()
"""What once had short ids (8 digits)."""


def limit(call: Call, code: str) -> int:
    """How many there may be: AWS's default, or what Service Quotas has granted this account in the region."""
    service, usual = LIMITS[code]
    database = store_of(call)
    if not database.has_table("service-quotas.RequestedServiceQuotaChange"):
        return usual
    changes = call.perform("service-quotas", "ListRequestedServiceQuotaChangeHistory", {"ServiceCode": service})
    granted = [
        int(row["DesiredValue"])
        for row in changes.get("RequestedQuotas", [])
        if row.get("QuotaCode") == code and row.get("Status") not in ("DENIED", "INVALID_REQUEST")
    ]
    return max([usual, *granted])


def describe_account_attributes(call: Call) -> Document:
    default = next((vpc["VpcId"] for vpc in call.list("Vpc") if vpc["IsDefault"]), "none")
    values = {
        "supported-platforms": "VPC",
        "vpc-max-security-groups-per-interface": "5",
        "max-elastic-ips": str(limit(call, "L-0263D0A3")),
        "max-instances": "20",
        "vpc-max-elastic-ips": str(limit(call, "L-0263D0A3")),
        "default-vpc": default,
    }
    names = call.get("AttributeNames", list(values))
    for name in names:
        if name not in values:
            raise AwsError("InvalidParameterValue", f"Value ({name}) for parameter attributeName is invalid.")
    rows = [
        {"AttributeName": name, "AttributeValues": [{"AttributeValue": values[name]}]}
        for name in values
        if name in names
    ]
    return {"AccountAttributes": rows}


def describe_aggregate_id_format(call: Call) -> Document:
    """All ids are long since 2018."""
    return {"UseLongIdsAggregated": True, "Statuses": []}


def describe_id_format(call: Call) -> Document:
    """Every id is long."""
    names = [call["Resource"]] if "Resource" in call else LONG
    if "Resource" in call and call["Resource"] not in LONG:
        raise AwsError("InvalidParameterValue", f"Value ({call['Resource']}) for parameter resource is invalid.")
    return {"Statuses": [{"Resource": name, "UseLongIds": True} for name in names]}


def describe_identity_id_format(call: Call) -> Document:
    return describe_id_format(call)


def modify_id_format(call: Call) -> Document:
    """Short ids cannot be had any more."""
    describe_id_format(call)
    if not call["UseLongIds"]:
        raise AwsError("UnsupportedOperation", f"Opting out of long IDs for {call['Resource']} is not supported.")
    return {}


def modify_identity_id_format(call: Call) -> Document:
    return modify_id_format(call)
