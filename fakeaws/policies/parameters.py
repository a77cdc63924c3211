"""Parameters as templates of ARNs name them: `Delete.Objects.Key` through structures and lists, `Path|path` in a form.

A step `*` stands for all members of a structure, `@` for the keys of a map.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import service_of, store_of, table
from fakeaws.core.store.tables import Resource

USUAL = {"application": "app", "network": "net", "gateway": "gwy"}
OWN_DOCUMENTS = ("AWS-", "AWSSupport-", "AWSEC2-", "AWSConfigRemediation-", "AmazonCloudWatch-")
"""Documents of AWS itself are in no account."""
OPEN = "*"
FIELD = re.compile(r"\{([^}|]+)(?:\|(\w+))?\}")


def values_of(call: Call, path: str) -> list[str]:
    """The values of a parameter by its path: `QueueUrl|name`."""
    name, _, form = path.partition("|")
    return values(call, name, form)


def values(call: Call, name: str, form: str = "") -> list[str]:
    """The values of a parameter in a form. A form with a capital is a type: the key of the resource of that name."""
    here = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    if name in here:
        return [here[name]]
    found: list[Any] = [call.params]
    for step in name.split("."):
        found = [inner for value in found for inner in _step(value, step)]
    if not found and form in MISSING:
        return [MISSING[form](call)]
    texts = [text_of(value) for value in found if isinstance(value, (str, int))]
    if form[:1].isupper():
        kept = (naming.find(call, kinds.kind(service_of(call), form), text) for text in texts)
        return [each.key for each in kept if each is not None]
    return [formed for text in texts if (formed := FORMS[form](call, text)) is not None] if form else texts


def text_of(value: Any) -> str:
    """A scalar as policies have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _step(value: Any, step: str) -> list[Any]:
    if isinstance(value, list):
        return [inner for item in value for inner in ([item] if step == "*" else _step(item, step))]
    if isinstance(value, dict) and step in "*@":
        return list(value.values() if step == "*" else value)
    if isinstance(value, dict) and step in value:
        found = value[step]
        return found if isinstance(found, list) and not isinstance(found, str) else [found]
    return []


def _aliased(call: Call, value: str) -> str:
    return alias_target(call, service_of(call), value)


def alias_target(call: Call, service: str, value: str) -> str:
    """The ARN of what an alias of a service, by name or ARN, points at; anything else as it is."""
    rule, parts = catalogue.load("actions")["aliases"][service], value.split(":", 5)
    is_arn = len(parts) == 6
    scope = (parts[4], parts[3]) if is_arn else (call.account, call.region)
    held = store_of(call).table(rule["table"]).find(scope, parts[-1])
    if held is None:
        return value
    name = rule["resource"].format(**held)
    template = "arn:{partition}:{service}:{place}:{owner}:{name}"
    return call.make(template, owner=scope[0], place=scope[1], service=service, name=name)


def _account(call: Call, value: str) -> str:
    parts = value.rstrip("/").split("/")
    return parts[-2] if len(parts) > 1 and parts[-2].isdigit() else call.account


def arn_of(call: Call, kind: kinds.Kind, kept: Resource | None, key: str) -> str:
    """The ARN of a declared resource: the one that is kept, else its template filled with the parameters."""
    if key.startswith("arn:"):
        return key
    if kept is not None and kind.arn_member and kept.get(kind.arn_member):
        return str(kept[kind.arn_member])
    if not kind.arn:
        return OPEN
    values = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    given = {**call.params, **(kept or {}), **values, kind.id: key}
    return FIELD.sub(lambda field: str(given.get(field[1], OPEN)), kind.arn)


def _alias_target(call: Call, value: str) -> str | None:
    found = _aliased(call, value)
    return found if found != value else None


def _source(call: Call, value: str) -> str:
    """`bucket/key` of the source of a copy, which is URL-encoded and may name a version."""
    from urllib.parse import unquote

    path = unquote(value.partition("?versionId=")[0])
    return path if path.startswith("arn:") else path.lstrip("/")


def _group(call: Call, value: str) -> str | None:
    """The id of a security group by its name: of several, of the one in the default VPC."""
    groups, vpcs = (table(call, kinds.kind("ec2", name)) for name in ("SecurityGroup", "Vpc"))
    scope = (call.account, call.region)
    default = {each.key for each in vpcs.list(scope) if each.get("IsDefault")}
    found = list(groups.having(scope, "GroupName", [value]))
    return min(found, key=lambda each: each["VpcId"] not in default).key if found else None


def _function(call: Call, value: str) -> str:
    """A function of AWS Lambda by what follows its name in an ARN, be it named by its name, a part of its ARN or all of
    it (`123456789012:function:job:live`); a version or alias may be a parameter of its own."""
    name = re.sub(r"\A(arn:[\w-]+:lambda:[\w-]*:)?(\d{12}:)?(function:)?", "", value)
    return f"{name}:{call['Qualifier']}" if call.get("Qualifier") and ":" not in name else name


def _function_owner(call: Call, value: str) -> str:
    """The account in a part of a function's ARN, the caller's where it has none."""
    found = re.match(r"(?:arn:[\w-]+:lambda:[\w-]*:)?(\d{12}):", value)
    return found[1] if found is not None else call.account


FORMS: dict[str, Callable[[Call, str], str | None]] = {
    "path": lambda call, value: value if value.startswith("/") and value.endswith("/") else value.lstrip("/"),
    "bare": lambda call, value: value.lstrip("/"),
    "aliased": _aliased,
    "name": lambda call, value: value.rpartition("/")[2],
    "account": _account,
    "owner": lambda call, value: value,
    "usual": lambda call, value: USUAL.get(value, value),
    "custom": lambda call, value: None if value == "default" else value,
    "managed": lambda call, value: value if value.startswith("mi-") else None,
    "own": lambda call, value: None if value.startswith("mi-") else value,
    "ours": lambda call, value: "" if value.startswith(OWN_DOCUMENTS) else call.account,
    "family": lambda call, value: value.partition(":")[0],
    "aliastarget": _alias_target,
    "function": _function,
    "functionowner": _function_owner,
    "group": _group,
    "source": _source,
    "version": lambda call, value: value.partition("?versionId=")[2] or None,
    "revision": lambda call, value: value.partition(":")[2] or None,
}
"""What a value is turned into; None where the value is of something else."""
MISSING: dict[str, Callable[[Call], str]] = {
    "path": lambda call: "/",
    "owner": lambda call: call.account,
    "usual": lambda call: "app",
}
"""What a form stands for where the parameter is not given."""
