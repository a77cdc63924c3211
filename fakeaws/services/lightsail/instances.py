"""Instances: made of a blueprint and a bundle, started and stopped, with the ports that are open."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, states
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.lightsail.offers import blueprint, bundle
from fakeaws.services.lightsail.operations import location, operation, read, refuse_twin

Document = dict[str, Any]
EVERYWHERE = ["0.0.0.0/0"]


def create_instances(call: Call) -> Document:
    return _created(call, call["blueprintId"], call["bundleId"])


def create_instances_from_snapshot(call: Call) -> Document:
    """Of the blueprint that the snapshot was taken of, in a bundle that is no smaller."""
    if "instanceSnapshotName" not in call:
        raise AwsError("InvalidInputException", "The instance snapshot name is required.")
    snapshot = read(call, "InstanceSnapshot", call["instanceSnapshotName"])
    if bundle(call["bundleId"])["diskSizeInGb"] < snapshot["sizeInGb"]:
        raise AwsError("InvalidInputException", "The bundle must be the same size or larger than the snapshot's.")
    return _created(call, snapshot["fromBlueprintId"], call["bundleId"])


def _created(call: Call, blueprint_id: str, bundle_id: str) -> Document:
    image, size = blueprint(blueprint_id), bundle(bundle_id)
    if image["platform"] not in size["supportedPlatforms"]:
        raise AwsError(
            "InvalidInputException", f"The bundle {bundle_id} does not support the blueprint {blueprint_id}."
        )
    zone = call["availabilityZone"]
    if zone[:-1] != call.region:
        raise AwsError("InvalidInputException", f"The Availability Zone is not valid in this region: {zone}")
    if "keyPairName" in call:
        read(call, "KeyPair", call["keyPairName"])
    refuse_twin(call, *call["instanceNames"])
    made = [_make(call, name, image, size) for name in call["instanceNames"]]
    return {"operations": [operation(call, "Instance", one) for one in made]}


def _make(call: Call, name: str, image: Document, size: Document) -> Resource:
    zone = call["availabilityZone"]
    disk = {"createdAt": call.now, "sizeInGb": size["diskSizeInGb"], "isSystemDisk": True, "path": "/dev/sda1"}
    disk |= {"iops": 100, "isAttached": True, "attachmentState": "ATTACHED"}
    ports = (22, 80, 443) if image["type"] == "app" else (3389, 80) if image["platform"] == "WINDOWS" else (22, 80)
    made: Document = {
        "name": name,
        "arn": call.make("arn:{partition}:lightsail:{region}:{account}:Instance/{uuid}"),
        "supportCode": call.make("{account}/i-0{hex16}"),
        "createdAt": call.now,
        "location": location(call, zone),
        "resourceType": "Instance",
        "tags": call.get("tags", []),
        "blueprintId": image["blueprintId"],
        "blueprintName": image["name"],
        "bundleId": size["bundleId"],
        "isStaticIp": False,
        "privateIpAddress": _address(call, "172.26"),
        "publicIpAddress": _address(call, "3.80"),
        "ipAddressType": call.get("ipAddressType", "dualstack"),
        "ipv6Addresses": [call.make("2600:1f18:{hex4}:{hex4}:{hex4}:{hex4}:{hex4}:{hex4}")],
        "hardware": {"cpuCount": size["cpuCount"], "ramSizeInGb": size["ramSizeInGb"], "disks": [disk]},
        "networking": {
            "monthlyTransfer": {"gbPerMonthAllocated": size["transferPerMonthInGb"]},
            "ports": [_port({"fromPort": port, "toPort": port, "protocol": "tcp"}) for port in ports],
        },
        "username": image["username"],
        "sshKeyName": call.get("keyPairName", "LightsailDefaultKeyPair"),
    }
    states.begin(kinds.kind("lightsail", "Instance"), made, "create", call.now)
    return call.keep("Instance", made)


def _address(call: Call, start: str) -> str:
    third, fourth = drawn(call, 2)
    return f"{start}.{third}.{max(4, fourth)}"


def get_instance_state(call: Call) -> Document:
    return {"state": read(call, "Instance", call["instanceName"])["state"]}


def get_instance(call: Call) -> Document:
    return {"instance": read(call, "Instance", call["instanceName"])}


def _turned(call: Call, verb: str, wanted: str) -> Document:
    instance = read(call, "Instance", call["instanceName"])
    if instance["state"]["name"] != wanted:
        text = f"The operation can't be performed because the instance is {instance['state']['name']}: {instance.key}"
        raise AwsError("OperationFailureException", text)
    states.begin(kinds.kind("lightsail", "Instance"), instance, verb, call.now)
    call.keep("Instance", instance)
    return {"operations": [operation(call, "Instance", instance)]}


def start_instance(call: Call) -> Document:
    """Without a static address it gets another one."""
    instance = read(call, "Instance", call["instanceName"])
    if not instance["isStaticIp"] and instance["state"]["name"] == "stopped":
        instance["publicIpAddress"] = _address(call, "3.80")
        call.keep("Instance", instance)
    return _turned(call, "start", "stopped")


def stop_instance(call: Call) -> Document:
    return _turned(call, "stop", "running")


def reboot_instance(call: Call) -> Document:
    return _turned(call, "reboot", "running")


def delete_instance(call: Call) -> Document:
    """Its static address and its disks are free again."""
    instance = read(call, "Instance", call["instanceName"])
    for kind in ("StaticIp", "Disk"):
        for row in list(call.list(kind)):
            if row.get("attachedTo") == instance.key:
                release(call, kind, row)
    call.drop("Instance", instance)
    return {"operations": [operation(call, "Instance", instance)]}


def release(call: Call, kind: str, row: Resource) -> Resource:
    """An address or a disk that no longer belongs to an instance."""
    row.pop("attachedTo", None)
    row.pop("path", None)
    row["isAttached"] = False
    if kind == "Disk":
        row |= {"state": "available", "attachmentState": "detached"}
    return call.keep(kind, row)


# Ports


def _port(given: Document) -> Document:
    cidrs = given.get("cidrs") or EVERYWHERE
    name = {22: "SSH", 80: "HTTP", 443: "HTTPS", 3389: "RDP"}.get(given.get("fromPort", -1), "Custom")
    where = "Anywhere (0.0.0.0/0)" if cidrs == EVERYWHERE else f"Custom ({', '.join(cidrs)})"
    if "ipv6Cidrs" not in given and cidrs == EVERYWHERE:
        where = "Anywhere (0.0.0.0/0 and ::/0)"
    shown: Document = {m: given[m] for m in ("fromPort", "toPort", "protocol") if m in given}
    more = {"accessFrom": where, "accessType": "public", "commonName": name, "accessDirection": "inbound"}
    ends = {"cidrs": cidrs, "ipv6Cidrs": given.get("ipv6Cidrs", ["::/0"] if cidrs == EVERYWHERE else [])}
    return {**shown, **more, **ends, "cidrListAliases": given.get("cidrListAliases", [])}


def _key(port: Document) -> tuple[Any, ...]:
    return port.get("fromPort"), port.get("toPort"), port["protocol"]


def _with_ports(call: Call, change: list[Document], closed: bool = False, whole: bool = False) -> Document:
    instance = read(call, "Instance", call["instanceName"])
    names = {_key(port) for port in change}
    held = [] if whole else [port for port in instance["networking"]["ports"] if _key(port) not in names]
    instance["networking"]["ports"] = [*held, *([] if closed else [_port(one) for one in change])]
    call.keep("Instance", instance)
    return {"operation": operation(call, "Instance", instance)}


def open_instance_public_ports(call: Call) -> Document:
    return _with_ports(call, [call["portInfo"]])


def close_instance_public_ports(call: Call) -> Document:
    return _with_ports(call, [call["portInfo"]], closed=True)


def put_instance_public_ports(call: Call) -> Document:
    """Others are closed."""
    return _with_ports(call, call["portInfos"], whole=True)


def get_instance_port_states(call: Call) -> Document:
    names = ("fromPort", "toPort", "protocol", "cidrs", "ipv6Cidrs", "cidrListAliases")
    ports = read(call, "Instance", call["instanceName"])["networking"]["ports"]
    return {"portStates": [{**{m: port[m] for m in names if m in port}, "state": "open"} for port in ports]}


def create_instance_snapshot(call: Call) -> Document:
    instance = read(call, "Instance", call["instanceName"])
    refuse_twin(call, call["instanceSnapshotName"])
    made = {
        "name": call["instanceSnapshotName"],
        "arn": call.make("arn:{partition}:lightsail:{region}:{account}:InstanceSnapshot/{uuid}"),
        "supportCode": call.make("{account}/ami-0{hex16}"),
        "createdAt": call.now,
        "location": location(call),
        "resourceType": "InstanceSnapshot",
        "tags": call.get("tags", []),
        "state": "available",
        "progress": "100%",
        "fromAttachedDisks": [],
        "fromInstanceName": instance.key,
        "fromInstanceArn": instance["arn"],
        "fromBlueprintId": instance["blueprintId"],
        "fromBundleId": instance["bundleId"],
        "isFromAutoSnapshot": False,
        "sizeInGb": instance["hardware"]["disks"][0]["sizeInGb"],
    }
    kept = call.keep("InstanceSnapshot", made)
    return {"operations": [operation(call, "InstanceSnapshot", kept), operation(call, "Instance", instance, kept.key)]}
