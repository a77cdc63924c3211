"""Multi-region access points: one name for buckets in several regions. Changes are asked for and described by a token;
here they are over at once."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3control.access_points import BLOCKS, check_policy, is_public

Document = dict[str, Any]
KIND = "MultiRegionAccessPoint"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]")


def create_multi_region_access_point(call: Call) -> Document:
    """Asked again with the same client token, the same request is answered."""
    details = call["Details"]
    if not _NAME.fullmatch(details["Name"]):
        raise _invalid("The Multi-Region Access Point name is not valid.")
    found = call.find(KIND, details["Name"])
    if found is not None:
        if found["token"] == call["ClientToken"]:
            return {"RequestTokenARN": found["request"]}
        raise _invalid("A Multi-Region Access Point with this name already exists.")
    regions = [_region(call, each["Bucket"]) for each in details["Regions"]]
    if len({each["Region"] for each in regions}) != len(regions):
        raise _invalid("Only one bucket per Region can be added to a Multi-Region Access Point.")
    block = details.get("PublicAccessBlock") or dict.fromkeys(BLOCKS, True)
    request = _asked(call, "create", "CreateMultiRegionAccessPoint", details, regions)
    document = {
        "Name": details["Name"],
        "Alias": f"{call.make('{alnum13}')}.mrap",
        "CreatedAt": call.now,
        "PublicAccessBlock": block,
        "Status": "READY",
        "Regions": regions,
        "token": call["ClientToken"],
        "request": request,
    }
    call.keep(KIND, document)
    return {"RequestTokenARN": request}


def _region(call: Call, bucket: str) -> Document:
    try:
        where = call.perform("s3", "GetBucketLocation", {"Bucket": bucket}).get("LocationConstraint")
    except AwsError as error:
        raise _invalid(f"The specified bucket does not exist: {bucket}") from error
    return {"Bucket": bucket, "Region": where or "us-east-1", "BucketAccountId": call.account}


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidRequest", text, status=400)


def _asked(call: Call, verb: str, operation: str, details: Document, regions: list[Document]) -> str:
    """Keep what was asked for, to be described later; the token's ARN."""
    arn = call.make(
        "arn:{partition}:s3:us-west-2:{account}:async-request/mrap/{verb}/{token}",
        verb=verb,
        token=call.make("{mixed43}"),
    )
    done = [{"Name": each["Region"], "RequestStatus": "SUCCEEDED"} for each in regions]
    document = {
        "CreationTime": call.now,
        "Operation": operation,
        "RequestTokenARN": arn,
        "RequestParameters": {f"{operation}Request": details},
        "RequestStatus": "SUCCEEDED",
        "ResponseDetails": {"MultiRegionAccessPointDetails": {"Regions": done}},
    }
    call.keep("AsyncOperation", {"name": arn.rpartition("/")[2], **document})
    return arn


def describe_multi_region_access_point_operation(call: Call) -> Document:
    found = call.find("AsyncOperation", call["RequestTokenARN"].rpartition("/")[2])
    if found is None:
        raise AwsError("NoSuchAsyncRequest", "The specified async request does not exist", status=404)
    return {"AsyncOperation": found}


def _read(call: Call, name: str) -> Resource:
    found = call.find(KIND, name)
    if found is None:
        text = "The specified Multi-Region Access Point does not exist"
        raise AwsError("NoSuchMultiRegionAccessPoint", text, status=404)
    return found


def get_multi_region_access_point(call: Call) -> Document:
    return {"AccessPoint": _read(call, call["Name"])}


def list_multi_region_access_points(call: Call) -> Document:
    return {"AccessPoints": call.page(call.list(KIND))}


def delete_multi_region_access_point(call: Call) -> Document:
    details = call["Details"]
    found = _read(call, details["Name"])
    call.drop(KIND, found)
    request = _asked(call, "delete", "DeleteMultiRegionAccessPoint", details, found["Regions"])
    return {"RequestTokenARN": request}


def put_multi_region_access_point_policy(call: Call) -> Document:
    details = call["Details"]
    found = _read(call, details["Name"])
    check_policy(details["Policy"])
    found["policy"] = details["Policy"]
    call.keep(KIND, found)
    request = _asked(call, "policy", "PutMultiRegionAccessPointPolicy", details, found["Regions"])
    return {"RequestTokenARN": request}


def get_multi_region_access_point_policy(call: Call) -> Document:
    found = _read(call, call["Name"])
    text = found.get("policy")
    return {"Policy": {"Established": {"Policy": text}} if text else {}}


def get_multi_region_access_point_policy_status(call: Call) -> Document:
    text = _read(call, call["Name"]).get("policy")
    return {"Established": {"IsPublic": text is not None and is_public(text)}}


def get_multi_region_access_point_routes(call: Call) -> Document:
    """Every bucket takes traffic until a dial says otherwise. The point is named by its ARN or alias."""
    found = _by_alias(call, call["Mrap"])
    dials = found.get("dials", {})
    routes = [
        {"Bucket": each["Bucket"], "Region": each["Region"], "TrafficDialPercentage": dials.get(each["Region"], 100)}
        for each in found["Regions"]
    ]
    return {"Mrap": call["Mrap"], "Routes": routes}


def _by_alias(call: Call, name: str) -> Resource:
    alias = name.rpartition("/")[2]
    for found in call.list(KIND):
        if alias in (found["Alias"], found["Name"]):
            return found
    return _read(call, alias)


def submit_multi_region_access_point_routes(call: Call) -> Document:
    found = _by_alias(call, call["Mrap"])
    regions = {each["Bucket"]: each["Region"] for each in found["Regions"]}
    dials = dict(found.get("dials", {}))
    for update in call["RouteUpdates"]:
        region = update.get("Region") or regions.get(update.get("Bucket", ""))
        if region not in regions.values():
            raise _invalid("The Multi-Region Access Point has no bucket in this Region.")
        if update["TrafficDialPercentage"] not in (0, 100):
            raise _invalid("The traffic dial must be 0 or 100.")
        dials[region] = update["TrafficDialPercentage"]
    if not any(dials.get(region, 100) for region in regions.values()):
        raise _invalid("At least one Region must be active.")
    found["dials"] = dials
    call.keep(KIND, found)
    return {}
