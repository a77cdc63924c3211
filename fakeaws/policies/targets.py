"""What a call does to what: its actions, and the ARNs of the resources that each is done to.

Both are the Service Authorization Reference's (`reference.py`, `arns.py`). `shapes/catalogue/actions.json` has what it
does not say: the actions of operations that are named otherwise, and resources that are found in another way than by
parameters. In its templates `{Member}` is a parameter (dotted, through lists), `{Member|form}` one that is turned into
what an ARN holds, `@Type` the resource of that type that the parameters name; of a list in the list, the first that the
parameters can fill is meant. `?` stands for a resource that only the handler knows, which then asks
(`enforcement.ask_for`). `tagging` has the actions that tag what a call makes, as the services' API references say;
`launches` has the calls that need what a launch from their launch template needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call, imagined
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import service_of
from fakeaws.core.store.tables import Resource
from fakeaws.policies import reference, services
from fakeaws.policies.parameters import FIELD, arn_of, values, values_of

if TYPE_CHECKING:
    from fakeaws.policies.arns import Found, Kept

Document = dict[str, Any]
MAKING = ("create", "make", "put", "link")


class Target:
    """One thing that must be allowed: an action on a resource, which is an ARN or `*`. `kept` is what the cloud keeps
    of the resource, where that is known already, `keys` are condition keys, in lower case, that this target brings."""

    __slots__ = ("action", "call", "kept", "keys", "resource")

    def __init__(self, action: str, resource: str, kept: Kept | None = None, keys: Document | None = None) -> None:
        self.action = action
        self.call: Call | None = None
        """The call that it is asked for, with all that its launch template says."""
        self.resource = resource
        self.kept = kept
        self.keys = keys or {}


@lru_cache(maxsize=1)
def table() -> Document:
    """The facts of `shapes/catalogue/actions.json`."""
    found: Document = catalogue.load("actions")
    return found


def targets(call: Call) -> list[Target]:
    """All that must be allowed for the call to be."""
    from fakeaws.policies import launching

    whole = launching.launched(call)
    found = _of(whole)
    for target in found:
        target.call = target.call or whole
    return found


def _of(call: Call) -> list[Target]:
    names = actions_of(call)
    declared = table()["resources"].get(service_of(call), {})
    templates = declared.get(call.operation.name, declared.get(""))
    if templates is not None:
        resources = list(_templated(call, templates))
        is_each = len(names) > 1 and len(names) == len(resources)
        pairs = zip(names, resources, strict=True) if is_each else product(names, resources)
        found = [Target(name, *resource) for name, resource in pairs]
    else:
        found = [Target(name, *resource) for name in names for resource in _resources(call, name)]
    if not found:
        found = [Target(f"{services.prefix(service_of(call))}:{call.operation.name}", "*")]
    return [*found, *_besides(call, names, found)] if call.params else found


def _besides(call: Call, names: list[str], found: list[Target]) -> Iterator[Target]:
    """What the parameters ask for besides the operation's own actions."""
    known = [action for name in names if (action := reference.action(name)) is not None]
    yield from _tagging(call, known, found)
    yield from _passing(call, known, found)
    yield from _encrypted(call, found)
    yield from _launching(call)


def actions_of(call: Call) -> list[str]:
    """The actions of an operation: mostly one, of its name."""
    given = table()["actions"].get(service_of(call), {}).get(call.operation.name)
    prefix = services.prefix(service_of(call))
    if given is None and prefix in table()["paths"]:
        return [f"{prefix}:{call.operation.http['method']}"]
    return [name for each in given or [f"{prefix}:{call.operation.name}"] if (name := _asked(call, each))]


def _asked(call: Call, name: str) -> str | None:
    """An action of the table, where the call has what stands behind the question mark: `s3:GetObjectVersion?VersionId`;
    with an exclamation mark, where it has not."""
    action, _, path = name.partition("?")
    if not path:
        return action
    is_given = bool(values_of(call, path.removeprefix("!")) or call.get(path.removeprefix("!")))
    return action if is_given is not path.startswith("!") else None


def _resources(call: Call, name: str) -> list[Found]:
    """The resources of an action; of one that the reference does not know, those that the declaration says."""
    prefix = name.partition(":")[0]
    if prefix in table()["paths"]:
        return [(_by_path(call, table()["paths"][prefix]), None)]
    action = reference.action(name)
    if action is None:
        return list(_named(call)) or [(_by_parameter(call), None)]
    if not action.types:
        return [("*", None)]
    from fakeaws.policies import arns

    patterns = [reference.arn_pattern(reference.arn_of_type(prefix, kind)) for kind in action.types]
    named = (each for each in _named(call) if any(pattern.match(each[0]) for pattern in patterns))
    return arns.of_action(call, action, arns.Texts(call.params)) or list(named) or [("*", None)]


def _by_path(call: Call, prefix: str) -> str:
    """A resource that is named by the path of its URL, as Amazon API Gateway's are."""
    members = call.operation.input.members if call.operation.input is not None else {}
    given = {m.get("locationName", name): str(call.get(name, "*")) for name, m in members.items()}
    path = call.operation.http["requestUri"].partition("?")[0].removeprefix("/v2")
    return call.make(prefix) + re.sub(r"\{(\w+)\+?\}", lambda field: given.get(field[1], "*"), path)


def _templated(call: Call, templates: list[Any]) -> Iterator[Found]:
    for template in templates:
        alternatives = template if isinstance(template, list) else [template]
        filled = next(filter(None, ([*_filled(call, each)] for each in alternatives)), [])
        yield from (each for each in filled if each[0])


