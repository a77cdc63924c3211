"""What a launch is asked for: the call's own parameters over those of its launch template."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.services.ec2.compute.templates import named, version_of

Document = dict[str, Any]
NOT_LAUNCHED = ("InstanceRequirements",)
RENAMED = {"RamDiskId": "RamdiskId"}
EXCLUSIVE = (("SecurityGroupIds", "SecurityGroups"), ("SecurityGroups", "SecurityGroupIds"))


def merged(call: Call) -> Document:
    """The parameters of RunInstances with those of the launch template that they name beneath."""
    given = dict(call.params)
    specification = given.pop("LaunchTemplate", None)
    if specification is None:
        return given
    template = named(call, specification)
    version = version_of(call, template, str(specification.get("Version", "$Default")))
    beneath = {RENAMED.get(name, name): value for name, value in version["LaunchTemplateData"].items()}
    for name in NOT_LAUNCHED:
        beneath.pop(name, None)
    for own, theirs in EXCLUSIVE:
        if own in given:
            beneath.pop(theirs, None)
    if given.get("NetworkInterfaces"):
        beneath.pop("SecurityGroupIds", None)
        beneath.pop("SecurityGroups", None)
    found = {**beneath, **given}
    for name, key in (("BlockDeviceMappings", "DeviceName"), ("NetworkInterfaces", "DeviceIndex")):
        if name in beneath and name in given:
            rows = {row.get(key): row for row in [*beneath[name], *given[name]]}
            found[name] = list(rows.values())
    found["TagSpecifications"] = _tags(beneath, given)
    found["from_template"] = [
        {"Key": "aws:ec2launchtemplate:id", "Value": template.key},
        {"Key": "aws:ec2launchtemplate:version", "Value": str(version["VersionNumber"])},
    ]
    return found


def _tags(beneath: Document, given: Document) -> list[Document]:
    """Tags of both, by resource type; of the same key the call's own counts."""
    kinds: dict[str, dict[str, Document]] = {}
    for specification in [*beneath.get("TagSpecifications", ()), *given.get("TagSpecifications", ())]:
        tags = kinds.setdefault(specification.get("ResourceType", ""), {})
        tags.update({tag["Key"]: tag for tag in specification.get("Tags", ())})
    return [{"ResourceType": kind, "Tags": list(tags.values())} for kind, tags in kinds.items()]
