"""AWS STS: who calls, and credentials for a while."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from binascii import Error as BadBase64
from typing import Any

from fakeaws.core import shapes, totp
from fakeaws.core.call import Call
from fakeaws.core.callers import CREDENTIALS
from fakeaws.core.enforcement import is_enforced
from fakeaws.core.errors import AwsError
from fakeaws.core.policies import documents, gathering
from fakeaws.core.policies.authorisation import principal_of, refusal
from fakeaws.core.policies.context import CallContext, principal_tags
from fakeaws.core.policies.evaluation import Decision, Layers, Principal, Request, decide
from fakeaws.core.sealing import seal, unseal
from fakeaws.core.store.tables import Resource, Table

Document = dict[str, Any]
CHAINED_MOST = 3600
ROOT_MOST = 3600
LARGEST_POLICY = 2048


def get_caller_identity(call: Call) -> Document:
    """Allowed to everyone, always."""
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}


def get_access_key_info(call: Call) -> Document:
    found = Table(call.cloud.database, CREDENTIALS).anywhere(call["AccessKeyId"])
    if found is not None:
        return {"Account": found.scope[0]}
    if re.fullmatch(r"(AKIA|ASIA)[A-Z2-7]{16}|\d{12}", call["AccessKeyId"]) is None:
        raise AwsError("ValidationError", f"Invalid Access Key Id: {call['AccessKeyId']}")
    return {"Account": call.cloud.caller(call["AccessKeyId"], call.region).account}


def decode_authorization_message(call: Call) -> Document:
    text = call["EncodedMessage"].replace("-", "+").replace("_", "/")
    try:
        message = zlib.decompress(base64.b64decode(text + "=" * (-len(text) % 4))).decode()
    except (BadBase64, zlib.error, ValueError) as fault:
        text = "Message is not valid"
        raise AwsError("InvalidAuthorizationMessageException", text, status=400) from fault
    return {"DecodedMessage": message}


# Sessions


def _issue(call: Call, seconds: float, account: str, **who: Any) -> Document:
    """Keep a session and answer with its credentials; the secret and the token are in this answer only."""
    key, secret = call.make("ASIA{upper16}"), base64.b64encode(call.chance(30)).decode()
    token = base64.b64encode(call.chance(180)).decode()
    session = {
        **who,
        "access_key": key,
        "secret": seal(call.cloud.database.path, secret, call.chance),
        "token": hashlib.sha256(token.encode()).hexdigest(),
        "active": True,
        "issued": call.now,
        "expires": call.now + seconds,
    }
    call.cloud.table(shapes.kind("iam", "Credential")).keep((account, ""), "", key, session)
    return {
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": int(call.now + seconds),
    }


def _policies(call: Call) -> Document:
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
            if gathering.text_of(call.cloud.database, call.account, arn) is None:
                raise AwsError("InvalidParameterValue", f"PolicyArns contains a policy that does not exist: {arn}")
        found["policy_arns"] = arns
    return found


def get_session_token(call: Call) -> Document:
    """The caller's own permissions for 12 hours; with a device's code they count as with MFA."""
    if call.caller.kind not in ("IAMUser", "Root") or _is_session(call):
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", status=403)
    seconds = call.get("DurationSeconds", 43200)
    if call.caller.kind == "Root":
        seconds = min(seconds, ROOT_MOST)
    who = {"kind": call.caller.kind, "arn": call.caller.arn, "user_id": call.caller.user_id}
    return {"Credentials": _issue(call, seconds, call.account, **who, **_user(call), mfa=_device(call))}


def _user(call: Call) -> Document:
    credential = call.caller.credential
    return {"user": credential["user"]} if credential is not None and "user" in credential else {}


def _is_session(call: Call) -> bool:
    return call.caller.credential is not None and "expires" in call.caller.credential


def _device(call: Call) -> float | None:
    """When the device of the call proved that the user has it; AwsError where its code is wrong."""
    if "SerialNumber" not in call:
        return None
    failed = AwsError(
        "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", status=403
    )
    kind = shapes.kind("iam", "VirtualMFADevice")
    device = call.cloud.table(kind).find((call.account, ""), call["SerialNumber"])
    if device is None or not device.get("UserName"):
        text = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is"
        raise AwsError("AccessDenied", f"{text} valid and associated with this user.", status=403)
    seed = unseal(call.cloud.database.path, device["seed"])
    step = totp.step_of(seed, call.get("TokenCode", ""), call.now) if seed else None
    if step is None or step <= device.get("step", 0):
        raise failed
    device["step"] = step
    call.cloud.table(kind).keep(device.scope, device.parent, device.key, device)
    return call.now


def get_federation_token(call: Call) -> Document:
    """The caller's permissions, narrowed by the policies given: with none, nothing is allowed."""
    if _is_session(call):
        raise AwsError("AccessDenied", "Cannot call GetFederationToken with session credentials", status=403)
    name, seconds = call["Name"], call.get("DurationSeconds", 43200)
    if call.caller.kind == "Root":
        seconds = min(seconds, ROOT_MOST)
    arn = call.make("arn:{partition}:sts::{account}:federated-user/{name}", name=name)
    who: Document = {"kind": "FederatedUser", "arn": arn, "user_id": f"{call.account}:{name}", "tags": _tags(call)}
    who |= {**_user(call), **_policies(call), "unlimited": call.caller.kind == "Root"}
    shown = {"FederatedUserId": who["user_id"], "Arn": arn}
    return {"Credentials": _issue(call, seconds, call.account, **who), "FederatedUser": shown, "PackedPolicySize": 0}


