"""Who calls: an account, a region and a principal, found by access key."""

from __future__ import annotations

from fakeaws.core.store.database import Database
from fakeaws.core.store.tables import Resource, Table

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"


class Caller:
    """The principal that makes a call, and the region that it makes it in."""

    __slots__ = ("access_key", "account", "arn", "endpoint", "kind", "region", "user_id")

    def __init__(self, account: str, region: str, kind: str, arn: str, user_id: str, access_key: str = "") -> None:
        self.account = account
        self.region = region
        self.kind = kind
        """`Root`, `IAMUser`, `AssumedRole`, `FederatedUser` or `AWSService`, as CloudTrail names them."""
        self.arn = arn
        self.user_id = user_id
        self.access_key = access_key
        self.endpoint = ""
        """The URL of the server that was called, without a slash at its end; empty where there is no server."""

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def elsewhere(self, account: str | None = None, region: str | None = None) -> Caller:
        """The same principal, calling in another account or region."""
        there = Caller(
            account or self.account, region or self.region, self.kind, self.arn, self.user_id, self.access_key
        )
        there.endpoint = self.endpoint
        return there


def root(account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION, access_key: str = "") -> Caller:
    """The root user of an account."""
    return Caller(account, region, "Root", f"arn:{partition_of(region)}:iam::{account}:root", account, access_key)


def caller_of(database: Database, access_key: str, region: str) -> Caller:
    """Keys that this cloud issued are their user's or role session's; 12 digits are that account's root user; any other
    key is the root user of the default account."""
    issued = Table(database, "iam.Credential").anywhere(access_key) if access_key else None
    if issued is not None:
        return _issued(issued, region)
    if len(access_key) == 12 and access_key.isdigit():
        return root(access_key, region, access_key)
    return root(DEFAULT_ACCOUNT, region, access_key)


def _issued(credential: Resource, region: str) -> Caller:
    return Caller(
        credential.scope[0], region, credential["kind"], credential["arn"], credential["user_id"], credential.key
    )


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
