"""Who calls, and credentials for a while."""

from __future__ import annotations

import base64
import re
import zlib
from binascii import Error as BadBase64
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.callers import CREDENTIALS, account_of
from fakeaws.core.pipeline.enforcement import is_enforced
from fakeaws.core.pipeline.sessions import issue
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import store_of, table
from fakeaws.core.store.key import unseal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import totp
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import documents, gathering
from fakeaws.policies.authorisation import principal_of, refusal
from fakeaws.policies.context import CallContext, principal_tags
from fakeaws.policies.evaluation import Decision, Layers, Principal, Request, decide
from fakeaws.policies.organization import NOTE
from fakeaws.policies.targets import Target

Document = dict[str, Any]
CHAINED_MOST = 3600
ROOT_MOST = 3600
LARGEST_POLICY = 2048


def get_caller_identity(call: Call) -> Document:
    """Allowed to everyone, always."""
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}


def get_access_key_info(call: Call) -> Document:
    found = store_of(call).table(CREDENTIALS).anywhere(call["AccessKeyId"])
    if found is not None:
        return {"Account": found.scope[0]}
    if re.fullmatch(r"(AKIA|ASIA)[A-Z2-7]{16}|\d{12}", call["AccessKeyId"]) is None:
        raise AwsError("ValidationError", f"Invalid Access Key Id: {call['AccessKeyId']}")
    return {"Account": account_of(call, call["AccessKeyId"])}


def decode_authorization_message(call: Call) -> Document:
    text = call["EncodedMessage"].replace("-", "+").replace("_", "/")
    try:
        message = zlib.decompress(base64.b64decode(text + "=" * (-len(text) % 4))).decode()
    except (BadBase64, zlib.error, ValueError) as fault:
        text = "Message is not valid"
        raise AwsError("InvalidAuthorizationMessageException", text, status=400) from fault
    return {"DecodedMessage": message}


# Sessions


def session_policies(call: Call) -> Document:
    """The session policies that the call gives; AwsError for those that AWS refuses."""
    found: Document = {}
    if "Policy" in call:
        try:
            documents.check(call["Policy"])
        except documents.Malformed as fault:
            raise AwsError("MalformedPolicyDocument", str(fault)) from fault
        if len(call["Policy"]) > LARGEST_POLICY:
            raise AwsError("PackedPolicyTooLarge", "Serialized token too large for session")
        found["policies"] = [call["Policy"]]
    if call.get("PolicyArns"):
        arns = [each["arn"] for each in call["PolicyArns"]]
        for arn in arns:
            if gathering.text_of(store_of(call), call.account, arn) is None:
                raise AwsError("InvalidParameterValue", f"PolicyArns contains a policy that does not exist: {arn}")
        found["policy_arns"] = arns
    return found


def get_session_token(call: Call) -> Document:
    """The caller's own permissions for 12 hours; with a device's code they count as with MFA."""
    if call.caller.kind not in ("IAMUser", "Root") or is_session(call):
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", status=403)
    seconds = call.get("DurationSeconds", 43200)
    if call.caller.kind == "Root":
        seconds = min(seconds, ROOT_MOST)
    who = {"kind": call.caller.kind, "arn": call.caller.arn, "user_id": call.caller.user_id}
    return {"Credentials": issue(call, seconds, call.account, **who, **_user(call), mfa=_device(call))}


def _user(call: Call) -> Document:
    credential = call.caller.credential
    return {"user": credential["user"]} if credential is not None and "user" in credential else {}


def is_session(call: Call) -> bool:
    """Whether the caller has credentials that end."""
    return call.caller.credential is not None and "expires" in call.caller.credential


def _device(call: Call) -> float | None:
    """When the device of the call proved that the user has it; AwsError where its code is wrong."""
    if "SerialNumber" not in call:
        return None
    failed = AwsError(
        "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", status=403
    )
    kind = kinds.kind("iam", "VirtualMFADevice")
    device = table(call, kind).find((call.account, ""), call["SerialNumber"])
    if device is None or not device.get("UserName"):
        text = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is"
        raise AwsError("AccessDenied", f"{text} valid and associated with this user.", status=403)
    seed = unseal(store_of(call), device["seed"])
    step = totp.step_of(seed, call.get("TokenCode", ""), call.now)
    if step is None or step <= device.get("step", 0):
        raise failed
    device["step"] = step
    table(call, kind).keep(device.scope, device.parent, device.key, device)
    return call.now


