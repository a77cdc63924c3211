"""Flow logs: what is to be written about the traffic of a VPC, subnet or interface."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import described, new_id, read, read_all, tags_for

Document = dict[str, Any]
FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets}"
    " ${bytes} ${start} ${end} ${action} ${log-status}"
)
KINDS = {
    "VPC": "Vpc",
    "Subnet": "Subnet",
    "NetworkInterface": "NetworkInterface",
    "TransitGateway": "TransitGateway",
    "TransitGatewayAttachment": "TransitGatewayAttachment",
}


def create_flow_logs(call: Call) -> Document:
    """One for each resource; the same twice is refused."""
    kind = KINDS.get(call["ResourceType"])
    if kind is None:
        raise AwsError("InvalidParameterValue", f"Invalid value '{call['ResourceType']}' for ResourceType.")
    resources = [read(call, kind, key) for key in call["ResourceIds"]]
    transit = kind.startswith("Transit")
    if not transit and "TrafficType" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter TrafficType")
    where = _destination(call)
    made, failed = [], []
    for resource in resources:
        same = next((f for f in call.list("FlowLog", ResourceId=resource.key) if _is_same(call, f, where)), None)
        if same is not None:
            text = "Error. There is an existing Flow Log with the same configuration and log destination."
            failed.append({"Error": {"Code": "FlowLogAlreadyExists", "Message": text}, "ResourceId": resource.key})
            continue
        made.append(_keep(call, resource.key, where, 60 if transit else 600))
    return {"ClientToken": call.get("ClientToken"), "FlowLogIds": made, "Unsuccessful": failed}


def _destination(call: Call) -> Document:
    kind = call.get("LogDestinationType", "cloud-watch-logs")
    if call.get("MaxAggregationInterval", 600) not in (60, 600):
        raise AwsError("InvalidParameter", "Invalid Flow Log Max Aggregation Interval")
    if kind == "cloud-watch-logs":
        if "DeliverLogsPermissionArn" not in call:
            raise AwsError(
                "InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."
            )
        if "LogGroupName" not in call and "LogDestination" not in call:
            raise AwsError("InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided.")
        name = call.get("LogGroupName") or call["LogDestination"].split(":log-group:")[-1].partition(":")[0]
        return {
            "LogDestinationType": kind,
            "LogGroupName": name,
            "DeliverLogsPermissionArn": call["DeliverLogsPermissionArn"],
        }
    if "LogDestination" not in call:
        raise AwsError("InvalidParameter", f"LogDestination can't be empty if LogDestinationType is {kind}.")
    return {"LogDestinationType": kind, "LogDestination": call["LogDestination"]}


def _is_same(call: Call, log: Document, where: Document) -> bool:
    return log.get("TrafficType") == call.get("TrafficType") and all(log.get(name) == v for name, v in where.items())


def _keep(call: Call, resource: str, where: Document, interval: int) -> str:
    log = {
        "CreationTime": call.now,
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogId": new_id(call, "FlowLog"),
        "FlowLogStatus": "ACTIVE",
        "ResourceId": resource,
        **({"TrafficType": call["TrafficType"]} if "TrafficType" in call else {}),
        **where,
        "LogFormat": call.get("LogFormat", FORMAT),
        "Tags": tags_for(call, "vpc-flow-log"),
        "MaxAggregationInterval": call.get("MaxAggregationInterval", interval),
    }
    if "DestinationOptions" in call:
        log["DestinationOptions"] = call["DestinationOptions"]
    call.keep("FlowLog", log)
    return str(log["FlowLogId"])


def describe_flow_logs(call: Call) -> Document:
    """Its filters are called Filter."""
    call.params = {**call.params, "Filters": call.get("Filter", [])}
    return {"FlowLogs": call.page(described(call, "FlowLog", "FlowLogIds"))}


def delete_flow_logs(call: Call) -> Document:
    for log in read_all(call, "FlowLog", call["FlowLogIds"]):
        call.drop("FlowLog", log)
    return {"Unsuccessful": []}
