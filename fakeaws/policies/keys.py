"""Condition keys of services (`rds:DatabaseEngine`): what `shapes/catalogue/actions.json` (`keys`) says that they are,
else the parameter, or the member of the resource, that has the key's name.

A path of the table is a parameter or, where the call has none, a member of the resource; one with braces is a template;
`=` stands before what AWS takes where there is neither.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import service_of, store_of
from fakeaws.core.store.tables import values_at
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import items, launching, services
from fakeaws.policies.parameters import FIELD, FORMS, text_of

if TYPE_CHECKING:
    from fakeaws.policies.context import CallContext

Document = dict[str, Any]


def of_service(context: CallContext, key: str) -> list[str] | None:
    """The values of a key in lower case that is the service's own; None where the request has none."""
    prefix, _, name = key.partition(":")
    if prefix != services.prefix(service_of(context.call)):
        return None
    computed = COMPUTED.get(key)
    if computed is not None:
        return computed(context)
    documents = [context.call.params, context.kept[1] if context.kept is not None else {}]
    paths = _paths(prefix, name)
    if paths is None:
        return _named(context.call, documents, name)
    for path in paths:
        if path.startswith("="):
            return [path[1:]]
        found = next(filter(None, ([*_values(context.call, document, path)] for document in documents)), None)
        if found:
            return found
    return None


def _paths(prefix: str, name: str) -> list[str] | None:
    """What the table says of a key. A key that ends in a colon stands for all that begin so (`EncryptionContext:`)."""
    table: Document = catalogue.load("actions")["keys"].get(prefix, {})
    for known, paths in table.items():
        if name == known.lower():
            return list(paths)
        if known.endswith(":") and name.startswith(known.lower()):
            return [f"{path}.{name[len(known) :]}" for path in paths]
    return None


def _values(call: Call, document: Document, path: str) -> Iterator[str]:
    """The values at a path of a document; those of a template are ARNs."""
    if "{" not in path:
        yield from _at(call, document, path)
        return
    here = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    fields = [name + (f"|{form}" if form else "") for name, form in FIELD.findall(path)]
    for chosen in product(*([here[field]] if field in here else [*_at(call, document, field)] for field in fields)):
        filling = iter(chosen)
        yield FIELD.sub(lambda _, filling=filling: next(filling), path)  # type: ignore[misc]


def _at(call: Call, document: Document, path: str) -> Iterator[str]:
    name, _, form = path.partition("|")
    first, _, rest = name.partition(".")
    if rest == "@":
        yield from document.get(first) or ()
        return
    for value in _fold(document.get(first), rest) if rest else values_at(document, [first]):
        formed = FORMS[form](call, text_of(value)) if form else text_of(value)
        if formed is not None:
            yield formed


def _fold(value: Any, path: str) -> Iterator[Any]:
    """What is at a path, or under a key of a map that differs in case: keys of conditions do not tell cases apart."""
    if isinstance(value, dict):
        own = {str(key).lower(): each for key, each in value.items()}
        if path.lower() in own:
            value, path = {"": own[path.lower()]}, ""
    yield from values_at(value, path.split("."))


def _named(call: Call, documents: list[Document], name: str) -> list[str] | None:
    """The member that is named as the key is, or whose header or query parameter is."""
    members = call.operation.input.members if call.operation.input is not None else {}
    own = {str(at.get("locationName", "")).lower(): member for member, at in members.items()}
    wanted = name.replace("-", "")
    for document in documents:
        for member, value in document.items():
            if wanted == member.lower() or own.get(name) == member:
                found = [text_of(each) for each in values_at({"": value}, [""])]
                if found:
                    return found
    return None


def _image(member: str, *others: str) -> Callable[[CallContext], list[str] | None]:
    """What Amazon EC2 shows of the image that is launched."""

    def found(context: CallContext) -> list[str] | None:
        name = context.resource.rpartition("/")[2]
        try:
            [image] = context.call.perform("ec2", "DescribeImages", {"ImageIds": [name]})["Images"]
        except (AwsError, ValueError):
            return None
        return next(([text_of(image[each])] for each in (member, *others) if image.get(each) is not None), None)

    return found


def _aliases(context: CallContext) -> list[str] | None:
    """The names of the key's aliases."""
    _, _, _, region, account, name = context.resource.split(":", 5)
    held = store_of(context.call).table("kms.Alias").list((account, region))
    return [alias.key for alias in held if alias.get("TargetKeyId") == name.partition("/")[2]] or None


def _requested_alias(context: CallContext) -> list[str] | None:
    """The alias that the call names the key by."""
    for member in ("KeyId", "DestinationKeyId", "SourceKeyId"):
        name = str(context.call.get(member, "")).rpartition(":")[2]
        if name.startswith("alias/"):
            return [name]
    return None


def _boundary(context: CallContext) -> list[str] | None:
    """The boundary that the call sets, else the one that the user or role has."""
    given = context.call.get("PermissionsBoundary")
    kept = context.kept[1].get("PermissionsBoundary") if context.kept is not None else None
    found = given or (kept or {}).get("PermissionsBoundaryArn")
    return [found] if found else None


def _version_specified(context: CallContext) -> list[str] | None:
    """Whether the launch template of an Auto Scaling group is named with a version that is a number.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    """
    named = list(launching.templates_of(context.call.params))
    return [text_of(all(str(each.get("Version", "")).isdigit() for each in named))] if named else None


COMPUTED: dict[str, Callable[[CallContext], list[str] | None]] = {
    "autoscaling:launchtemplateversionspecified": _version_specified,
    "dynamodb:attributes": items.attributes,
    "dynamodb:leadingkeys": items.leading_keys,
    "dynamodb:select": items.select,
    "ec2:createaction": lambda context: [context.call.operation.name],
    "ec2:imagetype": _image("ImageType"),
    "ec2:islaunchtemplateresource": launching.is_of_template,
    "ec2:launchtemplate": launching.template_arn,
    "ec2:owner": _image("ImageOwnerAlias", "OwnerId"),
    "ec2:public": _image("Public"),
    "ec2:region": lambda context: [context.call.region],
    "ec2:rootdevicetype": _image("RootDeviceType"),
    "iam:permissionsboundary": _boundary,
    "kms:calleraccount": lambda context: [context.call.account],
    "kms:requestalias": _requested_alias,
    "kms:resourcealiases": _aliases,
}
"""Keys in lower case that are neither a parameter nor a member."""
