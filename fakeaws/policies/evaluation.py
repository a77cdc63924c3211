"""The decision: which of a request's policies allow it, which deny it, and which one is missing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, with the pages on
identity and resource policies, permissions boundaries, session policies, cross-account access and Organizations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from fakeaws.policies.conditions import Context, holds
from fakeaws.policies.documents import Policy, Statement
from fakeaws.policies.matching import Unknown, filled, is_arn_like, is_like

Found = tuple[Policy, Statement]

IDENTITY = "identity-based policy"
RESOURCE = "resource-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
SERVICE_CONTROL = "service control policy"
RESOURCE_CONTROL = "resource control policy"

EVERYONE, DIRECT, ROLE, ACCOUNT = "everyone", "direct", "role", "account"


class Principal:
    """Who asks, as policies name it."""

    __slots__ = ("account", "arn", "federated", "is_bounded", "role", "service")

    def __init__(self, account: str, arn: str, role: str = "", service: str = "", federated: str = "") -> None:
        self.account = account
        self.arn = arn
        self.role = role
        """The ARN of the role of a session; empty for others."""
        self.service = service
        """`ec2.amazonaws.com`, where a service of AWS asks."""
        self.federated = federated
        """The provider that vouches for who asks."""
        self.is_bounded = False
        """Whether who asks has a permissions boundary."""


class Request:
    """One action on one resource."""

    __slots__ = ("action", "context", "lowered", "principal", "resource")

    def __init__(self, action: str, resource: str, principal: Principal, context: Context) -> None:
        self.action = action
        self.lowered = action.lower()
        self.resource = resource
        self.principal = principal
        self.context = context


class Layers:
    """The policies that bear on a request. A layer of None does not apply; an empty one allows nothing."""

    __slots__ = (
        "boundary",
        "exclusive",
        "identity",
        "most",
        "owner",
        "rcps",
        "resource",
        "scps",
        "sessions",
        "unlimited",
    )

    def __init__(
        self,
        identity: list[Policy] | None = None,
        resource: list[Policy] | None = None,
        boundary: list[Policy] | None = None,
        sessions: list[Policy] | None = None,
        scps: list[list[Policy]] | None = None,
        rcps: list[list[Policy]] | None = None,
        owner: str = "",
        exclusive: bool = False,
        unlimited: bool = False,
    ) -> None:
        self.identity = identity or []
        self.resource = resource
        self.boundary = boundary
        self.sessions = sessions
        self.scps = scps
        """One list a level, from the root of the organization to the account: each level must allow."""
        self.rcps = rcps
        self.owner = owner
        """The account that the resource is in; empty for that of the principal."""
        self.exclusive = exclusive
        """Whether identity policies count only as far as the resource's policy lets them: KMS keys and roles' trust."""
        self.most: int | None = None
        """How many of the statements that allow are looked for; None for all."""
        self.unlimited = unlimited
        """The root user: no identity policy is needed."""


class Decision:
    """What was decided: `allowed`, or `explicitDeny` or `implicitDeny` and by which kind of policy."""

    __slots__ = ("kind", "outcome", "statements")

    def __init__(self, outcome: str, kind: str = "", statements: list[Found] | None = None) -> None:
        self.outcome = outcome
        self.kind = kind
        self.statements = statements or []
        """What allows, or what denies explicitly."""

    @property
    def allowed(self) -> bool:
        return self.outcome == "allowed"


def decide(request: Request, layers: Layers) -> Decision:
    """The decision of AWS on a request."""
    request.principal.is_bounded = layers.boundary is not None
    denied = _explicitly(request, layers)
    if denied is not None:
        return denied
    for kind, levels in ((RESOURCE_CONTROL, layers.rcps), (SERVICE_CONTROL, layers.scps)):
        for level in levels if levels is not None else ():
            if next(_matching(request, level, allows=True), None) is None:
                return Decision("implicitDeny", kind)
    grants = _grants(request, layers.resource or [])
    crosses = bool(layers.owner) and layers.owner != request.principal.account
    if crosses or layers.exclusive:
        return _by_both(request, layers, grants, crosses)
    return _by_either(request, layers, grants)


def _explicitly(request: Request, layers: Layers) -> Decision | None:
    together: list[tuple[str, Iterable[Policy]]] = [
        (RESOURCE_CONTROL, [policy for level in layers.rcps or () for policy in level]),
        (SERVICE_CONTROL, [policy for level in layers.scps or () for policy in level]),
        (RESOURCE, layers.resource or ()),
        (IDENTITY, layers.identity),
        (BOUNDARY, layers.boundary or ()),
        (SESSION, layers.sessions or ()),
    ]
    for kind, policies in together:
        found = list(_matching(request, policies, allows=False))
        if found:
            return Decision("explicitDeny", kind, found)
    return None


def _by_both(request: Request, layers: Layers, grants: dict[str, list[Found]], crosses: bool) -> Decision:
    """Across accounts both sides must allow; within one, a key's or role's policy that names the principal is enough.
    Services, identities of others and everyone without a name have no policies of their own."""
    if not grants:
        return Decision("implicitDeny", RESOURCE)
    if request.principal.service or request.principal.federated or not request.principal.account:
        return Decision("allowed", RESOURCE, next(iter(grants.values())))
    if not crosses and (DIRECT in grants or EVERYONE in grants or ROLE in grants):
        return _by_either(request, layers, grants)
    side = _by_identity(request, layers)
    if side.allowed:
        side.statements = [*side.statements, *next(iter(grants.values()))]
    return side


def _by_either(request: Request, layers: Layers, grants: dict[str, list[Found]]) -> Decision:
    """Within an account. A resource's policy that names a user or a session is enough; one that names a role is
    still limited by the role's boundary and the session's policies."""
    for grade in (DIRECT, EVERYONE):
        if grade in grants:
            return Decision("allowed", RESOURCE, grants[grade])
    if ROLE in grants:
        limits = _limits(request, layers)
        return limits if limits is not None else Decision("allowed", RESOURCE, grants[ROLE])
    return _by_identity(request, layers)


def _by_identity(request: Request, layers: Layers) -> Decision:
    found = list(islice(_matching(request, layers.identity, allows=True), layers.most))
    if not found and not layers.unlimited:
        return Decision("implicitDeny", IDENTITY)
    return _limits(request, layers) or Decision("allowed", IDENTITY, found)


def _limits(request: Request, layers: Layers) -> Decision | None:
    for kind, policies in ((BOUNDARY, layers.boundary), (SESSION, layers.sessions)):
        if policies is not None and next(_matching(request, policies, allows=True), None) is None:
            return Decision("implicitDeny", kind)
    return None


def _grants(request: Request, policies: Iterable[Policy]) -> dict[str, list[Found]]:
    """The statements of the resource's policies that allow, by how they name the principal."""
    grants: dict[str, list[Found]] = {}
    for policy, statement in _matching(request, policies, allows=True):
        grade = _grade(statement, request.principal)
        if grade is not None:
            grants.setdefault(grade, []).append((policy, statement))
    return grants


