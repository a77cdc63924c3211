"""Regions and zones."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.filters import matching
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]

REGION = Kind("ec2", "Region", {"shape": "Region"})
ZONE = Kind("ec2", "AvailabilityZone", {"shape": "AvailabilityZone"})


def describe_regions(call: Call) -> Document:
    """Only the regions that the account has enabled, unless all are asked for."""
    names = call.get("RegionNames")
    known = catalogue.load("regions")
    for name in names or ():
        if name not in known:
            raise AwsError("InvalidParameterValue", f"Invalid region names: [{name}]")
    regions = [
        {
            "OptInStatus": "opt-in-not-required" if facts["enabled"] else "not-opted-in",
            "RegionName": name,
            "Endpoint": f"ec2.{name}.amazonaws.com",
        }
        for name, facts in sorted(known.items())
        if name in (names or known) and (facts["enabled"] or call.get("AllRegions") or names)
    ]
    return {"Regions": [region for region in regions if matching(REGION, call.get("Filters"), region)]}


def describe_availability_zones(call: Call) -> Document:
    """The zones of the caller's region."""
    zones = [zone for zone in zones_of(call.region) if _is_named(call, zone)]
    return {"AvailabilityZones": [zone for zone in zones if matching(ZONE, call.get("Filters"), zone)]}


def _is_named(call: Call, zone: Document) -> bool:
    known = {z[key] for z in zones_of(call.region) for key in ("ZoneName", "ZoneId")}
    for name in [*call.get("ZoneNames", ()), *call.get("ZoneIds", ())]:
        if name not in known:
            raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{name}]")
    return zone["ZoneName"] in call.get("ZoneNames", known) and zone["ZoneId"] in call.get("ZoneIds", known)


def zones_of(region: str) -> list[Document]:
    """The zones of a region, as DescribeAvailabilityZones shows them."""
    facts = catalogue.load("regions").get(region, {"zones": "abc", "prefix": region})
    return [
        {
            "OptInStatus": "opt-in-not-required",
            "Messages": [],
            "RegionName": region,
            "ZoneName": f"{region}{letter}",
            "ZoneId": f"{facts['prefix']}-az{number}",
            "GroupName": f"{region}-zg-1",
            "NetworkBorderGroup": region,
            "ZoneType": "availability-zone",
            "GroupLongName": f"{facts.get('place', region)} 1",
            "State": "available",
        }
        for number, letter in enumerate(facts["zones"], 1)
    ]