def get_federation_token(call: Call) -> Document:
    """The caller's permissions, narrowed by the policies given: with none, nothing is allowed."""
    if is_session(call):
        raise AwsError("AccessDenied", "Cannot call GetFederationToken with session credentials", status=403)
    name, seconds = call["Name"], call.get("DurationSeconds", 43200)
    if call.caller.kind == "Root":
        seconds = min(seconds, ROOT_MOST)
    arn = call.make("arn:{partition}:sts::{account}:federated-user/{name}", name=name)
    who: Document = {"kind": "FederatedUser", "arn": arn, "user_id": f"{call.account}:{name}"}
    who["tags"] = session_tags(call)
    who |= {**_user(call), **session_policies(call), "unlimited": call.caller.kind == "Root"}
    shown = {"FederatedUserId": who["user_id"], "Arn": arn}
    return {"Credentials": issue(call, seconds, call.account, **who), "FederatedUser": shown, "PackedPolicySize": 0}


def assume_role(call: Call) -> Document:
    """Who may is the role's trust policy to say; it is asked even where policies are not enforced."""
    account, name, role = role_of(call, call["RoleArn"])
    mfa = _device(call)
    if role is not None:
        _check_trust(call, role, principal_of(call.caller), mfa)
        check_duration(call, role)
    elif is_enforced(store_of(call)):
        raise not_authorised(call)
    inherited = _inherited(call)
    tags = {**inherited, **session_tags(call)}
    transitive = sorted({*inherited, *_transitive(call, inherited)})
    source = call.get("SourceIdentity") or call.caller.session.get("source_identity")
    who = {**session_of(call, account, name, role), **session_policies(call), "tags": tags, "transitive": transitive}
    who |= {"mfa": mfa, "chained": is_session(call), **({"source_identity": source} if source else {})}
    seconds = call.get("DurationSeconds", 3600)
    answer: Document = {
        "Credentials": issue(call, seconds, account, **who),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
    }
    if "policies" in who or "policy_arns" in who or tags:
        answer["PackedPolicySize"] = min(100, 1 + sum(len(text) for text in who.get("policies", ())) * 100 // 4096)
    return {**answer, **({"SourceIdentity": source} if source else {})}


def role_of(call: Call, arn: str) -> tuple[str, str, Resource | None]:
    """The account and name of a role, and the role if there is one."""
    found = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)", arn)
    if found is None:
        raise AwsError("ValidationError", f"{arn} is invalid")
    role = gathering.find(store_of(call), found[1], "Role", found[2])
    return found[1], found[2], role if role is not None and role["Arn"] == arn else None


def session_of(call: Call, account: str, name: str, role: Resource | None) -> Document:
    """What is kept of a session of a role."""
    session = call["RoleSessionName"]
    role_id = role["RoleId"] if role is not None else call.make("AROA{upper17}")
    template = "arn:{partition}:sts::{there}:assumed-role/{role}/{session}"
    return {
        "kind": "AssumedRole",
        "arn": call.make(template, there=account, role=name, session=session),
        "user_id": f"{role_id}:{session}",
        "role": name,
        "role_arn": call["RoleArn"],
    }


def not_authorised(call: Call) -> AwsError:
    """The root user reads that it cannot; others read the usual sentence."""
    if call.caller.kind == "Root" and is_enforced(store_of(call)):
        return AwsError("AccessDenied", "Roles may not be assumed by root accounts.", status=403)
    return refusal(call, action_of(call), call["RoleArn"], Decision("implicitDeny", "resource-based policy"))


def action_of(call: Call) -> str:
    """The action that the call is."""
    return f"sts:{call.operation.name}"


def _check_trust(call: Call, role: Resource, principal: Principal, mfa: float | None) -> None:
    enforced = is_enforced(store_of(call))
    if call.caller.kind == "Root" and enforced and not principal.federated:
        raise not_authorised(call)
    trust = documents.policy(role["AssumeRolePolicyDocument"], role["Arn"])
    context = TrustContext(call, role, mfa)
    request = Request(action_of(call), role["Arn"], principal, context)
    allow_all = documents.policy(ALL)
    owner = role.scope[0] if principal.account else ""
    decision = decide(request, Layers([allow_all], [trust], owner=owner, exclusive=True))
    if decision.allowed:
        return
    names = any(account_named(s, principal.account) for s in trust.statements)
    if call.caller.kind == "Root" and not enforced and not names and decision.outcome != "explicitDeny":
        return
    raise not_authorised(call)


