"""Service Quotas: increases are granted as soon as they are asked for."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
QUOTAS = {
    "vpc": {
        "L-F678F1CE": ("VPCs per Region", 5),
        "L-407747CB": ("Subnets per VPC", 200),
        "L-A4707A72": ("Internet gateways per Region", 5),
        "L-0EA8095F": ("Inbound or outbound rules per security group", 60),
        "L-93826ACB": ("Routes per route table", 50),
        "L-E79EC296": ("VPC security groups per Region", 2500),
        "L-FE5A380F": ("NAT gateways per Availability Zone", 5),
    },
    "ec2": {
        "L-0263D0A3": ("EC2-VPC Elastic IPs", 5),
        "L-A2478D36": ("Transit gateways per account", 5),
        "L-1216C47A": ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5),
    },
}
"""By service and code: the name, and AWS's default."""
NAMES = {"vpc": "Amazon Virtual Private Cloud (Amazon VPC)", "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)"}


def list_services(call: Call) -> Document:
    """Those whose quotas are known."""
    return {"Services": [{"ServiceCode": code, "ServiceName": name} for code, name in sorted(NAMES.items())]}


def get_service_quota(call: Call) -> Document:
    return {"Quota": _quota(call, call["ServiceCode"], call["QuotaCode"])}


def get_aws_default_service_quota(call: Call) -> Document:
    name, usual = _known(call["ServiceCode"], call["QuotaCode"])
    return {"Quota": _described(call, call["ServiceCode"], call["QuotaCode"], name, usual)}


def list_service_quotas(call: Call) -> Document:
    service = call["ServiceCode"]
    return {"Quotas": [_quota(call, service, code) for code in sorted(_of(service))]}


def list_aws_default_service_quotas(call: Call) -> Document:
    service = call["ServiceCode"]
    rows = [_described(call, service, code, name, usual) for code, (name, usual) in sorted(_of(service).items())]
    return {"Quotas": rows}


def request_service_quota_increase(call: Call) -> Document:
    """Only upwards."""
    quota = _quota(call, call["ServiceCode"], call["QuotaCode"])
    if call["DesiredValue"] <= quota["Value"]:
        raise AwsError(
            "IllegalArgumentException", "You must provide a quota value greater than the current quota value."
        )
    request = {
        "Id": call.make("{hex32}"),
        "ServiceCode": call["ServiceCode"],
        "ServiceName": NAMES[call["ServiceCode"]],
        "QuotaCode": call["QuotaCode"],
        "QuotaName": quota["QuotaName"],
        "DesiredValue": call["DesiredValue"],
        "Status": "APPROVED",
        "Created": call.now,
        "LastUpdated": call.now,
        "Requester": f'{{"accountId":"{call.account}","callerArn":"{call.caller.arn}"}}',
        "QuotaArn": quota["QuotaArn"],
        "GlobalQuota": False,
        "Unit": "None",
    }
    return {"RequestedQuota": {**call.keep("RequestedServiceQuotaChange", request), "Status": "PENDING"}}


def get_requested_service_quota_change(call: Call) -> Document:
    found = call.find("RequestedServiceQuotaChange", call["RequestId"])
    if found is None:
        raise AwsError("NoSuchResourceException", "The request failed because the specified resource doesn't exist.")
    return {"RequestedQuota": found}


def list_requested_service_quota_change_history(call: Call) -> Document:
    found = call.list("RequestedServiceQuotaChange")
    return {
        "RequestedQuotas": [row for row in found if row["ServiceCode"] == call.get("ServiceCode", row["ServiceCode"])]
    }


def list_requested_service_quota_change_history_by_quota(call: Call) -> Document:
    rows = _requests(call, call["ServiceCode"], call["QuotaCode"])
    return {"RequestedQuotas": rows}


def _of(service: str) -> dict[str, tuple[str, int]]:
    if service not in QUOTAS:
        raise AwsError("NoSuchResourceException", "The request failed because the specified resource doesn't exist.")
    return QUOTAS[service]


def _known(service: str, code: str) -> tuple[str, int]:
    found = _of(service).get(code)
    if found is None:
        raise AwsError("NoSuchResourceException", "The request failed because the specified resource doesn't exist.")
    return found


def _requests(call: Call, service: str, code: str) -> list[Resource]:
    found = call.list("RequestedServiceQuotaChange")
    return [row for row in found if (row["ServiceCode"], row["QuotaCode"]) == (service, code)]


def _quota(call: Call, service: str, code: str) -> Document:
    name, usual = _known(service, code)
    granted = [row["DesiredValue"] for row in _requests(call, service, code)]
    return _described(call, service, code, name, max([usual, *granted]))


def _described(call: Call, service: str, code: str, name: str, value: float) -> Document:
    return {
        "ServiceCode": service,
        "ServiceName": NAMES[service],
        "QuotaArn": call.make(
            "arn:{partition}:servicequotas:{region}:{account}:{service}/{code}", service=service, code=code
        ),
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
