"""The issuers of tokens in this cloud, such as user pools. An issuer's keys are in the note `NOTE`: its private ones
are sealed, its public ones are what a JWKS shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.core.store.interface import Store
from fakeaws.core.store.key import seal, unseal
from fakeaws.core.tools import ids, tokens

Document = dict[str, Any]
NOTE = "jwks {issuer}"


def issue(store: Store, chance: Callable[[int], bytes], issuer: str, claims: Document, alg: str = "RS256") -> str:
    """A token signed by an issuer of this cloud, whose key is made when it is first needed; `alg` RS256 or ES384."""
    key = _key(store, chance, issuer, alg)
    return tokens.signed(key["public"], unseal(store, key["private"]), claims)


def is_issuer(store: Store, issuer: str) -> bool:
    """Whether this cloud holds the keys of an issuer."""
    return store.note(NOTE.format(issuer=issuer)) is not None


def published(store: Store, issuer: str) -> Document:
    """The JWKS of an issuer of this cloud."""
    held = store.note(NOTE.format(issuer=issuer)) or {"keys": []}
    return {"keys": [key["public"] for key in held["keys"]]}


def is_signed(store: Store, issuer: str, token: str) -> bool:
    """Whether an issuer of this cloud signed a token."""
    return tokens.is_signed(published(store, issuer)["keys"], token)


def _key(store: Store, chance: Callable[[int], bytes], issuer: str, alg: str) -> Document:
    name = NOTE.format(issuer=issuer)
    held = store.note(name) or {"keys": []}
    found: Document | None = next((key for key in held["keys"] if key["public"]["alg"] == alg), None)
    if found is None:
        public, private = tokens.new_key(ids.uuid(chance), alg)
        found = {"public": public, "private": seal(store, private)}
        held["keys"].append(found)
        store.keep_note(name, held)
    return found
