"""What Lightsail offers: bundles, blueprints and regions, from the catalogue."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
CONTINENTS = {
    "us": "NA",
    "ca": "NA",
    "eu": "EU",
    "ap": "AS",
    "sa": "SA",
    "me": "ME",
    "af": "AF",
    "il": "ME",
    "mx": "NA",
}
ZONES_OF = (
    "us-east-1 us-east-2 us-west-2 ca-central-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-south-1"
    " ap-southeast-1 ap-southeast-2 ap-northeast-1 ap-northeast-2"
).split()


def bundle(name: str) -> Document:
    """A bundle by its id; InvalidInputException where there is none."""
    found = next((one for one in _bundles() if one["bundleId"] == name), None)
    if found is None:
        raise AwsError("InvalidInputException", f"The bundle ID is not valid: {name}")
    return found


def blueprint(name: str) -> Document:
    """A blueprint by its id, with the `username` of its instances."""
    found = next((one for one in _blueprints() if one["blueprintId"] == name), None)
    if found is None:
        raise AwsError("InvalidInputException", f"The blueprint ID is not valid: {name}")
    return found


def _bundles() -> list[Document]:
    names = "bundleId name price cpuCount ramSizeInGb diskSizeInGb transferPerMonthInGb power instanceType".split()
    rows = catalogue.load("lightsail")["bundles"]
    more = {"isActive": True, "publicIpv4AddressCount": 1}
    return [{**dict(zip(names, row[:9], strict=True)), **more, "supportedPlatforms": [row[9]]} for row in rows]


def _blueprints() -> list[Document]:
    names = "blueprintId name group type platform username".split()
    rows = catalogue.load("lightsail")["blueprints"]
    return [{**dict(zip(names, row, strict=True)), "isActive": True, "minPower": 0} for row in rows]


def get_bundles(call: Call) -> Document:
    return {"bundles": _bundles()}


def get_blueprints(call: Call) -> Document:
    return {"blueprints": _blueprints()}


def get_regions(call: Call) -> Document:
    """With their zones only where that is asked for."""
    found, every = [], catalogue.load("regions")
    for name in ZONES_OF:
        place = every[name]["place"]
        zones = [{"zoneName": f"{name}{letter}", "state": "available"} for letter in every[name]["zones"]]
        wanted = zones if call.get("includeAvailabilityZones") else []
        databases = zones if call.get("includeRelationalDatabaseAvailabilityZones") else []
        found.append(
            {
                "continentCode": CONTINENTS[name[:2]],
                "description": f"This region is recommended to serve users in the {place} area",
                "displayName": place.partition("(")[2].rstrip(")"),
                "name": name,
                "availabilityZones": wanted,
                "relationalDatabaseAvailabilityZones": databases,
            }
        )
    return {"regions": found}
