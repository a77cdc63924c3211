"""Parameter groups: what their families say, and what was set."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def _check_family(family: str) -> None:
    engines = catalogue.load("rds")["engines"].values()
    if not any(family in engine["versions"] for engine in engines):
        raise AwsError("InvalidParameterValue", f"ParameterGroupFamily {family} is not a valid parameter group family")


def create_db_parameter_group(call: Call) -> Document:
    _check_family(call["DBParameterGroupFamily"])
    call.params["DBParameterGroupName"] = call["DBParameterGroupName"].lower()
    return call.declared()


def create_db_cluster_parameter_group(call: Call) -> Document:
    _check_family(call["DBParameterGroupFamily"])
    call.params["DBClusterParameterGroupName"] = call["DBClusterParameterGroupName"].lower()
    return call.declared()


def _defaults(family: str) -> list[Document]:
    """The parameters of a family as the engine sets them. Those of the catalogue: the ones that are mostly changed."""
    every = catalogue.load("rds")["parameters"]
    plain = family.removeprefix("aurora-").replace("postgresql", "postgres").replace("mariadb", "mysql")
    rows: list[list[str]] = next((rows for name, rows in every.items() if plain.startswith(name)), [])
    return [_parameter(*row) for row in rows]


def _parameter(name: str, value: str, kind: str, applies: str, allowed: str, description: str) -> Document:
    said = {"ParameterName": name, "ParameterValue": value, "Description": description, "Source": "engine-default"}
    said |= {"ApplyType": applies, "DataType": kind, "AllowedValues": allowed}
    whole: Document = {key: text for key, text in said.items() if text}
    return {**whole, "IsModifiable": True, "ApplyMethod": "pending-reboot"}


def _shown(group: Document) -> list[Document]:
    found = {one["ParameterName"]: one for one in _defaults(group["DBParameterGroupFamily"])}
    for name, (value, method) in group.get("values", {}).items():
        usual = found.get(
            name, {"ParameterName": name, "ApplyType": "dynamic", "DataType": "string", "IsModifiable": True}
        )
        found[name] = {**usual, "ParameterValue": value, "Source": "user", "ApplyMethod": method}
    return [found[name] for name in sorted(found)]


def _described(call: Call, kind: str) -> Document:
    name = call[f"{kind}Name"].lower()
    group = call.find(kind, name) or _default_group(name)
    if group is None:
        raise refusal(call, kind, "missing", name)
    return {"Parameters": [one for one in _shown(group) if call.get("Source") in (None, one["Source"])]}


def _default_group(name: str) -> Document | None:
    """A group that AWS provides: `default.mysql8.0`."""
    family = name.removeprefix("default.")
    known = any(family in engine["versions"] for engine in catalogue.load("rds")["engines"].values())
    return {"DBParameterGroupFamily": family} if known and family != name else None


def describe_db_parameters(call: Call) -> Document:
    return _described(call, "DBParameterGroup")


def describe_db_cluster_parameters(call: Call) -> Document:
    return _described(call, "DBClusterParameterGroup")


def describe_engine_default_parameters(call: Call) -> Document:
    return _engine_defaults(call)


def describe_engine_default_cluster_parameters(call: Call) -> Document:
    return _engine_defaults(call)


def _engine_defaults(call: Call) -> Document:
    family = call["DBParameterGroupFamily"]
    _check_family(family)
    return {"EngineDefaults": {"DBParameterGroupFamily": family, "Parameters": _defaults(family)}}


# Changing


def modify_db_parameter_group(call: Call) -> Document:
    return _modified(call, "DBParameterGroup")


def modify_db_cluster_parameter_group(call: Call) -> Document:
    return _modified(call, "DBClusterParameterGroup")


def _group(call: Call, kind: str) -> Resource:
    name = call[f"{kind}Name"].lower()
    if name.startswith("default."):
        raise AwsError("InvalidDBParameterGroupState", "Cannot modify a default parameter group.")
    return call.read(kind, name)


def _modified(call: Call, kind: str) -> Document:
    """A static parameter takes effect at a reboot: to ask for another way is refused."""
    group = _group(call, kind)
    static = {
        one["ParameterName"] for one in _defaults(group["DBParameterGroupFamily"]) if one["ApplyType"] == "static"
    }
    for one in call["Parameters"]:
        name, method = one.get("ParameterName"), one.get("ApplyMethod", "pending-reboot")
        if not name or "ParameterValue" not in one:
            raise AwsError(
                "InvalidParameterValue", "The parameter ParameterValue must be provided and must not be blank."
            )
        if name in static and method == "immediate":
            raise AwsError(
                "InvalidParameterCombination",
                f"cannot use immediate apply method for static parameter, parameter name: {name}",
            )
        group.setdefault("values", {})[name] = [one["ParameterValue"], method]
    call.keep(kind, group)
    _mark(call, kind, group)
    return {f"{kind}Name": group.key}


def _mark(call: Call, kind: str, group: Resource) -> None:
    """Instances with the group show that it has changes that wait for a reboot."""
    waits = any(method == "pending-reboot" for _, method in group.get("values", {}).values())
    for instance in list(call.list("DBInstance")) if kind == "DBParameterGroup" and waits else ():
        for one in instance["DBParameterGroups"]:
            if one["DBParameterGroupName"] == group.key:
                one["ParameterApplyStatus"] = "pending-reboot"
                call.keep("DBInstance", instance)


def reset_db_parameter_group(call: Call) -> Document:
    return _reset(call, "DBParameterGroup")


def reset_db_cluster_parameter_group(call: Call) -> Document:
    return _reset(call, "DBClusterParameterGroup")


def _reset(call: Call, kind: str) -> Document:
    group, named = _group(call, kind), call.get("Parameters", [])
    if not call.get("ResetAllParameters") and not named:
        raise AwsError("InvalidParameterCombination", "Either ResetAllParameters or Parameters must be specified")
    gone = {one.get("ParameterName") for one in named}
    held = group.get("values", {})
    group["values"] = (
        {} if call.get("ResetAllParameters") else {name: v for name, v in held.items() if name not in gone}
    )
    call.keep(kind, group)
    return {f"{kind}Name": group.key}


# Copying


def copy_db_parameter_group(call: Call) -> Document:
    return _copied(call, "DBParameterGroup", "Description")


def copy_db_cluster_parameter_group(call: Call) -> Document:
    return _copied(call, "DBClusterParameterGroup", "Description")


def copy_option_group(call: Call) -> Document:
    return _copied(call, "OptionGroup", "OptionGroupDescription")


def _copied(call: Call, kind: str, member: str) -> Document:
    source = call.read(kind, call[f"Source{kind}Identifier"].rsplit(":", 1)[-1])
    made = {m: v for m, v in source.items() if m not in (f"{kind}Arn", "_tags")}
    made |= {f"{kind}Name": call[f"Target{kind}Identifier"].lower(), member: call[f"Target{kind}Description"]}
    made["_tags"] = call.get("Tags", [])
    return {kind: declared.make(call, kinds.kind("rds", kind), made, "", {"verb": "create"})}


def modify_option_group(call: Call) -> Document:
    """Options are put in and taken out by name."""
    group = call.read("OptionGroup", call["OptionGroupName"])
    gone = {*call.get("OptionsToRemove", ()), *(one["OptionName"] for one in call.get("OptionsToInclude", ()))}
    kept = [one for one in group.get("Options", []) if one["OptionName"] not in gone]
    for one in call.get("OptionsToInclude", ()):
        groups = [
            {"VpcSecurityGroupId": name, "Status": "active"} for name in one.get("VpcSecurityGroupMemberships", [])
        ]
        shown = {m: one[m] for m in ("OptionName", "Port", "OptionVersion", "OptionSettings") if m in one}
        kept.append({**shown, "Persistent": False, "Permanent": False, "VpcSecurityGroupMemberships": groups})
    group["Options"] = kept
    return {"OptionGroup": call.keep("OptionGroup", group)}