def assume_role(call: Call) -> Document:
    """Who may is the role's trust policy to say; it is asked even where policies are not enforced."""
    account, name, role = _role(call, call["RoleArn"])
    mfa = _device(call)
    if role is not None:
        _check_trust(call, role, principal_of(call.caller), mfa)
        _check_duration(call, role)
    elif is_enforced(call.cloud.database):
        raise _not_authorised(call)
    inherited = _inherited(call)
    tags = {**inherited, **_tags(call)}
    transitive = sorted({*inherited, *_transitive(call, inherited)})
    source = call.get("SourceIdentity") or call.caller.session.get("source_identity")
    who = {**_session(call, account, name, role), **_policies(call), "tags": tags, "transitive": transitive}
    who |= {"mfa": mfa, "chained": _is_session(call), **({"source_identity": source} if source else {})}
    seconds = call.get("DurationSeconds", 3600)
    answer: Document = {
        "Credentials": _issue(call, seconds, account, **who),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
    }
    if "policies" in who or "policy_arns" in who or tags:
        answer["PackedPolicySize"] = min(100, 1 + sum(len(text) for text in who.get("policies", ())) * 100 // 4096)
    return {**answer, **({"SourceIdentity": source} if source else {})}


def _role(call: Call, arn: str) -> tuple[str, str, Resource | None]:
    """The account and name of a role, and the role if there is one."""
    found = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)", arn)
    if found is None:
        raise AwsError("ValidationError", f"{arn} is invalid")
    role = gathering.find(call.cloud.database, found[1], "Role", found[2])
    return found[1], found[2], role if role is not None and role["Arn"] == arn else None


def _session(call: Call, account: str, name: str, role: Resource | None) -> Document:
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


def _not_authorised(call: Call) -> AwsError:
    """The root user is told that it cannot; others read the usual sentence."""
    if call.caller.kind == "Root" and is_enforced(call.cloud.database):
        return AwsError("AccessDenied", "Roles may not be assumed by root accounts.", status=403)
    return refusal(call, _action(call), call["RoleArn"], Decision("implicitDeny", "resource-based policy"))


def _action(call: Call) -> str:
    return f"sts:{call.operation.name}"


