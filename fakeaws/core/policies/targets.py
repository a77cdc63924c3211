"""What a call does to what: its actions, and the ARNs of the resources that each is done to.

AWS's names are in `shapes/catalogue/actions.json` where they differ from the operation's; resources come from the ARNs
of the shapes. In the table's templates `{Member}` is a parameter (dotted, through lists), `{Member|form}` one that is
turned into what an ARN holds, `@Type` the resource of that type that the parameters name; of a list in the list, the
first that the parameters can fill is meant. `?` stands for a resource that only the handler knows, which then asks
(`enforcement.ask_for`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any

from fakeaws.core import catalogue, naming, shapes
from fakeaws.core.call import Call
from fakeaws.core.policies import services
from fakeaws.core.store.tables import Resource, Table

Document = dict[str, Any]
Target = tuple[str, str, "tuple[shapes.Kind, Resource] | None"]
"""(action, ARN or `*`, what is kept of the resource)."""

FIELD = re.compile(r"\{([^}|]+)(?:\|(\w+))?\}")
MAKING = ("create", "make", "put", "link")


@lru_cache(maxsize=1)
def table() -> Document:
    """The facts of `shapes/catalogue/actions.json`."""
    found: Document = catalogue.load("actions")
    return found


def targets(call: Call) -> list[Target]:
    """All that must be allowed for the call to be."""
    service, operation = call.service, call.operation.name
    given = table()["actions"].get(service, {}).get(operation)
    actions = given or [f"{services.prefix(service)}:{operation}"]
    resources = list(_resources(call))
    if len(actions) > 1 and len(actions) == len(resources):
        found = [(action, *resource) for action, resource in zip(actions, resources, strict=True)]
    else:
        found = [(action, *resource) for action in actions for resource in resources]
    return [*found, *_tagging(call, resources), *_passing(call)]


def _resources(call: Call) -> Iterator[tuple[str, tuple[shapes.Kind, Resource] | None]]:
    declared = table()["resources"].get(call.service, {})
    templates = declared.get(call.operation.name, declared.get(""))
    if templates is not None:
        yield from _templated(call, templates)
        return
    named = list(_named(call))
    if named:
        yield from named
    else:
        yield _by_parameter(call), None


def _templated(call: Call, templates: list[Any]) -> Iterator[tuple[str, tuple[shapes.Kind, Resource] | None]]:
    for template in templates:
        alternatives = template if isinstance(template, list) else [template]
        filled = next(filter(None, ([*_filled(call, each)] for each in alternatives)), [])
        yield from (each for each in filled if each[0])


def _filled(call: Call, template: str) -> Iterator[tuple[str, tuple[shapes.Kind, Resource] | None]]:
    """What a template stands for, once for each value of lists; nothing where a parameter is missing."""
    if template.startswith("@"):
        yield from _kept(call, template[1:])
        return
    fields = FIELD.findall(template)
    values = [_values(call, name, form) for name, form in fields]
    for chosen in product(*values):
        whole = next((value for value in chosen if value.startswith("arn:")), None)
        filling = iter(chosen)
        arn = whole or FIELD.sub(lambda _, filling=filling: next(filling), template)  # type: ignore[misc]
        yield arn, None


def _values(call: Call, name: str, form: str) -> list[str]:
    here = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    if name in here:
        return [here[name]]
    values: list[Any] = [call.params]
    for step in name.split("."):
        values = [inner for value in values for inner in _step(value, step)]
    if form == "path" and not values:
        return ["/"]
    if form == "owner" and not values:
        return [call.account]
    return [FORMS.get(form, _same)(call, str(value)) for value in values if isinstance(value, (str, int))]


def _step(value: Any, step: str) -> list[Any]:
    if isinstance(value, list):
        return [inner for item in value for inner in ([item] if step == "*" else _step(item, step))]
    if isinstance(value, dict) and step == "*":
        return [item if isinstance(item, dict) else key for key, item in value.items()]
    if isinstance(value, dict) and step in value:
        found = value[step]
        return found if isinstance(found, list) and not isinstance(found, str) else [found]
    return []


def _same(call: Call, value: str) -> str:
    return value


def _aliased(call: Call, value: str) -> str:
    """The ARN of what an alias, by name or ARN, points at."""
    rule, parts = table()["aliases"][call.service], value.split(":", 5)
    is_arn = len(parts) == 6
    scope = (parts[4], parts[3]) if is_arn else (call.account, call.region)
    held = Table(call.cloud.database, rule["table"]).find(scope, parts[-1])
    if held is None:
        return value
    name = rule["resource"].format(**held)
    return call.make(
        "arn:{partition}:{service}:{there}:{owner}:{name}",
        owner=scope[0],
        there=scope[1],
        service=call.service,
        name=name,
    )


def _account(call: Call, value: str) -> str:
    parts = value.rstrip("/").split("/")
    return parts[-2] if len(parts) > 1 and parts[-2].isdecimal() else call.account


FORMS: dict[str, Callable[[Call, str], str]] = {
    "path": lambda call, value: value if value.startswith("/") and value.endswith("/") else value.lstrip("/"),
    "bare": lambda call, value: value.lstrip("/"),
    "aliased": _aliased,
    "name": lambda call, value: value.rpartition("/")[2],
    "account": _account,
    "ec2": lambda call, value: f"{table()['ec2_ids'].get(value.partition('-')[0], '*')}/{value}",
}


def _named(call: Call) -> Iterator[tuple[str, tuple[shapes.Kind, Resource] | None]]:
    """The resources that the operation's declaration says the parameters name."""
    binding = call.operation.service.binding(call.operation.name)
    if binding is None or "kind" not in binding:
        return
    kind = shapes.kind(call.service, binding["kind"])
    for key in naming.given_keys(call, kind, binding) if binding.get("key") else ():
        kept = naming.find(call, kind, key)
        yield _arn(call, kind, kept, naming.key_of(key)), (kind, kept) if kept is not None else None
    if not binding.get("key") and binding["verb"] in MAKING:
        if call.operation.service.protocol == "ec2":
            yield call.make("arn:{partition}:ec2:{region}:{account}:{kind}/*", kind=_kebab(kind.name)), None
        else:
            yield _arn(call, kind, None, "*"), None


