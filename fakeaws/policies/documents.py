"""Policy documents: read, or refused in IAM's words.

The grammar is that of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

Document = dict[str, Any]

VERSIONS = ("2012-10-17", "2008-10-17")
SYNTAX = "Syntax errors in policy."
TOP = {"Version", "Id", "Statement"}
ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*")
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = frozenset(
    name.lower()
    for name in (
        *(f"String{how}" for how in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase")),
        *("StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
        *(f"{kind}{how}" for kind in ("Numeric", "Date") for how in COMPARISONS),
        *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    )
)
IAM_PATHS = (
    *("user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/"),
    *("sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/"),
)
ASSUME = r"(?i)sts:(AssumeRole\w*|TagSession|SetSourceIdentity|SetContext|\*)|\*"


class Malformed(Exception):
    """A policy document that AWS refuses; the text is IAM's."""


class Statement:
    """One statement, its elements as lists."""

    __slots__ = (
        "actions",
        "conditions",
        "effect",
        "fits",
        "not_actions",
        "not_principals",
        "not_resources",
        "number",
        "principals",
        "resources",
        "sid",
        "variables",
    )

    def __init__(self, number: int, given: Document, version: str) -> None:
        self.number = number
        self.fits: dict[str, bool] = {}
        """Actions that were asked about, and whether the statement is about them."""
        self.sid: str = given.get("Sid", "")
        self.effect: str = given["Effect"]
        self.actions = tuple(a.lower() for a in listed(given["Action"])) if "Action" in given else None
        self.not_actions = tuple(a.lower() for a in listed(given["NotAction"])) if "NotAction" in given else None
        self.resources = tuple(listed(given["Resource"])) if "Resource" in given else None
        self.not_resources = tuple(listed(given["NotResource"])) if "NotResource" in given else None
        self.principals = principals_of(given["Principal"]) if "Principal" in given else None
        self.not_principals = principals_of(given["NotPrincipal"]) if "NotPrincipal" in given else None
        self.conditions = [
            (operator, key, tuple(text(value) for value in listed(values)))
            for operator, block in given.get("Condition", {}).items()
            for key, values in block.items()
        ]
        self.variables = version == "2012-10-17"

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"


class Policy:
    """A policy's statements, and what it is called where it is spoken of."""

    __slots__ = ("denying", "granting", "name", "source", "statements")

    def __init__(self, source: str, statements: list[Statement], name: str = "") -> None:
        self.source = source
        """The JSON text."""
        self.statements = statements
        self.granting = [statement for statement in statements if statement.allows]
        self.denying = [statement for statement in statements if not statement.allows]
        self.name = name


@lru_cache(maxsize=1024)
def policy(source: str, name: str = "") -> Policy:
    """A policy that was accepted before; one that cannot be read grants and denies nothing."""
    try:
        return Policy(source, _statements(source), name)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Policy(source, [], name)


def without_grants(given: Policy) -> Policy:
    """What a policy denies."""
    return Policy(given.source, given.denying, given.name)


def _statements(source: str) -> list[Statement]:
    document = json.loads(source)
    version = document.get("Version", "2008-10-17")
    return [Statement(number, each, version) for number, each in enumerate(listed(document["Statement"]), 1)]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A scalar of JSON as the policy language has it: everything is a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def principals_of(given: Any) -> dict[str, list[str]]:
    """Principals by type; `"*"` is everyone."""
    if isinstance(given, str):
        return {"AWS": [given]}
    return {kind: [str(value) for value in listed(values)] for kind, values in given.items()}


def check(source: str, kind: str = "identity", version: bool = False) -> Document:
    """The document of an acceptable policy of a kind: `identity`, `trust`, `resource` or `organization`; Malformed
    where AWS refuses it. `version` asks for the current version of the language, as managed policies must have."""
    document = _loaded(source)
    if version and document.get("Version", "2008-10-17") == "2008-10-17":
        raise Malformed("Policy document must be version 2012-10-17 or greater.")
    statements = listed(document["Statement"])
    for statement in statements:
        _check_form(statement)
    for statement in statements:
        _check_principal(statement, kind)
        _check_actions(statement, kind)
        _check_resources(statement, kind)
        _check_conditions(statement)
    _check_sids(statements, kind)
    return document


def _loaded(source: str) -> Document:
    try:
        document = json.loads(source)
    except (ValueError, RecursionError):
        raise Malformed(SYNTAX) from None
    if not isinstance(document, dict) or not set(document) <= TOP or not document.get("Statement"):
        raise Malformed(SYNTAX)
    if document.get("Version", VERSIONS[0]) not in VERSIONS or not isinstance(document.get("Id", ""), str):
        raise Malformed(SYNTAX)
    return document


