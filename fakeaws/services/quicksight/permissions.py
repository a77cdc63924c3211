"""Who may do what with an Amazon QuickSight resource: actions granted to principals, and taken back."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource

Document = dict[str, Any]


def _resource(call: Call, kind: str) -> Resource:
    return call.read(kind, call[f"{kind}Id"])


def _described(call: Call, kind: str) -> Document:
    return _shown(call, kind, _resource(call, kind))


def _shown(call: Call, kind: str, resource: Resource) -> Document:
    """The members are called after the type in one answer, and not in the next: each takes its own."""
    arn = resource.get("Arn") or resource.get(f"{kind}Arn") or resource.get(f"{kind[:1].lower()}{kind[1:]}Arn")
    granted, links = resource.get("Permissions", []), resource.get("links", [])
    whole = {
        f"{kind}Id": call[f"{kind}Id"],
        f"{kind[:1].lower()}{kind[1:]}Id": call[f"{kind}Id"],
        **dict.fromkeys(("Arn", f"{kind}Arn", f"{kind[:1].lower()}{kind[1:]}Arn"), arn),
        "Permissions": granted,
        "permissions": granted,
        "LinkSharingConfiguration": {"Permissions": links} if links else None,
        "Status": 200,
        "RequestId": call.make("{uuid}"),
        "requestId": call.make("{uuid}"),
    }
    output = call.operation.output
    return {name: value for name, value in whole.items() if output is not None and output.has_member(name)}


def _updated(call: Call, kind: str) -> Document:
    resource = _resource(call, kind)
    for member, suffix in (("Permissions", "Permissions"), ("links", "LinkPermissions")):
        held = resource.get(member, [])
        resource[member] = _after(held, call.get(f"Grant{suffix}", []), call.get(f"Revoke{suffix}", []))
    return _shown(call, kind, call.keep(kind, resource))


def _after(held: list[Document], granted: list[Document], revoked: list[Document]) -> list[Document]:
    """What principals may do after some actions were granted and then others revoked; who may do nothing is gone."""
    actions: dict[str, list[str]] = {one["Principal"]: list(one["Actions"]) for one in held}
    for one in granted:
        actions[one["Principal"]] = list(dict.fromkeys([*actions.get(one["Principal"], []), *one["Actions"]]))
    for one in revoked:
        left = [name for name in actions.get(one["Principal"], []) if name not in one["Actions"]]
        actions[one["Principal"]] = left
    return [{"Principal": name, "Actions": allowed} for name, allowed in actions.items() if allowed]


def describe_action_connector_permissions(call: Call) -> Document:
    return _described(call, "ActionConnector")


def update_action_connector_permissions(call: Call) -> Document:
    return _updated(call, "ActionConnector")


def describe_agent_permissions(call: Call) -> Document:
    return _described(call, "Agent")


def update_agent_permissions(call: Call) -> Document:
    return _updated(call, "Agent")


def describe_analysis_permissions(call: Call) -> Document:
    return _described(call, "Analysis")


def update_analysis_permissions(call: Call) -> Document:
    return _updated(call, "Analysis")


def describe_dashboard_permissions(call: Call) -> Document:
    return _described(call, "Dashboard")


def update_dashboard_permissions(call: Call) -> Document:
    return _updated(call, "Dashboard")


def describe_data_set_permissions(call: Call) -> Document:
    return _described(call, "DataSet")


def update_data_set_permissions(call: Call) -> Document:
    return _updated(call, "DataSet")


def describe_data_source_permissions(call: Call) -> Document:
    return _described(call, "DataSource")


def update_data_source_permissions(call: Call) -> Document:
    return _updated(call, "DataSource")


def describe_folder_permissions(call: Call) -> Document:
    return _described(call, "Folder")


def update_folder_permissions(call: Call) -> Document:
    return _updated(call, "Folder")


def describe_knowledge_base_permissions(call: Call) -> Document:
    return _described(call, "KnowledgeBase")


def update_knowledge_base_permissions(call: Call) -> Document:
    return _updated(call, "KnowledgeBase")


def describe_space_permissions(call: Call) -> Document:
    return _described(call, "Space")


def update_space_permissions(call: Call) -> Document:
    return _updated(call, "Space")


def describe_template_permissions(call: Call) -> Document:
    return _described(call, "Template")


def update_template_permissions(call: Call) -> Document:
    return _updated(call, "Template")


def describe_theme_permissions(call: Call) -> Document:
    return _described(call, "Theme")


def update_theme_permissions(call: Call) -> Document:
    return _updated(call, "Theme")


def describe_topic_permissions(call: Call) -> Document:
    return _described(call, "Topic")


def update_topic_permissions(call: Call) -> Document:
    return _updated(call, "Topic")
