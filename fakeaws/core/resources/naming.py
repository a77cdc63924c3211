"""Which resource a parameter means: by its id, its ARN, its name or whatever else its type is indexed by."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import drawn, path_of, scope, service_of, table
from fakeaws.core.resources.states import settled
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import ids
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request

Document = dict[str, Any]
SOLE = "-"
"""The key of a resource that there is only one of within its account or parent."""


def given(call: Request, kind: kinds.Kind) -> Any:
    """What the parameters name a resource of the type by, None where they name none."""
    return next((call.params[m] for m in (kind.id, *kind.also) if call.params.get(m) is not None), None)


def find(call: Request, kind: kinds.Kind, value: Any, within: Resource | str | None = None) -> Resource | None:
    """The resource of a type that `value` names, by its id, an ARN or URL, or another of its names; `within` is what it
    stands within, or the path of that; None for any."""
    text, parent, place = key_of(value), path_of(within), scope(call, kind, within)
    held = table(call, kind)
    found = held.find(place, _last(text) if kind.also and text.startswith(("arn:", "http")) else text, parent)
    if found is None and kind.names:
        found = _by_name(call, kind, text, place, parent)
    if found is None and text.startswith("arn:") and kind.arn:
        match = arn_pattern(kind.arn, kind.id).match(text)
        found = held.find(place, match["key"]) if match is not None else None
    return settled(kind, found, call.now) if found is not None else None


def _last(text: str) -> str:
    """The last part of an ARN or URL."""
    return text.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _by_name(call: Request, kind: kinds.Kind, text: str, place: tuple[str, str], parent: str | None) -> Resource | None:
    for path in kind.names:
        rows = table(call, kind).having(place, path, [text])
        fits = (row for row in rows if parent is None or row.parent == parent)
        found = next((row for row in fits if settled(kind, row, call.now) is not None), None)
        if found is not None:
            return found
    return None


_COMMON = ("{partition}", "{region}", "{account}")


def arn_for(call: Request, kind: str, **values: Any) -> str:
    """The ARN of a resource of the call's service, as its shape declares it; `values` are the members that stand in it.
    KeyError where the type has none."""
    template = kinds.kind(service_of(call), kind).arn
    if template is None:
        raise KeyError(kind)
    return call.make(template, **values)


@cache
def arn_pattern(template: str, key: str) -> re.Pattern[str]:
    """What ARNs of a template look like; the group `key` is the field of the resource's id. What all ARNs have holds no
    colon."""
    out, has_key = [], False
    for part in re.split(r"(\{\w*\})", template):
        if part == "{" + key + "}" and not has_key:
            out.append("(?P<key>.+)")
            has_key = True
        else:
            anything = "[^:]+" if part in _COMMON else ".+"
            out.append(anything if part.startswith("{") else re.escape(part))
    return re.compile("".join(out) + ("$" if has_key else "(?P<key>(?!))"))


def key_of(value: Any) -> str:
    """A key as it is kept, from one value or those of a composite key."""
    if isinstance(value, list):
        return "|".join(key_of(item) for item in value)
    if isinstance(value, dict):
        return "|".join(key_of(item) for _, item in sorted(value.items()))
    return str(value).lower() if isinstance(value, bool) else str(value)


def within(call: Request, binding: Document) -> str | None:
    """The path of what the parameters say that the resource stands within; AwsError where that does not exist, None
    where they do not say."""
    path: str | None = None
    for name, member in binding.get("parents", ()):
        value = call.get(member)
        if value is None:
            return path
        kind = kinds.kind(service_of(call), name)
        found = find(call, kind, value, path)
        if found is None:
            raise refusal(call, kind, "missing", key_of(value))
        path = found.path
    return path


PROVIDED = ("default", "aws", "amazon")
"""How the names of what AWS provides itself begin, besides `provided` in the shape: it is not stored, and may be
referred to all the same."""


def check_references(call: Request, binding: Document) -> None:
    """AwsError where a parameter names a resource of another type that does not exist."""
    provided = (*PROVIDED, *call.operation.service.facts.get("provided", ()))
    for member, name in binding.get("refers", {}).items():
        given = call.get(member)
        kind = kinds.kind(service_of(call), name)
        for value in given if isinstance(given, list) else [given]:
            if not value or value == call.account or str(value).lower().startswith(provided):
                continue
            if not _is_elsewhere(call, kind, str(value)) and find(call, kind, value) is None:
                raise refusal(call, kind, "missing", key_of(value))


def _is_elsewhere(call: Request, kind: kinds.Kind, name: str) -> bool:
    """Whether an ARN is one of another account or region, or of AWS itself."""
    parts = name.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return False
    ours = parts[4] == call.account or "{account}" not in (kind.arn or "")
    return not ours or parts[3] not in ("", call.region)


def given_keys(call: Request, kind: kinds.Kind, binding: Document) -> list[Any]:
    """What the parameters name the resources by: nothing where they name none, [SOLE] for types with only one."""
    if binding.get("entries"):
        return [named_in(kind, entry) for entry in call.get(binding["entries"], ())]
    if isinstance(named := call.get(binding.get("named", "")), dict):
        makes = binding["verb"] in ("create", "put", "link") and not kind.keys
        return ([named[kind.id]] if kind.id in named else []) if makes else [named_in(kind, named)]
    if kind.keys:
        values = [call.get(member) for member in binding.get("key", ())]
        return _combined(values) if values and any(value is not None for value in values) else []
    if not kind.id:
        return [SOLE]
    for member in binding.get("key", ()):
        value = call.get(member)
        if value is not None and value != []:
            return value if isinstance(value, list) else [value]
    return []


def named_in(kind: kinds.Kind, structure: Document) -> Any:
    """What a structure names: the key, or whatever else it says first."""
    if kind.keys:
        return [structure.get(member) for member in kind.keys]
    return structure.get(kind.id) or next((v for v in structure.values() if isinstance(v, str)), "")


def _combined(values: list[Any]) -> list[Any]:
    """The keys that a composite key with lists in it stands for."""
    found: list[list[Any]] = [[]]
    for value in values:
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        found = [[*key, item] for key in found for item in (value if is_list else [value])]
    return list(found)


def refusal(call: Request, type_: kinds.Kind | str, reason: str, key: Any = None) -> AwsError:
    """The declared error of a type (`missing`, `exists`, `holds`), its text and fields filled with the parameters, ids
    and `key`, by default what the parameters name; the service's own for missing resources if the type has none."""
    kind = kinds.kind(service_of(call), type_) if isinstance(type_, str) else type_
    key = key if key is not None else given(call, kind)
    if reason == "missing" and is_malformed(kind, key):
        reason = "malformed"
    declared: list[Any] = kind.errors.get(reason) or _usual(call, kind, reason)
    code, text, *fields = declared
    values = {**{k: v for k, v in call.params.items() if isinstance(v, (str, int))}, "id": _shown(kind, key)}
    values |= {"account": call.account, "region": call.region, "partition": call.caller.partition}
    values.setdefault(kind.id, values["id"])
    templates: Document = fields[0] if fields else {}
    filled: Document = {name: _filled(call, template, values) for name, template in templates.items()}
    return AwsError(code, _filled(call, text, values), **filled)