def _arn(call: Call, kind: shapes.Kind, kept: Resource | None, key: str) -> str:
    if key.startswith("arn:"):
        return key
    if kept is not None and kind.arn_member and kept.get(kind.arn_member):
        return str(kept[kind.arn_member])
    if not kind.arn:
        return "*"
    values = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    given = {**call.params, **(kept or {}), **values, kind.id: key}
    return FIELD.sub(lambda field: str(given.get(field[1], "*")), kind.arn)


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _kept(call: Call, name: str) -> Iterator[tuple[str, tuple[shapes.Kind, Resource] | None]]:
    """The resource of a type that the parameters name by its id; `@self` is the user that calls where none is named."""
    if name == "self":
        shape = call.operation.input
        if call.caller.kind in ("IAMUser", "Root") and shape is not None and shape.has_member("UserName"):
            yield call.caller.arn, None
        return
    kind = shapes.kind(call.service, name)
    key = call.get(kind.id)
    if key is not None:
        kept = naming.find(call, kind, key)
        arn = _arn(call, kind, kept, naming.key_of(key)) if kept is not None else _new_arn(call, kind, key)
        yield arn, (kind, kept) if kept is not None else None


def _new_arn(call: Call, kind: shapes.Kind, key: str) -> str:
    return _arn(call, kind, None, key).replace("*" + key, "/" + key)


def found(call: Call, arn: str) -> tuple[shapes.Kind, Resource] | None:
    """What is kept of the resource of an ARN, for the tags on it."""
    for kind in _tagged(call.service):
        match = naming.arn_pattern(kind.arn or "", kind.id).match(arn)
        keys = [arn, match["key"]] if match else []
        for key in keys:
            kept = call.cloud.table(kind).find(call.scope(kind), key)
            if kept is not None:
                return kind, kept
    return None


@lru_cache(maxsize=64)
def _tagged(service: str) -> list[shapes.Kind]:
    return [kind for kind in naming.kinds(service) if kind.tags and kind.arn]


def _by_parameter(call: Call) -> str:
    """The ARN among the parameters, if one of them is one."""
    for name in call.operation.input.required if call.operation.input else ():
        value = call.get(name)
        if isinstance(value, str) and value.startswith("arn:"):
            return value
    if call.operation.service.protocol == "ec2" and not call.operation.name.startswith("Describe"):
        for name, what in table()["ec2_parameters"].items():
            value = call.get(name)
            if isinstance(value, str):
                return call.make("arn:{partition}:ec2:{region}:{account}:{what}/{id}", what=what, id=value)
    return "*"


def _tagging(call: Call, resources: list[Any]) -> Iterator[Target]:
    """EC2 asks for its own action where what is made is tagged at once."""
    if call.operation.service.protocol == "ec2" and call.get("TagSpecifications"):
        kinds = {each.get("ResourceType") for each in call["TagSpecifications"] if each.get("Tags")}
        for arn, kept in resources:
            if arn.rpartition(":")[2].partition("/")[0] in kinds:
                yield "ec2:CreateTags", arn, kept


def _passing(call: Call) -> Iterator[Target]:
    """Giving a role to a service is an action of its own, on the role."""
    member = table()["passes"].get(call.service, {}).get(call.operation.name)
    given = call.get(member) if member else None
    if isinstance(given, dict):
        given = _role_of_profile(call, given)
    if isinstance(given, str) and given:
        arn = given if given.startswith("arn:") else call.make("arn:{partition}:iam::{account}:role/{name}", name=given)
        yield "iam:PassRole", arn, None


def _role_of_profile(call: Call, given: Document) -> str | None:
    name = given.get("Name") or str(given.get("Arn", "")).rpartition("/")[2]
    kind = shapes.kind("iam", "InstanceProfile")
    profile = call.cloud.table(kind).find((call.account, ""), name)
    names = profile["roles"] if profile is not None else []
    role = call.cloud.table(shapes.kind("iam", "Role")).find((call.account, ""), names[0]) if names else None
    return str(role["Arn"]) if role is not None else None
