"""Options of instances that have operations of their own: metadata, placement, credits, monitoring and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, naming
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, keep_setting, read, read_all, setting

Document = dict[str, Any]
METADATA = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags")
BURSTABLE = {"t2": "standard", "t3": "unlimited", "t3a": "unlimited", "t4g": "unlimited", "t8i": "unlimited"}


def modify_instance_metadata_options(call: Call) -> Document:
    """Options beside a disabled endpoint make no sense, and are refused."""
    instance = read(call, "Instance", call["InstanceId"])
    given = {name: call[name] for name in METADATA if name in call}
    if given.get("HttpEndpoint") == "disabled" and len(given) > 1:
        raise AwsError(
            "InvalidParameterCombination",
            "You must specify httpEndpoint as enabled to be able to specify other metadata options.",
        )
    if not 1 <= given.get("HttpPutResponseHopLimit", 1) <= 64:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({given['HttpPutResponseHopLimit']}) for parameter HttpPutResponseHopLimit is invalid."
            " Must be between 1 and 64.",
        )
    instance["MetadataOptions"] |= given
    call.keep("Instance", instance)
    return {"InstanceId": instance.key, "InstanceMetadataOptions": {**instance["MetadataOptions"], "State": "pending"}}


def get_instance_metadata_defaults(call: Call) -> Document:
    held = setting(call, "metadata-defaults").get("values", {})
    return {"AccountLevel": {**held, "ManagedBy": "account"}}


def modify_instance_metadata_defaults(call: Call) -> Document:
    """`no-preference` takes a default back."""
    held = dict(setting(call, "metadata-defaults").get("values", {}))
    for name in (*METADATA, "HttpTokensEnforced"):
        if name in call:
            held[name] = call[name]
            if call[name] in ("no-preference", -1):
                del held[name]
    keep_setting(call, "metadata-defaults", values=held)
    return {"Return": True}


def modify_instance_placement(call: Call) -> Document:
    """Only while the instance is stopped."""
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] != "stopped":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'stopped' state.")
    if call.get("GroupName"):
        call.perform("ec2", "DescribePlacementGroups", {"GroupNames": [call["GroupName"]]})
    names = ("GroupName", "PartitionNumber", "Tenancy", "Affinity", "HostId", "HostResourceGroupArn", "GroupId")
    instance["Placement"] |= {name: call[name] for name in names if name in call}
    call.keep("Instance", instance)
    return {"Return": True}


def modify_instance_maintenance_options(call: Call) -> Document:
    return _changed(call, "MaintenanceOptions", ("AutoRecovery", "RebootMigration"))


def modify_instance_cpu_options(call: Call) -> Document:
    """Only while the instance is stopped."""
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] != "stopped":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'stopped' state.")
    return _changed(call, "CpuOptions", ("CoreCount", "ThreadsPerCore", "NestedVirtualization"))


def modify_instance_network_performance_options(call: Call) -> Document:
    return _changed(call, "NetworkPerformanceOptions", ("BandwidthWeighting",))


def _changed(call: Call, member: str, names: tuple[str, ...]) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    given = {name: call[name] for name in names if name in call}
    instance[member] = {**instance[member], **given}
    call.keep("Instance", instance)
    return {"InstanceId": instance.key, **{name: instance[member].get(name) for name in names}}


def modify_private_dns_name_options(call: Call) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    options = instance["PrivateDnsNameOptions"]
    options["HostnameType"] = call.get("PrivateDnsHostnameType", options["HostnameType"])
    for name in ("EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"):
        options[name] = call.get(name, options[name])
    call.keep("Instance", instance)
    return {"Return": True}


def modify_instance_capacity_reservation_attributes(call: Call) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    given = dict(call["CapacityReservationSpecification"])
    target = given.get("CapacityReservationTarget", {}).get("CapacityReservationId")
    if target is not None:
        call.perform("ec2", "DescribeCapacityReservations", {"CapacityReservationIds": [target]})
    instance["CapacityReservationSpecification"] = given
    call.keep("Instance", instance)
    return {"Return": True}


def monitor_instances(call: Call) -> Document:
    return _monitored(call, "enabled", "pending")


def unmonitor_instances(call: Call) -> Document:
    return _monitored(call, "disabled", "disabling")


def _monitored(call: Call, state: str, shown: str) -> Document:
    found = read_all(call, "Instance", call["InstanceIds"])
    rows = []
    for instance in found:
        before = instance["Monitoring"]["State"]
        instance["Monitoring"] = {"State": state}
        call.keep("Instance", instance)
        rows.append({"InstanceId": instance.key, "Monitoring": {"State": state if before == state else shown}})
    return {"InstanceMonitorings": rows}


def describe_instance_credit_specifications(call: Call) -> Document:
    """Only burstable instances have one; unasked, only those that differ from `standard` are listed."""
    check_page_size(call)
    rows = [row for instance in described(call, "Instance", "InstanceIds") for row in _credits(call, instance)]
    if not call.get("InstanceIds"):
        rows = [row for row in rows if row["CpuCredits"] == "unlimited"]
    return {"InstanceCreditSpecifications": rows}


def _credits(call: Call, instance: Resource) -> Iterator[Document]:
    family = instance["InstanceType"].partition(".")[0]
    if family in BURSTABLE and instance["State"]["Name"] not in ("terminated", "shutting-down"):
        yield {"InstanceId": instance.key, "CpuCredits": instance.get("credits") or usual_credits(call, family)}
    elif call.get("InstanceIds"):
        raise AwsError(
            "InstanceCreditSpecification.NotSupported",
            f"The instance type of instance '{instance.key}' does not support CPU credits.",
        )


def usual_credits(call: Call, family: str) -> str:
    """How a new instance of a burstable family pays for bursts."""
    return str(setting(call, "credits").get(family, BURSTABLE[family]))


def modify_instance_credit_specification(call: Call) -> Document:
    """What fails for one instance does not keep the others."""
    done, failed = [], []
    for wanted in call["InstanceCreditSpecifications"]:
        key = wanted["InstanceId"]
        instance = call.find("Instance", key)
        error = _refusal(key, instance)
        if error is not None or instance is None:
            failed.append({"InstanceId": key, "Error": error})
            continue
        instance["credits"] = wanted.get("CpuCredits", "standard")
        call.keep("Instance", instance)
        done.append({"InstanceId": key})
    return {
        "SuccessfulInstanceCreditSpecifications": done,
        "UnsuccessfulInstanceCreditSpecifications": failed,
    }


def _refusal(key: str, instance: Resource | None) -> Document | None:
    if naming.is_malformed(kinds.kind("ec2", "Instance"), key):
        return {"Code": "InvalidInstanceID.Malformed", "Message": f'Invalid id: "{key}"'}
    if instance is None:
        return {"Code": "InvalidInstanceID.NotFound", "Message": f"The instance ID '{key}' does not exist"}
    if instance["InstanceType"].partition(".")[0] not in BURSTABLE:
        text = f"The instance type of instance '{key}' does not support CPU credits."
        return {"Code": "InstanceCreditSpecification.NotSupported", "Message": text}
    return None


def get_default_credit_specification(call: Call) -> Document:
    family = call["InstanceFamily"]
    shown = {"InstanceFamily": family, "CpuCredits": usual_credits(call, family)}
    return {"InstanceFamilyCreditSpecification": shown}


def modify_default_credit_specification(call: Call) -> Document:
    family, value = call["InstanceFamily"], call["CpuCredits"]
    if value not in ("standard", "unlimited"):
        raise AwsError("InvalidParameterValue", f"Invalid value '{value}' for CpuCredits.")
    keep_setting(call, "credits", **{family: value})
    return {"InstanceFamilyCreditSpecification": {"InstanceFamily": family, "CpuCredits": value}}


def send_diagnostic_interrupt(call: Call) -> Document:
    """Nothing listens in the machine: it goes on."""
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] != "running":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'running' state.")
    return {}


def report_instance_status(call: Call) -> Document:
    read_all(call, "Instance", call["Instances"])
    return {}


def get_serial_console_access_status(call: Call) -> Document:
    enabled = bool(setting(call, "serial-console").get("enabled"))
    return {"SerialConsoleAccessEnabled": enabled, "ManagedBy": "account"}


def enable_serial_console_access(call: Call) -> Document:
    keep_setting(call, "serial-console", enabled=True)
    return {"SerialConsoleAccessEnabled": True}


def disable_serial_console_access(call: Call) -> Document:
    keep_setting(call, "serial-console", enabled=False)
    return {"SerialConsoleAccessEnabled": False}