def _check_form(statement: Any) -> None:
    """What the grammar says of a statement, whatever the policy is for."""
    if not isinstance(statement, dict) or not set(statement) <= ELEMENTS:
        raise Malformed(SYNTAX)
    if statement.get("Effect") not in ("Allow", "Deny") or not isinstance(statement.get("Sid", ""), str):
        raise Malformed(SYNTAX)
    for name in ("Action", "Resource", "Principal"):
        if name in statement and f"Not{name}" in statement:
            raise Malformed(SYNTAX)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if not all(isinstance(value, str) for value in listed(statement.get(name, ""))):
            raise Malformed(SYNTAX)
    conditions = statement.get("Condition", {})
    if not isinstance(conditions, dict) or not all(isinstance(block, dict) for block in conditions.values()):
        raise Malformed(SYNTAX)


def _check_principal(statement: Document, kind: str) -> None:
    given = "Principal" in statement or "NotPrincipal" in statement
    if kind in ("identity", "organization") and given and not (kind == "organization" and "Resource" in statement):
        raise Malformed("Policy document should not specify a principal.")
    if kind in ("trust", "resource") and not given:
        raise Malformed("Missing required field Principal")
    for name in ("Principal", "NotPrincipal"):
        value = statement.get(name, "*")
        if isinstance(value, str) and value != "*":
            raise Malformed(f"Invalid principal in policy: {json.dumps(value)}")
        if isinstance(value, dict) and not set(value) <= {"AWS", "Service", "Federated", "CanonicalUser"}:
            raise Malformed("Invalid principal in policy")
        if not isinstance(value, (str, dict)):
            raise Malformed(SYNTAX)


def _check_actions(statement: Document, kind: str) -> None:
    actions = [action for name in ("Action", "NotAction") for action in listed(statement.get(name, []))]
    if not actions:
        raise Malformed(
            "Missing required field Action" if kind == "trust" else "Policy statement must contain actions."
        )
    for action in actions:
        _check_action(action)
        if kind == "trust" and not re.fullmatch(ASSUME, action) and "*" not in action:
            raise Malformed("AssumeRole policy may only specify STS AssumeRole actions.")


def _check_action(action: str) -> None:
    if action == "*":
        return
    vendor, colon, rest = action.partition(":")
    if not colon or not rest:
        raise Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if ":" in rest:
        raise Malformed("Actions/Condition can contain only one colon.")
    if not re.fullmatch(r"[a-zA-Z0-9\-]+", vendor):
        raise Malformed(f"Vendor {vendor} is not valid")


def _check_resources(statement: Document, kind: str) -> None:
    for name in ("Resource", "NotResource"):
        if kind == "trust" and name in statement:
            raise Malformed(f"Has prohibited field {name}")
    resources = [each for name in ("Resource", "NotResource") for each in listed(statement.get(name, []))]
    if not resources and kind in ("identity", "organization"):
        raise Malformed("Policy statement must contain resources.")
    if kind == "identity":
        for resource in resources:
            _check_resource(resource)


def _check_resource(resource: str) -> None:
    if resource == "*":
        return
    parts = resource.split(":", 5)
    if parts[0] != "arn":
        raise Malformed(f'Resource {resource} must be in ARN format or "*".')
    if len(parts) > 1 and parts[1] not in PARTITIONS:
        raise Malformed(f'Partition "{parts[1]}" is not valid for resource "{resource}".')
    if len(parts) < 3 or (re.search(r"[*?]", parts[2]) and parts[2] != "*"):
        raise Malformed("Resource vendor must be fully qualified and cannot contain regexes.")
    if len(parts) < 6:
        raise Malformed("The policy failed legacy parsing")
    if parts[2] == "s3" and parts[3] not in ("", "*") and parts[4] in ("", "*"):
        raise Malformed(f"Resource {resource} can not contain region information.")
    if parts[2] == "iam" and parts[3] not in ("", "*"):
        raise Malformed(f"IAM resource {resource} cannot contain region information.")
    if parts[2] == "iam" and not parts[5].startswith((*IAM_PATHS, "*", "root")):
        raise Malformed(f'IAM resource path must either be "*" or start with {", ".join(IAM_PATHS)}.')


def _check_conditions(statement: Document) -> None:
    for operator, block in statement.get("Condition", {}).items():
        if plain_operator(operator) not in OPERATORS:
            raise Malformed(f"Invalid Condition type : {operator}.")
        for values in block.values():
            if not all(isinstance(value, (str, int, float)) for value in listed(values)):
                raise Malformed(SYNTAX)


def plain_operator(operator: str) -> str:
    """An operator in lower case, without ForAllValues, ForAnyValue and IfExists."""
    name = operator.lower()
    for prefix in ("forallvalues:", "foranyvalue:"):
        name = name.removeprefix(prefix)
    return name.removesuffix("ifexists")


def _check_sids(statements: Iterable[Document], kind: str) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        raise Malformed("Statement IDs (SID) in a single policy must be unique.")
    if kind == "identity" and not all(re.fullmatch(r"[0-9A-Za-z]*", sid) for sid in sids):
        raise Malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression"
            " [0-9A-Za-z]*"
        )
