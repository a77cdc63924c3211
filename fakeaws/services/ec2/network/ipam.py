"""IPAM: scopes, pools within pools, and the ranges that are handed out of them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.request import anywhere, everywhere
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_id, listed, matched, new_id, read, tags_for

Document = dict[str, Any]
Network = IPv4Network | IPv6Network
POOL_CIDR = kinds.Kind("ec2", "PoolCidr", {"shape": "IpamPoolCidr"})
ALLOCATION = kinds.Kind("ec2", "PoolAllocation", {"shape": "IpamPoolAllocation"})


def create_ipam(call: Call) -> Document:
    """One to a region, with a public and a private scope."""
    if next(call.list("Ipam"), None) is not None:
        raise AwsError("ResourceLimitExceeded", "The maximum number of IPAMs in this Region has been reached.")
    key = new_id(call, "Ipam")
    arn = f"arn:aws:ec2::{call.account}:ipam/{key}"
    ipam = {
        "OwnerId": call.account,
        "IpamId": key,
        "IpamArn": arn,
        "IpamRegion": call.region,
        "ScopeCount": 2,
        "Description": call.get("Description", ""),
        "OperatingRegions": _regions(call),
        "Tags": tags_for(call, "ipam"),
        "DefaultResourceDiscoveryId": call.make("ipam-res-disco-0{hex16}"),
        "DefaultResourceDiscoveryAssociationId": call.make("ipam-res-disco-assoc-0{hex16}"),
        "ResourceDiscoveryAssociationCount": 1,
        "Tier": call.get("Tier", "advanced"),
        "EnablePrivateGua": call.get("EnablePrivateGua", False),
        "MeteredAccount": call.get("MeteredAccount", "ipam-owner"),
    }
    for kind in ("public", "private"):
        scope = _make_scope(call, ipam, kind, True, "", [])
        ipam[f"{kind.capitalize()}DefaultScopeId"] = scope.key
    begin(kinds.kind("ec2", "Ipam"), ipam, "create", call.now)
    return {"Ipam": call.keep("Ipam", ipam)}


def _regions(call: Call) -> list[Document]:
    names = dict.fromkeys([call.region, *(region["RegionName"] for region in call.get("OperatingRegions", ()))])
    return [{"RegionName": name} for name in names]


def _make_scope(
    call: Call, ipam: Document, kind: str, default: bool, description: str, tags: list[Document]
) -> Resource:
    key = new_id(call, "IpamScope")
    scope = {
        "OwnerId": call.account,
        "IpamScopeId": key,
        "IpamScopeArn": f"arn:aws:ec2::{call.account}:ipam-scope/{key}",
        "IpamArn": ipam["IpamArn"],
        "IpamRegion": ipam["IpamRegion"],
        "IpamScopeType": kind,
        "IsDefault": default,
        "Description": description,
        "PoolCount": 0,
        "Tags": tags,
    }
    begin(kinds.kind("ec2", "IpamScope"), scope, "create", call.now)
    return call.keep("IpamScope", scope)


def describe_ipams(call: Call) -> Document:
    return listed(call, "Ipam", "IpamIds", "Ipams")


def delete_ipam(call: Call) -> Document:
    """Pools keep it, unless all of it is to go (`--cascade`)."""
    ipam = read(call, "Ipam", call["IpamId"])
    pools = [pool for pool in call.list("IpamPool") if pool["IpamArn"] == ipam["IpamArn"]]
    if pools and not call.get("Cascade"):
        raise AwsError("DependencyViolation", f"The ipam '{ipam.key}' has dependencies and cannot be deleted.")
    for pool in pools:
        _drop_pool(call, pool)
    for scope in list(call.list("IpamScope")):
        call.drop("IpamScope", scope)
    call.drop("Ipam", ipam)
    return {"Ipam": {**ipam, "State": "delete-in-progress"}}


def create_ipam_scope(call: Call) -> Document:
    """A further scope is private."""
    ipam = read(call, "Ipam", call["IpamId"])
    scope = _make_scope(call, ipam, "private", False, call.get("Description", ""), tags_for(call, "ipam-scope"))
    ipam["ScopeCount"] += 1
    call.keep("Ipam", ipam)
    return {"IpamScope": scope}


def describe_ipam_scopes(call: Call) -> Document:
    return listed(call, "IpamScope", "IpamScopeIds", "IpamScopes")


def delete_ipam_scope(call: Call) -> Document:
    scope = read(call, "IpamScope", call["IpamScopeId"])
    if scope["IsDefault"]:
        raise AwsError("InvalidParameterValue", f"The default scope {scope.key} cannot be deleted.")
    if scope["PoolCount"]:
        raise AwsError("DependencyViolation", f"The ipam-scope '{scope.key}' has dependencies and cannot be deleted.")
    call.drop("IpamScope", scope)
    return {"IpamScope": {**scope, "State": "delete-in-progress"}}


def create_ipam_pool(call: Call) -> Document:
    """In a scope, or in another pool, out of which its ranges then come."""
    scope = read(call, "IpamScope", call["IpamScopeId"])
    above = read(call, "IpamPool", call["SourceIpamPoolId"]) if "SourceIpamPoolId" in call else None
    if above is not None and above["AddressFamily"] != call["AddressFamily"]:
        raise AwsError("InvalidParameterValue", "The address family must be that of the source pool.")
    key = new_id(call, "IpamPool")
    pool = {
        "OwnerId": call.account,
        "IpamPoolId": key,
        "IpamPoolArn": f"arn:aws:ec2::{call.account}:ipam-pool/{key}",
        "IpamScopeArn": scope["IpamScopeArn"],
        "IpamScopeType": scope["IpamScopeType"],
        "IpamArn": scope["IpamArn"],
        "IpamRegion": call.region,
        "Locale": call.get("Locale", above["Locale"] if above is not None else "None"),
        "PoolDepth": 1 + (above["PoolDepth"] if above is not None else 0),
        "Description": call.get("Description", ""),
        "AutoImport": call.get("AutoImport", False),
        "AddressFamily": call["AddressFamily"],
        "AllocationResourceTags": call.get("AllocationResourceTags", []),
        "Tags": tags_for(call, "ipam-pool"),
    }
    names = ("SourceIpamPoolId", "PubliclyAdvertisable", "AwsService", "PublicIpSource")
    lengths = ("AllocationMinNetmaskLength", "AllocationMaxNetmaskLength", "AllocationDefaultNetmaskLength")
    pool |= {name: call[name] for name in (*names, *lengths) if name in call}
    begin(kinds.kind("ec2", "IpamPool"), pool, "create", call.now)
    scope["PoolCount"] += 1
    call.keep("IpamScope", scope)
    return {"IpamPool": call.keep("IpamPool", pool)}


def describe_ipam_pools(call: Call) -> Document:
    return listed(call, "IpamPool", "IpamPoolIds", "IpamPools")


def modify_ipam_pool(call: Call) -> Document:
    pool = read(call, "IpamPool", call["IpamPoolId"])
    lengths = ("AllocationMinNetmaskLength", "AllocationMaxNetmaskLength", "AllocationDefaultNetmaskLength")
    pool |= {name: call[name] for name in ("Description", "AutoImport", *lengths) if name in call}
    if call.get("ClearAllocationDefaultNetmaskLength"):
        pool.pop("AllocationDefaultNetmaskLength", None)
    return {"IpamPool": {**call.keep("IpamPool", pool), "State": "modify-in-progress"}}


def delete_ipam_pool(call: Call) -> Document:
    """Only an empty one, unless all of it is to go."""
    pool = read(call, "IpamPool", call["IpamPoolId"])
    inside = [p for p in call.list("IpamPool") if p.get("SourceIpamPoolId") == pool.key]
    held = next(_cidrs(call, pool), None)
    if (held is not None or inside) and not call.get("Cascade"):
        raise AwsError("DependencyViolation", f"The ipam-pool '{pool.key}' has dependencies and cannot be deleted.")
    _drop_pool(call, pool)
    return {"IpamPool": {**pool, "State": "delete-in-progress"}}


def _drop_pool(call: Call, pool: Resource) -> None:
    for kind in ("IpamPoolCidr", "IpamPoolAllocation"):
        for row in list(call.list(kind, pool=pool.key)):
            call.drop(kind, row)
    scope = call.find("IpamScope", pool["IpamScopeArn"].rpartition("/")[2])
    if scope is not None:
        scope["PoolCount"] -= 1
        call.keep("IpamScope", scope)
    call.drop("IpamPool", pool)


def _cidrs(call: Call, pool: Resource) -> Iterator[Resource]:
    return call.list("IpamPoolCidr", pool=pool.key)


def provision_ipam_pool_cidr(call: Call) -> Document:
    """A range for the pool: any for one at the top, else one out of the pool above."""
    pool = read(call, "IpamPool", call["IpamPoolId"])
    if ("Cidr" in call) == ("NetmaskLength" in call):
        raise AwsError("InvalidParameterCombination", "Exactly one of Cidr and NetmaskLength must be specified.")
    above = call.find("IpamPool", pool.get("SourceIpamPoolId", ""))
    if above is not None:
        taken = take(call, above, call.get("Cidr"), call.get("NetmaskLength"), "ipam-pool", pool.key)
        cidr = taken["Cidr"]
    elif "Cidr" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter Cidr")
    else:
        cidr = str(_network(pool, call["Cidr"]))
        others = (
            row for p in call.list("IpamPool") if p["IpamScopeArn"] == pool["IpamScopeArn"] for row in _cidrs(call, p)
        )
        if any(
            _net(cidr).overlaps(_net(row["Cidr"])) for row in others if _net(row["Cidr"]).version == _net(cidr).version
        ):
            raise AwsError(
                "InvalidParameterValue",
                f"The CIDR {cidr} overlaps with one that is provisioned to a pool of the scope.",
            )
    row = {
        "Cidr": cidr,
        "IpamPoolCidrId": call.make("ipam-pool-cidr-0{hex32}"),
        "NetmaskLength": _net(cidr).prefixlen,
        "pool": pool.key,
    }
    begin(kinds.kind("ec2", "IpamPoolCidr"), row, "create", call.now)
    return {"IpamPoolCidr": call.keep("IpamPoolCidr", row)}


def _net(text: str) -> Any:
    return ip_network(text)


def _network(pool: Document, text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"The CIDR {text} is invalid.") from error
    if f"ipv{network.version}" != pool["AddressFamily"]:
        raise AwsError(
            "InvalidParameterValue", f"The CIDR {text} is not of the address family {pool['AddressFamily']}."
        )
    return network


def get_ipam_pool_cidrs(call: Call) -> Document:
    pool = read(call, "IpamPool", call["IpamPoolId"])
    return {"IpamPoolCidrs": matched(call, POOL_CIDR, list(_cidrs(call, pool)))}


def deprovision_ipam_pool_cidr(call: Call) -> Document:
    """Not while anything of the range is handed out."""
    pool = read(call, "IpamPool", call["IpamPoolId"])
    row = next((row for row in _cidrs(call, pool) if row["Cidr"] == call.get("Cidr")), None)
    if row is None:
        raise AwsError("InvalidParameterValue", f"The CIDR {call.get('Cidr')} is not provisioned to {pool.key}.")
    if any(_net(a["Cidr"]).overlaps(_net(row["Cidr"])) for a in call.list("IpamPoolAllocation", pool=pool.key)):
        raise AwsError("IncorrectState", f"The CIDR {row['Cidr']} has allocations.")
    call.drop("IpamPoolCidr", row)
    return {"IpamPoolCidr": {**row, "State": "pending-deprovision"}}


def take(call: Call, pool: Resource, cidr: str | None, length: int | None, kind: str, resource: str) -> Resource:
    """Hand a range out: this one, or the first free one of a length (the pool's default where none is said)."""
    elsewhere = call.of(account=pool.scope[0], region=pool.scope[1])
    length = length or pool.get("AllocationDefaultNetmaskLength")
    if cidr is None and length is None:
        raise AwsError("MissingParameter", "The request must contain the parameter Cidr or NetmaskLength")
    chosen = _free(elsewhere, pool, cidr, length)
    least, most = pool.get("AllocationMinNetmaskLength"), pool.get("AllocationMaxNetmaskLength")
    if kind != "ipam-pool" and ((least and chosen.prefixlen < least) or (most and chosen.prefixlen > most)):
        raise AwsError(
            "InvalidParameterValue", f"The netmask length {chosen.prefixlen} is not what the pool {pool.key} allows."
        )
    row = {
        "Cidr": str(chosen),
        "IpamPoolAllocationId": call.make("ipam-pool-alloc-0{hex32}"),
        "ResourceId": resource,
        "ResourceType": kind,
        "ResourceRegion": call.region,
        "ResourceOwner": call.account,
        "pool": pool.key,
    }
    return elsewhere.keep("IpamPoolAllocation", {name: value for name, value in row.items() if value})


def _free(call: Call, pool: Resource, cidr: str | None, length: int | None) -> Network:
    wholes = [_net(row["Cidr"]) for row in _cidrs(call, pool) if row["State"] == "provisioned"]
    taken = [_net(row["Cidr"]) for row in call.list("IpamPoolAllocation", pool=pool.key)]
    if cidr is not None:
        wanted = _network(pool, cidr)
        if not any(wanted.subnet_of(whole) for whole in wholes) or any(wanted.overlaps(t) for t in taken):
            raise AwsError("InvalidParameterValue", f"The CIDR {cidr} is not available in the pool {pool.key}.")
        return wanted
    for whole in sorted(wholes):
        found = _first_free(whole, int(length or 0), taken)
        if found is not None:
            return found
    raise AwsError("InsufficientCidrBlocks", f"The specified CIDR pool {pool.key} does not have enough free space.")


def _first_free(whole: Any, length: int, taken: list[Any]) -> Network | None:
    """The first range of a length within `whole` that overlaps nothing taken; skips over what is taken at once."""
    if length < whole.prefixlen or length > whole.max_prefixlen:
        return None
    step = 1 << (whole.max_prefixlen - length)
    at, end = int(whole.network_address), int(whole.broadcast_address)
    while at + step - 1 <= end:
        candidate = type(whole)((at, length))
        blocker = next((t for t in taken if candidate.overlaps(t)), None)
        if blocker is None:
            found: Network = candidate
            return found
        after = int(blocker.broadcast_address) + 1
        at = max(at + step, -(-after // step) * step)
    return None


def allocate_ipam_pool_cidr(call: Call) -> Document:
    """A range that is set aside by hand; `--preview-next-cidr` only says which it would be."""
    pool = read(call, "IpamPool", call["IpamPoolId"])
    if call.get("PreviewNextCidr"):
        return {"IpamPoolAllocation": {"Cidr": str(_free(call, pool, None, call.get("NetmaskLength")))}}
    row = take(call, pool, call.get("Cidr"), call.get("NetmaskLength"), "custom", "")
    row["Description"] = call.get("Description", "")
    return {"IpamPoolAllocation": call.keep("IpamPoolAllocation", row)}


def get_ipam_pool_allocations(call: Call) -> Document:
    pool = read(call, "IpamPool", call["IpamPoolId"])
    rows = list(call.list("IpamPoolAllocation", pool=pool.key))
    if "IpamPoolAllocationId" in call:
        rows = [row for row in rows if row.key == call["IpamPoolAllocationId"]]
    return {"IpamPoolAllocations": [r for r in rows if filters.matching(ALLOCATION, call.get("Filters"), r)]}


def release_ipam_pool_allocation(call: Call) -> Document:
    """Only what was set aside by hand: a VPC's goes with the VPC."""
    pool = read(call, "IpamPool", call["IpamPoolId"])
    row = call.find("IpamPoolAllocation", call["IpamPoolAllocationId"])
    if row is None or row["pool"] != pool.key or row["Cidr"] != call["Cidr"]:
        raise AwsError(
            "InvalidIpamPoolAllocationId.NotFound",
            f"The allocation ID '{call['IpamPoolAllocationId']}' does not exist.",
        )
    if row["ResourceType"] != "custom":
        raise AwsError("InvalidParameterValue", f"The allocation {row.key} belongs to {row['ResourceId']}.")
    call.drop("IpamPoolAllocation", row)
    return {"Success": True}


def for_vpc(call: Call, key: str, cidr: str | None, length: int | None, vpc: str) -> str:
    """The range that a pool hands to a new VPC of its locale."""
    check_id(call, "IpamPool", key)
    pool = anywhere(call, "IpamPool", key)
    if pool is None or pool.scope[0] != call.account:
        raise refusal(call, "IpamPool", "missing", key)
    if pool["Locale"] != call.region:
        raise AwsError(
            "InvalidParameterValue", f"The pool {key} has the locale {pool['Locale']}, which is not {call.region}."
        )
    return str(take(call, pool, cidr, length, "vpc", vpc)["Cidr"])


def give_back(call: Call, vpc: str) -> None:
    """The VPC is gone, and what it had out of pools is free again."""
    for region in {
        call.region,
        *(row.scope[1] for row in everywhere(call, "IpamPoolAllocation") if row.get("ResourceId") == vpc),
    }:
        elsewhere = call.of(region=region)
        for row in list(elsewhere.list("IpamPoolAllocation", ResourceId=vpc)):
            elsewhere.drop("IpamPoolAllocation", row)


def get_ipam_resource_cidrs(call: Call) -> Document:
    """The VPCs and subnets of the account in the IPAM's regions."""
    scope = read(call, "IpamScope", call["IpamScopeId"])
    ipam = call.read("Ipam", scope["IpamArn"].rpartition("/")[2])
    if scope["IpamScopeType"] == "public":
        return {"IpamResourceCidrs": []}
    rows = [row for region in ipam["OperatingRegions"] for row in _resources(call, ipam, scope, region["RegionName"])]
    names = ("ResourceId", "ResourceType")
    rows = [row for row in rows if all(row[name] == call.get(name, row[name]) for name in names)]
    return {"IpamResourceCidrs": rows}


def _resources(call: Call, ipam: Resource, scope: Resource, region: str) -> Iterator[Document]:
    elsewhere = call.of(region=region)
    head = {"IpamId": ipam.key, "IpamScopeId": scope.key, "ResourceRegion": region, "ResourceOwnerId": call.account}
    for vpc in elsewhere.list("Vpc"):
        inside = list(elsewhere.list("Subnet", VpcId=vpc.key))
        given = {row["Cidr"]: row for row in call.list("IpamPoolAllocation", ResourceId=vpc.key)}
        for association in vpc["CidrBlockAssociationSet"]:
            cidr = association["CidrBlock"]
            used = sum(_net(s["CidrBlock"]).num_addresses for s in inside if _net(s["CidrBlock"]).subnet_of(_net(cidr)))
            state = "managed" if cidr in given else "unmanaged"
            row = {"ResourceId": vpc.key, "ResourceType": "vpc", "ResourceCidr": cidr, "VpcId": vpc.key}
            row |= {"IpamPoolId": given[cidr]["pool"]} if cidr in given else {}
            yield {
                **head,
                **row,
                **_judged(state),
                "IpUsage": used / _net(cidr).num_addresses,
                "ResourceTags": vpc.get("Tags", []),
            }
        for subnet in inside:
            size = _net(subnet["CidrBlock"]).num_addresses
            row = {
                "ResourceId": subnet.key,
                "ResourceType": "subnet",
                "ResourceCidr": subnet["CidrBlock"],
                "VpcId": vpc.key,
            }
            usage = (size - 5 - subnet["AvailableIpAddressCount"]) / size
            yield {**head, **row, **_judged("unmanaged"), "IpUsage": usage, "ResourceTags": subnet.get("Tags", [])}


def _judged(state: str) -> Document:
    compliance = "compliant" if state == "managed" else "unmanaged"
    return {"ManagementState": state, "ComplianceStatus": compliance, "OverlapStatus": "nonoverlapping"}
