"""Prefix lists: AWS's own, and those that the account manages, version by version."""

from __future__ import annotations

import hashlib
from ipaddress import ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_id, check_page_size, matched, new_id, read, tags_for

Document = dict[str, Any]
KNOWN = {
    "us-east-1": ("63a5400a", "02cd2c6b", "3b927c52"),
    "us-east-2": ("7ba54012", "4ca54025", "b6a144df"),
    "us-west-1": ("6ba54002", "6ea54007", "4ea04527"),
    "us-west-2": ("68a54001", "00a54069", "82a045eb"),
    "eu-west-1": ("6da54004", "6fa54006", "4fa04526"),
    "eu-central-1": ("6ea54007", "66a5400f", "a3a144ca"),
    "ap-northeast-1": ("61a54008", "78a54011", "58a04531"),
    "ap-southeast-1": ("6fa54006", "67a5400e", "31a34658"),
    "ap-southeast-2": ("6ca54005", "62a5400b", "b8a742d1"),
}
"""Ids of the lists of S3, DynamoDB and CloudFront, where they are published."""
CIDRS = {
    "s3": ("3.5.0.0/19", "16.15.176.0/20", "16.182.0.0/16", "18.34.0.0/19", "52.216.0.0/15", "54.231.0.0/16"),
    "dynamodb": ("3.218.180.0/22", "35.71.64.0/22", "52.94.0.0/22", "52.119.224.0/20"),
    "origin": (
        "13.113.196.64/26",
        "13.113.203.0/24",
        "18.68.0.0/16",
        "52.46.0.0/18",
        "64.252.64.0/18",
        "130.176.0.0/17",
    ),
}
PREFIX_LIST = kinds.Kind("ec2", "PrefixList", {"shape": "PrefixList"})


def of_aws(call: Call) -> list[Document]:
    """The lists that AWS keeps in the region, in the form of DescribeManagedPrefixLists, with their ranges."""
    names = (
        (f"com.amazonaws.{call.region}.s3", "s3"),
        (f"com.amazonaws.{call.region}.dynamodb", "dynamodb"),
        ("com.amazonaws.global.cloudfront.origin-facing", "origin"),
    )
    known = KNOWN.get(call.region)
    found = []
    for number, (name, which) in enumerate(names):
        drawn = hashlib.sha256(f"{call.region}/{name}".encode()).hexdigest()[:8]
        key = f"pl-{known[number] if known else drawn}"
        arn = call.make("arn:{partition}:ec2:{region}:aws:prefix-list/{key}", key=key)
        row = {"PrefixListId": key, "AddressFamily": "IPv4", "PrefixListArn": arn, "PrefixListName": name}
        found.append({**row, "State": "create-complete", "OwnerId": "AWS", "cidrs": CIDRS[which]})
    return found


def describe_prefix_lists(call: Call) -> Document:
    """The lists of services that gateway endpoints lead to."""
    rows = [
        {"Cidrs": list(p["cidrs"]), "PrefixListId": p["PrefixListId"], "PrefixListName": p["PrefixListName"]}
        for p in of_aws(call)[:2]
    ]
    wanted = call.get("PrefixListIds")
    known = {row["PrefixListId"] for row in rows}
    for key in wanted or ():
        if key not in known:
            raise AwsError("InvalidPrefixListId.NotFound", f"The prefix list ID '{key}' does not exist")
    return {"PrefixLists": matched(call, PREFIX_LIST, [r for r in rows if not wanted or r["PrefixListId"] in wanted])}


def describe_managed_prefix_lists(call: Call) -> Document:
    check_page_size(call, least=1)
    rows: list[Document] = [*of_aws(call), *call.list("ManagedPrefixList")]
    wanted = call.get("PrefixListIds")
    if wanted:
        rows = [found(call, key) for key in wanted]
    declared = kinds.kind("ec2", "ManagedPrefixList")
    return {"PrefixLists": [r for r in rows if filters.matching(declared, call.get("Filters"), r)]}


def found(call: Call, key: str) -> Document:
    """The list with this id, AWS's or the account's."""
    theirs = next((row for row in of_aws(call) if row["PrefixListId"] == key), None)
    return theirs if theirs is not None else read(call, "ManagedPrefixList", key)


def cidrs(call: Call, key: str) -> list[str]:
    """The ranges of a list."""
    row = found(call, key)
    return list(row["cidrs"]) if "cidrs" in row else [entry["Cidr"] for entry in _entries(row, row["Version"])]


def create_managed_prefix_list(call: Call) -> Document:
    name = call["PrefixListName"]
    if name.startswith("com.amazonaws"):
        raise AwsError("InvalidParameterValue", "The prefix list name cannot start with com.amazonaws.")
    if call["AddressFamily"] not in ("IPv4", "IPv6"):
        raise AwsError("InvalidParameterValue", f"Invalid value '{call['AddressFamily']}' for AddressFamily.")
    entries = [_entry(call["AddressFamily"], entry) for entry in call.get("Entries", ())]
    _check_room(len(entries), call["MaxEntries"])
    key = new_id(call, "ManagedPrefixList")
    made = {
        "PrefixListId": key,
        "AddressFamily": call["AddressFamily"],
        "State": "create-complete",
        "PrefixListArn": arn_for(call, "ManagedPrefixList", PrefixListId=key),
        "PrefixListName": name,
        "MaxEntries": call["MaxEntries"],
        "Version": 1,
        "Tags": tags_for(call, "prefix-list"),
        "OwnerId": call.account,
        "versions": {"1": entries},
    }
    return {"PrefixList": {**call.keep("ManagedPrefixList", made), "State": "create-in-progress"}}


