"""Which images an account may use, and what instances and images say of the images that they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.filters import matching
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.wildcards import fits
from fakeaws.services.ec2.resources import check_page_size, described, keep_setting, setting
from fakeaws.services.ec2.storage import images

Document = dict[str, Any]
NAME = "allowed-images"
METADATA = kinds.Kind(
    "ec2",
    "InstanceImageMetadata",
    {
        "shape": "InstanceImageMetadata",
        "tags": "Tags",
        "filters": {
            "image-allowed": "ImageMetadata.ImageAllowed",
            "instance-state-name": "State.Name",
            "launch-time": "LaunchTime",
            "owner-alias": "ImageMetadata.ImageOwnerAlias",
            "zone-id": "ZoneId",
        },
    },
)
DAY = 86400


def get_allowed_images_settings(call: Call) -> Document:
    held = setting(call, NAME)
    return {
        "State": held.get("state", "disabled"),
        "ImageCriteria": held.get("criteria", []),
        "ManagedBy": "account",
    }


def enable_allowed_images_settings(call: Call) -> Document:
    """`audit-mode` only tells which images would not be allowed."""
    keep_setting(call, NAME, state=call["AllowedImagesSettingsState"])
    return {"AllowedImagesSettingsState": call["AllowedImagesSettingsState"]}


def disable_allowed_images_settings(call: Call) -> Document:
    keep_setting(call, NAME, state="disabled")
    return {"AllowedImagesSettingsState": "disabled"}


def replace_image_criteria_in_allowed_images_settings(call: Call) -> Document:
    """An image is allowed that meets all conditions of one of the criteria."""
    criteria = call.get("ImageCriteria", [])
    known = {"ImageProviders", "ImageNames", "CreationDateCondition", "DeprecationTimeCondition"}
    unknown = sorted({name for one in criteria for name in one} - known)
    if unknown:
        raise AwsError("NotImplemented", f"fakeaws does not look at the {unknown[0]} of images.", status=501)
    if len(criteria) > 10:
        raise AwsError("InvalidParameterValue", "There are at most 10 criteria for allowed images.")
    keep_setting(call, NAME, criteria=criteria)
    return {"ReturnValue": True}


def check_allowed(call: Call, image: Document) -> None:
    """A launch from an image that is not allowed is refused as if it were not there."""
    if setting(call, NAME).get("state") == "enabled" and not _is_allowed(call, image):
        raise AwsError(
            "InvalidAMIID.NotFound",
            f"The image id '[{image['ImageId']}]' does not exist, or is not allowed by your Allowed AMIs settings.",
        )


def _is_allowed(call: Call, image: Document) -> bool:
    criteria = setting(call, NAME).get("criteria", [])
    return image["OwnerId"] == call.account or not criteria or any(_meets(call, image, one) for one in criteria)


def _meets(call: Call, image: Document, criterion: Document) -> bool:
    providers = criterion.get("ImageProviders")
    owners = {image["OwnerId"], image.get("ImageOwnerAlias", "")}
    if providers and not owners & set(providers):
        return False
    names = criterion.get("ImageNames")
    if names and not any(fits(pattern, image["Name"]) for pattern in names):
        return False
    ages = (
        ("CreationDate", criterion.get("CreationDateCondition", {}).get("MaximumDaysSinceCreated")),
        ("DeprecationTime", criterion.get("DeprecationTimeCondition", {}).get("MaximumDaysSinceDeprecated")),
    )
    return all(most is None or _days(call, image.get(member)) <= most for member, most in ages)


def _days(call: Call, text: str | None) -> float:
    return (call.now - datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) / DAY if text else 0


def describe_instance_image_metadata(call: Call) -> Document:
    """Every instance with what is known of its image."""
    check_page_size(call)
    rows = []
    for instance in described(_unfiltered(call), "Instance", "InstanceIds"):
        shared = ("InstanceId", "InstanceType", "LaunchTime", "State", "Tags", "Operator")
        row: Document = {name: instance[name] for name in shared if name in instance}
        place = instance["Placement"]
        row |= {"AvailabilityZone": place["AvailabilityZone"], "ZoneId": place["AvailabilityZoneId"]}
        row |= {"OwnerId": instance["owner"], "ImageMetadata": _metadata(call, instance["ImageId"])}
        rows.append(row)
    return {"InstanceImageMetadata": [r for r in rows if matching(METADATA, call.get("Filters"), r)]}


def _unfiltered(call: Call) -> Call:
    other = call.of()
    other.params = {name: value for name, value in call.params.items() if name != "Filters"}
    return other


def _metadata(call: Call, key: str) -> Document:
    found = images.find(call, key)
    if found is None:
        return {"ImageId": key}
    shared = ("ImageId", "Name", "OwnerId", "State", "ImageOwnerAlias", "CreationDate", "DeprecationTime")
    shown = {name: found[name] for name in shared if name in found}
    return {**shown, "ImageAllowed": _is_allowed(call, found), "IsPublic": found["Public"]}


def get_image_ancestry(call: Call) -> Document:
    """The image, what it was copied from, and so on to the first."""
    found: Document | None = images.image(call, call["ImageId"])
    rows = []
    while found is not None:
        row: Document = {n: found[n] for n in ("ImageId", "CreationDate", "ImageOwnerAlias") if n in found}
        source, region = found.get("SourceImageId"), found.get("SourceImageRegion", call.region)
        if source is None:
            rows.append(row)
            break
        rows.append({**row, "SourceImageId": source, "SourceImageRegion": region})
        found = images.find(call.of(region=region), source)
    return {"ImageAncestryEntries": rows}
