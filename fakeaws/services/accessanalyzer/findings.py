"""Who outside of the account may come to what: worked out from the policies of its resources when it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import ids
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.tags import at
from fakeaws.policies.documents import Statement, policy
from fakeaws.policies.targets import table
from fakeaws.services.accessanalyzer.checks import is_public

Document = dict[str, Any]
TYPES = {
    "s3": "AWS::S3::Bucket",
    "sqs": "AWS::SQS::Queue",
    "sns": "AWS::SNS::Topic",
    "kms": "AWS::KMS::Key",
    "iam": "AWS::IAM::Role",
    "secretsmanager": "AWS::SecretsManager::Secret",
    "ecr": "AWS::ECR::Repository",
    "lambda": "AWS::Lambda::Function",
}
SHORT = ("analyzedAt", "createdAt", "id", "resource", "resourceType", "resourceOwnerAccount", "status", "updatedAt")


def list_findings(call: Call) -> Document:
    return {"findings": [found for found in _findings(call) if _fits(call.get("filter") or {}, found)]}


def list_findings_v2(call: Call) -> Document:
    kept = list_findings(call)["findings"]
    return {"findings": [{**{n: f[n] for n in SHORT}, "findingType": "ExternalAccess"} for f in kept]}


def get_finding(call: Call) -> Document:
    found = next((each for each in _findings(call) if each["id"] == call["id"]), None)
    if found is None:
        text = f"Finding {call['id']} was not found."
        raise AwsError("ResourceNotFoundException", text, resourceId=call["id"], resourceType="Finding")
    return {"finding": found}


def update_findings(call: Call) -> Document:
    """Archive findings, or make them active again."""
    analyzer = _analyzer(call)
    named = set(call.get("ids", ()))
    if "resourceArn" in call:
        named |= {each["id"] for each in _findings(call) if each["resource"] == call["resourceArn"]}
    held = set(analyzer.get("archived", ()))
    analyzer["archived"] = sorted(held | named if call["status"] == "ARCHIVED" else held - named)
    call.keep("Analyzer", analyzer)
    return {}


def _analyzer(call: Call) -> Resource:
    return call.read("Analyzer", call["analyzerArn"].rpartition("/")[2])


def _findings(call: Call) -> Iterator[Document]:
    analyzer = _analyzer(call)
    for service, rule in table()["resource_policies"].items():
        for row in _owned(call, rule):
            text = at(row, rule["path"])
            arn = _arn(call, service, rule, row)
            for statement in policy(text).granting if isinstance(text, str) and text else ():
                for principal in _outsiders(call, statement):
                    yield _finding(call, analyzer, TYPES.get(service, ""), arn, statement, principal)


def _owned(call: Call, rule: Document) -> Iterator[Resource]:
    name, _, kind = rule["table"].partition(".")
    rows = everywhere(call.of(name), kind)
    yield from (row for row in rows if row.scope[0] == call.account and row.scope[1] in ("", call.region))


def _arn(call: Call, service: str, rule: Document, row: Resource) -> str:
    """The ARN of what has the policy."""
    held = row.get("Arn") or row.get("ARN") or at(row, "Attributes.QueueArn") or row.get("TopicArn")
    if isinstance(held, str):
        return held
    if rule.get("within") == "world":
        return call.make("arn:{partition}:{service}:::{name}", service=service, name=row.key)
    name = row.parent.rpartition("/")[2] or row.key
    return (
        name if name.startswith("arn:") else call.make("arn:{partition}:{s}:{region}:{account}:{n}", s=service, n=name)
    )


def _outsiders(call: Call, statement: Statement) -> Iterator[Document]:
    """The principals of a statement that are not of the account; AWS's services are trusted."""
    for kind, names in (statement.principals or {"AWS": ["*"]}).items():
        for name in names if kind != "Service" else ():
            account = name if name.isdecimal() else (name.split(":") + [""] * 5)[4]
            if account != call.account:
                yield {kind: name}


def _finding(
    call: Call, analyzer: Document, kind: str, arn: str, statement: Statement, principal: Document
) -> Document:
    seed = f"{arn} {statement.number} {principal}".encode()
    number = ids.uuid(lambda count: hashlib.blake2b(seed).digest()[:count])
    seen = {"createdAt": analyzer["createdAt"], "analyzedAt": call.now, "updatedAt": analyzer["createdAt"]}
    return {
        "id": number,
        "principal": principal,
        "action": list(statement.actions or ()),
        "resource": arn,
        "isPublic": is_public(statement) and "*" in principal.values(),
        "resourceType": kind,
        "condition": {key: ",".join(values) for _, key, values in statement.conditions},
        **seen,
        "status": "ARCHIVED" if number in analyzer.get("archived", ()) else "ACTIVE",
        "resourceOwnerAccount": call.account,
        "sources": [{"type": "POLICY"}],
    }


def _fits(wanted: Document, found: Document) -> bool:
    for name, criterion in wanted.items():
        value = found["principal"].get(name.rpartition(".")[2]) if "." in name else found.get(name)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if criterion.get("eq") and text not in criterion["eq"]:
            return False
        if criterion.get("neq") and text in criterion["neq"]:
            return False
        if criterion.get("contains") and not any(each in text for each in criterion["contains"]):
            return False
        if "exists" in criterion and criterion["exists"] != (value is not None):
            return False
    return True