def _entry(family: str, entry: Document) -> Document:
    try:
        network = ip_network(entry["Cidr"], strict=False)
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"The CIDR {entry['Cidr']} is invalid.") from error
    if f"IPv{network.version}" != family:
        raise AwsError("InvalidParameterValue", f"The CIDR {entry['Cidr']} is not of the address family {family}.")
    return {**entry, "Cidr": str(network)}


def _check_room(count: int, most: int) -> None:
    if count > most:
        raise AwsError(
            "PrefixListMaxEntriesExceeded",
            f"You've reached the maximum number of entries ({most}) for the prefix list.",
        )


def _entries(row: Document, version: int) -> list[Document]:
    kept: list[Document] = row["versions"].get(str(version))
    if kept is None:
        raise AwsError("InvalidPrefixListVersion", f"The prefix list has no version {version}.")
    return kept


def modify_managed_prefix_list(call: Call) -> Document:
    """Entries change by a new version, made from the current one."""
    kept = _own(call)
    if "AddEntries" in call or "RemoveEntries" in call:
        _change(call, kept)
    elif "MaxEntries" in call:
        _check_room(len(_entries(kept, kept["Version"])), call["MaxEntries"])
        kept["MaxEntries"] = call["MaxEntries"]
    kept["PrefixListName"] = call.get("PrefixListName", kept["PrefixListName"])
    kept["State"] = "modify-complete"
    return {"PrefixList": {**call.keep("ManagedPrefixList", kept), "State": "modify-in-progress"}}


def _own(call: Call) -> Resource:
    key = call["PrefixListId"]
    if any(row["PrefixListId"] == key for row in of_aws(call)):
        raise AwsError("OperationNotPermitted", f"The prefix list '{key}' is managed by AWS.")
    return read(call, "ManagedPrefixList", key)


def _change(call: Call, kept: Resource) -> None:
    if "CurrentVersion" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter CurrentVersion")
    if call["CurrentVersion"] != kept["Version"]:
        raise AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.")
    entries = {entry["Cidr"]: entry for entry in _entries(kept, kept["Version"])}
    for entry in call.get("RemoveEntries", ()):
        if entries.pop(entry["Cidr"], None) is None:
            raise AwsError("InvalidParameterValue", f"The CIDR {entry['Cidr']} is not an entry of the prefix list.")
    entries |= {e["Cidr"]: e for e in (_entry(kept["AddressFamily"], entry) for entry in call.get("AddEntries", ()))}
    _check_room(len(entries), kept["MaxEntries"])
    kept["Version"] += 1
    kept["versions"][str(kept["Version"])] = list(entries.values())


def restore_managed_prefix_list_version(call: Call) -> Document:
    """The entries of an old version, as a new one."""
    kept = _own(call)
    if call["CurrentVersion"] != kept["Version"]:
        raise AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.")
    entries = _entries(kept, call["PreviousVersion"])
    kept["Version"] += 1
    kept["versions"][str(kept["Version"])] = entries
    kept["State"] = "restore-complete"
    return {"PrefixList": {**call.keep("ManagedPrefixList", kept), "State": "restore-in-progress"}}


def get_managed_prefix_list_entries(call: Call) -> Document:
    row = found(call, call["PrefixListId"])
    if "cidrs" in row:
        return {"Entries": [{"Cidr": cidr} for cidr in row["cidrs"]]}
    return {"Entries": list(_entries(row, call.get("TargetVersion", row["Version"])))}


def get_managed_prefix_list_associations(call: Call) -> Document:
    """The route tables and security groups that name the list."""
    key = call["PrefixListId"]
    row = found(call, key)
    users = [
        *call.list("RouteTable", Routes__DestinationPrefixListId=key),
        *call.list("SecurityGroup", IpPermissions__PrefixListIds__PrefixListId=key),
        *call.list("SecurityGroup", IpPermissionsEgress__PrefixListIds__PrefixListId=key),
    ]
    rows = [{"ResourceId": user.key, "ResourceOwner": call.account} for user in users]
    return {"PrefixListAssociations": rows if "cidrs" not in row else []}


def delete_managed_prefix_list(call: Call) -> Document:
    check_id(call, "ManagedPrefixList", call["PrefixListId"])
    kept = _own(call)
    if get_managed_prefix_list_associations(call)["PrefixListAssociations"]:
        raise AwsError("PrefixListInUse", f"The prefix list {kept.key} is in use.")
    call.drop("ManagedPrefixList", kept)
    return {"PrefixList": {**kept, "State": "delete-in-progress"}}
