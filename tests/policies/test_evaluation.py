"""The decision, case by case: conditions, elements, and the kinds of policies together. Sources stand in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeaws.policies import evaluation
from fakeaws.policies.conditions import holds
from fakeaws.policies.context import Given
from fakeaws.policies.documents import Policy, policy
from fakeaws.policies.evaluation import Layers, Principal, Request, decide

HERE = Path(__file__).parent
OURS, THEIRS = "111122223333", "444455556666"
USER = Principal(OURS, f"arn:aws:iam::{OURS}:user/bob")
ROLE = Principal(OURS, f"arn:aws:sts::{OURS}:assumed-role/app/s", role=f"arn:aws:iam::{OURS}:role/app")
CALLERS = {
    "user": USER,
    "role": ROLE,
    "root": Principal(OURS, f"arn:aws:iam::{OURS}:root"),
    "service": Principal("", "", service="sns.amazonaws.com"),
    "anonymous": Principal("", ""),
}
KINDS = {
    "identity": evaluation.IDENTITY,
    "resource": evaluation.RESOURCE,
    "boundary": evaluation.BOUNDARY,
    "session": evaluation.SESSION,
    "scp": evaluation.SERVICE_CONTROL,
    "rcp": evaluation.RESOURCE_CONTROL,
}
KNOWN = {"aws:username": ["bob"], "aws:PrincipalTag/team": ["red"]}


def _rows(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


def _policy(**statement: Any) -> Policy:
    given = {"Effect": "Allow", "Action": "*", "Resource": "*", **statement}
    for member in ("Action", "Resource"):
        if f"Not{member}" in given:
            del given[member]
    return policy(json.dumps({"Version": "2012-10-17", "Statement": [given]}))


@pytest.mark.parametrize(("operator", "wanted", "given", "expected"), list(_rows("conditions.txt")))
def test_a_condition_holds_as_documented(operator: str, wanted: str, given: str, expected: str) -> None:
    block = {operator: {"test:Key": wanted.split(",") if "'" not in wanted else [wanted]}}
    context = Given({**KNOWN, **({} if given == "-" else {"test:Key": given.split(";")})})
    [statement] = _policy(Condition=block).statements
    assert holds(statement.conditions, context, True) is (expected == "yes")


@pytest.mark.parametrize(("element", "asked", "expected"), list(_rows("elements.txt")))
def test_an_element_matches_as_documented(element: str, asked: str, expected: str) -> None:
    name, _, values = element.partition(" ")
    held = _policy(**{name: values.split(",") if "'" not in values else values})
    action, resource = ("s3:GetObject", asked) if asked.startswith("arn:") else (asked, "arn:aws:s3:::b/k")
    decision = decide(Request(action, resource, USER, Given(KNOWN)), Layers([held]))
    assert decision.allowed is (expected == "yes")


def _effects(marks: str, **more: Any) -> list[Policy]:
    effects = {"+": "Allow", "-": "Deny"}
    return [_policy(Effect=effects[mark], **more) for mark in marks if mark in effects]


def _levels(marks: str) -> list[list[Policy]] | None:
    """Each mark is a level; a deny stands beside the allow of its level."""
    if not marks:
        return None
    levels = [_effects(mark) for mark in marks if mark != "-"]
    return [*levels, [_policy(), *_effects("-")]] if "-" in marks else levels


def _resource(mark: str, caller: str) -> list[Policy] | None:
    if not mark:
        return None
    principal = CALLERS[caller]
    named: dict[str, Any] = {
        "+": {"Service": principal.service} if principal.service else {"AWS": principal.arn},
        "r": {"AWS": principal.role},
        "a": {"AWS": f"arn:aws:iam::{OURS}:root"},
        "e": "*",
    }
    if mark == "-":
        return [_policy(Effect="Deny", Principal="*"), _policy(Principal=named["+"])]
    return [_policy(Principal=named[mark])] if mark in named else []


@pytest.mark.parametrize("row", list(_rows("layers.txt")), ids=" | ".join)
def test_the_kinds_of_policies_together_decide_as_documented(row: list[str]) -> None:
    caller, identity, boundary, session, scp, rcp, resource, account, expected = row
    layers = Layers(
        _effects(identity),
        _resource(resource, caller),
        _effects(boundary) if boundary else None,
        _effects(session) if session else None,
        _levels(scp),
        _levels(rcp),
        owner=THEIRS if account == "cross" else OURS,
        exclusive=account == "key",
        unlimited=caller == "root",
    )
    decision = decide(Request("s3:GetObject", "arn:aws:s3:::b/k", CALLERS[caller], Given({})), layers)
    outcome, _, kind = expected.partition(" ")
    assert decision.outcome == {"explicit": "explicitDeny", "implicit": "implicitDeny"}.get(outcome, outcome)
    assert not kind or decision.kind == KINDS[kind]


ACTIONS = st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "s3:*", "*", "sqs:*"])
ARNS = st.sampled_from(["arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "*", "arn:aws:s3:::c/k"])
STATEMENTS = st.builds(
    lambda effect, action, arn: {"Effect": effect, "Action": action, "Resource": arn},
    st.sampled_from(["Allow", "Deny"]),
    ACTIONS,
    ARNS,
)
ASKED = st.tuples(st.sampled_from(["s3:GetObject", "sqs:SendMessage"]), st.sampled_from(["arn:aws:s3:::b/k"]))


def _decided(statements: list[dict[str, Any]], asked: tuple[str, str]) -> bool:
    held = policy(json.dumps({"Version": "2012-10-17", "Statement": statements})) if statements else Policy("", [])
    return decide(Request(*asked, USER, Given({})), Layers([held])).allowed


@given(st.lists(STATEMENTS, max_size=4), ACTIONS, ARNS, ASKED)
def test_an_allow_never_takes_access_away(statements: Any, action: str, arn: str, asked: tuple[str, str]) -> None:
    more = [*statements, {"Effect": "Allow", "Action": action, "Resource": arn}]
    assert _decided(more, asked) >= _decided(statements, asked)


@given(st.lists(STATEMENTS, max_size=4), ACTIONS, ARNS, ASKED)
def test_a_deny_never_gives_access(statements: Any, action: str, arn: str, asked: tuple[str, str]) -> None:
    more = [*statements, {"Effect": "Deny", "Action": action, "Resource": arn}]
    assert _decided(more, asked) <= _decided(statements, asked)


def test_a_policy_of_the_first_version_has_no_variables() -> None:
    document = {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}],
    }
    held = policy(json.dumps(document))
    assert not decide(Request("s3:GetObject", "arn:aws:s3:::bob", USER, Given(KNOWN)), Layers([held])).allowed


BOB, APP, SESSION = USER.arn, ROLE.role, ROLE.arn
ACCOUNT_ROOT = f"arn:aws:iam::{OURS}:root"


@pytest.mark.parametrize(
    ("names", "caller", "is_denied"),
    [
        ([ACCOUNT_ROOT], "user", True),
        ([BOB], "user", True),
        ([BOB, ACCOUNT_ROOT], "user", False),
        ([BOB, OURS], "user", False),
        ([ACCOUNT_ROOT], "root", False),
        ([ACCOUNT_ROOT], "role", True),
        ([APP, ACCOUNT_ROOT], "role", True),
        ([SESSION, APP, ACCOUNT_ROOT], "role", False),
        ([f"arn:aws:iam::{THEIRS}:root", BOB], "user", True),
        (["*"], "user", False),
    ],
)
def test_a_deny_with_not_principal_takes_out_whom_it_names_with_the_account(
    names: list[str], caller: str, is_denied: bool
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    denying = _policy(Effect="Deny", NotPrincipal={"AWS": names})
    layers = Layers([_policy()], [denying], owner=OURS, unlimited=caller == "root")
    decision = decide(Request("s3:GetObject", "arn:aws:s3:::b/k", CALLERS[caller], Given({})), layers)
    assert (decision.outcome == "explicitDeny") is is_denied


def test_not_principal_takes_out_nobody_with_a_boundary() -> None:
    """The same page: such a statement always denies principals that have a permissions boundary."""
    denying = _policy(Effect="Deny", NotPrincipal={"AWS": [BOB, ACCOUNT_ROOT]})
    layers = Layers([_policy()], [denying], boundary=[_policy()], owner=OURS)
    request = Request("s3:GetObject", "arn:aws:s3:::b/k", Principal(OURS, BOB), Given({}))
    assert decide(request, layers).outcome == "explicitDeny"
