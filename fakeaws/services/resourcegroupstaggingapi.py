"""AWS Resource Groups Tagging API: the tags of all resources of the account, whatever service has them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import models
from fakeaws.core.pipeline import enforcement
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import inventory, tagging
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import services

Document = dict[str, Any]
OTHERS = {
    "ec2": {"tag": "CreateTags", "untag": "DeleteTags"},
    "s3": {"tag": "PutBucketTagging", "untag": "PutBucketTagging"},
}
"""What services call it that have operations of their own for tags."""


def get_resources(call: Call) -> Document:
    """Resources that have or had tags; several filters all have to match, several values of one are alternatives."""
    wanted = [item for item in inventory.everything(call) if item.tags and _matches(call, item)]
    mappings = [{"ResourceARN": item.arn, "Tags": _listed(item.tags)} for item in wanted]
    return {"ResourceTagMappingList": mappings, "PaginationToken": ""}


def get_tag_keys(call: Call) -> Document:
    keys = sorted({key for item in inventory.everything(call) for key in item.tags})
    return {"TagKeys": keys, "PaginationToken": ""}


def get_tag_values(call: Call) -> Document:
    held = (item.tags.get(call["Key"]) for item in inventory.everything(call))
    return {"TagValues": sorted({value for value in held if value is not None}), "PaginationToken": ""}


def tag_resources(call: Call) -> Document:
    """What cannot be tagged is listed in the answer; the others are tagged all the same."""
    return _change(call, set(), dict(call["Tags"]))


def untag_resources(call: Call) -> Document:
    return _change(call, set(call["TagKeys"]), {})


def _change(call: Call, removed: set[str], added: dict[str, str]) -> Document:
    failed: Document = {}
    for arn in call["ResourceARNList"]:
        item = inventory.by_arn(call, arn)
        if item is None or not _may(call, item, "untag" if removed else "tag"):
            failed[arn] = {
                "StatusCode": 400,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": f"The resource {arn} does not exist, or the caller may not tag it.",
            }
        else:
            kept = {key: value for key, value in item.tags.items() if key not in removed}
            tagging.retag(call, item.kind, item.resource, {**kept, **added})
    return {"FailedResourcesMap": failed}


def _may(call: Call, item: inventory.Item, verb: str) -> bool:
    """Whether the caller's policies allow what the resource's own service calls tagging it.

    https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
    """
    model = models.service(item.service)
    bindings = {name: model.binding(name) or {} for name in model.binding_names}
    fits = (n for n, each in bindings.items() if each["verb"] == verb and each.get("kind") in (None, item.kind.name))
    action = next(fits, OTHERS.get(item.service, {}).get(verb))
    try:
        if action is not None:
            enforcement.need(call, f"{services.prefix(item.service)}:{action}", item.arn)
    except AwsError:
        return False
    return True


def _matches(call: Call, item: inventory.Item) -> bool:
    arns, types = call.get("ResourceARNList"), call.get("ResourceTypeFilters")
    if arns and item.arn not in arns:
        return False
    if types and not any(_is_of_type(item, wanted) for wanted in types):
        return False
    return all(_has(item.tags, wanted) for wanted in call.get("TagFilters", ()))


def _is_of_type(item: inventory.Item, wanted: str) -> bool:
    """`ec2` or `ec2:instance`: the service and type as they are in the ARN."""
    service, _, kind = wanted.partition(":")
    return item.parts.service == service and (not kind or item.parts.resource.replace(":", "/").split("/")[0] == kind)


def _has(held: dict[str, str], wanted: Document) -> bool:
    values = wanted.get("Values")
    return wanted.get("Key") in held and (not values or held[wanted["Key"]] in values)


def _listed(held: dict[str, str]) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in held.items()]
