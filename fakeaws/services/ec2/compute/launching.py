"""RunInstances: what it checks, and all that it makes."""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib
import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.kinds import kind
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute import capacity_reservations, interfaces, placement_groups, profiles, spot
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.compute.instances import refresh
from fakeaws.services.ec2.compute.launch_parameters import merged
from fakeaws.services.ec2.network.groups import by_name, default_vpc
from fakeaws.services.ec2.resources import new_id, read, setting, tags_for
from fakeaws.services.ec2.storage import image_rules, volumes
from fakeaws.services.ec2.storage.images import image

Document = dict[str, Any]
TAGGABLE = ("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu")
USUAL_TYPE = "m1.small"


def run_instances(call: Call) -> Document:
    """All of the instances are launched, or none; with the token of an earlier request, none but those of then."""
    again = _launched_before(call)
    if again:
        return _reservation(call, again[0].parent, again)
    wanted = call.params
    call.params = merged(call)
    _check_count(call)
    plan = Plan(call)
    reservation = call.make("r-0{hex16}")
    instances = [_launch(call, plan, reservation, index) for index in range(call["MaxCount"])]
    if "ClientToken" in wanted:
        instances[0]["asked"] = _digest(wanted)
        call.keep("Instance", instances[0])
    return _reservation(call, reservation, instances)


def _reservation(call: Call, key: str, instances: list[Resource]) -> Document:
    launched = [_as_launched(instance) for instance in instances]
    return {"ReservationId": key, "OwnerId": call.account, "Groups": [], "Instances": launched}