def _filled(call: Call, template: str) -> Iterator[Found]:
    """What a template stands for, once for each value of lists; nothing where a parameter is missing."""
    if template.startswith("@"):
        yield from _kept(call, template[1:])
        return
    fields = FIELD.findall(template)
    for chosen in product(*(values(call, name, form) for name, form in fields)):
        whole = next((value for value in chosen if value.startswith("arn:")), None)
        filling = iter(chosen)
        arn = whole or FIELD.sub(lambda _, filling=filling: next(filling), template)  # type: ignore[misc]
        yield arn, None


def _named(call: Call) -> Iterator[Found]:
    """The resources that the operation's declaration says the parameters name."""
    binding = call.operation.service.binding(call.operation.name)
    if binding is None or "kind" not in binding:
        return
    kind = kinds.kind(service_of(call), binding["kind"])
    for key in naming.given_keys(call, kind, binding) if binding.get("key") else ():
        kept = naming.find(call, kind, key)
        yield arn_of(call, kind, kept, naming.key_of(key)), (kind, kept) if kept is not None else None
    if not binding.get("key") and binding["verb"] in MAKING:
        yield arn_of(call, kind, None, "*"), None


def _kept(call: Call, name: str) -> Iterator[Found]:
    """The resource of a type that the parameters name by its id; `@self` is the user that calls where none is named."""
    if name == "self":
        shape = call.operation.input
        if call.caller.kind in ("IAMUser", "Root") and shape is not None and shape.has_member("UserName"):
            yield call.caller.arn, None
        return
    kind = kinds.kind(service_of(call), name)
    key = call.get(kind.id)
    if key is not None:
        kept = naming.find(call, kind, key)
        arn = arn_of(call, kind, kept, naming.key_of(key)) if kept is not None else _new_arn(call, kind, key)
        yield arn, (kind, kept) if kept is not None else None


def _new_arn(call: Call, kind: kinds.Kind, key: str) -> str:
    return arn_of(call, kind, None, key).replace("*" + key, "/" + key)


def found(call: Call, arn: str) -> tuple[kinds.Kind, Resource] | None:
    """What is kept of the resource of an ARN, for the tags on it."""
    for kind in _tagged(service_of(call)):
        match = _form(kind.arn or "").match(arn)
        keys = [arn] if match is not None or kind.arn_member in kind.index else []
        for key in [*keys, match[1]] if match is not None else keys:
            kept = naming.find(call, kind, key)
            if kept is not None:
                return kind, kept
    return None


@lru_cache(maxsize=1024)
def _form(template: str) -> re.Pattern[str]:
    """What ARNs of a template look like; the group is what its last field stands for."""
    *parts, end = re.split(r"\{[^}]*\}", template)
    start, last = parts[:-1], parts[-1:] or [""]
    return re.compile(".+".join(map(re.escape, [*start, *last])) + "(.+)" + re.escape(end) + r"\Z")


@lru_cache(maxsize=64)
def _tagged(service: str) -> list[kinds.Kind]:
    return [kind for kind in kinds.of(service) if kind.tags and kind.arn]


def _by_parameter(call: Call) -> str:
    """The ARN of the service's own among the parameters, if one of them is one."""
    start = re.compile(rf"arn:[\w-]+:{services.prefix(service_of(call))}:")
    for name in call.operation.input.required if call.operation.input else ():
        value = call.get(name)
        if isinstance(value, str) and start.match(value):
            return value
    return "*"


def _tagging(call: Call, actions: list[reference.Action], found: list[Target]) -> Iterator[Target]:
    """Services that have an action of its own for it ask for that too where what is made is tagged at once."""
    from fakeaws.policies.requested import request_tags, specifications

    tagged = {each.get("ResourceType") for each in specifications(call.params) if each.get("Tags")}
    for action in actions if request_tags(call.params) else ():
        prefix = action.name.partition(":")[0]
        names = [name for name in action.depends if re.fullmatch(rf"{prefix}:\w*Tag\w*", name)]
        names += table()["tagging"].get(action.name, "").split()
        if not tagged:
            places = found[:1]
        else:
            places = [each for each in found if each.resource.rpartition(":")[2].partition("/")[0] in tagged]
        for name in names:
            yield from (Target(name, each.resource, each.kept) for each in places)


def _encrypted(call: Call, targets: list[Target]) -> Iterator[Target]:
    """What is encrypted with a key of one's own needs the use of that key too."""
    if service_of(call) in table()["encrypted"] and targets:
        from fakeaws.policies import encrypted

        kept = targets[0].kept or found(call, targets[0].resource)
        for action, arn, keys in encrypted.keys_used(call, kept[1] if kept is not None else None):
            yield Target(action, arn, None, keys)


def _launching(call: Call) -> Iterator[Target]:
    """Who gives a group a launch template must be allowed to launch from it.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    """
    if call.operation.name not in table()["launches"].get(service_of(call), ()):
        return
    from fakeaws.policies import launching

    for named in launching.templates_of(call.params):
        yield from targets(imagined(call, "ec2", "RunInstances", {"LaunchTemplate": named}))


def _passing(call: Call, actions: list[reference.Action], found: list[Target]) -> Iterator[Target]:
    """Giving a role to a service is an action of its own, on the role."""
    from fakeaws.policies import passing

    resources = [each.resource for each in found]
    for arn, to in passing.passed(call, actions, resources):
        on = next((resource for resource in resources if resource != "*"), None)
        keys = {"iam:passedtoservice": to, **({"iam:associatedresourcearn": on} if on else {})}
        yield Target("iam:PassRole", arn, None, keys)