def _shown(kind: kinds.Kind, key: Any) -> Any:
    """A key as AWS words it: of one of several members the last, as the others say within what it stands."""
    return str(key).rpartition("|")[2] if len(kind.keys) > 1 else key


def is_formed(key: str) -> bool:
    """Whether a key has the form of ids that AWS makes: `vpc-` and 8 or 17 hexadecimal digits."""
    return re.match(r"(?:[a-z][a-z0-9]*-)+([0-9a-f]{8}|[0-9a-f]{17})\Z", key) is not None


def is_malformed(kind: kinds.Kind, key: Any) -> bool:
    """Whether a key cannot be one that the service makes (`vpc-0{hex16}`), where the type has an error for that."""
    if "malformed" not in kind.errors or kind.make is None:
        return False
    prefix = kind.make.partition("{")[0].rstrip("0")
    return not (str(key).startswith(prefix) and is_formed(str(key)))


def _filled(call: Request, text: str, values: Document) -> str:
    try:
        return ids.fill(text, values, partial(drawn, call))
    except KeyError as missing:
        return _filled(call, text, {**values, str(missing.args[0]): values["id"]})


def _usual(call: Request, kind: kinds.Kind, reason: str) -> list[str]:
    if call.operation.service.protocol == "ec2":
        return [f"Invalid{kind.name}ID.NotFound", f"The {kind.name} ID '{{id}}' does not exist"]
    if call.operation.service.protocol == "query":
        return [f"{kind.name}NotFound", f"{kind.name} {{id}} not found"]
    return ["ResourceNotFoundException", f"{kind.name} not found: {{id}}"]
