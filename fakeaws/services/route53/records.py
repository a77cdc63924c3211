"""Record sets: changed in batches of which all or nothing is done, listed by their names, and asked for."""

from __future__ import annotations

import ipaddress
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.paging import limit_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.route53.names import canonical, is_within, order
from fakeaws.services.route53.zones import changed, every, zone_of

Document = dict[str, Any]


def change_resource_record_sets(call: Call) -> Document:
    """All faults of a batch are answered at once, in AWS's own list of texts."""
    zone, batch = zone_of(call), call["ChangeBatch"]
    faults = [fault for change in batch["Changes"] if (fault := _change(call, zone, change))]
    if faults:
        raise AwsError("InvalidChangeBatch", f"[{', '.join(faults)}]")
    return {"ChangeInfo": changed(call, batch.get("Comment"))}


def _change(call: Call, zone: Resource, change: Document) -> str:
    """Carry out one change; what is wrong with it, "" if nothing is."""
    given, action = change["ResourceRecordSet"], change["Action"]
    record = {**given, "Name": canonical(given["Name"])}
    _check_form(record, change)
    if not is_within(record["Name"], zone["Name"]):
        return f"RRSet with DNS name {record['Name']} is not permitted in zone {zone['Name']}"
    if "AliasTarget" in record:
        record["AliasTarget"] = {**record["AliasTarget"], "DNSName": canonical(record["AliasTarget"]["DNSName"])}
    key = f"{order(record['Name'])} {record['Type']} {record.get('SetIdentifier', '')}"
    held = call.find("ResourceRecordSet", key, within=zone)
    if action == "DELETE":
        return _delete(call, zone, record, held)
    fault = _fault(call, zone, record, held, action)
    if not fault:
        if held is not None:
            call.drop("ResourceRecordSet", held)
        call.keep("ResourceRecordSet", {"key": key, **record}, within=zone)
    return fault


def _check_form(record: Document, change: Document) -> None:
    """A record has values and how long they last, or it is an alias."""
    ways = sum((("AliasTarget" in record), bool(record.get("ResourceRecords")) and "TTL" in record))
    if ways != 1:
        found = "none" if ways == 0 else "more than one"
        where = f"[Action={change['Action']}, Name={record['Name']}, Type={record['Type']}, "
        where += f"SetIdentifier={record.get('SetIdentifier', 'null')}]"
        wanted = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]"
        text = f"Invalid request: Expected exactly one of {wanted}, but found {found} in Change with {where}"
        raise AwsError("InvalidInput", text)


def _named(record: Document) -> str:
    sets = f", set identifier='{record['SetIdentifier']}'" if "SetIdentifier" in record else ""
    return f"resource record set [name='{record['Name']}', type='{record['Type']}'{sets}]"


def _delete(call: Call, zone: Resource, record: Document, held: Resource | None) -> str:
    if held is None:
        return f"Tried to delete {_named(record)} but it was not found"
    if {name: value for name, value in held.items() if name != "key"} != record:
        return f"Tried to delete {_named(record)} but the values provided do not match the current values"
    if record["Name"] == zone["Name"] and record["Type"] == "NS":
        return "A HostedZone must contain at least one NS record for the zone itself."
    if record["Name"] == zone["Name"] and record["Type"] == "SOA":
        return "A HostedZone must contain exactly one SOA record."
    call.drop("ResourceRecordSet", held)
    return ""


def _fault(call: Call, zone: Resource, record: Document, held: Resource | None, action: str) -> str:
    name, kind = record["Name"], record["Type"]
    if action == "CREATE" and held is not None:
        return f"Tried to create {_named(record)} but it already exists"
    if kind == "CNAME" and name == zone["Name"]:
        return f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone['Name']}"
    others = list(call.list("ResourceRecordSet", within=zone, prefix=f"{order(name)} "))
    if any((one["Type"] == "CNAME") != (kind == "CNAME") for one in others):
        text = f"RRSet of type {kind} with DNS name {name} is not permitted as it conflicts with other records"
        return f"{text} with the same DNS name in zone {zone['Name']}"
    if any(one["Type"] == kind and ("SetIdentifier" in one) != ("SetIdentifier" in record) for one in others):
        text = f"RRSet with DNS name {name}, type {kind} cannot be created as a non-multivalue RRSet exists"
        return f"{text} with the same name and type"
    return next((fault for one in record.get("ResourceRecords", ()) if (fault := _fault_of(kind, one["Value"]))), "")


def _fault_of(kind: str, value: str) -> str:
    """What is wrong with the value of a record; "" if nothing is, or nothing is known of its type."""
    what = ""
    if kind == "A" and not _is_address(kind, value):
        what = "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    elif kind == "AAAA" and not _is_address(kind, value):
        what = "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    elif kind == "TXT" and not value.strip().startswith('"'):
        what = "InvalidCharacterString (Value should be enclosed in quotation marks)"
    return f"Invalid Resource Record: 'FATAL problem: {what} encountered with '{value}''" if what else ""


def _is_address(kind: str, value: str) -> bool:
    try:
        return ipaddress.ip_address(value).version == (4 if kind == "A" else 6)
    except ValueError:
        return False


def list_resource_record_sets(call: Call) -> Document:
    """From a name, a type and a set identifier on; the next page begins at those that the answer names."""
    zone, most = zone_of(call), limit_of(call.operation, "MaxItems", call.params) or 300
    if "StartRecordType" in call and "StartRecordName" not in call:
        raise AwsError("InvalidInput", "The input is not valid: a start type needs a start name")
    start = ""
    if "StartRecordName" in call:
        name = order(canonical(call["StartRecordName"]))
        start = f"{name} {call.get('StartRecordType', '')} {call.get('StartRecordIdentifier', '')}".rstrip()
    found = [row for row in every(call, zone) if row.key >= start]
    rows = [{name: value for name, value in row.items() if name != "key"} for row in found[:most]]
    more: Document = {}
    if len(found) > most:
        names = {"NextRecordName": "Name", "NextRecordType": "Type", "NextRecordIdentifier": "SetIdentifier"}
        more = {member: found[most][name] for member, name in names.items() if name in found[most]}
    return {"ResourceRecordSets": rows, "IsTruncated": bool(more), **more, "MaxItems": str(most)}


def test_dns_answer(call: Call) -> Document:
    """What the zone's name servers answer."""
    zone, name, kind = zone_of(call), canonical(call["RecordName"]), call["RecordType"]
    if zone["Config"]["PrivateZone"]:
        raise AwsError("InvalidInput", "TestDNSAnswer is not supported for private hosted zones")
    of_name = [row for row in every(call, zone) if row["Name"] == name]
    found = [row for row in of_name if row["Type"] == kind]
    return {
        "Nameserver": zone["servers"][0],
        "RecordName": name.rstrip("."),
        "RecordType": kind,
        "RecordData": [one["Value"] for row in found for one in row.get("ResourceRecords", ())],
        "ResponseCode": "NOERROR" if of_name else "NXDOMAIN",
        "Protocol": "UDP",
    }
