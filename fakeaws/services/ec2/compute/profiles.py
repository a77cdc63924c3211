"""Instance profiles: which role an instance has, from its launch or later."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, read

Document = dict[str, Any]


def resolved(call: Call, given: Document) -> Document:
    """The ARN and id of the instance profile that a name or ARN names, which IAM must know."""
    name = given.get("Name") or given.get("Arn", "").rpartition("/")[2]
    try:
        profile = call.perform("iam", "GetInstanceProfile", {"InstanceProfileName": name})["InstanceProfile"]
    except AwsError as error:
        kind, value = ("name", name) if "Name" in given else ("arn", given.get("Arn"))
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({value}) for parameter iamInstanceProfile.{kind} is invalid."
            f" Invalid IAM Instance Profile {'name' if kind == 'name' else 'ARN'}",
        ) from error
    return {"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]}


def keep(call: Call, instance: str, profile: Document) -> Resource:
    """Record the association that a launch or a call makes."""
    association = {
        "AssociationId": call.make("iip-assoc-0{hex16}"),
        "InstanceId": instance,
        "IamInstanceProfile": profile,
        "State": "associated",
        "Timestamp": call.now,
    }
    return call.keep("IamInstanceProfileAssociation", association)


def associate_iam_instance_profile(call: Call) -> Document:
    """One to an instance."""
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] not in ("running", "stopped", "pending"):
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in a valid state.")
    held = next(call.list("IamInstanceProfileAssociation", InstanceId=instance.key), None)
    if held is not None:
        raise AwsError("IncorrectState", f"There is an existing association for instance {instance.key}")
    profile = resolved(call, call["IamInstanceProfile"])
    association = keep(call, instance.key, profile)
    instance["IamInstanceProfile"] = profile
    call.keep("Instance", instance)
    return {"IamInstanceProfileAssociation": {**association, "State": "associating"}}


def describe_iam_instance_profile_associations(call: Call) -> Document:
    check_page_size(call)
    keys = call.get("AssociationIds")
    if keys:
        found = [_named(call, key) for key in keys]
        declared = kinds.kind("ec2", "IamInstanceProfileAssociation")
        rows = [a for a in found if filters.matching(declared, call.get("Filters"), a)]
    else:
        rows = call.page(filters.selected(call, "IamInstanceProfileAssociation", call.get("Filters")))
    return {"IamInstanceProfileAssociations": rows}


def _named(call: Call, key: str) -> Resource:
    found = call.find("IamInstanceProfileAssociation", key)
    if found is None:
        raise AwsError("InvalidAssociationID.NotFound", f"An invalid association-id of '{key}' was given")
    return found


def replace_iam_instance_profile_association(call: Call) -> Document:
    """The association gets a new id."""
    old = _named(call, call["AssociationId"])
    profile = resolved(call, call["IamInstanceProfile"])
    call.drop("IamInstanceProfileAssociation", old)
    made = keep(call, old["InstanceId"], profile)
    instance = call.read("Instance", old["InstanceId"])
    instance["IamInstanceProfile"] = profile
    call.keep("Instance", instance)
    return {"IamInstanceProfileAssociation": {**made, "State": "associating"}}


def disassociate_iam_instance_profile(call: Call) -> Document:
    association = _named(call, call["AssociationId"])
    call.drop("IamInstanceProfileAssociation", association)
    instance = call.find("Instance", association["InstanceId"])
    if instance is not None:
        instance.pop("IamInstanceProfile", None)
        call.keep("Instance", instance)
    return {"IamInstanceProfileAssociation": {**association, "State": "disassociating"}}


def forget(call: Call, instance: str) -> None:
    """The instance is gone, and its association with it."""
    for association in list(call.list("IamInstanceProfileAssociation", InstanceId=instance)):
        call.drop("IamInstanceProfileAssociation", association)
