"""Launch templates and their numbered versions."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.validation import numeric
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, check_tags, new_id, read, tags_for

Document = dict[str, Any]
NAME = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}\Z")


def create_launch_template(call: Call) -> Document:
    name = call["LaunchTemplateName"]
    if not NAME.match(name):
        raise AwsError(
            "InvalidLaunchTemplateName.MalformedException",
            "Launch template names must be between 3 and 128 characters, and may contain letters, numbers, and the"
            " following characters: - ( ) . / _",
        )
    if next(call.list("LaunchTemplate", LaunchTemplateName=name), None) is not None:
        raise AwsError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
    _check(call["LaunchTemplateData"])
    template = {
        "LaunchTemplateId": new_id(call, "LaunchTemplate"),
        "LaunchTemplateName": name,
        "CreateTime": call.now,
        "CreatedBy": call.caller.arn,
        "DefaultVersionNumber": 1,
        "LatestVersionNumber": 1,
        "Operator": {"Managed": False},
    }
    tags = tags_for(call, "launch-template")
    kept = call.keep("LaunchTemplate", {**template, "Tags": tags} if tags else template)
    _keep_version(call, kept, 1, call["LaunchTemplateData"])
    return {"LaunchTemplate": kept}


def _check(data: Document) -> None:
    """What is wrong with the form of the data; whether it can be launched is asked at the launch."""
    if not data:
        raise AwsError("MissingParameter", "The request must contain the parameter LaunchTemplateData")
    for specification in data.get("TagSpecifications", ()):
        check_tags(specification.get("Tags", []))
    if "NetworkInterfaces" in data and ("SecurityGroupIds" in data or "SecurityGroups" in data):
        raise AwsError(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level security groups may not be specified on the same request",
        )


def _keep_version(call: Call, template: Resource, number: int, data: Document) -> Resource:
    version = {
        "number": f"{number:010d}",
        "LaunchTemplateId": template.key,
        "LaunchTemplateName": template["LaunchTemplateName"],
        "VersionNumber": number,
        "CreateTime": call.now,
        "CreatedBy": call.caller.arn,
        "LaunchTemplateData": data,
        "Operator": {"Managed": False},
    }
    if "VersionDescription" in call:
        version["VersionDescription"] = call["VersionDescription"]
    return call.keep("LaunchTemplateVersion", version, within=template)


def create_launch_template_version(call: Call) -> Document:
    """On top of a source version, of which members that are given again are replaced."""
    template = named(call, call.params)
    data = call["LaunchTemplateData"]
    if "SourceVersion" in call:
        data = {**version_of(call, template, call["SourceVersion"])["LaunchTemplateData"], **data}
    _check(data)
    number = template["LatestVersionNumber"] + 1
    template["LatestVersionNumber"] = number
    call.keep("LaunchTemplate", template)
    return {"LaunchTemplateVersion": _shown(template, _keep_version(call, template, number, data))}


def _shown(template: Resource, version: Resource) -> Document:
    return {**version, "DefaultVersion": version["VersionNumber"] == template["DefaultVersionNumber"]}


def named(call: Call, given: Document) -> Resource:
    """The template that an id or a name names."""
    key, name = given.get("LaunchTemplateId"), given.get("LaunchTemplateName")
    if (key is None) == (name is None):
        raise AwsError(
            "InvalidParameterCombination" if key else "MissingParameter",
            "Either a launch template ID or a launch template name must be specified, but not both.",
        )
    if key is not None:
        return read(call, "LaunchTemplate", key)
    return _by_name(call, str(name))


def _by_name(call: Call, name: str) -> Resource:
    found = next(call.list("LaunchTemplate", LaunchTemplateName=name), None)
    if found is None:
        raise AwsError(
            "InvalidLaunchTemplateName.NotFoundException",
            f"At least one of the launch templates specified in the request does not exist: {name}",
        )
    return found


def version_of(call: Call, template: Resource, text: str) -> Resource:
    """A version by its number, `$Latest` or `$Default`."""
    number = _number(template, text)
    found = call.find("LaunchTemplateVersion", f"{number:010d}", within=template) if number is not None else None
    if found is None:
        raise AwsError(
            "InvalidLaunchTemplateId.VersionNotFound",
            f"Could not find launch template version {text} of launch template {template.key}",
        )
    return found


def _number(template: Document, text: str) -> int | None:
    if text == "$Latest":
        return int(template["LatestVersionNumber"])
    if text in ("$Default", ""):
        return int(template["DefaultVersionNumber"])
    return int(text) if text.isdecimal() else None


def describe_launch_templates(call: Call) -> Document:
    check_page_size(call, least=0)
    keys, names = call.get("LaunchTemplateIds", []), call.get("LaunchTemplateNames", [])
    if keys or names:
        found = [read(call, "LaunchTemplate", key) for key in keys] + [_by_name(call, name) for name in names]
        declared = kinds.kind("ec2", "LaunchTemplate")
        return {"LaunchTemplates": [t for t in found if filters.matching(declared, call.get("Filters"), t)]}
    return {"LaunchTemplates": call.page(filters.selected(call, "LaunchTemplate", call.get("Filters")))}


def describe_launch_template_versions(call: Call) -> Document:
    """Newest first. Without a template, `$Latest` and `$Default` of all templates can be asked for."""
    check_page_size(call, least=0)
    wanted = call.get("Versions", [])
    if "LaunchTemplateId" in call or "LaunchTemplateName" in call:
        rows = _versions(call, named(call, call.params), wanted)
    else:
        if not wanted or set(wanted) - {"$Latest", "$Default"}:
            raise AwsError(
                "MissingParameter",
                "When LaunchTemplateId and LaunchTemplateName are both omitted, the versions must be $Latest or"
                " $Default.",
            )
        rows = [row for template in call.list("LaunchTemplate") for row in _versions(call, template, wanted)]
    declared = kinds.kind("ec2", "LaunchTemplateVersion")
    rows = [row for row in rows if filters.matching(declared, call.get("Filters"), row)]
    return {"LaunchTemplateVersions": rows}


def _versions(call: Call, template: Resource, wanted: list[str]) -> list[Document]:
    if wanted:
        found = {v.key: v for v in (version_of(call, template, text) for text in wanted)}.values()
        return [_shown(template, version) for version in found]
    least = numeric(call.operation, "MinVersion", call.get("MinVersion", 1))
    most = numeric(call.operation, "MaxVersion", call.get("MaxVersion", template["LatestVersionNumber"]))
    rows = [v for v in call.list("LaunchTemplateVersion", within=template) if least <= v["VersionNumber"] <= most]
    return [_shown(template, version) for version in reversed(rows)]


def modify_launch_template(call: Call) -> Document:
    """Only which version is the default can be changed."""
    template = named(call, call.params)
    version = version_of(call, template, str(call.get("DefaultVersion", "$Default")))
    template["DefaultVersionNumber"] = version["VersionNumber"]
    return {"LaunchTemplate": call.keep("LaunchTemplate", template)}


def delete_launch_template(call: Call) -> Document:
    """With all its versions; instances launched from it stay."""
    template = named(call, call.params)
    for version in list(call.list("LaunchTemplateVersion", within=template)):
        call.drop("LaunchTemplateVersion", version)
    call.drop("LaunchTemplate", template)
    return {"LaunchTemplate": template}


def delete_launch_template_versions(call: Call) -> Document:
    """The default version stays; each that cannot go is listed apart."""
    template = named(call, call.params)
    done, failed = [], []
    for text in call["Versions"]:
        row = {"LaunchTemplateId": template.key, "LaunchTemplateName": template["LaunchTemplateName"]}
        row["VersionNumber"] = int(text) if text.isdecimal() else 0
        found = call.find("LaunchTemplateVersion", f"{row['VersionNumber']:010d}", within=template)
        if found is None:
            failed.append({**row, "ResponseError": _error("launchTemplateVersionDoesNotExist", text, template)})
        elif found["VersionNumber"] == template["DefaultVersionNumber"]:
            failed.append({**row, "ResponseError": _error("unexpectedError", text, template)})
        else:
            call.drop("LaunchTemplateVersion", found)
            done.append(row)
    return {
        "SuccessfullyDeletedLaunchTemplateVersions": done,
        "UnsuccessfullyDeletedLaunchTemplateVersions": failed,
    }


def _error(code: str, text: str, template: Resource) -> Document:
    if code == "unexpectedError":
        return {"Code": code, "Message": f"The default version {text} of {template.key} cannot be deleted."}
    return {"Code": code, "Message": f"Could not find launch template version {text} of {template.key}."}


def get_launch_template_data(call: Call) -> Document:
    """What a template would have to say to launch such an instance again."""
    instance = read(call, "Instance", call["InstanceId"])
    names = "KernelId EbsOptimized ImageId InstanceType KeyName RamdiskId CpuOptions HibernationOptions EnclaveOptions"
    data = {name: instance[name] for name in names.split() if name in instance}
    if "IamInstanceProfile" in instance:
        data["IamInstanceProfile"] = {"Arn": instance["IamInstanceProfile"]["Arn"]}
    for own, name in (("user_data", "UserData"), ("shutdown", "InstanceInitiatedShutdownBehavior")):
        if own in instance:
            data[name] = instance[own]
    data |= {
        "BlockDeviceMappings": [_disk(call, mapping) for mapping in instance["BlockDeviceMappings"]],
        "NetworkInterfaces": [_interface(seen) for seen in instance["NetworkInterfaces"]],
        "Monitoring": {"Enabled": instance["Monitoring"]["State"] == "enabled"},
        "Placement": {name: v for name, v in instance["Placement"].items() if name != "AvailabilityZoneId"},
        "DisableApiTermination": bool(instance.get("disable_termination")),
        "MetadataOptions": {name: v for name, v in instance["MetadataOptions"].items() if name != "State"},
        "TagSpecifications": [{"ResourceType": "instance", "Tags": instance["Tags"]}] if instance["Tags"] else [],
        "CapacityReservationSpecification": instance["CapacityReservationSpecification"],
    }
    return {"LaunchTemplateData": data}


def _disk(call: Call, mapping: Document) -> Document:
    volume = call.read("Volume", mapping["Ebs"]["VolumeId"])
    names = ("Encrypted", "Iops", "KmsKeyId", "SnapshotId", "VolumeType", "Throughput")
    ebs = {name: volume[name] for name in names if volume.get(name) not in (None, "")}
    ebs |= {"DeleteOnTermination": mapping["Ebs"]["DeleteOnTermination"], "VolumeSize": volume["Size"]}
    return {"DeviceName": mapping["DeviceName"], "Ebs": ebs}


def _interface(seen: Document) -> Document:
    return {
        "AssociatePublicIpAddress": "Association" in seen,
        "DeleteOnTermination": seen["Attachment"]["DeleteOnTermination"],
        "Description": seen["Description"],
        "DeviceIndex": seen["Attachment"]["DeviceIndex"],
        "Groups": [group["GroupId"] for group in seen["Groups"]],
        "SubnetId": seen["SubnetId"],
    }
