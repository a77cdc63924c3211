"""What is wrong or unwise in a policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import Malformed, check, listed
from fakeaws.policies.matching import is_like

Document = dict[str, Any]
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
KINDS = {"IDENTITY_POLICY": "identity", "SERVICE_CONTROL_POLICY": "organization"}
CODES = (
    ("must contain actions", "MISSING_ACTION"),
    ("must contain resources", "MISSING_RESOURCE"),
    ("should not specify a principal", "UNSUPPORTED_PRINCIPAL"),
    ("field Principal", "MISSING_PRINCIPAL"),
    ("prefaced by a vendor", "INVALID_ACTION"),
    ("only one colon", "INVALID_ACTION"),
    ("Vendor", "INVALID_SERVICE_IN_ACTION"),
    ("ARN format", "MISSING_ARN_FIELD"),
    ("Partition", "INVALID_PARTITION"),
    ("region information", "INVALID_ARN_REGION"),
    ("Condition type", "INVALID_CONDITION_OPERATOR"),
    ("must be unique", "UNIQUE_SIDS_REQUIRED"),
    ("alpha-numeric", "INVALID_SID"),
)
"""What the refusal of a policy says → the code of the finding."""


def validate_policy(call: Call) -> Document:
    """Errors as IAM would refuse them, and what it would take although it is hardly meant."""
    text = call["policyDocument"]
    try:
        document = json.loads(text)
    except ValueError as fault:
        line, column, offset = getattr(fault, "lineno", 1), getattr(fault, "colno", 1), getattr(fault, "pos", 0)
        place = {"line": line, "column": column, "offset": offset}
        spot = [{"path": [], "span": {"start": place, "end": place}}]
        return {"findings": [_finding("ERROR", "JSON_SYNTAX_ERROR", f"Fix the JSON syntax error: {fault}", spot)]}
    if not isinstance(document, dict):
        raise AwsError("ValidationException", "The policy document must be a JSON object.", reason="other")
    return {"findings": [*_errors(call, text), *_advice(text, document)]}


def _errors(call: Call, text: str) -> Iterator[Document]:
    try:
        check(text, KINDS.get(call["policyType"], "resource"))
    except Malformed as fault:
        said = str(fault)
        code = next((code for part, code in CODES if part in said), "POLICY_SYNTAX_ERROR")
        yield _finding("ERROR", code, said, _spots(text, []))


def _advice(text: str, document: Document) -> Iterator[Document]:
    if "Version" not in document:
        said = "We recommend that you specify the Version element to help you with debugging permission issues."
        yield _finding("WARNING", "MISSING_VERSION", said, _spots(text, []))
    elif document["Version"] == "2008-10-17":
        said = "We recommend that you use the newest version of the policy language: 2012-10-17."
        yield _finding("WARNING", "OUTDATED_VERSION", said, _spots(text, [{"value": "Version"}]))
    for index, statement in enumerate(listed(document.get("Statement", []))):
        if isinstance(statement, dict):
            path: list[Document] = [{"value": "Statement"}, {"index": index}]
            for kind, code, said in _of_statement(statement):
                yield _finding(kind, code, said, _spots(text, path))


def _of_statement(statement: Document) -> Iterator[tuple[str, str, str]]:
    actions = [action for action in listed(statement.get("Action", [])) if isinstance(action, str)]
    resources = listed(statement.get("Resource", []))
    allows, is_bound = statement.get("Effect") == "Allow", bool(statement.get("Condition"))
    if allows and "*" in resources and not is_bound and any(is_like(a.lower(), "iam:passrole") for a in actions):
        code = (
            "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"
            if "*" in "".join(actions)
            else "PASS_ROLE_WITH_STAR_IN_RESOURCE"
        )
        said = "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive."
        yield "SECURITY_WARNING", code, said
    if allows and "NotPrincipal" in statement:
        yield "SECURITY_WARNING", "ALLOW_WITH_NOT_PRINCIPAL", "Using Allow with NotPrincipal can be overly permissive."
    if allows and "NotAction" in statement and "*" in resources:
        said = "Using NotAction with Allow and a wildcard in the resource can be overly permissive."
        yield "WARNING", "ALLOW_WITH_NOT_ACTION", said
    for name in ("Action", "Resource", "Condition"):
        if statement.get(name) in ([], {}):
            code = "EMPTY_OBJECT_CONDITION" if name == "Condition" else f"EMPTY_ARRAY_{name.upper()}"
            yield "SUGGESTION", code, f"The {name} element is empty and provides no permissions."
    for action in sorted(set(actions)):
        if any(other != action and is_like(other.lower(), action.lower()) for other in actions):
            said = f"The action {action} is redundant: a wildcard in another action of the statement covers it."
            yield "SUGGESTION", "REDUNDANT_ACTION", said


def _finding(kind: str, code: str, said: str, locations: list[Document]) -> Document:
    anchor = f"{GUIDE}#access-analyzer-reference-policy-checks-{kind.lower().replace('_', '-')}"
    link = f"{anchor}-{code.lower().replace('_', '-')}"
    return {
        "findingType": kind,
        "issueCode": code,
        "findingDetails": said,
        "learnMoreLink": link,
        "locations": locations,
    }


def _spots(text: str, path: list[Document]) -> list[Document]:
    """The statement that a path leads to, else the whole document."""
    start, end = 0, len(text)
    index = next((step["index"] for step in path if "index" in step), None)
    if index is not None:
        decoder, start = json.JSONDecoder(), text.find("{", text.find('"Statement"'))
        for turn in range(index + 1):
            _, end = decoder.raw_decode(text, start)
            start = start if turn == index else text.find("{", end)
    return [{"path": path, "span": {"start": _position(text, start), "end": _position(text, end)}}]


def _position(text: str, at: int) -> Document:
    before = text[:at]
    return {"line": before.count("\n") + 1, "column": at - before.rfind("\n") - 1, "offset": at}