def _matching(request: Request, policies: Iterable[Policy], allows: bool) -> Iterator[Found]:
    for policy in policies:
        for statement in policy.granting if allows else policy.denying:
            if applies(statement, request):
                yield policy, statement


def applies(statement: Statement, request: Request) -> bool:
    """Whether action, resource, principal and conditions of a statement fit the request."""
    return (
        _has_action(statement, request.lowered)
        and _has_resource(statement, request)
        and _has_principal(statement, request.principal)
        and holds(statement.conditions, request.context, statement.variables)
    )


def _has_action(statement: Statement, action: str) -> bool:
    found = statement.fits.get(action)
    if found is None:
        is_listed = _is_any(statement.actions if statement.actions is not None else statement.not_actions or (), action)
        found = statement.fits[action] = is_listed is (statement.actions is not None)
    return found


def _is_any(patterns: tuple[str, ...], action: str) -> bool:
    return any(is_like(pattern, action) for pattern in patterns)


def _has_resource(statement: Statement, request: Request) -> bool:
    if statement.resources is not None:
        return any(_is_resource(pattern, statement, request) for pattern in statement.resources)
    if statement.not_resources is not None:
        return not any(_is_resource(pattern, statement, request) for pattern in statement.not_resources)
    return True


def _is_resource(pattern: str, statement: Statement, request: Request) -> bool:
    if pattern == "*":
        return True
    try:
        wanted = filled(pattern, request.context.one) if statement.variables else pattern
    except Unknown:
        return False
    return is_arn_like(wanted, request.resource)


def _has_principal(statement: Statement, principal: Principal) -> bool:
    if statement.principals is not None:
        return _grade(statement, principal) is not None
    if statement.not_principals is not None:
        return not _is_exempt(statement.not_principals, principal)
    return True


def _is_exempt(principals: dict[str, list[str]], principal: Principal) -> bool:
    """Whether `NotPrincipal` takes a principal out: it names the principal, the role of a session and the account that
    it is in. Nobody with a permissions boundary is taken out.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if principal.service or principal.federated or not principal.account:
        return _named(principals, principal) is not None
    names = principals.get("AWS", ())
    if "*" in names:
        return True
    chain = [name for name in (principal.role, principal.arn) if name and not name.endswith(":root")]
    is_account = any(_is_account(name, principal.account) for name in names)
    return is_account and not principal.is_bounded and all(name in names for name in chain)


def _grade(statement: Statement, principal: Principal) -> str | None:
    """How a statement names the principal, None where it does not."""
    if statement.principals is None:
        return EVERYONE
    return _named(statement.principals, principal)


def _named(principals: dict[str, list[str]], principal: Principal) -> str | None:
    if principal.service and _is_among(principal.service, principals.get("Service", ())):
        return DIRECT
    if principal.federated and _is_among(principal.federated, principals.get("Federated", ())):
        return DIRECT
    names = principals.get("AWS", ())
    if "*" in names:
        return EVERYONE
    if principal.arn in names:
        return ACCOUNT if principal.arn.endswith(":root") else DIRECT
    if principal.role and principal.role in names:
        return ROLE
    return ACCOUNT if any(_is_account(name, principal.account) for name in names) else None


def _is_among(name: str, names: Iterable[str]) -> bool:
    return any(each in (name, "*") for each in names)


def _is_account(name: str, account: str) -> bool:
    return bool(account) and (
        name == account or (name.endswith(f"::{account}:root") and name.startswith("arn:") and ":iam:" in name)
    )
