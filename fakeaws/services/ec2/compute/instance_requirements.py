"""Instance types by what is required of them rather than by name."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.wildcards import fits
from fakeaws.services.ec2.compute.instance_types import all_names, facts_of
from fakeaws.services.ec2.resources import check_page_size

Document = dict[str, Any]
MAKERS = {"Intel": "intel", "AMD": "amd", "AWS": "amazon-web-services", "Apple": "apple"}
KNOWN = {
    "VCpuCount",
    "MemoryMiB",
    "MemoryGiBPerVCpu",
    "NetworkInterfaceCount",
    "CpuManufacturers",
    "AllowedInstanceTypes",
    "ExcludedInstanceTypes",
    "InstanceGenerations",
    "BareMetal",
    "BurstablePerformance",
    "LocalStorage",
    "RequireHibernateSupport",
    "AcceleratorCount",
}


def get_instance_types_from_instance_requirements(call: Call) -> Document:
    """What a fleet with these requirements would choose from."""
    check_page_size(call, least=1)
    names = fitting(call["InstanceRequirements"], call["ArchitectureTypes"])
    return {"InstanceTypes": [{"InstanceType": name} for name in names]}


def fitting(wanted: Document, architectures: list[str] | None = None) -> list[str]:
    """The instance types that meet the requirements."""
    unknown = sorted(set(wanted) - KNOWN)
    if unknown:
        raise AwsError("NotImplemented", f"fakeaws does not know the {unknown[0]} of instance types.", status=501)
    if "AllowedInstanceTypes" in wanted and "ExcludedInstanceTypes" in wanted:
        raise AwsError(
            "InvalidParameterCombination", "AllowedInstanceTypes and ExcludedInstanceTypes cannot be used together."
        )
    found = ((name, facts_of(name) or {}) for name in all_names())
    return [
        name
        for name, facts in found
        if (not architectures or facts["architecture"] in architectures) and _meets(wanted, name, facts)
    ]


def _meets(wanted: Document, name: str, facts: Document) -> bool:
    gib = facts["memory"] / 1024
    numbers = {
        "VCpuCount": facts["cpus"],
        "MemoryMiB": facts["memory"],
        "MemoryGiBPerVCpu": gib / facts["cpus"],
        "NetworkInterfaceCount": facts["interfaces"],
        "AcceleratorCount": facts.get("accelerators", {}).get(name.partition(".")[2], 0),
    }
    marks = {
        "BareMetal": (facts["metal"], "excluded"),
        "BurstablePerformance": (facts.get("burstable", False), "excluded"),
        "LocalStorage": (facts.get("storage", False), "included"),
    }
    generation = "previous" if facts.get("previous") else "current"
    return (
        all(_within(wanted.get(key, {}), value) for key, value in numbers.items())
        and all(_marked(wanted.get(key, usual), has) for key, (has, usual) in marks.items())
        and MAKERS[facts["manufacturer"]] in wanted.get("CpuManufacturers", MAKERS.values())
        and generation in wanted.get("InstanceGenerations", ("current", "previous"))
        and any(fits(p, name) for p in wanted.get("AllowedInstanceTypes", ("*",)))
        and not any(fits(p, name) for p in wanted.get("ExcludedInstanceTypes", ()))
        and not (wanted.get("RequireHibernateSupport") and facts["hypervisor"] != "nitro")
    )


def _within(bounds: Document, value: float) -> bool:
    return bool(bounds.get("Min", value) <= value <= bounds.get("Max", value))


def _marked(wanted: str, has: bool) -> bool:
    return {"included": True, "required": has, "excluded": not has}[wanted]
