"""What launch templates add to a call, and what of it they say.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/use-launch-templates-to-control-launching-instances.html
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call, imagined
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import service_of, table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.policies.context import CallContext

Document = dict[str, Any]
OVERRIDES = {
    "image": ("ImageId",),
    "key-pair": ("KeyName",),
    "network-interface": ("NetworkInterfaces", "SubnetId", "SecurityGroupIds", "SecurityGroups"),
    "security-group": ("SecurityGroupIds", "SecurityGroups", "NetworkInterfaces"),
    "subnet": ("SubnetId", "NetworkInterfaces"),
    "volume": ("BlockDeviceMappings",),
    "launch-template": (),
}
"""The parameters of a launch that say which resource of a type it takes."""
NOT_OF_INSTANCES = ("LaunchTemplate", "MinCount", "MaxCount", "ClientToken", "DryRun", "TagSpecifications")


def launched(call: Call) -> Call:
    """The call with what its launch template says beneath its own parameters; as it is where there is none."""
    place = catalogue.load("actions")["launching"].get(service_of(call), {}).get(call.operation.name)
    if place is None or not call.get("LaunchTemplate"):
        return call
    merged = getattr(importlib.import_module(place["module"]), place["function"])
    try:
        params = {**merged(call), "LaunchTemplate": call["LaunchTemplate"]}
    except AwsError:
        return call
    found = imagined(call, service_of(call), call.operation.name, params)
    found._given = call.params
    return found


def templates_of(params: Any) -> Iterator[Document]:
    """Whatever names a launch template among parameters."""
    if isinstance(params, dict):
        if "LaunchTemplateId" in params or "LaunchTemplateName" in params:
            yield params
        params = list(params.values())
    for each in params if isinstance(params, list) else ():
        yield from templates_of(each)


def template(call: Call, named: Document) -> Resource | None:
    """The launch template that parameters name by id or name."""
    templates, scope = table(call, kinds.kind("ec2", "LaunchTemplate")), (call.account, call.region)
    if named.get("LaunchTemplateId"):
        return templates.find(scope, str(named["LaunchTemplateId"]))
    return next(templates.having(scope, "LaunchTemplateName", [str(named.get("LaunchTemplateName"))]), None)


def template_version(call: Call, named: Document) -> Resource | None:
    """The version of a launch template that parameters name, by number, `$Latest` or `$Default`."""
    found = template(call, named)
    if found is None:
        return None
    number = {"$Latest": found["LatestVersionNumber"]}.get(str(named.get("Version")), named.get("Version"))
    if number in (None, "", "$Default"):
        number = found["DefaultVersionNumber"]
    versions = table(call, kinds.kind("ec2", "LaunchTemplateVersion"))
    is_number = str(number).isdigit()
    return versions.find((call.account, call.region), f"{int(number):010d}", found.path) if is_number else None


def template_arn(context: CallContext) -> list[str] | None:
    """The ARN of the launch template that is launched from."""
    named = context.call.get("LaunchTemplate")
    found = template(context.call, named) if named else None
    if found is None:
        return None
    return [context.call.make("arn:{partition}:ec2:{region}:{account}:launch-template/{key}", key=found.key)]


def is_of_template(context: CallContext) -> list[str] | None:
    """Whether the launch template says which resource it is, and the call itself does not."""
    if not context.call.get("LaunchTemplate"):
        return ["false"]
    kind = context.resource.rpartition(":")[2].partition("/")[0]
    given = set(context.call._given) - set(NOT_OF_INSTANCES)
    others = {name for names in OVERRIDES.values() for name in names}
    is_said = given - others if kind == "instance" else given & set(OVERRIDES.get(kind, ()))
    return ["false" if is_said else "true"]
