"""How the AWS CLI changes Amazon CloudFront: paths to invalidate, distributions from an origin alone."""

from __future__ import annotations

import random
import time

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import exclusive, extra, optional
from fakeaws.cli.invocation import Document, Globals, Invocation, Perform
from fakeaws.core.model.models import Operation


def _unique(prefix: str = "cli") -> str:
    return f"{prefix}-{int(time.time())}-{random.randint(1, 1000000)}"


def _paths(table: Table, operation: Operation) -> None:
    optional(table, "invalidation-batch")
    extra(table, "paths", _put_paths, "list", nargs="+")


def _put_paths(params: Document, value: list[str]) -> None:
    params["InvalidationBatch"] = {
        "CallerReference": _unique(),
        "Paths": {"Quantity": len(value), "Items": value},
    }


def _create(table: Table, operation: Operation) -> None:
    optional(table, "distribution-config")
    extra(table, "origin-domain-name", _put_origin)
    extra(table, "default-root-object", _put_root)


def _config(params: Document) -> Document:
    """The settings of a distribution made without --distribution-config."""
    behavior = {
        "TargetOriginId": "placeholder",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "ViewerProtocolPolicy": "allow-all",
        "MinTTL": 0,
    }
    template = {
        "CallerReference": _unique(),
        "Origins": {"Quantity": 0, "Items": []},
        "DefaultCacheBehavior": behavior,
        "Enabled": True,
        "Comment": "",
    }
    found: Document = params.setdefault("DistributionConfig", template)
    return found


def _put_origin(params: Document, value: str) -> None:
    origin: Document = {"Id": _unique(value), "DomainName": value, "OriginPath": ""}
    if value.endswith(".s3.amazonaws.com"):
        origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
    else:
        origin["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    config = _config(params)
    config["Origins"] = {"Quantity": 1, "Items": [origin]}
    config["DefaultCacheBehavior"]["TargetOriginId"] = origin["Id"]


def _put_root(params: Document, value: str) -> None:
    _config(params)["DefaultRootObject"] = value


def _update(table: Table, operation: Operation) -> None:
    optional(table, "distribution-config")
    extra(table, "default-root-object")


def _update_root(invocation: Invocation, given: Values) -> None:
    """The other settings are requested and sent back unchanged."""
    root = given["default_root_object"]
    if root is None:
        return

    def read_first(perform: Perform) -> None:
        answer = perform("cloudfront", "GetDistributionConfig", {"Id": invocation.params["Id"]})
        invocation.params["IfMatch"] = answer["ETag"]
        invocation.params["DistributionConfig"] = {**answer["DistributionConfig"], "DefaultRootObject": root}

    invocation.before = read_first


def _either_paths(given: Values, options: Globals) -> None:
    exclusive(given, ("invalidation_batch",), ("paths",))


def _either_create(given: Values, options: Globals) -> None:
    exclusive(given, ("default_root_object", "origin_domain_name"), ("distribution_config",))


def _either_update(given: Values, options: Globals) -> None:
    exclusive(given, ("default_root_object",), ("distribution_config",))


CHANGES = {"create-invalidation": _paths, "create-distribution": _create, "update-distribution": _update}
CHECKS = {
    "create-invalidation": _either_paths,
    "create-distribution": _either_create,
    "update-distribution": _either_update,
}
FINISH = {"update-distribution": _update_root}
