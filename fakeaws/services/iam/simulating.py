"""The policy simulator: the same evaluation as of real calls, on requests that are only imagined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import gathering, organization, reference
from fakeaws.policies.context import Given
from fakeaws.policies.documents import Malformed, Policy, check, policy
from fakeaws.policies.evaluation import BOUNDARY, SERVICE_CONTROL, Decision, Layers, Principal, Request, decide
from fakeaws.policies.matching import VARIABLE

Document = dict[str, Any]
TYPES = {"identity-based policy": "IAM Policy", "resource-based policy": "Resource Policy"}


def simulate_custom_policy(call: Call) -> Document:
    held = _inputs(call, "PolicyInputList", "PolicyInputList")
    caller = call.get("CallerArn") or call.make("arn:{partition}:iam::{account}:user/simulated")
    scps = call.get("OrderedOrganizationPolicyInputList")
    levels = [[policy(text) for text in each.get("ServiceControlPolicyInputList", ())] for each in scps or ()]
    return _simulated(call, held, caller, None, levels or None)


def simulate_principal_policy(call: Call) -> Document:
    """With the policies of a user (and its groups), group or role, and those given besides."""
    arn = call["PolicySourceArn"]
    kind, name = _entity(call, arn)
    database = store_of(call)
    held = gathering.of_entity(database, call.account, kind, name)
    held += _inputs(call, "PolicyInputList", "PolicyInputList")
    entity = gathering.find(database, call.account, kind, name)
    boundary = gathering.boundary(database, call.account, entity)
    scps = organization.levels(database, call.account, "SERVICE_CONTROL_POLICY")
    return _simulated(call, held, call.get("CallerArn") or arn, boundary, scps)


def _entity(call: Call, arn: str) -> tuple[str, str]:
    found = re.fullmatch(r"arn:[\w-]+:iam::\d{12}:(user|group|role)/(?:.*/)?([^/]+)", arn)
    if found is None:
        raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn}")
    call.read(found[1].title(), found[2])
    return found[1].title(), found[2]


def _inputs(call: Call, member: str, prefix: str) -> list[Policy]:
    """The policies that the call brings, named as the answer names them."""
    found = []
    for number, text in enumerate(call.get(member, ()), 1):
        try:
            check(text, "any")
        except Malformed as fault:
            raise AwsError("InvalidInput", f"Policy document {number}: {fault}") from fault
        found.append(policy(text, f"{prefix}.{number}"))
    return found


def _simulated(
    call: Call, held: list[Policy], caller: str, boundary: list[Policy] | None, scps: list[list[Policy]] | None
) -> Document:
    given = _inputs(call, "PermissionsBoundaryPolicyInputList", "PermissionsBoundaryPolicyInputList")
    layers = Layers(held, boundary=given or boundary, scps=scps)
    if call.get("ResourcePolicy"):
        layers.resource = [policy(call["ResourcePolicy"], "ResourcePolicy")]
        owner = arns.parsed(call.get("ResourceOwner", ""))
        layers.owner = owner.account if owner is not None else ""
    keys = {each["ContextKeyName"]: each.get("ContextKeyValues", []) for each in call.get("ContextEntries", ())}
    called = arns.parsed(caller)
    account = called.account if called is not None else call.account
    role = caller if ":role/" in caller else ""
    results = []
    for action in call["ActionNames"]:
        for resource in call.get("ResourceArns") or ["*"]:
            request = Request(action, _asked_on(action, resource), Principal(account, caller, role=role), Given(keys))
            results.append({**_result(request, layers, decide(request, layers), keys), "EvalResourceName": resource})
    return {"EvaluationResults": results}


def _asked_on(action: str, resource: str) -> str:
    """What a real call would be asked for: all resources, where the action has no types of them."""
    known = reference.action(action)
    return "*" if known is not None and not known.types else resource


def _result(request: Request, layers: Layers, decision: Decision, keys: Document) -> Document:
    held = [*layers.identity, *(layers.resource or ()), *(layers.boundary or ())]
    missing = sorted(key for key in _keys(held, request.action) if key.lower() not in {name.lower() for name in keys})
    result: Document = {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": decision.outcome,
        "MatchedStatements": [_matched(found, number, decision) for found, number in _placed(decision)],
        "MissingContextValues": missing,
    }
    if layers.boundary is not None:
        denied = decision.kind == BOUNDARY
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": not denied}
    if layers.scps is not None:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": decision.kind != SERVICE_CONTROL}
    return result


def _placed(decision: Decision) -> list[tuple[Policy, int]]:
    return [(found, statement.number) for found, statement in decision.statements]


def _matched(found: Policy, number: int, decision: Decision) -> Document:
    start, end = _place(found.source, number)
    return {
        "SourcePolicyId": found.name.rpartition("/")[2],
        "SourcePolicyType": TYPES.get(decision.kind, "IAM Policy"),
        "StartPosition": start,
        "EndPosition": end,
    }


def _place(source: str, number: int) -> tuple[Document, Document]:
    """Where a statement begins and ends in the text, in lines and columns."""
    import json

    decoder, at = json.JSONDecoder(), source.find("{", source.find('"Statement"'))
    end = at
    for turn in range(number):
        _, end = decoder.raw_decode(source, at)
        if turn + 1 < number:
            at = source.find("{", end)
    return _position(source, at), _position(source, end)


def _position(source: str, at: int) -> Document:
    before = source[:at]
    return {"Line": before.count("\n") + 1, "Column": at - before.rfind("\n")}


def get_context_keys_for_custom_policy(call: Call) -> Document:
    return {"ContextKeyNames": sorted(_keys(_inputs(call, "PolicyInputList", "PolicyInputList")))}


def get_context_keys_for_principal_policy(call: Call) -> Document:
    kind, name = _entity(call, call["PolicySourceArn"])
    held = gathering.of_entity(store_of(call), call.account, kind, name)
    return {"ContextKeyNames": sorted(_keys([*held, *_inputs(call, "PolicyInputList", "PolicyInputList")]))}


def _keys(policies: Iterable[Policy], action: str | None = None) -> set[str]:
    """The context keys that policies ask for, in conditions and as variables."""
    from fakeaws.policies.matching import is_like

    found: set[str] = set()
    for each in policies:
        for statement in each.statements:
            actions = statement.actions or ("*",)
            if action is None or any(is_like(pattern, action.lower()) for pattern in actions):
                found.update(key for _, key, _ in statement.conditions)
                texts = [*(statement.resources or ()), *(v for _, _, values in statement.conditions for v in values)]
                found.update(name.partition(",")[0] for text in texts for name in VARIABLE.findall(text))
    return {name for name in found if name not in ("*", "?", "$")}
