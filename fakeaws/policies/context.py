"""What a request says of itself: the condition keys.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.policies import gathering, organization, reference
from fakeaws.policies.conditions import Context
from fakeaws.policies.targets import Target, found, table

Document = dict[str, Any]
TYPES = {"Root": "Account", "IAMUser": "User", "AWSService": "AWSService", "Anonymous": "Anonymous"}
OF_RESOURCES = ("aws:requesttag", "aws:resourcetag", "aws:tagkeys")


class Given(Context):
    """Condition keys that are given: in simulations."""

    def __init__(self, keys: Mapping[str, list[str]]) -> None:
        self._keys = {key.lower(): values for key, values in keys.items()}

    def values(self, key: str) -> list[str] | None:
        return self._keys.get(key)


class CallContext(Context):
    """The condition keys of a call, each computed when a policy asks for it."""

    def __init__(self, call: Call, target: Target) -> None:
        self.call: Call = call
        self.action = target.action
        self.resource = target.resource
        self._kept = target.kept
        self._known: dict[str, list[str] | None] = {name: [value] for name, value in target.keys.items()}

    @property
    def kept(self) -> tuple[kinds.Kind, Resource] | None:
        """What the cloud keeps of the resource; looked up when a policy asks for its tags."""
        if self._kept is None and self.resource != "*":
            self._kept = found(self.call, self.resource)
        return self._kept

    def values(self, key: str) -> list[str] | None:
        if key not in self._known:
            self._known[key] = self._computed(key)
        return self._known[key]

    @cached_property
    def allowed(self) -> set[str] | None:
        """The keys that the request has on this resource, where the reference tells one resource from another: of what
        a launch makes, only the instance has a type, and only what is made has tags of the request."""
        action = reference.action(self.action)
        return action.keys_on(self.resource) if action is not None else None

    def _computed(self, key: str) -> list[str] | None:
        name, _, tag = key.partition("/")
        is_of_action = name in OF_RESOURCES or name.partition(":")[0] == self.action.partition(":")[0]
        if is_of_action and self.allowed is not None and name not in self.allowed:
            return None
        if tag:
            held = _tags(self, name)
            values = {k.lower(): v for k, v in held.items()} if held else {}
            return [values[tag]] if tag in values else None
        source = SOURCES.get(key)
        if source is not None:
            value = source(self)
            if value is None:
                return None
            return value if isinstance(value, list) else [value]
        from fakeaws.policies import keys

        return keys.of_service(self, key)


def _tags(context: CallContext, name: str) -> dict[str, str] | None:
    if name in ("aws:requesttag", "s3:requestobjecttag", "rds:req-tag"):
        return _requested(context)
    if name == "aws:principaltag":
        return principal_tags(context.call)
    if name.endswith((":resourcetag", "-tag")) or name == "s3:existingobjecttag":
        kept = context.kept
        return tags.read(*kept) if kept is not None else _of_new(context, name)
    return None


def _requested(context: CallContext) -> dict[str, str]:
    """The tags that the call brings for the resource."""
    from fakeaws.policies.requested import request_tags

    return request_tags(context.call.params, context.resource)


def _of_new(context: CallContext, name: str) -> dict[str, str] | None:
    """What a call makes has the tags that the call brings, where the reference says that it has tags already.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    """
    is_made = context.call.operation.name.startswith("Create") and name in (context.allowed or ())
    return _requested(context) if is_made else None


def principal_tags(call: Call) -> dict[str, str]:
    """The tags of the user or role that calls, with those of its session laid over them."""
    entity = gathering.entity_of(store_of(call), call.caller)
    held = tags.as_map(entity.get("Tags") if entity is not None else None)
    return {**held, **call.caller.session.get("tags", {})}


def _principal_type(context: CallContext) -> str:
    return TYPES.get(context.call.caller.kind, context.call.caller.kind)


def _user_name(context: CallContext) -> str | None:
    caller = context.call.caller
    return caller.arn.rpartition("/")[2] if caller.kind == "IAMUser" else None


def _principal_arn(context: CallContext) -> str:
    credential: Document = context.call.caller.session
    return str(credential.get("role_arn") or context.call.caller.arn)


def _mfa_present(context: CallContext) -> str | None:
    """Only temporary credentials say whether there was a device."""
    credential = context.call.caller.credential
    if credential is None or "expires" not in credential:
        return None
    return "true" if credential.get("mfa") else "false"


def _mfa_age(context: CallContext) -> str | None:
    at = context.call.caller.session.get("mfa")
    return str(int(context.call.now - at)) if at else None


def _issued(context: CallContext) -> str | None:
    at = context.call.caller.session.get("issued")
    return _time(at) if at else None


def _time(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def _organization(context: CallContext, account: str) -> Document | None:
    return store_of(context.call).note(organization.NOTE.format(account=account))


def _organization_id(context: CallContext) -> str | None:
    found = _organization(context, context.call.account)
    return str(found["id"]) if found else None


def _organization_paths(context: CallContext) -> list[str] | None:
    """`o-…/r-…/ou-…/`: the units that the caller's account is in."""
    found = _organization(context, context.call.account)
    if not found:
        return None
    units = organization.units(store_of(context.call), context.call.account, found["management"])
    return ["/".join([str(found["id"]), *units, ""])]


