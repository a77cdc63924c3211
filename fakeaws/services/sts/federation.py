"""Identities that others vouch for: OpenID Connect tokens, SAML assertions, and tokens for the world outside."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import partial
from typing import Any

from fakeaws.core.pipeline import issuers
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.sessions import issue
from fakeaws.core.resources.caller import root
from fakeaws.core.resources.places import drawn, store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tokens
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import documents
from fakeaws.policies.context import principal_tags
from fakeaws.policies.evaluation import Layers, Principal, Request, decide
from fakeaws.policies.organization import NOTE as ORGANIZATION
from fakeaws.services.sts import saml
from fakeaws.services.sts.sessions import (
    TrustContext,
    action_of,
    check_duration,
    not_authorised,
    role_of,
    session_of,
    session_policies,
)

Document = dict[str, Any]
OURS = r"https://(cognito-identity\.|cognito-idp\.[\w-]+\.)amazonaws\.com|https://[\w-]+\.tokens\.sts\.global\.api\.aws"
"""Issuers that are AWS's own, and so are this cloud's."""
COGNITO = "cognito-identity.amazonaws.com"
NO_TOKEN = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"


def assume_role_with_web_identity(call: Call) -> Document:
    """The token's provider must be one of the account's, and its audience one of that provider's clients. Tokens of
    this cloud's issuers (`core/pipeline/issuers.py`) must be signed by them; the keys of others are on the internet,
    so of their tokens all is checked but the signature."""
    account, name, role = role_of(call, call["RoleArn"])
    claims, issuer = _claims(call, call["WebIdentityToken"])
    vouched, audience = _provider(call, account, issuer, claims)
    if role is None:
        raise not_authorised(call)
    keys = {f"{issuer}:{key}": str(value) for key, value in claims.items()} | {"aws:FederatedProvider": vouched}
    _check_vouched(call, role, Principal("", "", federated=vouched), keys)
    check_duration(call, role)
    who = {**session_of(call, account, name, role), **session_policies(call), "provider": vouched}
    return {
        "Credentials": issue(call, call.get("DurationSeconds", 3600), account, **who),
        "SubjectFromWebIdentityToken": str(claims.get("sub", "")),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
        "Provider": vouched,
        "Audience": audience,
    }


def _claims(call: Call, token: str) -> tuple[Document, str]:
    """What a token claims, and its issuer without `https://`."""
    try:
        claims = tokens.claims(token)
    except ValueError as fault:
        raise AwsError("InvalidIdentityToken", NO_TOKEN) from fault
    issuer = str(claims.get("iss", ""))
    database = store_of(call)
    is_ours = issuers.is_issuer(database, issuer) or re.match(OURS, issuer) is not None
    if is_ours and not issuers.is_signed(database, issuer, token):
        raise AwsError("InvalidIdentityToken", "Couldn't verify the signature of the ID token")
    if not isinstance(claims.get("exp", 0), (int, float)) or "exp" not in claims:
        raise AwsError("InvalidIdentityToken", "Missing a required claim: exp")
    if claims["exp"] <= call.now:
        text = f"Token expired: current date/time {int(call.now)} must be before the expiration date/time"
        raise AwsError("ExpiredTokenException", f"{text} {int(claims['exp'])}")
    return claims, issuer.removeprefix("https://")


def _provider(call: Call, account: str, issuer: str, claims: Document) -> tuple[str, str]:
    """The provider that vouches for a token, and the audience that the token is for."""
    arn = call.make("arn:{partition}:iam::{owner}:oidc-provider/{issuer}", owner=account, issuer=issuer)
    given = claims.get("aud", claims.get("azp", claims.get("client_id", "")))
    audiences = [str(each) for each in (given if isinstance(given, list) else [given])]
    if issuer == COGNITO:
        return issuer, audiences[0]
    provider = _known(call, account, "GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
    if provider is None:
        text = f"No OpenIDConnect provider found in your account for https://{issuer}"
        raise AwsError("InvalidIdentityToken", text)
    audience = next((each for each in audiences if each in provider["ClientIDList"]), None)
    if audience is None and provider["ClientIDList"]:
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    return arn, audience or audiences[0]


def _known(call: Call, account: str, operation: str, **params: str) -> Document | None:
    """What IAM knows of a provider of an account; None for one that it does not know."""
    try:
        return call.perform("iam", operation, params, root(account, call.region))
    except AwsError:
        return None


def _check_vouched(call: Call, role: Resource, principal: Principal, claims: dict[str, str]) -> None:
    trust = documents.policy(role["AssumeRolePolicyDocument"], role["Arn"])
    request = Request(action_of(call), role["Arn"], principal, TrustContext(call, role, None, **claims))
    if not decide(request, Layers([], [trust], owner=role.scope[0], exclusive=True)).allowed:
        raise AwsError("AccessDenied", f"Not authorized to perform {action_of(call)}", status=403)


# SAML


def assume_role_with_saml(call: Call) -> Document:
    """The assertion must be signed by the provider, be for AWS and in time, and name the role; it names the session."""
    account, name, role = role_of(call, call["RoleArn"])
    arn = call["PrincipalArn"]
    provider = _known(call, account, "GetSAMLProvider", SAMLProviderArn=arn)
    if provider is None:
        raise AwsError("InvalidIdentityToken", "Specified provider doesn't exist")
    text = saml.read(call["SAMLAssertion"], provider["SAMLMetadataDocument"], call.now)
    if f"{call['RoleArn']},{arn}" not in text.roles or role is None:
        raise AwsError("AccessDenied", f"Not authorized to perform {action_of(call)}", status=403)
    _check_vouched(call, role, Principal("", "", federated=arn), {"aws:FederatedProvider": arn, **text.keys})
    check_duration(call, role)
    asking = call.of()
    asking.params = {**call.params, "RoleSessionName": text.session}
    who = {**session_of(asking, account, name, role), **session_policies(call), "provider": arn, "tags": text.tags}
    who |= {"transitive": text.transitive, **({"source_identity": text.source} if text.source else {})}
    seconds = min(call.get("DurationSeconds", 3600), text.until - call.now)
    return {
        "Credentials": issue(call, seconds, account, **who),
        "AssumedRoleUser": {"AssumedRoleId": who["user_id"], "Arn": who["arn"]},
        "Subject": text.subject,
        "SubjectType": text.subject_type,
        "Issuer": text.issuer,
        "Audience": text.audience,
        "NameQualifier": _name_qualifier(text.issuer, account, arn),
        **({"SourceIdentity": text.source} if text.source else {}),
    }


def _name_qualifier(issuer: str, account: str, provider: str) -> str:
    """BASE64(SHA1(issuer + account + "/" + the provider's name))."""
    text = f"{issuer}{account}/{provider.rpartition('/')[2]}".encode()
    return base64.b64encode(hashlib.sha1(text, usedforsecurity=False).digest()).decode()


# Tokens for others


def get_web_identity_token(call: Call) -> Document:
    """A token that says who calls, for services outside of AWS; signed by the account's own issuer."""
    note = store_of(call).note(f"iam outbound {call.account}")
    if note is None:
        text = "Outbound web identity federation is not enabled for your account."
        raise AwsError("OutboundWebIdentityFederationDisabledException", text)
    until = call.now + call.get("DurationSeconds", 300)
    if until > call.caller.session.get("expires", until):
        text = "The requested token duration would extend the session beyond its original expiration time."
        raise AwsError("SessionDurationEscalationException", text)
    audience = call["Audience"]
    claims = {
        "aud": audience[0] if len(audience) == 1 else audience,
        "sub": call.caller.session.get("role_arn") or call.caller.arn,
        "https://sts.amazonaws.com/": _about(call),
        "iss": note["issuer"],
        "exp": int(until),
        "iat": int(call.now),
        "jti": call.make("{uuid}"),
    }
    token = issuers.issue(store_of(call), partial(drawn, call), note["issuer"], claims, call["SigningAlgorithm"])
    return {"WebIdentityToken": token, "Expiration": until}


def _about(call: Call) -> Document:
    """What AWS tells of the caller."""
    who = {"aws_account": call.account, "source_region": call.region}
    who["principal_id"] = call.caller.session.get("role_arn") or call.caller.arn
    organization = store_of(call).note(ORGANIZATION.format(account=call.account))
    tags, wanted = principal_tags(call), {tag["Key"]: tag["Value"] for tag in call.get("Tags", ())}
    return {
        **who,
        **({"org_id": organization["id"]} if organization else {}),
        **({"principal_tags": tags} if tags else {}),
        **({"request_tags": wanted} if wanted else {}),
    }
