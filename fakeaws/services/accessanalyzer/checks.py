"""What a policy grants: more than another one, certain actions, or to everybody.

A pattern is taken to be within another where the other one, as a pattern, fits its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import Malformed, Policy, Statement, check, policy
from fakeaws.policies.matching import is_like

Document = dict[str, Any]
KINDS = {"IDENTITY_POLICY": "identity", "RESOURCE_POLICY": "resource"}


def check_no_new_access(call: Call) -> Document:
    new, old = (_policy(call, call[f"{which}PolicyDocument"]) for which in ("new", "existing"))
    found = [s for s in new.granting if not _is_within(s, old)]
    lost = [s for s in old.denying if not any(_covers(other, s) for other in new.denying)]
    said = "the modified permissions {} new access compared to your existing policy."
    return _result(bool(found or lost), said, ("grant", "do not grant"), found, "New access in")


def check_access_not_granted(call: Call) -> Document:
    held = _policy(call, call["policyDocument"])
    found = [s for s in held.granting for access in call["access"] if _grants(s, held, access)]
    said = "the policy document {} access to perform {} of the listed actions or resources."
    words = ("grants", "one or more"), ("does not grant", "any")
    text = "One or more of the listed actions or resources in"
    return _result(bool(found), said, words, found, text)


def check_no_public_access(call: Call) -> Document:
    held = _policy(call, call["policyDocument"], "resource")
    found = [s for s in held.granting if is_public(s) and not _is_denied(s, held)]
    said = "the resource policy {} public access for the specified resource type."
    return _result(bool(found), said, ("grants", "does not grant"), found, "Public access granted in")


def is_public(statement: Statement) -> bool:
    """Whether a statement allows everybody something, without a condition."""
    everybody = statement.principals is None or "*" in (statement.principals or {}).get("AWS", ())
    return (everybody or statement.not_principals is not None) and not statement.conditions


def _policy(call: Call, text: str, kind: str = "") -> Policy:
    try:
        check(text, kind or KINDS[call["policyType"]])
    except Malformed as fault:
        raise AwsError("InvalidParameterException", f"Invalid policy document: {fault}") from fault
    return policy(text)


def _result(failed: bool, said: str, words: tuple[Any, Any], found: list[Statement], why: str) -> Document:
    chosen = words[0] if failed else words[1]
    text = said.format(*([chosen] if isinstance(chosen, str) else chosen))
    reasons = [_reason(statement, why) for statement in dict.fromkeys(found)]
    return {"result": "FAIL" if failed else "PASS", "message": text[0].upper() + text[1:], "reasons": reasons}


def _reason(statement: Statement, why: str) -> Document:
    index = statement.number - 1
    if statement.sid:
        text = f"{why} the statement with sid: {statement.sid}."
        return {"description": text, "statementIndex": index, "statementId": statement.sid}
    return {"description": f"{why} the statement with index: {index}.", "statementIndex": index}


def _is_within(new: Statement, old: Policy) -> bool:
    """Whether all that a statement allows was allowed before."""
    if new.actions is None or new.not_resources is not None or new.not_principals is not None:
        return any(_same(new, other) for other in old.granting)
    return all(any(_allows(other, action, new) for other in old.granting) for action in new.actions)


def _same(one: Statement, other: Statement) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in one.__slots__ if name not in OWN)


OWN = ("number", "sid", "fits")


def _allows(old: Statement, action: str, new: Statement) -> bool:
    if old.actions is None or not any(is_like(pattern, action) for pattern in old.actions):
        return False
    return _has_resources(old, new) and _has_principals(old, new) and set(old.conditions) <= set(new.conditions)


def _has_resources(old: Statement, new: Statement) -> bool:
    if old.resources is None or new.resources is None:
        return old.resources == new.resources and old.not_resources == new.not_resources
    return all(any(is_like(pattern, resource) for pattern in old.resources) for resource in new.resources)


def _has_principals(old: Statement, new: Statement) -> bool:
    if old.principals is None or new.principals is None:
        return old.principals == new.principals
    if "*" in old.principals.get("AWS", ()):
        return True
    return all(set(names) <= set(old.principals.get(kind, ())) for kind, names in new.principals.items())


def _covers(other: Statement, denial: Statement) -> bool:
    """Whether one denial denies at least what another does."""
    actions = denial.actions or ()
    wide = other.actions is not None and all(any(is_like(p, a) for p in other.actions) for a in actions)
    return _same(other, denial) or (
        wide and _has_resources(other, denial) and set(other.conditions) <= set(denial.conditions)
    )


def _grants(statement: Statement, held: Policy, access: Document) -> bool:
    """Whether a statement allows one of the actions on one of the resources, and nothing denies it for good."""
    actions = [action.lower() for action in access.get("actions", ())] or list(statement.actions or ("*",))
    resources = list(access.get("resources", ())) or list(statement.resources or ("*",))
    for action in actions:
        for resource in resources:
            if _touches(statement, action, resource) and not any(_bars(d, action, resource) for d in held.denying):
                return True
    return False


def _touches(statement: Statement, action: str, resource: str) -> bool:
    if statement.actions is not None and not any(_overlap(pattern, action) for pattern in statement.actions):
        return False
    if statement.not_actions is not None and any(is_like(pattern, action) for pattern in statement.not_actions):
        return False
    if statement.resources is not None:
        return any(_overlap(pattern, resource) for pattern in statement.resources)
    return not any(is_like(pattern, resource) for pattern in statement.not_resources or ())


def _overlap(one: str, other: str) -> bool:
    return is_like(one, other) or is_like(other, one)


def _bars(denial: Statement, action: str, resource: str) -> bool:
    named = any(is_like(pattern, action) for pattern in denial.actions or ())
    if denial.not_actions is not None:
        named = not any(_overlap(pattern, action) for pattern in denial.not_actions)
    is_covered = denial.resources is None or any(is_like(pattern, resource) for pattern in denial.resources)
    return named and is_covered and not denial.conditions


def _is_denied(statement: Statement, held: Policy) -> bool:
    """Whether everything that a statement allows is denied to everybody."""
    everybody = [d for d in held.denying if is_public(d)]
    pairs: Iterator[bool] = (
        any(_bars(denial, action, resource) for denial in everybody)
        for action in statement.actions or ("*",)
        for resource in statement.resources or ("*",)
    )
    return bool(everybody) and all(pairs)
