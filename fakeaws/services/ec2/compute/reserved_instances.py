"""Reserved instances: what AWS offers for a year or three, and what the account has bought of it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.filters import matching
from fakeaws.core.tools import ids
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_types import all_names, facts_of
from fakeaws.services.ec2.compute.spot import on_demand
from fakeaws.services.ec2.resources import check_page_size

Document = dict[str, Any]
KIND = "ReservedInstance"
YEAR = 31536000
OFF = {("standard", 1): 0.37, ("standard", 3): 0.57, ("convertible", 1): 0.27, ("convertible", 3): 0.51}
"""What one saves without paying anything upfront; a little more with an upfront payment."""
UPFRONT = {"No Upfront": (0.0, 0.0), "Partial Upfront": (0.5, 0.03), "All Upfront": (1.0, 0.05)}
"""The part that is paid at once, and what more one saves by it."""
PRODUCTS = {"Linux/UNIX": 0.0, "Windows": 0.046}
"""What is offered, and how much a vCPU costs more an hour."""
OFFERING = kinds.Kind(
    "ec2", "ReservedInstancesOffering", {"shape": "ReservedInstancesOffering", "filters": {"scope": "Scope"}}
)
CHOICES = {
    "InstanceType": "InstanceType",
    "ProductDescription": "ProductDescription",
    "OfferingClass": "OfferingClass",
    "OfferingType": "OfferingType",
    "InstanceTenancy": "InstanceTenancy",
    "AvailabilityZone": "AvailabilityZone",
}


def describe_reserved_instances_offerings(call: Call) -> Document:
    """Of those for a zone, and of other sellers, there are none."""
    check_page_size(call, least=1)
    keys = call.get("ReservedInstancesOfferingIds")
    names = [call["InstanceType"]] if "InstanceType" in call else _names_in(call) or all_names()
    rows = [row for name in names if facts_of(name) is not None for row in _offerings(name)]
    least, most = call.get("MinDuration", 0), call.get("MaxDuration", 3 * YEAR)
    return {
        "ReservedInstancesOfferings": [
            row
            for row in rows
            if least <= row["Duration"] <= most
            and (not keys or row["ReservedInstancesOfferingId"] in keys)
            and all(row.get(member) == call[name] for name, member in CHOICES.items() if name in call)
            and matching(OFFERING, call.get("Filters"), row)
        ]
    }


def _names_in(call: Call) -> list[str]:
    """The types that a filter names, so that nothing else has to be computed."""
    for given in call.get("Filters", ()):
        if given.get("Name") == "instance-type" and not any(c in "".join(given["Values"]) for c in "*?\\"):
            return list(given["Values"])
    return []


@lru_cache(maxsize=2048)
def _offerings(name: str) -> tuple[Document, ...]:
    """What there is for an instance type, all of it for the region as a whole."""
    cpus = (facts_of(name) or {"cpus": 1})["cpus"]
    found = []
    for product, more in PRODUCTS.items():
        for (kind, years), off in OFF.items():
            for payment, (upfront, bonus) in UPFRONT.items():
                hourly = (on_demand(name) + more * cpus) * (1 - off - bonus)
                terms = {
                    "InstanceType": name,
                    "ProductDescription": product,
                    "OfferingClass": kind,
                    "OfferingType": payment,
                    "Duration": years * YEAR,
                    "Scope": "Region",
                }
                prices = {
                    "CurrencyCode": "USD",
                    "FixedPrice": float(round(hourly * upfront * years * 8760)),
                    "UsagePrice": 0.0,
                    "RecurringCharges": [{"Amount": round(hourly * (1 - upfront), 5), "Frequency": "Hourly"}],
                }
                found.append(_offering(terms, prices))
    return tuple(found)


def _offering(terms: Document, prices: Document) -> Document:
    drawn = hashlib.sha256(repr(sorted(terms.items())).encode()).digest()
    return {
        **terms,
        **prices,
        "ReservedInstancesOfferingId": ids.uuid(lambda count: drawn[:count]),
        "InstanceTenancy": "default",
        "Marketplace": False,
        "PricingDetails": [],
    }


def purchase_reserved_instances_offering(call: Call) -> Document:
    """Active at once, retired at the end of its term."""
    wanted = call["ReservedInstancesOfferingId"]
    found = (row for name in all_names() for row in _offerings(name))
    offering = next((row for row in found if row["ReservedInstancesOfferingId"] == wanted), None)
    if offering is None:
        raise AwsError(
            "InvalidReservedInstancesOfferingId", f"The Reserved Instances Offering ID '{wanted}' does not exist"
        )
    if call["InstanceCount"] < 1:
        raise AwsError("InvalidParameterValue", f"Invalid instance count {call['InstanceCount']}.")
    _check_price(call, offering)
    names = ("ReservedInstancesOfferingId", "Marketplace", "PricingDetails")
    reserved = {
        **{name: value for name, value in offering.items() if name not in names},
        "ReservedInstancesId": call.make("{uuid}"),
        "InstanceCount": call["InstanceCount"],
        "Start": call.now,
        "End": call.now + offering["Duration"],
        "State": "active",
        "passing": [[call.now + offering["Duration"], "retired"]],
    }
    return {"ReservedInstancesId": call.keep(KIND, reserved).key}


def _check_price(call: Call, offering: Document) -> None:
    limit = call.get("LimitPrice", {}).get("Amount")
    price = offering["FixedPrice"] * call["InstanceCount"]
    if limit is not None and price > limit:
        raise AwsError("InvalidParameterValue", f"The price {price} is above the limit price {limit}.")


def describe_reserved_instances(call: Call) -> Document:
    declared = kinds.kind("ec2", KIND)
    keys = call.get("ReservedInstancesIds")
    found = [call.read(KIND, key) for key in keys] if keys else call.list(KIND)
    chosen = {name: call[name] for name in ("OfferingClass", "OfferingType") if name in call}
    rows = [row for row in found if all(row[name] == value for name, value in chosen.items())]
    return {"ReservedInstances": [row for row in rows if matching(declared, call.get("Filters"), row)]}
