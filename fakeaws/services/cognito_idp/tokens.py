"""Tokens: signed with the pool's key, checked when they come back, revoked by their origin."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from fakeaws.core.pipeline import issuers
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn, store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tokens
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cognito_idp.people import find_user, pool_of
from fakeaws.services.cognito_idp.pools import client_of

Document = dict[str, Any]
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
SCOPE = "aws.cognito.signin.user.admin"


def issue(call: Call, pool: Resource, client: Resource, user: Resource) -> Document:
    """The tokens of a user who has just signed in."""
    refresh = f"{call.make('{mixed40}')}.{call.make('{mixed400}')}"
    until = call.now + _lasts(client, "RefreshToken", "days", 30)
    made = {"key": _hashed(refresh), "origin": call.make("{uuid}"), "user": user.key, "client": client.key}
    session = call.keep("TokenSession", {**made, "since": call.now, "until": until}, within=pool)
    return {**renewed(call, pool, client, user, session), "RefreshToken": refresh}


def renewed(call: Call, pool: Resource, client: Resource, user: Resource, session: Resource) -> Document:
    """New tokens of a session, without another refresh token."""
    shared = {
        "sub": user["attributes"]["sub"],
        "iss": _issuer(call, pool),
        "origin_jti": session["origin"],
        "event_id": call.make("{uuid}"),
        "auth_time": int(session["since"]),
        "iat": int(call.now),
        **({"cognito:groups": user["groups"]} if user["groups"] else {}),
    }
    lasts = int(_lasts(client, "AccessToken", "hours", 1))
    access = {"client_id": client.key, "token_use": "access", "scope": SCOPE, "username": user["Username"]}
    own = {name: value == "true" if name.endswith("_verified") else value for name, value in user["attributes"].items()}
    identity = {**own, "cognito:username": user["Username"], "aud": client.key, "token_use": "id"}
    ends = int(call.now) + int(_lasts(client, "IdToken", "hours", 1))
    return {
        "AccessToken": _signed(
            call, pool, {**shared, **access, "exp": int(call.now) + lasts, "jti": call.make("{uuid}")}
        ),
        "ExpiresIn": lasts,
        "TokenType": "Bearer",
        "IdToken": _signed(call, pool, {**identity, **shared, "exp": ends, "jti": call.make("{uuid}")}),
    }


def _lasts(client: Document, token: str, unit: str, usual: int) -> float:
    units = client.get("TokenValidityUnits", {}).get(token, unit)
    return float(client.get(f"{token}Validity") or usual) * UNITS[units]


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _session(call: Call, refresh: str) -> Resource | None:
    return call.find("TokenSession", _hashed(refresh))


def session_of(call: Call, client: Resource, refresh: str) -> Resource:
    """The session that a refresh token keeps up."""
    found = _session(call, refresh)
    if found is None or found["client"] != client.key:
        raise AwsError("NotAuthorizedException", "Invalid Refresh Token")
    if found["until"] <= call.now:
        raise AwsError("NotAuthorizedException", "Refresh Token has expired")
    return found


# Signing and checking


def _issuer(call: Call, pool: Resource) -> str:
    return call.make("https://cognito-idp.{region}.amazonaws.com/{id}", id=pool.key)


def _signed(call: Call, pool: Resource, claims: Document) -> str:
    return issuers.issue(store_of(call), partial(drawn, call), _issuer(call, pool), claims)


def _claims(call: Call, token: str) -> tuple[Resource, Document]:
    """A pool and what a token of it says; NotAuthorizedException unless the pool signed it."""
    try:
        claims = tokens.claims(token)
        pool = pool_of(call, claims["iss"].rsplit("/", 1)[-1])
    except (ValueError, LookupError, AttributeError) as error:
        raise AwsError("NotAuthorizedException", "Invalid Access Token") from error
    if not issuers.is_signed(store_of(call), _issuer(call, pool), token):
        raise AwsError("NotAuthorizedException", "Invalid Access Token")
    return pool, claims


def signed_in(call: Call) -> tuple[Resource, Resource]:
    """The pool and the user of the call's access token."""
    pool, claims = _claims(call, call["AccessToken"])
    if claims.get("token_use") != "access":
        raise AwsError("NotAuthorizedException", "Invalid Access Token")
    if claims["exp"] <= call.now:
        raise AwsError("NotAuthorizedException", "Access Token has expired")
    user = find_user(call, pool, claims["username"])
    if user is None:
        raise AwsError("UserNotFoundException", "User does not exist.")
    if claims["origin_jti"] in user.get("revoked", ()):
        raise AwsError("NotAuthorizedException", "Access Token has been revoked")
    return pool, user


# Ending sessions


def end_sessions(call: Call, user: Resource, origin: str | None = None) -> None:
    """End all sessions of a user, or the one of that origin: its tokens are no longer good. The user is kept by who
    calls."""
    for session in list(call.list("TokenSession")):
        if session["user"] == user.key and session.parent == user.parent and origin in (None, session["origin"]):
            user.setdefault("revoked", []).append(session["origin"])
            call.drop("TokenSession", session)


def revoke_token(call: Call) -> Document:
    """The tokens that came of a refresh token are no longer good; one that nobody has is no error."""
    client, pool = client_of(call, call["ClientId"])
    if client.get("ClientSecret") != call.get("ClientSecret"):
        raise AwsError("UnauthorizedException", "Invalid client secret")
    session = _session(call, call["Token"])
    user = find_user(call, pool, session["user"]) if session is not None else None
    if session is not None and user is not None:
        end_sessions(call, user, session["origin"])
        call.keep("User", user)
    return {}


def get_tokens_from_refresh_token(call: Call) -> Document:
    client, pool = client_of(call, call["ClientId"])
    if client.get("ClientSecret") != call.get("ClientSecret"):
        raise AwsError("NotAuthorizedException", "Invalid client secret")
    session = session_of(call, client, call["RefreshToken"])
    user = find_user(call, pool, session["user"])
    if user is None:
        raise AwsError("NotAuthorizedException", "Invalid Refresh Token")
    return {"AuthenticationResult": renewed(call, pool, client, user, session)}
