"""Configurations that a bucket has many of, each with an id: analytics, inventory, metrics, intelligent tiering."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]


def _missing() -> AwsError:
    return AwsError("NoSuchConfiguration", "The specified configuration does not exist.", status=404)


def put(call: Call, kind: str) -> Document:
    """Keep the configuration of a kind that the call brings, under its id."""
    bucket = stored.bucket(call)
    wanted = call[f"{kind}Configuration"]
    if wanted["Id"] != call["Id"]:
        raise AwsError("IdMismatch", "Document ID does not match the specified configuration ID.", status=400)
    bucket["settings"].setdefault(kind, {})[call["Id"]] = wanted
    stored.save_bucket(call, bucket)
    return {}


def _get(call: Call, kind: str) -> Document:
    held = stored.bucket(call)["settings"].get(kind, {})
    if call["Id"] not in held:
        raise _missing()
    return {f"{kind}Configuration": held[call["Id"]]}


def _delete(call: Call, kind: str) -> Document:
    bucket = stored.bucket(call)
    if bucket["settings"].get(kind, {}).pop(call["Id"], None) is None:
        raise _missing()
    stored.save_bucket(call, bucket)
    return {}


def _list(call: Call, kind: str) -> Document:
    """A hundred a page, in the order of their ids."""
    held = stored.bucket(call)["settings"].get(kind, {})
    token = call.get("ContinuationToken")
    after = stored.from_token(token) if token else ""
    ids = [name for name in sorted(held) if name > after]
    answer: Document = {"IsTruncated": len(ids) > 100}
    if token:
        answer["ContinuationToken"] = token
    if ids:
        answer[f"{kind}ConfigurationList"] = [held[name] for name in ids[:100]]
    if len(ids) > 100:
        answer["NextContinuationToken"] = stored.token(ids[99])
    return answer


def put_bucket_analytics_configuration(call: Call) -> Document:
    return put(call, "Analytics")


def get_bucket_analytics_configuration(call: Call) -> Document:
    return _get(call, "Analytics")


def delete_bucket_analytics_configuration(call: Call) -> Document:
    return _delete(call, "Analytics")


def list_bucket_analytics_configurations(call: Call) -> Document:
    return _list(call, "Analytics")


def get_bucket_inventory_configuration(call: Call) -> Document:
    return _get(call, "Inventory")


def delete_bucket_inventory_configuration(call: Call) -> Document:
    return _delete(call, "Inventory")


def list_bucket_inventory_configurations(call: Call) -> Document:
    return _list(call, "Inventory")


def put_bucket_metrics_configuration(call: Call) -> Document:
    return put(call, "Metrics")


def get_bucket_metrics_configuration(call: Call) -> Document:
    return _get(call, "Metrics")


def delete_bucket_metrics_configuration(call: Call) -> Document:
    return _delete(call, "Metrics")


def list_bucket_metrics_configurations(call: Call) -> Document:
    return _list(call, "Metrics")


def put_bucket_intelligent_tiering_configuration(call: Call) -> Document:
    return put(call, "IntelligentTiering")


def get_bucket_intelligent_tiering_configuration(call: Call) -> Document:
    return _get(call, "IntelligentTiering")


def delete_bucket_intelligent_tiering_configuration(call: Call) -> Document:
    return _delete(call, "IntelligentTiering")


def list_bucket_intelligent_tiering_configurations(call: Call) -> Document:
    return _list(call, "IntelligentTiering")
