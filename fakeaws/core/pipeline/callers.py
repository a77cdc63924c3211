"""Who calls: an account, a region and a principal, found by access key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.enforcement import is_enforced
from fakeaws.core.store.interface import Store
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.model.models import Operation

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
CREDENTIALS = "iam.Credential"


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
        """What IAM or STS keeps of the access key, if they issued it."""
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
        """What IAM or STS keeps of the access key; empty for keys that they did not issue."""
        return self.credential if self.credential is not None else {}

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def elsewhere(self, account: str | None = None, region: str | None = None) -> Caller:
        """The same principal, calling in another account or region."""
        there = Caller(
            account or self.account, region or self.region, self.kind, self.arn, self.user_id, self.access_key
        )
        there.endpoint, there.credential, there.unsigned = self.endpoint, self.credential, self.unsigned
        return there


def root(account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION, access_key: str = "") -> Caller:
    """The root user of an account."""
    return Caller(account, region, "Root", f"arn:{partition_of(region)}:iam::{account}:root", account, access_key)


def service_caller(service: str, account: str, region: str) -> Caller:
    """A service of AWS (`lambda.amazonaws.com`) at work in an account."""
    return Caller(account, region, "AWSService", service, service)


def caller_of(database: Store, access_key: str, region: str, token: str | None = None) -> Caller:
    """Keys that this cloud issued are their user's or role session's; 12 digits are that account's root user; any other
    key is the root user of the default account. A `token` that is not the session's makes the key nobody's."""
    issued = database.table(CREDENTIALS).anywhere(access_key) if access_key else None
    if issued is not None:
        caller = _issued(issued, region)
        if token is not None and issued.get("token") and _digest(token) != issued["token"]:
            issued["active"] = False
        return caller
    if len(access_key) == 12 and access_key.isdecimal():
        return root(access_key, region, access_key)
    caller = root(DEFAULT_ACCOUNT, region, access_key)
    caller.unsigned = not access_key
    return caller


def _digest(token: str) -> str:
    import hashlib

    return hashlib.sha256(token.encode()).hexdigest()


def _issued(credential: Resource, region: str) -> Caller:
    caller = Caller(
        credential.scope[0], region, credential["kind"], credential["arn"], credential["user_id"], credential.key
    )
    caller.credential = credential
    return caller


def refuse_stale(database: Store, caller: Caller, operation: Operation) -> None:
    """AwsError for a key that is inactive or gone, or a session that is over, in the words of the service; where
    policies are enforced also for one that nobody issued."""
    credential = caller.credential
    if credential is None:
        if caller.access_key and is_enforced(database) and _is_foreign(database, caller.access_key):
            raise _invalid(caller, operation)
        return
    protocol = operation.service.protocol
    if not credential.get("active", True):
        raise _invalid(caller, operation)
    if credential.get("expires") is not None and clock.now(database) >= credential["expires"]:
        code, text, status = _EXPIRED.get(operation.service.name) or _EXPIRED.get(protocol, _EXPIRED["query"])
        raise AwsError(code, text, status=status)


def _is_foreign(database: Store, key: str) -> bool:
    """Whether a key that was not issued is neither the root user's nor an account's."""
    if len(key) == 12 and key.isdigit():
        return False
    from fakeaws.core.pipeline import initial_keys

    return not initial_keys.is_one(os.path.dirname(database.path) if database.path else None, key)


def _invalid(caller: Caller, operation: Operation) -> AwsError:
    name, protocol = operation.service.name, operation.service.protocol
    code, text, status = _INVALID.get(name) or _INVALID.get(protocol, _INVALID["query"])
    fields = {"AWSAccessKeyId": caller.access_key} if name == "s3" else {}
    return AwsError(code, text, status=status, **fields)


_UNKNOWN = "The security token included in the request is invalid."
_INVALID = {
    "query": ("InvalidClientTokenId", _UNKNOWN, 403),
    "json": ("UnrecognizedClientException", _UNKNOWN, 400),
    "smithy-rpc-v2-cbor": ("UnrecognizedClientException", _UNKNOWN, 400),
    "rest-json": ("UnrecognizedClientException", _UNKNOWN, 403),
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
}
_OVER = "The security token included in the request is expired"
_EXPIRED = {
    "query": ("ExpiredToken", _OVER, 403),
    "json": ("ExpiredTokenException", _OVER, 400),
    "smithy-rpc-v2-cbor": ("ExpiredTokenException", _OVER, 400),
    "rest-json": ("ExpiredTokenException", _OVER, 403),
    "ec2": ("RequestExpired", "Request has expired.", 400),
    "s3": ("ExpiredToken", "The provided token has expired.", 400),
}


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
