"""Hosted zones and their records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal

CHANGE = "route53 change-resource-record-sets"


@pytest.fixture
def zone(aws: Terminal) -> str:
    made = aws("route53 create-hosted-zone --name Example.com --caller-reference one").json
    return str(made["HostedZone"]["Id"]).rsplit("/", 1)[-1]


def _record(action: str, name: str, value: str, kind: str = "A", ttl: int = 300) -> dict[str, Any]:
    record = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]}
    return {"Action": action, "ResourceRecordSet": record}


def _batch(*changes: dict[str, Any]) -> str:
    return json.dumps({"Changes": list(changes)})


def _names(aws: Terminal, zone: str, options: str = "") -> list[list[str]]:
    query = "--query ResourceRecordSets[].[Name,Type]"
    found: list[list[str]] = aws(f"route53 list-resource-record-sets --hosted-zone-id {zone} {query} {options}").json
    return found


def test_a_zone_is_born_with_its_name_servers(aws: Terminal, zone: str) -> None:
    assert _names(aws, zone) == [["example.com.", "NS"], ["example.com.", "SOA"]]
    found = aws(f"route53 get-hosted-zone --id {zone}").json
    assert (found["HostedZone"]["Name"], found["HostedZone"]["ResourceRecordSetCount"]) == ("example.com.", 2)
    assert len(found["DelegationSet"]["NameServers"]) == 4
    again = "route53 create-hosted-zone --name other.com --caller-reference one"
    told = "A hosted zone has already been created with the specified caller reference."
    aws.refused(again, "HostedZoneAlreadyExists", told)
    aws.refused("route53 get-hosted-zone --id Z1", "NoSuchHostedZone", "No hosted zone found with ID: Z1")


def test_records_are_listed_by_their_labels_from_the_last(aws: Terminal, zone: str) -> None:
    batch = _batch(
        *(_record("CREATE", name, "10.0.0.1") for name in ("b.example.com", "a.b.example.com", "*.example.com"))
    )
    change = aws(f"{CHANGE} --hosted-zone-id {zone}", ChangeBatch=batch).json["ChangeInfo"]
    assert change["Status"] == "PENDING"
    assert aws(f"route53 get-change --id {change['Id']}").json["ChangeInfo"]["Status"] == "INSYNC"
    names = [name for name, kind in _names(aws, zone) if kind == "A"]
    assert names == ["\\052.example.com.", "b.example.com.", "a.b.example.com."]
    start = "--start-record-name b.example.com --start-record-type A --max-items 1"
    assert _names(aws, zone, start) == [["b.example.com.", "A"]]
    assert len(_names(aws, zone, "--page-size 2")) == 5


def test_a_batch_is_done_whole_or_not_at_all(aws: Terminal, zone: str) -> None:
    batch = _batch(_record("CREATE", "www.example.com", "10.0.0.1"), _record("DELETE", "old.example.com", "10.0.0.2"))
    told = "[Tried to delete resource record set [name='old.example.com.', type='A'] but it was not found]"
    aws.refused(f"{CHANGE} --hosted-zone-id {zone}", "InvalidChangeBatch", told, ChangeBatch=batch)
    assert len(_names(aws, zone)) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            _record("CREATE", "www.example.com", "10.0.0.1"),
            "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
        ),
        (
            _record("DELETE", "www.example.com", "10.0.0.2"),
            "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not"
            " match the current values",
        ),
        (
            _record("CREATE", "www.other.com", "10.0.0.1"),
            "RRSet with DNS name www.other.com. is not permitted in zone example.com.",
        ),
        (
            _record("CREATE", "example.com", "x.com", "CNAME"),
            "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
        ),
        (
            _record("CREATE", "www.example.com", "x.com", "CNAME"),
            "RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records"
            " with the same DNS name in zone example.com.",
        ),
        (
            _record("CREATE", "x.example.com", "ten"),
            "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
            " encountered with 'ten''",
        ),
    ],
)
def test_a_wrong_change_is_told(aws: Terminal, zone: str, change: dict[str, Any], told: str) -> None:
    put = f"{CHANGE} --hosted-zone-id {zone}"
    aws(put, ChangeBatch=_batch(_record("UPSERT", "www.example.com", "10.0.0.1")))
    aws.refused(put, "InvalidChangeBatch", f"[{told}]", ChangeBatch=_batch(change))


def test_a_zone_with_records_stays(aws: Terminal, zone: str) -> None:
    record = _record("CREATE", "www.example.com", "10.0.0.1")
    aws(f"{CHANGE} --hosted-zone-id {zone}", ChangeBatch=_batch(record))
    told = "The specified hosted zone contains non-required resource record sets  and so cannot be deleted."
    aws.refused(f"route53 delete-hosted-zone --id {zone}", "HostedZoneNotEmpty", told)
    asked = f"route53 test-dns-answer --hosted-zone-id {zone} --record-name www.example.com --record-type A"
    assert aws(asked).json["RecordData"] == ["10.0.0.1"]
    aws(f"{CHANGE} --hosted-zone-id {zone}", ChangeBatch=_batch({**record, "Action": "DELETE"}))
    aws(f"route53 delete-hosted-zone --id {zone}")
    assert aws("route53 get-hosted-zone-count").json == {"HostedZoneCount": 0}


def test_a_private_zone_serves_vpcs(aws: Terminal) -> None:
    vpc = "VPCRegion=us-east-1,VPCId=vpc-1234567890abcdef0"
    other = vpc.replace("cdef0", "cdef1")
    made = aws(f"route53 create-hosted-zone --name corp --caller-reference p --vpc {vpc}").json
    zone = made["HostedZone"]["Id"].rsplit("/", 1)[-1]
    assert made["HostedZone"]["Config"]["PrivateZone"] is True
    aws(f"route53 associate-vpc-with-hosted-zone --hosted-zone-id {zone} --vpc {other}")
    assert len(aws(f"route53 get-hosted-zone --id {zone}").json["VPCs"]) == 2
    aws(f"route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {zone} --vpc {vpc}")
    last = f"route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {zone} --vpc {other}"
    aws.refused(last, "LastVPCAssociation")
    by_vpc = "route53 list-hosted-zones-by-vpc --vpc-id vpc-1234567890abcdef1 --vpc-region us-east-1"
    assert aws(by_vpc).json["HostedZoneSummaries"][0]["HostedZoneId"] == zone


def test_zones_are_listed_by_name_and_tagged(aws: Terminal, zone: str) -> None:
    aws("route53 create-hosted-zone --name a.net --caller-reference two")
    listed = "route53 list-hosted-zones-by-name --query HostedZones[].Name"
    assert aws(listed).json == ["example.com.", "a.net."]
    assert aws(f"{listed} --dns-name a.net").json == ["a.net."]
    aws(f"route53 change-tags-for-resource --resource-type hostedzone --resource-id {zone} --add-tags Key=a,Value=1")
    found = aws(f"route53 list-tags-for-resource --resource-type hostedzone --resource-id {zone}").json
    assert found["ResourceTagSet"]["Tags"] == [{"Key": "a", "Value": "1"}]
