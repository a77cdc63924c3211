"""What is to be learned from recorded calls: why one was refused, and the least that the others need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import models
from fakeaws.core.pipeline.call import Call, cloud_of
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources.caller import Caller
from fakeaws.policies import gathering
from fakeaws.policies.targets import targets

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]


def again(cloud: Cloud, event: Document, account: str, region: str) -> Call:
    """A recorded call as a call, to be looked at and not carried out."""
    operation = models.service(event["service"]).operation(event["operation"])
    kind, arn, user_id, access_key = event["caller"]
    caller = Caller(account, region, kind, arn, user_id, access_key)
    return Call(cloud, operation, event["params"], caller, Page(operation, {}))


def again_for(call: Call, event: Document, account: str, region: str) -> Call:
    """As `again`, in the cloud that `call` is made to."""
    return again(cloud_of(call), event, account, region)


def least(cloud: Cloud, calls: Iterable[tuple[Document, str, str]]) -> Document:
    """The smallest policy that allows recorded calls, given as (event, account, region)."""
    needed: dict[str, set[str]] = {}
    for event, account, region in calls:
        for target in targets(again(cloud, event, account, region)):
            needed.setdefault(target.action, set()).add(target.resource)
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for action, resources in sorted(needed.items()):
        named = ("*",) if "*" in resources else tuple(sorted(resources))
        by_resources.setdefault(named, []).append(action)
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": list(resources) if len(resources) > 1 else resources[0]}
        for resources, actions in by_resources.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def explained(cloud: Cloud, event: Document, account: str, region: str) -> Iterator[str]:
    """Lines that tell what a recorded call was answered, and of a denied one why and what would mend it."""
    _, arn, _, _ = event["caller"]
    yield f"{arn} called {event['service']} {event['operation']} in {region}."
    yield f"The answer was {event['errorCode']}: {event['message']}"
    yield ""
    if event.get("why"):
        yield from _of_policies(cloud, event["why"], arn, account)


def _of_policies(cloud: Cloud, why: Document, arn: str, account: str) -> Iterator[str]:
    if why["outcome"] == "explicitDeny":
        for found in why["statements"]:
            sid = f' ("{found["sid"]}")' if found["sid"] else ""
            yield f"Statement {found['number']}{sid} of the {why['kind']} {found['policy']} denies it."
        yield "An explicit deny wins over every allow: take the statement away, or narrow it with a condition."
        return
    yield f"Nothing denies it, but no {why['kind']} allows {why['action']} on {why['resource']}."
    held = list(_held(cloud, arn, account))
    yield "Policies of the caller: " + (", ".join(held) if held else "none") + "."
    yield f"The smallest {why['kind']} that would allow it:"
    yield ""
    import json

    statement: Document = {"Effect": "Allow", "Action": why["action"], "Resource": why["resource"]}
    if why["kind"] == "resource-based policy":
        statement = {"Effect": "Allow", "Principal": {"AWS": arn}, **statement}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    yield json.dumps(document, indent=4)
    command = _command(arn, document) if why["kind"] == "identity-based policy" else None
    if command is not None:
        yield ""
        yield command


def _held(cloud: Cloud, arn: str, account: str) -> Iterator[str]:
    what, _, name = arn.rpartition(":")[2].partition("/")
    kind, name = ("Role", name.partition("/")[0]) if what == "assumed-role" else ("User", name.rpartition("/")[2])
    for policy in gathering.of_entity(cloud.database, account, kind, name):
        yield policy.name


def _command(arn: str, document: Document) -> str | None:
    """The command that gives the caller that policy."""
    import json
    import shlex

    what, _, name = arn.rpartition(":")[2].partition("/")
    kind, name = ("role", name.partition("/")[0]) if what == "assumed-role" else ("user", name.rpartition("/")[2])
    if what not in ("assumed-role", "user"):
        return None
    text = shlex.quote(json.dumps(document))
    return f"iam put-{kind}-policy --{kind}-name {name} --policy-name allow --policy-document {text}"