def _resource_account(context: CallContext) -> str:
    parts = context.resource.split(":", 5)
    if len(parts) == 6 and parts[4].isdecimal():
        return parts[4]
    rule = table()["resource_policies"].get(parts[2]) if len(parts) == 6 else None
    if rule and rule.get("within") == "world":
        kept = store_of(context.call).table(rule["table"]).anywhere(parts[5].partition("/")[0])
        return kept.scope[0] if kept is not None else context.call.account
    return context.call.account


def _resource_organization(context: CallContext) -> str | None:
    found = _organization(context, _resource_account(context))
    return str(found["id"]) if found else None


def _tag_keys(context: CallContext) -> list[str] | None:
    from fakeaws.policies.requested import tag_keys

    return tag_keys(context.call.params, context.resource) or None


def _setting(name: str, usual: str | None = None) -> Callable[[CallContext], str | None]:
    return lambda context: os.environ.get(name) or usual


SOURCES: dict[str, Callable[[CallContext], str | list[str] | None]] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": lambda context: context.call.account,
    "aws:principaltype": _principal_type,
    "aws:principalorgid": _organization_id,
    "aws:principalorgpaths": _organization_paths,
    "aws:principalisawsservice": lambda context: str(context.call.caller.kind == "AWSService").lower(),
    "aws:userid": lambda context: context.call.caller.user_id,
    "aws:username": _user_name,
    "aws:requestedregion": lambda context: context.call.region,
    "aws:sourceip": _setting("FAKEAWS_SOURCE_IP", "127.0.0.1"),
    "aws:sourcevpce": _setting("FAKEAWS_SOURCE_VPCE"),
    "aws:sourcevpc": _setting("FAKEAWS_SOURCE_VPC"),
    "aws:securetransport": _setting("FAKEAWS_SECURE_TRANSPORT", "true"),
    "aws:useragent": lambda context: "fakeaws",
    "aws:currenttime": lambda context: _time(context.call.now),
    "aws:epochtime": lambda context: str(int(context.call.now)),
    "aws:multifactorauthpresent": _mfa_present,
    "aws:multifactorauthage": _mfa_age,
    "aws:tokenissuetime": _issued,
    "aws:sourceidentity": lambda context: context.call.caller.session.get("source_identity"),
    "aws:federatedprovider": lambda context: context.call.caller.session.get("provider"),
    "aws:viaawsservice": lambda context: "false",
    "aws:tagkeys": _tag_keys,
    "aws:resourceaccount": _resource_account,
    "aws:resourceorgid": _resource_organization,
    "s3:requestobjecttagkeys": _tag_keys,
    "s3:resourceaccount": _resource_account,
    "s3:signatureversion": lambda context: "AWS4-HMAC-SHA256",
}
"""Key in lower case → where its value comes from."""
