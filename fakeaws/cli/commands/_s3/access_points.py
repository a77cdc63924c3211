"""Access points: the buckets behind their ARNs and aliases."""

from __future__ import annotations

import re

from fakeaws.cli.calls.client import Client
from fakeaws.cli.errors import CliError

_MULTI_REGION = re.compile(r"arn:aws[\w-]*:s3::(?P<account>\d{12}):accesspoint[:/](?P<alias>[\w-]+\.mrap)")
_POINT = re.compile(r"arn:aws[\w-]*:s3:[a-z0-9-]+:(?P<account>\d{12}):accesspoint[:/](?P<name>[a-z0-9-]+)")
_OUTPOST_POINT = re.compile(
    r"arn:aws[\w-]*:s3-outposts:[a-z0-9-]+:(?P<account>\d{12}):outpost[:/].*:?accesspoint[:/].*"
)


def is_indirect(bucket: str) -> bool:
    """Whether a name refers to another bucket: it is an access point's ARN or alias."""
    patterns = (_POINT, _OUTPOST_POINT, _MULTI_REGION)
    return any(pattern.fullmatch(bucket) for pattern in patterns) or bucket.endswith(("-s3alias", "--op-s3"))


def behind(client: Client, bucket: str) -> list[str]:
    """The buckets behind an access point, else the bucket itself."""
    if found := _MULTI_REGION.fullmatch(bucket):
        return _behind_regions(client, found["account"], found["alias"])
    if bucket.endswith("--op-s3"):
        raise CliError(
            "Can't resolve underlying bucket name of s3 outposts access point alias. Use arn instead to resolve the"
            " bucket name and validate the mv command."
        )
    point = _POINT.fullmatch(bucket)
    outpost = _OUTPOST_POINT.fullmatch(bucket)
    if point is None and outpost is None and not bucket.endswith("-s3alias"):
        return [bucket]
    named = point or outpost
    account = named["account"] if named else client("sts", "GetCallerIdentity", {})["Account"]
    name = point["name"] if point else bucket
    return [client("s3control", "GetAccessPoint", {"AccountId": account, "Name": name})["Bucket"]]


def _behind_regions(client: Client, account: str, alias: str) -> list[str]:
    points = client("s3control", "ListMultiRegionAccessPoints", {"AccountId": account}).get("AccessPoints", ())
    for point in points:
        if point["Alias"] == alias:
            return [region["Bucket"] for region in point["Regions"]]
    raise CliError(f"Couldn't find multi-region access point with alias {alias} in account {account}")
