"""Engines: their versions, instance classes and families of parameters, from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def facts(engine: str) -> Document:
    """What the catalogue says of an engine: `description`, `license`, `port`, `versions` by family, `clustered`."""
    found: Document | None = catalogue.load("rds")["engines"].get(engine)
    if found is None:
        raise AwsError("InvalidParameterValue", f"Invalid DB engine: {engine}")
    return found


def versioned(engine: str, version: str | None) -> tuple[str, str]:
    """The family and the full version that a version stands for: the newest of all, or of a major one."""
    every = [(family, one) for family, found in facts(engine)["versions"].items() for one in found]
    fits = [pair for pair in every if version is None or pair[1] == version or pair[1].startswith(f"{version}.")]
    if not fits:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {engine}")
    return fits[-1]


def major(engine: str, version: str) -> str:
    """The major version: `8.0` of 8.0.42, `17` of PostgreSQL's 17.5."""
    parts = version.split(".")
    return parts[0] if "postgres" in engine or engine.startswith("oracle") else ".".join(parts[:2])


def check_class(engine: str, name: str) -> None:
    """InvalidParameterValue for what is no instance class at all."""
    if not re.fullmatch(r"db\.(serverless|[a-z0-9-]+\.[a-z0-9.]+)", name):
        raise AwsError("InvalidParameterValue", f"Invalid DB Instance class: {name}")


def _versions(call: Call) -> Iterator[Document]:
    for engine, found in catalogue.load("rds")["engines"].items():
        for family, versions in found["versions"].items():
            for version in versions:
                yield _version(engine, found, family, version, versions)


def _version(engine: str, found: Document, family: str, version: str, versions: list[str]) -> Document:
    later = versions[versions.index(version) + 1 :]
    upgrades = [
        {"Engine": engine, "EngineVersion": one, "Description": f"{found['description']} {one}", "AutoUpgrade": False}
        for one in later
    ]
    return {
        "Engine": engine,
        "MajorEngineVersion": major(engine, version),
        "EngineVersion": version,
        "DBParameterGroupFamily": family,
        "DBEngineDescription": found["description"],
        "DBEngineVersionDescription": f"{found['description']} {version}",
        "ValidUpgradeTarget": [{**one, "IsMajorVersionUpgrade": False} for one in upgrades],
        "SupportedEngineModes": ["provisioned"],
        "Status": "available",
        "SupportsReadReplica": not found.get("clustered"),
        "SupportedCACertificateIdentifiers": list(catalogue.load("rds")["certificates"]),
    }


def describe_db_engine_versions(call: Call) -> Document:
    found = [
        one
        for one in _versions(call)
        if all(call.get(name) in (None, one[name]) for name in ("Engine", "DBParameterGroupFamily"))
        and (call.get("EngineVersion") is None or f"{one['EngineVersion']}.".startswith(f"{call['EngineVersion']}."))
        and _passes(call, one)
    ]
    if call.get("DefaultOnly"):
        newest = {one["Engine"]: one for one in found}
        found = list(newest.values())
    return {"DBEngineVersions": found}


_FILTERS = {
    "db-parameter-group-family": "DBParameterGroupFamily",
    "engine": "Engine",
    "engine-mode": "",
    "engine-version": "EngineVersion",
    "status": "Status",
}


def _passes(call: Call, one: Document) -> bool:
    for wanted in call.get("Filters", ()):
        if wanted["Name"] not in _FILTERS:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {wanted['Name']}")
        held = one.get(_FILTERS[wanted["Name"]], "provisioned")
        if held not in wanted["Values"]:
            return False
    return True


def describe_db_major_engine_versions(call: Call) -> Document:
    found: dict[tuple[str, str], Document] = {}
    for one in _versions(call):
        place = (one["Engine"], one["MajorEngineVersion"])
        if call.get("Engine") in (None, place[0]) and call.get("MajorEngineVersion") in (None, place[1]):
            found[place] = {"Engine": place[0], "MajorEngineVersion": place[1], "SupportedEngineLifecycles": []}
    return {"DBMajorEngineVersions": list(found.values())}


def describe_orderable_db_instance_options(call: Call) -> Document:
    engine = facts(call["Engine"])
    zones = [{"Name": f"{call.region}{letter}"} for letter in "abc"]
    classes = catalogue.load("rds")["classes"]["clustered" if engine.get("clustered") else ""]
    return {
        "OrderableDBInstanceOptions": [
            {**_orderable(engine), "Engine": call["Engine"], "EngineVersion": version, "DBInstanceClass": name}
            | {"AvailabilityZones": zones}
            for versions in engine["versions"].values()
            for version in versions
            for name in classes
            if call.get("EngineVersion") in (None, version)
            and call.get("DBInstanceClass") in (None, name)
            and call.get("LicenseModel") in (None, engine["license"])
        ]
    }


def _orderable(engine: Document) -> Document:
    alone = not engine.get("clustered")
    return {
        "LicenseModel": engine["license"],
        "MultiAZCapable": alone,
        "ReadReplicaCapable": alone,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": "gp2" if alone else "aurora",
        "SupportsIops": False,
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportedEngineModes": ["provisioned"],
        "SupportedNetworkTypes": ["IPV4"],
        "OutpostCapable": False,
    }


def describe_source_regions(call: Call) -> Document:
    """The regions that resources may be copied from: all but this one."""
    names = [
        name for name in catalogue.load("regions") if name != call.region and call.get("RegionName") in (None, name)
    ]
    regions = [
        {"RegionName": name, "Endpoint": f"https://rds.{name}.amazonaws.com", "Status": "available"} for name in names
    ]
    return {"SourceRegions": regions}


def describe_certificates(call: Call) -> Document:
    """The authorities that sign the servers' certificates; one may be the account's own choice for new instances."""
    chosen = call.find("Certificate", "default")
    names = catalogue.load("rds")["certificates"]
    wanted = call.get("CertificateIdentifier")
    if wanted is not None and wanted not in names:
        raise refusal(call, "Certificate", "missing", wanted)
    return {
        "Certificates": [_certificate(call, name, chosen) for name in names if wanted in (None, name)],
        "DefaultCertificateForNewLaunches": chosen["chosen"] if chosen else next(iter(names)),
    }


def _certificate(call: Call, name: str, chosen: Document | None) -> Document:
    return {
        "CertificateIdentifier": name,
        "CertificateType": "CA",
        "ValidTill": catalogue.load("rds")["certificates"][name],
        "CertificateArn": call.make("arn:{partition}:rds:{region}::cert:{name}", name=name),
        "CustomerOverride": chosen is not None and chosen["chosen"] == name,
    }


def modify_certificates(call: Call) -> Document:
    name = call.get("CertificateIdentifier")
    if call.get("RemoveCustomerOverride"):
        kept = call.find("Certificate", "default")
        if kept is None:
            return {}
        call.drop("Certificate", kept)
        return {"Certificate": _certificate(call, kept["chosen"], None)}
    if name not in catalogue.load("rds")["certificates"]:
        raise refusal(call, "Certificate", "missing", name)
    made = call.keep("Certificate", {"CertificateIdentifier": "default", "chosen": name})
    return {"Certificate": _certificate(call, name, made)}