def _launched_before(call: Call) -> list[Resource]:
    token = call.get("ClientToken")
    found = list(call.list("Instance", ClientToken=token)) if token else []
    if found and any(instance.get("asked", "") not in ("", _digest(call.params)) for instance in found):
        raise AwsError(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    return found


def _digest(params: Document) -> str:
    text = json.dumps(params, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_count(call: Call) -> None:
    least, most = call["MinCount"], call["MaxCount"]
    for name, count in (("minCount", least), ("maxCount", most)):
        if count < 1:
            raise AwsError(
                "InvalidParameterValue", f"Value ({count}) for parameter {name} is invalid. It must be greater than 0"
            )
    if least > most:
        raise AwsError(
            "InvalidParameterCombination", "Maximum number of instances to launch must not be less than the minimum"
        )


class Plan:
    """What every instance of one launch has in common, looked up and checked once."""

    def __init__(self, call: Call) -> None:
        if "ImageId" not in call:
            raise AwsError("MissingParameter", "The request must contain the parameter ImageId")
        self.image = image(call, call["ImageId"])
        image_rules.check_allowed(call, self.image)
        self.type: str = call.get("InstanceType", USUAL_TYPE)
        self.facts = _type_for(self.type, self.image)
        if "KeyName" in call:
            call.read("KeyPair", call["KeyName"])
        _check_user_data(call)
        if call.get("InstanceMarketOptions", {}).get("MarketType") == "spot":
            spot.check_price(call, self.type, call["InstanceMarketOptions"])
        self.interfaces: list[Document] = call.get("NetworkInterfaces", [])
        _check_combination(call, self.interfaces)
        self.subnet = _subnet(call, self.interfaces)
        self.vpc = call.read("Vpc", self.subnet["VpcId"])
        self.groups = _groups(call, self.subnet, self.interfaces)
        self.tags = [*tags_for(call, "instance", TAGGABLE), *call.get("from_template", ())]
        self.volume_tags = tags_for(call, "volume", TAGGABLE)
        self.interface_tags = tags_for(call, "network-interface", TAGGABLE)


def _type_for(name: str, launched: Document) -> Document:
    facts = facts_of(name)
    if facts is None:
        raise AwsError("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    if facts["architecture"] != launched["Architecture"]:
        raise AwsError(
            "InvalidParameterValue",
            f"The architecture '{facts['architecture']}' of the specified instance type does not match the architecture"
            f" '{launched['Architecture']}' of the specified AMI. Specify an instance type and an AMI that have"
            " matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to"
            " discover the architecture of the instance type or AMI.",
        )
    return facts


def _check_user_data(call: Call) -> None:
    try:
        data = base64.b64decode(call.get("UserData", ""), validate=True)
    except binascii.Error as error:
        raise AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from error
    if len(data) > 16384:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")


def _check_combination(call: Call, given: list[Document]) -> None:
    """With interfaces spelled out, the network is said there and nowhere else."""
    names = ("SubnetId", "SecurityGroupIds", "SecurityGroups", "PrivateIpAddress")
    for name in names if given else ():
        if name in call:
            raise AwsError(
                "InvalidParameterCombination",
                f"Network interfaces and an instance-level {_WORDS[name]} may not be specified on the same request",
            )


_WORDS = {
    "SubnetId": "subnet ID",
    "SecurityGroupIds": "security groups",
    "SecurityGroups": "security groups",
    "PrivateIpAddress": "private address",
}


def _subnet(call: Call, given: list[Document]) -> Resource:
    key = call.get("SubnetId") or next((i["SubnetId"] for i in given if "SubnetId" in i), None)
    if key is not None:
        return read(call, "Subnet", key)
    vpc = default_vpc(call)["VpcId"]
    zone = call.get("Placement", {}).get("AvailabilityZone")
    subnets = [s for s in call.list("Subnet", VpcId=vpc) if s["DefaultForAz"]]
    if zone is not None:
        if all(s["AvailabilityZone"] != zone for s in subnets):
            raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
        subnets = [s for s in subnets if s["AvailabilityZone"] == zone]
    if not subnets:
        raise AwsError("MissingInput", f"No subnets found for the default VPC '{vpc}'. Please specify a subnet.")
    subnets.sort(key=lambda s: s["AvailabilityZone"])
    return next((s for s in subnets if s["AvailableIpAddressCount"] >= call["MaxCount"]), subnets[0])


def _groups(call: Call, subnet: Resource, given: list[Document]) -> list[Document]:
    keys: list[str] = call.get("SecurityGroupIds") or next((i["Groups"] for i in given if "Groups" in i), [])
    found = [read(call, "SecurityGroup", key) for key in keys]
    for group in found:
        if group["VpcId"] != subnet["VpcId"]:
            raise AwsError(
                "InvalidParameter",
                f"Security group {group['GroupId']} and subnet {subnet['SubnetId']} belong to different networks.",
            )
    for name in call.get("SecurityGroups", ()) or ([] if found else ["default"]):
        named = by_name(call, subnet["VpcId"], name)
        if named is None:
            raise AwsError(
                "InvalidGroup.NotFound",
                f"The security group '{name}' does not exist in default VPC '{subnet['VpcId']}'",
            )
        found.append(named)
    return [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in found]


def _launch(call: Call, plan: Plan, reservation: str, index: int) -> Resource:
    instance = _document(call, plan, index)
    reserved = capacity_reservations.taken(call, instance)
    if reserved is not None:
        instance["CapacityReservationId"] = reserved
    _attach_interfaces(call, plan, instance)
    _attach_volumes(call, plan, instance)
    refresh(call, instance)
    begin(kind("ec2", "Instance"), instance, "create", call.now)
    if "IamInstanceProfile" in instance:
        profiles.keep(call, instance["InstanceId"], instance["IamInstanceProfile"])
    market = call.get("InstanceMarketOptions", {})
    if market.get("MarketType") == "spot":
        instance["InstanceLifecycle"] = "spot"
        instance["SpotInstanceRequestId"] = spot.keep_request(call, instance, market, call.params)
    return call.keep("Instance", {**instance, "reservation": reservation}, within=reservation)


def _document(call: Call, plan: Plan, index: int) -> Document:
    """The members that do not depend on disks and networks."""
    parts = (_of_image(plan), _of_place(call, plan), _settings(call, plan), _optional(call, plan))
    document = {name: value for part in parts for name, value in part.items()}
    return {
        **document,
        "InstanceId": new_id(call, "Instance"),
        "InstanceType": plan.type,
        "AmiLaunchIndex": index,
        "LaunchTime": call.now,
        "UsageOperationUpdateTime": call.now,
        "ClientToken": call.get("ClientToken", ""),
        "Tags": plan.tags,
        "StateTransitionReason": "",
        "ProductCodes": [],
        "Operator": {"Managed": False},
        "owner": call.account,
    }


def _of_image(plan: Plan) -> Document:
    """What follows from the image and the instance type."""
    launched = plan.image
    boots_uefi = plan.facts["hypervisor"] == "nitro" and "uefi" in launched.get("BootMode", "")
    shared = ("Architecture", "RootDeviceName", "PlatformDetails", "UsageOperation", "ImageId")
    return {
        **{name: launched[name] for name in shared},
        "BlockDeviceMappings": [],
        "EnaSupport": True,
        "Hypervisor": "xen",
        "RootDeviceType": "ebs",
        "VirtualizationType": "hvm",
        "CurrentInstanceBootMode": "uefi" if boots_uefi else "legacy-bios",
    }


def _of_place(call: Call, plan: Plan) -> Document:
    """Where the instance stands."""
    subnet = plan.subnet
    zone = {name: subnet[name] for name in ("AvailabilityZoneId", "AvailabilityZone")}
    placement = placement_groups.placed(call, call.get("Placement", {}), plan.type)
    return {
        "Placement": {"GroupName": "", "Tenancy": "default", **placement, **zone},
        "SubnetId": subnet["SubnetId"],
        "VpcId": subnet["VpcId"],
        "zone_id": subnet["AvailabilityZoneId"],
        "SecurityGroups": plan.groups,
        "NetworkInterfaces": [],
        "PrivateDnsName": "",
        "PublicDnsName": "",
        "SourceDestCheck": True,
        "PrivateDnsNameOptions": {**subnet["PrivateDnsNameOptionsOnLaunch"], **call.get("PrivateDnsNameOptions", {})},
    }


def _settings(call: Call, plan: Plan) -> Document:
    """The options that every instance has, in the values that AWS sets where nothing is said."""
    threads = plan.facts["threads"] if plan.facts["cpus"] > 1 else 1
    cores = {"CoreCount": max(1, plan.facts["cpus"] // threads), "ThreadsPerCore": threads}
    usual: dict[str, Document] = {
        "CpuOptions": cores,
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "MaintenanceOptions": {"AutoRecovery": "default", "RebootMigration": "default"},
        "NetworkPerformanceOptions": {"BandwidthWeighting": "default"},
    }
    reservation = call.get("CapacityReservationSpecification")
    return {
        **{name: {**value, **call.get(name, {})} for name, value in usual.items()},
        **({"CapacityReservationSpecification": reservation} if reservation is not None else {}),
        "EbsOptimized": call.get("EbsOptimized", False),
        "HibernationOptions": {"Configured": call.get("HibernationOptions", {}).get("Configured", False)},
        "EnclaveOptions": {"Enabled": call.get("EnclaveOptions", {}).get("Enabled", False)},
        "MetadataOptions": _metadata_options(call, plan.image),
        "Monitoring": {"State": "enabled" if call.get("Monitoring", {}).get("Enabled") else "disabled"},
    }


def _optional(call: Call, plan: Plan) -> Document:
    """What an instance shows or keeps only where it was said."""
    profile = profiles.resolved(call, call["IamInstanceProfile"]) if "IamInstanceProfile" in call else None
    found = {
        "BootMode": plan.image.get("BootMode"),
        "Platform": plan.image.get("Platform"),
        "TpmSupport": plan.image.get("TpmSupport"),
        "IamInstanceProfile": profile,
        "KeyName": call.get("KeyName"),
        "KernelId": call.get("KernelId"),
        "RamdiskId": call.get("RamdiskId"),
        "Licenses": call.get("LicenseSpecifications"),
        "credits": call.get("CreditSpecification", {}).get("CpuCredits"),
        "user_data": call.get("UserData"),
        "disable_termination": call.get("DisableApiTermination"),
        "disable_stop": call.get("DisableApiStop"),
        "shutdown": call.get("InstanceInitiatedShutdownBehavior"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _metadata_options(call: Call, launched: Document) -> Document:
    tokens = "required" if launched.get("ImdsSupport") else "optional"
    return {
        "State": "applied",
        "HttpTokens": tokens,
        "HttpPutResponseHopLimit": 2 if tokens == "required" else 1,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
        **setting(call, "metadata-defaults").get("values", {}),
        **call.get("MetadataOptions", {}),
    }


def _attach_interfaces(call: Call, plan: Plan, instance: Document) -> None:
    for number, wanted in enumerate(plan.interfaces or [{}]):
        index = wanted.get("DeviceIndex", number)
        if "NetworkInterfaceId" in wanted:
            interface: Document = _existing(call, wanted["NetworkInterfaceId"])
            keeps = wanted.get("DeleteOnTermination", False)
        else:
            fixed = {"PrivateIpAddress": call["PrivateIpAddress"]} if "PrivateIpAddress" in call else {}
            interface = interfaces.create(call, plan.subnet, plan.groups, {**fixed, **wanted}, plan.interface_tags)
            keeps = wanted.get("DeleteOnTermination", True)
        interfaces.attach(call, interface, instance["InstanceId"], index, keeps)
        if index == 0 and wanted.get("AssociatePublicIpAddress", plan.subnet["MapPublicIpOnLaunch"]):
            interfaces.give_public_address(call, interface)
        call.keep("NetworkInterface", interface)
        if "NetworkInterfaceId" in wanted:
            interfaces.show_holder(call, interface)
        instance["NetworkInterfaces"].append(interfaces.as_seen(interface))


def _existing(call: Call, key: str) -> Resource:
    interface = read(call, "NetworkInterface", key)
    if "Attachment" in interface:
        raise AwsError("InvalidNetworkInterface.InUse", f"Interface: [{key}] in use.")
    return interface


def _attach_volumes(call: Call, plan: Plan, instance: Document) -> None:
    """The image's disks, with those of the call laid over them by device name."""
    disks = {m["DeviceName"]: dict(m.get("Ebs", {})) for m in plan.image["BlockDeviceMappings"]}
    for mapping in call.get("BlockDeviceMappings", ()):
        name = mapping["DeviceName"]
        if "NoDevice" in mapping:
            disks.pop(name, None)
        elif "Ebs" in mapping:
            _check_disk(plan, name, mapping["Ebs"], disks)
            disks[name] = {**disks.get(name, {}), **mapping["Ebs"]}
    for device, disk in disks.items():
        if disk.get("VolumeType") != "gp3":
            disk.pop("Throughput", None)
        instance["BlockDeviceMappings"].append(
            volumes.attach_new(call, instance, plan.subnet["AvailabilityZone"], device, disk, plan.volume_tags)
        )


def _check_disk(plan: Plan, device: str, wanted: Document, disks: dict[str, Document]) -> None:
    """Sizes; the rest is the volume's to check."""
    least = disks.get(device, {}).get("VolumeSize")
    if least is not None and wanted.get("VolumeSize", least) < least:
        snapshot = disks[device].get("SnapshotId", "")
        raise AwsError(
            "InvalidBlockDeviceMapping",
            f"Volume of size {wanted['VolumeSize']}GB is smaller than snapshot '{snapshot}', expect size >= {least}GB",
        )
    if "VolumeSize" not in wanted and least is None and "SnapshotId" not in wanted:
        raise AwsError("MissingParameter", "The request must contain the parameter size or snapshotId")


def _as_launched(instance: Resource) -> Document:
    """The instance as the launch itself shows it: nothing is up yet."""
    shown: Document = copy.deepcopy(dict(instance))
    shown |= {"BlockDeviceMappings": [], "PublicDnsName": "", "StateReason": {"Code": "pending", "Message": "pending"}}
    shown["MetadataOptions"]["State"] = "pending"
    for name in ("PublicIpAddress", "UsageOperation", "UsageOperationUpdateTime", "PlatformDetails"):
        shown.pop(name, None)
    if instance["Monitoring"]["State"] == "enabled":
        shown["Monitoring"] = {"State": "pending"}
    for interface in shown["NetworkInterfaces"]:
        interface["Attachment"]["Status"] = "attaching"
        interface.pop("Association", None)
        for address in interface["PrivateIpAddresses"]:
            address.pop("Association", None)
    return shown
