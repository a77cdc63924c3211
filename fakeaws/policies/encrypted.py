"""The AWS KMS keys that a call needs the use of, because the resource that it is done to is encrypted with one.

Which operations of which services use a key, and where a resource says which one, is in `shapes/catalogue/actions.json`
(`encrypted`). Keys that AWS manages are for everyone who may come to the resource. Amazon S3 asks by itself: its key is
an object's (`services/s3/encryption.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import service_of, store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.policies.parameters import alias_target

Document = dict[str, Any]
OWN = "alias/aws/"


def keys_used(call: Call, resource: Resource | None) -> Iterator[tuple[str, str, Document]]:
    """What the call does with a key: (action, ARN of the key, condition keys)."""
    rule = catalogue.load("actions")["encrypted"].get(service_of(call), {})
    actions = rule.get("uses", {}).get(call.operation.name, ())
    if not actions:
        return
    named = call.get(rule.get("parameter", "")) or (tags.at(resource, rule["path"]) if resource is not None else None)
    if not named or OWN in named:
        return
    arn = alias_target(call, "kms", named)
    if not arn.startswith("arn:"):
        arn = call.make("arn:{partition}:kms:{region}:{account}:key/{name}", name=arn)
    if not _is_of_aws(call, arn):
        via = {"kms:viaservice": f"{service_of(call)}.{call.region}.amazonaws.com"}
        yield from ((f"kms:{action}", arn, via) for action in actions)


def _is_of_aws(call: Call, arn: str) -> bool:
    _, _, _, region, account, name = arn.split(":", 5)
    key = store_of(call).table("kms.Key").find((account, region), name.partition("/")[2])
    return key is not None and key.get("KeyManager") == "AWS"
