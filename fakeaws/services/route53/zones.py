"""Hosted zones: their name servers, the VPCs that private ones serve, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.paging import limit_of
from fakeaws.core.resources import kinds, states, tagging
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.route53.names import canonical, order

Document = dict[str, Any]
SOA = "awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
ENDS = ("com", "net", "org", "co.uk")
LIMITS = {
    "MAX_HEALTH_CHECKS_BY_OWNER": ("HealthCheck", 200),
    "MAX_HOSTED_ZONES_BY_OWNER": ("HostedZone", 500),
    "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER": ("ReusableDelegationSet", 100),
    "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER": ("TrafficPolicyInstance", 5),
    "MAX_TRAFFIC_POLICIES_BY_OWNER": ("TrafficPolicy", 50),
}


def zone_of(call: Call, given: str | None = None) -> Resource:
    """The zone of an id, which may be spelled `/hostedzone/Z…`."""
    key = (given if given is not None else call["HostedZoneId"]).rsplit("/", 1)[-1]
    found = call.find("HostedZone", key)
    if found is None:
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {key}")
    return found


def changed(call: Call, comment: str | None = None) -> Document:
    """A change, which reaches all name servers after a while."""
    made: Document = {"Id": "C" + call.make("{upper20}"), "Status": "PENDING", "SubmittedAt": call.now}
    if comment is not None:
        made["Comment"] = comment
    kind, kept = kinds.kind("route53", "Change"), dict(made)
    states.begin(kind, kept, "create", call.now)
    call.keep("Change", kept)
    return {**made, "Id": f"/change/{made['Id']}"}


def get_change(call: Call) -> Document:
    key = call["Id"].rsplit("/", 1)[-1]
    found = call.find("Change", key)
    if found is None:
        raise AwsError("NoSuchChange", f"A change with id {key} does not exist")
    return {"ChangeInfo": {**found, "Id": f"/change/{key}"}}


def shown(call: Call, zone: Resource) -> Document:
    """A zone with the number of its records."""
    count = sum(1 for _ in call.list("ResourceRecordSet", within=zone))
    return {**zone, "Id": f"/hostedzone/{zone.key}", "ResourceRecordSetCount": count}


def create_hosted_zone(call: Call) -> Document:
    """A zone has its own NS and SOA records; there may be several of one name."""
    name, config = canonical(call["Name"]), {**call.get("HostedZoneConfig", {}), "PrivateZone": "VPC" in call}
    if call.get("HostedZoneConfig", {}).get("PrivateZone") and "VPC" not in call:
        raise AwsError("InvalidInput", "When you're creating a private hosted zone, you must also specify a VPC.")
    if any(zone["CallerReference"] == call["CallerReference"] for zone in call.list("HostedZone")):
        text = "A hosted zone has already been created with the specified caller reference."
        raise AwsError("HostedZoneAlreadyExists", text)
    key = "Z" + call.make("{upper20}")
    made = {"Id": key, "Name": name, "CallerReference": call["CallerReference"], "Config": config}
    servers = _servers(call, config["PrivateZone"])
    kept = {**made, "servers": servers, "vpcs": [call["VPC"]] if "VPC" in call else [], "_tags": {}}
    zone = call.keep("HostedZone", kept)
    for kind, ttl, values in (
        ("NS", 172800, [f"{server}." for server in servers]),
        ("SOA", 900, [f"{servers[0]}. {SOA}"]),
    ):
        record = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": one} for one in values]}
        call.keep("ResourceRecordSet", {"key": f"{order(name)} {kind} ", **record}, within=zone)
    place = {"Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{key}"}
    return {**_with_servers(call, zone), "ChangeInfo": changed(call), **place}


def _servers(call: Call, private: bool) -> list[str]:
    if private:
        return [
            f"ns-{number}.awsdns-{number // 512:02}.{end}"
            for number, end in zip((0, 512, 1024, 1536), ENDS, strict=True)
        ]
    if "DelegationSetId" in call:
        found: list[str] = call.read("ReusableDelegationSet", call["DelegationSetId"].rsplit("/", 1)[-1])["NameServers"]
        return found
    numbers = [int.from_bytes(drawn(call, 2), "big") % 512 + start for start in (0, 512, 1024, 1536)]
    return [f"ns-{n}.awsdns-{n % 64:02}.{end}" for n, end in zip(numbers, ENDS, strict=True)]


def _with_servers(call: Call, zone: Resource) -> Document:
    if zone["Config"]["PrivateZone"]:
        key = "VPC" if call.operation.name == "CreateHostedZone" else "VPCs"
        return {"HostedZone": shown(call, zone), key: zone["vpcs"][0] if key == "VPC" else zone["vpcs"]}
    return {"HostedZone": shown(call, zone), "DelegationSet": {"NameServers": zone["servers"]}}


def get_hosted_zone(call: Call) -> Document:
    return _with_servers(call, zone_of(call, call["Id"]))


def update_hosted_zone_comment(call: Call) -> Document:
    zone = zone_of(call, call["Id"])
    zone["Config"]["Comment"] = call.get("Comment", "")
    return {"HostedZone": shown(call, call.keep("HostedZone", zone))}


def delete_hosted_zone(call: Call) -> Document:
    """Only what a zone has from the start may be left in it."""
    zone = zone_of(call, call["Id"])
    records = list(call.list("ResourceRecordSet", within=zone))
    if any(record["Name"] != zone["Name"] or record["Type"] not in ("NS", "SOA") for record in records):
        text = "The specified hosted zone contains non-required resource record sets  and so cannot be deleted."
        raise AwsError("HostedZoneNotEmpty", text)
    for record in records:
        call.drop("ResourceRecordSet", record)
    call.drop("HostedZone", zone)
    return {"ChangeInfo": changed(call)}


# Lists


def list_hosted_zones(call: Call) -> Document:
    found = [zone for zone in call.list("HostedZone") if _is_asked_for(call, zone)]
    start = call.get("Marker", "")
    return _page(call, [zone for zone in found if zone.key >= start], {"Marker": start} if start else {}, "NextMarker")


def _is_asked_for(call: Call, zone: Resource) -> bool:
    private = call.get("HostedZoneType") == "PrivateHostedZone"
    return "HostedZoneType" not in call or zone["Config"]["PrivateZone"] is private


def _page(call: Call, found: list[Resource], answer: Document, marker: str) -> Document:
    most = limit_of(call.operation, "MaxItems", call.params) or 100
    more = {marker: found[most].key} if len(found) > most else {}
    zones = [shown(call, zone) for zone in found[:most]]
    return {"HostedZones": zones, **answer, "IsTruncated": bool(more), **more, "MaxItems": str(most)}


def list_hosted_zones_by_name(call: Call) -> Document:
    """In the order of their names, from the one that is given."""
    found = sorted(call.list("HostedZone"), key=lambda zone: (order(zone["Name"]), zone.key))
    said = {name: call[name] for name in ("DNSName", "HostedZoneId") if name in call}
    start = (order(canonical(call["DNSName"])) if "DNSName" in call else "", call.get("HostedZoneId", ""))
    found = [zone for zone in found if (order(zone["Name"]), zone.key) >= start]
    answer = _page(call, found, said, "NextHostedZoneId")
    if "NextHostedZoneId" in answer:
        answer["NextDNSName"] = found[len(answer["HostedZones"])]["Name"]
    return answer


def list_hosted_zones_by_vpc(call: Call) -> Document:
    wanted = {"VPCId": call["VPCId"], "VPCRegion": call["VPCRegion"]}
    found = [zone for zone in call.list("HostedZone") if wanted in zone["vpcs"]]
    owner = {"Owner": {"OwningAccount": call.account}}
    rows = [{"HostedZoneId": zone.key, "Name": zone["Name"], **owner} for zone in found]
    return {"HostedZoneSummaries": rows, "MaxItems": call.get("MaxItems", "100")}


# VPCs


def associate_vpc_with_hosted_zone(call: Call) -> Document:
    zone = _private(call)
    if call["VPC"] in zone["vpcs"]:
        text = f"The VPC {call['VPC']['VPCId']} in region {call['VPC']['VPCRegion']} has already been associated with"
        raise AwsError("ConflictingDomainExists", f"{text} the hosted zone {zone.key} with the same domain name.")
    zone["vpcs"].append(call["VPC"])
    call.keep("HostedZone", zone)
    return {"ChangeInfo": changed(call, call.get("Comment"))}


def _private(call: Call) -> Resource:
    zone = zone_of(call)
    if not zone["Config"]["PrivateZone"]:
        text = "You can't associate or disassociate a VPC with a public hosted zone."
        raise AwsError("PublicZoneVPCAssociation", text)
    return zone


def disassociate_vpc_from_hosted_zone(call: Call) -> Document:
    zone = _private(call)
    if call["VPC"] not in zone["vpcs"]:
        text = f"The specified VPC and hosted zone are not currently associated: {call['VPC']['VPCId']}"
        raise AwsError("VPCAssociationNotFound", text)
    if len(zone["vpcs"]) == 1:
        raise AwsError("LastVPCAssociation", "The VPC that you are trying to disassociate is the last one of the zone.")
    zone["vpcs"].remove(call["VPC"])
    call.keep("HostedZone", zone)
    return {"ChangeInfo": changed(call, call.get("Comment"))}


# Counts and limits


def _count(call: Call, kind: str) -> int:
    return sum(1 for _ in call.list(kind))


def get_hosted_zone_count(call: Call) -> Document:
    return {"HostedZoneCount": _count(call, "HostedZone")}


def get_health_check_count(call: Call) -> Document:
    return {"HealthCheckCount": _count(call, "HealthCheck")}


def get_traffic_policy_instance_count(call: Call) -> Document:
    return {"TrafficPolicyInstanceCount": _count(call, "TrafficPolicyInstance")}


def get_account_limit(call: Call) -> Document:
    kind, most = LIMITS[call["Type"]]
    return {"Limit": {"Type": call["Type"], "Value": most}, "Count": _count(call, kind)}


def get_hosted_zone_limit(call: Call) -> Document:
    zone = zone_of(call)
    if call["Type"] == "MAX_VPCS_ASSOCIATED_BY_ZONE" and not zone["Config"]["PrivateZone"]:
        raise AwsError("HostedZoneNotPrivate", "The specified hosted zone is a public hosted zone, not a private one.")
    counts = {
        "MAX_RRSETS_BY_ZONE": (10000, sum(1 for _ in call.list("ResourceRecordSet", within=zone))),
        "MAX_VPCS_ASSOCIATED_BY_ZONE": (300, len(zone["vpcs"])),
    }
    most, count = counts[call["Type"]]
    return {"Limit": {"Type": call["Type"], "Value": most}, "Count": count}


def get_reusable_delegation_set_limit(call: Call) -> Document:
    found = call.read("ReusableDelegationSet", call["DelegationSetId"].rsplit("/", 1)[-1])
    count = sum(1 for zone in call.list("HostedZone") if zone["servers"] == found.get("NameServers"))
    return {"Limit": {"Type": call["Type"], "Value": 100}, "Count": count}


# Tags


def change_tags_for_resource(call: Call) -> Document:
    """Tags of hosted zones and health checks are put on and taken off in one operation."""
    kind, found = _tagged(call, call["ResourceId"])
    held = {**tags.read(kind, found), **tags.as_map(call.get("AddTags", []))}
    tagging.retag(call, kind, found, {k: v for k, v in held.items() if k not in call.get("RemoveTagKeys", ())})
    return {}


def _tagged(call: Call, key: str) -> tuple[kinds.Kind, Resource]:
    if call["ResourceType"] == "hostedzone":
        return kinds.kind("route53", "HostedZone"), zone_of(call, key)
    return kinds.kind("route53", "HealthCheck"), call.read("HealthCheck", key)


def _tag_set(call: Call, key: str) -> Document:
    held = tags.as_list(tags.read(*_tagged(call, key)), tags.SPELLINGS[0])
    return {"ResourceType": call["ResourceType"], "ResourceId": key, "Tags": held}


def list_tags_for_resource(call: Call) -> Document:
    return {"ResourceTagSet": _tag_set(call, call["ResourceId"])}


def list_tags_for_resources(call: Call) -> Document:
    return {"ResourceTagSets": [_tag_set(call, key) for key in call["ResourceIds"]]}


def every(call: Call, zone: Resource) -> Iterator[Resource]:
    """The records of a zone in their order."""
    return call.list("ResourceRecordSet", within=zone)
