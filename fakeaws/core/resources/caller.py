"""Who calls: an account, a region and a principal."""

from __future__ import annotations

from typing import Any

from fakeaws.core.store.tables import Resource

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"


class Caller:
    """The principal that makes a call, and the region that it makes it in."""

    __slots__ = (
        "access_key",
        "account",
        "arn",
        "credential",
        "endpoint",
        "is_bound",
        "is_forwarded",
        "is_remote",
        "kind",
        "region",
        "unsigned",
        "user_id",
    )

    def __init__(self, account: str, region: str, kind: str, arn: str, user_id: str, access_key: str = "") -> None:
        self.account = account
        self.region = region
        self.kind = kind
        """`Root`, `IAMUser`, `AssumedRole`, `FederatedUser` or `AWSService`, as CloudTrail names them."""
        self.arn: str = arn
        self.user_id = user_id
        self.access_key = access_key
        self.endpoint = ""
        """The URL of the server that was called, without a slash at its end; empty where there is no server."""
        self.credential: Resource | None = None
        """What IAM or STS stores of the access key, if they issued it."""
        self.is_remote = False
        """Whether the call came over HTTP: its client is then to go itself to the region that something is in. What the
        call asks of other services does not."""
        self.is_bound = False
        """Whether policies have to allow what is called even where the cloud does not enforce them."""
        self.is_forwarded = False
        """Whether a service calls another in the caller's own name, whose policies bind there too."""
        self.unsigned = False
        """Whether the request came without a signature: where policies are enforced, from nobody."""

    @property
    def session(self) -> dict[str, Any]:
        """What IAM or STS stores of the access key; empty for keys that they did not issue."""
        return self.credential if self.credential is not None else {}

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def elsewhere(self, account: str | None = None, region: str | None = None) -> Caller:
        """The same principal, calling in another account or region."""
        other = Caller(
            account or self.account, region or self.region, self.kind, self.arn, self.user_id, self.access_key
        )
        other.endpoint, other.credential, other.unsigned = self.endpoint, self.credential, self.unsigned
        return other


def root(account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION, access_key: str = "") -> Caller:
    """The root user of an account."""
    return Caller(account, region, "Root", f"arn:{partition_of(region)}:iam::{account}:root", account, access_key)


def service_caller(service: str, account: str, region: str) -> Caller:
    """A service of AWS (`lambda.amazonaws.com`) at work in an account."""
    return Caller(account, region, "AWSService", service, service)


def canonical_user(account: str) -> str:
    """The canonical user id of an account, as access control lists name it: 64 hexadecimal digits that say nothing."""
    import hashlib

    return hashlib.sha256(f"canonical user {account}".encode()).hexdigest()


def partition_of(region: str) -> str:
    """The partition of a region, by its prefix (as in botocore's partitions.json)."""
    for prefix, partition in _PARTITIONS:
        if region.startswith(prefix):
            return partition
    return "aws"


_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