def _check_trust(call: Call, role: Resource, principal: Principal, mfa: float | None) -> None:
    enforced = is_enforced(call.cloud.database)
    if call.caller.kind == "Root" and enforced and not principal.federated:
        raise _not_authorised(call)
    trust = documents.policy(role["AssumeRolePolicyDocument"], role["Arn"])
    context = _TrustContext(call, role, mfa)
    request = Request(_action(call), role["Arn"], principal, context)
    allow_all = documents.policy('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    owner = role.scope[0] if principal.account else ""
    decision = decide(request, Layers([allow_all], [trust], owner=owner, exclusive=True))
    if decision.allowed:
        return
    names = any(account_named(s, principal.account) for s in trust.statements)
    if call.caller.kind == "Root" and not enforced and not names and decision.outcome != "explicitDeny":
        return
    raise _not_authorised(call)


def account_named(statement: documents.Statement, account: str) -> bool:
    """Whether a trust policy's statement has anything to do with an account."""
    return any(account in name or name == "*" for name in (statement.principals or {}).get("AWS", ()))


class _TrustContext(CallContext):
    """The keys of the call, with the device's code that came with it."""

    def __init__(self, call: Call, role: Resource, mfa: float | None, **claims: str) -> None:
        super().__init__(call, _action(call), role["Arn"], (shapes.kind("iam", "Role"), role))
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


def _check_duration(call: Call, role: Resource) -> None:
    seconds, most = call.get("DurationSeconds", 3600), role.get("MaxSessionDuration", 3600)
    if call.caller.kind == "AssumedRole" and seconds > CHAINED_MOST:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise AwsError("ValidationError", text)
    if seconds > most:
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsError("ValidationError", text)


def _tags(call: Call) -> dict[str, str]:
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


# Identities of others


def assume_role_with_web_identity(call: Call) -> Document:
    """The token's provider must be one of the account's, and its audience one of that provider's clients. Signatures
    are not checked: the provider's keys are on the internet."""
    account, name, role = _role(call, call["RoleArn"])
    claims = _claims(call["WebIdentityToken"])
    if claims.get("exp", call.now + 1) <= call.now:
        raise AwsError("ExpiredTokenException", "Token expired: current date/time must be before the expiration")
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    provider = call.make("arn:{partition}:iam::{there}:oidc-provider/{issuer}", there=account, issuer=issuer)
    audience = str(claims.get("aud", ""))
    kept = call.cloud.table(shapes.kind("iam", "OpenIDConnectProvider")).find((account, ""), provider)
    is_aws = issuer.startswith("cognito-identity.amazonaws.com")
    if kept is None and not is_aws:
        text = f"No OpenIDConnect provider found in your account for https://{issuer}"
        raise AwsError("InvalidIdentityToken", text)
    if kept is not None and kept["ClientIDList"] and audience not in kept["ClientIDList"]:
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    vouched = issuer if is_aws else provider
    if role is None:
        raise _not_authorised(call)
    keys = {f"{issuer}:{key}": str(value) for key, value in claims.items()} | {"aws:FederatedProvider": vouched}
    _check_vouched(call, role, Principal("", "", federated=vouched), keys)
    _check_duration(call, role)
    who = {**_session(call, account, name, role), **_policies(call), "provider": vouched}
    return {
        "Credentials": _issue(call, call.get("DurationSeconds", 3600), account, **who),
        "SubjectFromWebIdentityToken": str(claims.get("sub", "")),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
        "Provider": vouched,
        "Audience": audience,
    }


def _claims(token: str) -> Document:
    """The payload of a JSON Web Token, RFC 7519."""
    parts = token.split(".")
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError) as fault:
        text = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        raise AwsError("InvalidIdentityToken", text) from fault
    if not isinstance(found, dict):
        raise AwsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
    return found


def _check_vouched(call: Call, role: Resource, principal: Principal, claims: dict[str, str]) -> None:
    trust = documents.policy(role["AssumeRolePolicyDocument"], role["Arn"])
    request = Request(_action(call), role["Arn"], principal, _TrustContext(call, role, None, **claims))
    if not decide(request, Layers([], [trust], owner=role.scope[0], exclusive=True)).allowed:
        raise AwsError("AccessDenied", f"Not authorized to perform {_action(call)}", status=403)


def assume_role_with_saml(call: Call) -> Document:
    """The assertion names the role and the session; its signature is not checked."""
    import xml.etree.ElementTree as Tree

    account, name, role = _role(call, call["RoleArn"])
    provider = call["PrincipalArn"]
    kept = call.cloud.table(shapes.kind("iam", "SAMLProvider")).find((account, ""), provider)
    if kept is None or role is None:
        raise AwsError("AccessDenied", f"Not authorized to perform {_action(call)}", status=403)
    try:
        text = base64.b64decode(call["SAMLAssertion"]).decode()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError
        assertion = Tree.fromstring(text)
    except (ValueError, Tree.ParseError) as fault:
        raise AwsError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from fault
    values = _attributes(assertion)
    claims = {"aws:FederatedProvider": provider, "SAML:aud": "https://signin.aws.amazon.com/saml"}
    claims |= {"SAML:sub": values["subject"], "SAML:iss": values["issuer"]}
    _check_vouched(call, role, Principal("", "", federated=provider), claims)
    _check_duration(call, role)
    asking = call.elsewhere()
    asking.params = {**call.params, "RoleSessionName": values.get("RoleSessionName") or values["subject"] or "saml"}
    who = {**_session(asking, account, name, role), **_policies(call), "provider": provider}
    return {
        "Credentials": _issue(call, call.get("DurationSeconds", 3600), account, **who),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
        "Subject": values["subject"],
        "SubjectType": "persistent",
        "Issuer": values["issuer"],
        "Audience": claims["SAML:aud"],
        "NameQualifier": base64.b64encode(hashlib.sha1(provider.encode(), usedforsecurity=False).digest()).decode(),
    }


def _attributes(assertion: Any) -> dict[str, str]:
    found = {"subject": "", "issuer": ""}
    for element in assertion.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "NameID":
            found["subject"] = (element.text or "").strip()
        elif tag == "Issuer":
            found["issuer"] = (element.text or "").strip()
        elif tag == "Attribute":
            value = next((each.text or "" for each in element), "")
            found[element.get("Name", "").rpartition("/")[2]] = value.strip()
    return found
