"""The second step of the pipeline: whether the caller may. In force only where the cloud enforces (`is_enforced`)."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import Caller
from fakeaws.core.resources.places import service_of, store_of
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import gathering
from fakeaws.policies.context import CallContext
from fakeaws.policies.evaluation import Decision, Layers, Principal, Request, decide
from fakeaws.policies.targets import Target, table, targets

Document = dict[str, Any]
ARTICLES = {"identity-based policy": "an"}
NAMED = r"arn:[\w-]+:iam::\d+:(user|role|group|instance-profile)/(?:.*/)?([^/]+)"
SESSIONS = {
    "IAMUser": ("AssumeRole", "GetCallerIdentity"),
    "Root": ("AssumeRole", "GetCallerIdentity"),
    "FederatedUser": ("GetCallerIdentity",),
}
"""What temporary credentials of a kind of caller may call of STS."""
USUAL = {"query": ("AccessDenied", 403), "rest-xml": ("AccessDenied", 403), "rest-json": ("AccessDeniedException", 403)}


class Denied(AwsError):
    """A refusal of the policies; `decision` and what was asked for are what `fakeaws cloud explain` tells of."""

    def __init__(self, code: str, message: str, status: int, why: Document) -> None:
        super().__init__(code, message, status=status)
        self.why = why


def authorise(call: Call) -> None:
    """AwsError, in the words of the service, where the caller's policies, or those of a resource, do not allow the
    call."""
    call._is_bound = True
    _check_session(call)
    if _is_open(call):
        return
    for target in targets(call):
        if target.resource == "?":
            call._undecided.append(target.action)
        else:
            must_allow(call, target)


def _check_session(call: Call) -> None:
    """Sessions of GetSessionToken call IAM only if they proved a device, those of GetFederationToken never; of STS only
    what is named here.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
    """
    credential, kind = call.caller.session, call.caller.kind
    if kind not in SESSIONS or (kind != "FederatedUser" and "mfa" not in credential):
        return
    if service_of(call) == "iam" and (kind == "FederatedUser" or not credential.get("mfa")):
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", status=403)
    if service_of(call) == "sts" and call.operation.name not in SESSIONS[kind]:
        text = f"Cannot call {call.operation.name} with session credentials"
        raise AwsError("AccessDenied", text, status=403)


def authorise_on(call: Call, resource: str) -> None:
    """As `authorise`, for a resource that only the handler knows: whether the caller may do to it what is undecided."""
    while call._undecided:
        must_allow(call, Target(call._undecided.pop(), resource))


def need(call: Call, action: str, resource: str, keys: dict[str, str]) -> None:
    """AwsError where the caller may not do an action, with these condition keys, to a resource."""
    must_allow(call, Target(action, resource, None, keys))


def must_allow(call: Call, target: Target) -> None:
    """AwsError where the caller's policies, or those of the resource, do not allow one thing."""
    action, resource = target.action, target.resource
    layers = gathering.layers(store_of(call), call.caller, action, resource)
    if layers.unlimited and not _is_bounded(layers):
        return
    layers.most = 1
    context = CallContext(target.call or call, target)
    decision = decide(Request(action, resource, principal_of(call.caller), context), layers)
    if not decision.allowed:
        raise refusal(call, action, resource, decision)


def _is_open(call: Call) -> bool:
    """Operations that everyone may call, or that prove who calls in their own way."""
    open_to_all, vouched = table()["open"].get(service_of(call), ()), table()["vouched"].get(service_of(call), ())
    if call.operation.takes_no_signature:
        return True
    return open_to_all == "*" or call.operation.name in open_to_all or call.operation.name in vouched


def _is_bounded(layers: Layers) -> bool:
    """Whether anything limits the root user: the session, the organization, or a resource's policy."""
    return bool(
        layers.sessions is not None
        or layers.scps is not None
        or layers.rcps is not None
        or layers.resource
        or layers.owner
    )


def principal_of(caller: Caller) -> Principal:
    """The caller as policies name it."""
    if caller.unsigned:
        return Principal("", "")
    if caller.kind == "AWSService":
        return Principal("", "", service=caller.arn)
    role = caller.session.get("role_arn", "")
    return Principal(caller.account, caller.arn, role=role)


def refusal(call: Call, action: str, resource: str, decision: Decision) -> Denied:
    """The error of a denied call: code, status and text are the service's."""
    service, operation = service_of(call), call.operation
    rule = table()["denials"].get(service, {})
    said = sentence(call.caller, action, resource, decision, rule, operation.name)
    usual = USUAL.get(operation.service.protocol, ("AccessDeniedException", 400))
    code, status = rule.get("code", usual[0]), rule.get("status", usual[1])
    why = {
        "action": action,
        "resource": resource,
        "outcome": decision.outcome,
        "kind": decision.kind,
        "statements": [{"policy": p.name, "number": s.number, "sid": s.sid} for p, s in decision.statements],
    }
    if operation.http.get("method") == "HEAD":
        return Denied("403", "Forbidden", 403, why)
    if "text" in rule:
        said = rule["text"].format(sentence=said, encoded=encoded(call, why))
    return Denied(code, said, status, why)


def sentence(caller: Caller, action: str, resource: str, decision: Decision, rule: Document, operation: str) -> str:
    """AWS's sentence on why not."""
    named = action.lower() if rule.get("lower") else action
    who = caller.arn if not caller.unsigned else "anonymous"
    said = f"User: {who} is not authorized to perform: {named}"
    if resource != "*" or not ({"text", "quoted"} & set(rule)):
        if (
            rule.get("named")
            and action != "iam:PassRole"
            and (found := re.fullmatch(NAMED, resource))
            and not operation.startswith("Create")
        ):
            resource = f"{found[1].replace('-', ' ')} {found[2]}"
        said += f' on resource: "{resource}"' if rule.get("quoted") else f" on resource: {resource}"
    if operation in rule.get("bare", ()):
        return said
    if decision.outcome == "explicitDeny":
        return f"{said} with an explicit deny in {ARTICLES.get(decision.kind, 'a')} {decision.kind}"
    return f"{said} because no {decision.kind} allows the {named} action"


def encoded(call: Call, why: Document) -> str:
    """What DecodeAuthorizationMessage makes sense of: the decision, packed."""
    import binascii
    import json
    import zlib

    caller = call.caller
    document = {
        "allowed": False,
        "explicitDeny": why["outcome"] == "explicitDeny",
        "matchedStatements": {"items": [{"statementId": s["sid"], "effect": "DENY"} for s in why["statements"]]},
        "failures": {"items": []},
        "context": {
            "principal": {"id": caller.user_id, "name": caller.arn.rpartition("/")[2], "arn": caller.arn},
            "action": why["action"],
            "resource": why["resource"],
            "conditions": {"items": [_item("aws:Region", call.region), _item("aws:Account", call.account)]},
        },
    }
    packed = zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 9)
    return binascii.b2a_base64(packed, newline=False).decode().replace("+", "-").replace("/", "_").rstrip("=")


def _item(key: str, value: str) -> Document:
    return {"key": key, "values": {"items": [{"value": value}]}}