def account_named(statement: documents.Statement, account: str) -> bool:
    """Whether a trust policy's statement has anything to do with an account."""
    return any(account in name or name == "*" for name in (statement.principals or {}).get("AWS", ()))


class TrustContext(CallContext):
    """The keys of the call, with the device's code that came with it."""

    def __init__(self, call: Call, role: Resource, mfa: float | None, **claims: str) -> None:
        super().__init__(call, Target(action_of(call), role["Arn"], (kinds.kind("iam", "Role"), role)))
        self._mfa = mfa
        self._claims = {key.lower(): value for key, value in claims.items()}

    def values(self, key: str) -> list[str] | None:
        if key in self._claims:
            return [self._claims[key]]
        if key == "aws:multifactorauthpresent" and self._mfa is not None:
            return ["true"]
        if key == "aws:multifactorauthage" and self._mfa is not None:
            return ["0"]
        return super().values(key)


def check_duration(call: Call, role: Resource) -> None:
    """AwsError where the session would be longer than the role or a chain of roles allows."""
    seconds, most = call.get("DurationSeconds", 3600), role.get("MaxSessionDuration", 3600)
    if call.caller.kind == "AssumedRole" and seconds > CHAINED_MOST:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise AwsError("ValidationError", text)
    if seconds > most:
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsError("ValidationError", text)


def session_tags(call: Call) -> dict[str, str]:
    """The tags of the call; AwsError where one comes twice."""
    given = call.get("Tags", [])
    keys = [tag["Key"].lower() for tag in given]
    if len(set(keys)) < len(keys):
        text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise AwsError("InvalidParameterValue", text, status=400)
    return {tag["Key"]: tag["Value"] for tag in given}


def _inherited(call: Call) -> dict[str, str]:
    """The tags of the caller's session that go with it from role to role."""
    credential = call.caller.session
    held = principal_tags(call)
    return {key: held[key] for key in credential.get("transitive", ()) if key in held}


def _transitive(call: Call, inherited: dict[str, str]) -> list[str]:
    keys: list[str] = call.get("TransitiveTagKeys", [])
    given = {tag["Key"].lower() for tag in call.get("Tags", [])}
    if given & {key.lower() for key in inherited}:
        text = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key"
        raise AwsError("InvalidParameterValue", f"{text} from the calling session.", status=400)
    if not {key.lower() for key in keys} <= given:
        text = "The specified transitive tag key must be included in the requested tags."
        raise AwsError("InvalidParameterValue", text, status=400)
    return keys


# The root users of member accounts

ALL = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
TASKS = "arn:aws:iam::aws:policy/root-task/"


def assume_root(call: Call) -> Document:
    """The management account comes to a member's root user for one of five tasks, for a quarter of an hour. The tasks'
    policies say what is not allowed."""
    target = re.fullmatch(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?", call["TargetPrincipal"])
    database = store_of(call)
    member = database.note(NOTE.format(account=target[1])) if target else None
    features = database.note(f"iam features {call.account}") or {"on": []}
    if member is None or member["management"] != call.account or "RootSessions" not in features["on"]:
        raise AwsError("AccessDenied", "Access denied", status=403)
    policy = call["TaskPolicyArn"]["arn"]
    if not policy.startswith(TASKS) or gathering.text_of(database, call.account, policy) is None:
        raise AwsError("ValidationError", f"Policy {policy} is not a valid task policy.", status=400)
    seconds = call.get("DurationSeconds", 900)
    if target is None or seconds > 900:
        text = "The requested DurationSeconds exceeds the 15 minute session limit for root sessions."
        raise AwsError("ValidationError", text, status=400)
    who = {"kind": "Root", "arn": call.make("arn:{partition}:iam::{there}:root", there=target[1]), "user_id": target[1]}
    return {"Credentials": issue(call, seconds, target[1], **who, policy_arns=[policy], policies=[ALL])}
