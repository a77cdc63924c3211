"""Instance types, from the catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.filters import matching
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.regions import zones_of

Document = dict[str, Any]

TYPE = Kind("ec2", "InstanceType", {"shape": "InstanceTypeInfo"})
OFFERING = Kind("ec2", "InstanceTypeOffering", {"shape": "InstanceTypeOffering"})


def facts_of(name: str) -> Document | None:
    """vCPUs, memory (MiB) and the facts of the family of an instance type, or None if there is no such type."""
    family_name, _, size = name.partition(".")
    family = catalogue.load("instance_types").get(family_name)
    if family is None or size not in family["sizes"]:
        return None
    cpus, memory = family["sizes"][size]
    interfaces, addresses = family.get("enis", {}).get(size) or _interfaces(size, cpus)
    facts = {**family, "cpus": cpus, "memory": memory, "interfaces": interfaces, "addresses": addresses}
    return {**facts, "metal": size.startswith("metal"), "speed": _speed(family.get("network", {}), size)}


def _interfaces(size: str, cpus: int) -> tuple[int, int]:
    """How many network interfaces, and addresses on each, a machine of the usual kind holds (EC2 User Guide)."""
    if size.startswith("metal") or cpus >= 64:
        return 15, 50
    return next((found for most, *found in _BY_CPUS if cpus <= most), (8, 30))  # type: ignore[return-value]


_BY_CPUS = ((1, 2, 4), (2, 3, 10), (12, 4, 15))


def _speed(speeds: dict[str, str], size: str) -> str | None:
    """The network's speed: that of the next smaller size that is listed."""
    if size.startswith("metal"):
        return speeds.get(size)
    found = None
    for name in speeds:
        if _order(name) <= _order(size) or found is None:
            found = speeds[name]
    return found


def _order(size: str) -> int:
    small = ("nano", "micro", "small", "medium", "large", "xlarge")
    if size in small:
        return small.index(size)
    return 1000 if size.startswith("metal") else 5 + int(size.removesuffix("xlarge"))


def describe_instance_types(call: Call) -> Document:
    names = call.get("InstanceTypes")
    unknown = [name for name in names or () if facts_of(name) is None]
    if unknown:
        raise AwsError(
            "InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(unknown)}]"
        )
    shown = (_described(name) for name in (names or all_names()))
    return {"InstanceTypes": [one for one in shown if matching(TYPE, call.get("Filters"), one)]}


def describe_instance_type_offerings(call: Call) -> Document:
    kind = call.get("LocationType", "region")
    zones = zones_of(call.region)
    places = {
        "region": [call.region],
        "availability-zone": [zone["ZoneName"] for zone in zones],
        "availability-zone-id": [zone["ZoneId"] for zone in zones],
    }
    rows = [
        {"InstanceType": name, "LocationType": kind, "Location": place}
        for name in all_names()
        for place in places.get(kind, [])
    ]
    return {"InstanceTypeOfferings": [row for row in rows if matching(OFFERING, call.get("Filters"), row)]}


@lru_cache(maxsize=1)
def all_names() -> tuple[str, ...]:
    """Every instance type that there is."""
    families = catalogue.load("instance_types")
    return tuple(f"{family}.{size}" for family in sorted(families) for size in families[family]["sizes"])


def _processor(facts: Document) -> Document:
    found = {"SupportedArchitectures": [facts["architecture"]], "Manufacturer": facts["manufacturer"]}
    return {**found, "SustainedClockSpeedInGhz": facts["ghz"]} if "ghz" in facts else found


def _cores(facts: Document) -> Document:
    cores = max(1, facts["cpus"] // facts["threads"])
    return {
        "DefaultVCpus": facts["cpus"],
        "DefaultCores": cores,
        "DefaultThreadsPerCore": facts["threads"] if facts["cpus"] > 1 else 1,
        "ValidCores": list(range(2, cores + 1, 2)) or [1],
        "ValidThreadsPerCore": list(range(1, facts["threads"] + 1)),
    }


def _described(name: str) -> Document:
    facts = facts_of(name)
    assert facts is not None
    nitro, burstable = facts["hypervisor"] == "nitro", facts.get("burstable", False)
    return {
        "InstanceType": name,
        "CurrentGeneration": not facts.get("previous", False),
        "FreeTierEligible": name in ("t2.micro", "t3.micro", "t4g.micro"),
        "SupportedUsageClasses": ["on-demand", "spot"],
        "SupportedRootDeviceTypes": ["ebs"],
        "SupportedVirtualizationTypes": ["hvm"],
        "BareMetal": facts["metal"],
        "Hypervisor": None if facts["metal"] else facts["hypervisor"],
        "ProcessorInfo": _processor(facts),
        "VCpuInfo": _cores(facts),
        "MemoryInfo": {"SizeInMiB": facts["memory"]},
        "InstanceStorageSupported": facts.get("storage", False),
        "EbsInfo": {
            "EbsOptimizedSupport": "default" if nitro else "unsupported",
            "EncryptionSupport": "supported",
            "NvmeSupport": "required" if nitro else "unsupported",
        },
        "NetworkInfo": _network(facts, nitro),
        **_gpus(facts, name.partition(".")[2]),
        "PlacementGroupInfo": {"SupportedStrategies": [*([] if burstable else ["cluster"]), "partition", "spread"]},
        "HibernationSupported": nitro,
        "BurstablePerformanceSupported": burstable,
        "DedicatedHostsSupported": not burstable,
        "AutoRecoverySupported": True,
        "SupportedBootModes": ["uefi"] if facts["architecture"] == "arm64" else ["legacy-bios", "uefi"],
        "NitroEnclavesSupport": _enclaves(facts, nitro and not burstable),
    }


def _network(facts: Document, nitro: bool) -> Document:
    cards = {"NetworkCardIndex": 0, "NetworkPerformance": facts["speed"]}
    return {
        "NetworkPerformance": facts["speed"],
        "MaximumNetworkInterfaces": facts["interfaces"],
        "MaximumNetworkCards": 1,
        "DefaultNetworkCardIndex": 0,
        "NetworkCards": [{**cards, "MaximumNetworkInterfaces": facts["interfaces"]}],
        "Ipv4AddressesPerInterface": facts["addresses"],
        "Ipv6AddressesPerInterface": facts["addresses"] if nitro or facts["cpus"] > 1 else 0,
        "Ipv6Supported": True,
        "EnaSupport": "required" if nitro else "unsupported",
        "EfaSupported": False,
        "EncryptionInTransitSupported": nitro,
        "EnaSrdSupported": False,
    }


def _gpus(facts: Document, size: str) -> Document:
    """The graphics processors, where the family has some."""
    if "gpu" not in facts:
        return {}
    name, maker, memory = facts["gpu"]
    count = facts["accelerators"][size]
    gpu = {"Name": name, "Manufacturer": maker, "Count": count, "MemoryInfo": {"SizeInMiB": memory}}
    return {"GpuInfo": {"Gpus": [gpu], "TotalGpuMemoryInMiB": count * memory}}


def _enclaves(facts: Document, may: bool) -> str:
    """From four vCPUs on, from two on AWS's own processors; bare metal has none (Nitro Enclaves User Guide)."""
    least = 2 if facts["architecture"] == "arm64" else 4
    return "supported" if may and not facts["metal"] and facts["cpus"] >= least else "unsupported"
