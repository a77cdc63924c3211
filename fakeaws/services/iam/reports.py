"""Reports: the credential report, and when services were last accessed (access advisor), from the recorded calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import gathering, services
from fakeaws.services.iam import policies, root

Document = dict[str, Any]
FRESH_SECONDS = 4 * 3600
COLUMNS = (
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed"),
    *("password_next_rotation", "mfa_active"),
    *(
        f"access_key_{number}_{what}"
        for number in (1, 2)
        for what in ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
    ),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
)
TRACKED_DAYS = 400


def generate_credential_report(call: Call) -> Document:
    """A report is made anew once it is four hours old."""
    note = f"iam credential report {call.account}"
    kept = store_of(call).note(note)
    if kept is None or call.now - kept["at"] >= FRESH_SECONDS:
        rows = [_root(call), *(_row(call, user) for user in call.list("User"))]
        text = "\n".join(",".join(row) for row in [COLUMNS, *rows])
        store_of(call).keep_note(note, {"at": call.now, "text": text})
        text = "No report exists. Starting a new report generation task"
        return {"State": "STARTED", "Description": text}
    return {"State": "COMPLETE"}


def get_credential_report(call: Call) -> Document:
    kept = store_of(call).note(f"iam credential report {call.account}")
    if kept is None:
        raise AwsError("ReportNotPresent", "No report exists, please call GenerateCredentialReport", status=410)
    if call.now - kept["at"] >= FRESH_SECONDS:
        raise AwsError("ReportExpired", "The report has expired, please call GenerateCredentialReport", status=410)
    return {"Content": kept["text"].encode(), "ReportFormat": "text/csv", "GeneratedTime": kept["at"]}


def _root(call: Call) -> tuple[str, ...]:
    arn = call.make("arn:{partition}:iam::{account}:root")
    head = ("<root_account>", arn, _time(root.created(call)), "not_supported", "no_information", "not_supported")
    keys = ("false", "N/A", "N/A", "N/A", "N/A") * 2
    return (*head, "not_supported", "false", *keys, "false", "N/A", "false", "N/A")


def _row(call: Call, user: Resource) -> tuple[str, ...]:
    profile = call.find("LoginProfile", user["UserName"])
    has_device = next(call.list("VirtualMFADevice", UserName=user["UserName"]), None) is not None
    used = profile.get("used") if profile else None
    password = (
        str(profile is not None).lower(),
        (_time(used) if used else "no_information") if profile else "N/A",
        _time(profile["changed"]) if profile else "N/A",
        "N/A",
    )
    head = (user["UserName"], user["Arn"], _time(user["CreateDate"]), *password, str(has_device).lower())
    return (*head, *_keys(call, user), *_certificates(call, user))


def _keys(call: Call, user: Resource) -> Iterator[str]:
    held = sorted(call.list("AccessKey", UserName=user["UserName"]), key=lambda key: float(key["CreateDate"]))
    for key in held:
        used = store_of(call).last_use(call.account, key.key)
        yield from (str(key["Status"] == "Active").lower(), _time(key["CreateDate"]))
        if used is None:
            yield from ("N/A", "N/A", "N/A")
        else:
            yield from (_time(used.at), used.region, services.prefix(used.document["service"]))
    yield from ("false", "N/A", "N/A", "N/A", "N/A") * (2 - len(held))


def _certificates(call: Call, user: Resource) -> Iterator[str]:
    held = list(call.list("SigningCertificate", UserName=user["UserName"]))
    for certificate in held:
        yield from (str(certificate["Status"] == "Active").lower(), _time(certificate["UploadDate"]))
    yield from ("false", "N/A") * (2 - len(held))


def _time(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat()


# Access advisor


def generate_service_last_accessed_details(call: Call) -> Document:
    """For a user, group, role or policy: the services that its policies allow, with when each was last called."""
    arn = call["Arn"]
    entities, held = _meant(call, arn)
    job = {"JobId": call.make("{uuid}"), "made": call.now, "granularity": call.get("Granularity", "SERVICE_LEVEL")}
    job["services"] = list(_accessed(call, sorted(services.allowed(held)), entities))
    call.keep("Job", job)
    return {"JobId": job["JobId"]}


def _meant(call: Call, arn: str) -> tuple[list[Resource], list[Any]]:
    """The identities that an ARN stands for, and the policies that count."""
    parts = arn.split(":", 5)
    what, _, name = (parts[5] if len(parts) == 6 else "").partition("/")
    name = name.rpartition("/")[2]
    database = store_of(call)
    if what == "policy":
        policy = policies.read(call, arn)
        held = [row for kind in policies.HOLDERS for row in call.list(kind, attached=policy["Arn"])]
        return held, gathering.attached(database, call.account, [arn])
    if what not in ("user", "group", "role"):
        raise AwsError("InvalidInput", f"ARN {arn} is not valid.")
    entity = call.read(what.title(), name)
    members = list(call.list("User", groups=name)) if what == "group" else [entity]
    return members, gathering.of_entity(database, call.account, what.title(), name)


def _accessed(call: Call, namespaces: list[str], entities: list[Resource]) -> Iterator[Document]:
    arns = {entity["Arn"] for entity in entities}
    since = call.now - TRACKED_DAYS * 86400
    last: dict[str, tuple[float, str]] = {}
    seen: dict[str, dict[str, float]] = {}
    for _, at, event, _, region in store_of(call).recorded(call.account, None, since):
        who = event["role"][0] if "role" in event else event["caller"][1]
        if who in arns:
            namespace = services.prefix(event["service"])
            last.setdefault(namespace, (at, region))
            seen.setdefault(namespace, {}).setdefault(who, at)
    for namespace in namespaces:
        entry: Document = {"ServiceName": services.title(namespace), "ServiceNamespace": namespace}
        if namespace in last:
            at, region = last[namespace]
            entry["LastAuthenticated"] = at
            entry["LastAuthenticatedEntity"] = next(iter(seen[namespace]))
            entry["LastAuthenticatedRegion"] = region
        entry["TotalAuthenticatedEntities"] = len(seen.get(namespace, ()))
        yield {**entry, "entities": seen.get(namespace, {})}


def _job(call: Call) -> tuple[Document, Resource]:
    job = call.find("Job", call["JobId"])
    if job is None:
        raise AwsError("NoSuchEntity", f"Job {call['JobId']} was not found.")
    return {"JobStatus": "COMPLETED", "JobCreationDate": job["made"], "JobCompletionDate": job["made"]}, job


def get_service_last_accessed_details(call: Call) -> Document:
    head, job = _job(call)
    return {**head, "JobType": job["granularity"], "ServicesLastAccessed": job["services"]}


def get_service_last_accessed_details_with_entities(call: Call) -> Document:
    head, job = _job(call)
    found = [entry for entry in job["services"] if entry["ServiceNamespace"] == call["ServiceNamespace"]]
    listed = [
        {"EntityInfo": info, "LastAuthenticated": at}
        for entry in found
        for arn, at in entry["entities"].items()
        if (info := _info(call, arn)) is not None
    ]
    return {**head, "EntityDetailsList": listed}


def _info(call: Call, arn: str) -> Document | None:
    what, _, name = arn.rpartition(":")[2].partition("/")
    kind = what.title()
    entity = call.find(kind, name.rpartition("/")[2])
    if entity is None:
        return None
    return {
        "Arn": arn,
        "Name": entity[f"{kind}Name"],
        "Type": what.upper(),
        "Id": entity[f"{kind}Id"],
        "Path": entity["Path"],
    }


def list_policies_granting_service_access(call: Call) -> Document:
    kind, _, name = call["Arn"].rpartition(":")[2].partition("/")
    if kind not in ("user", "group", "role"):
        raise AwsError("InvalidInput", f"ARN {call['Arn']} is not valid.")
    entity = call.read(kind.title(), name.rpartition("/")[2])
    found = []
    for namespace in call["ServiceNamespaces"]:
        granting = [g for g in _granting(call, kind, entity) if namespace in services.allowed([g[0]])]
        found.append({"ServiceNamespace": namespace, "Policies": [shown for _, shown in granting]})
    return {"PoliciesGrantingServiceAccess": found}


def _granting(call: Call, kind: str, entity: Resource) -> Iterator[tuple[Any, Document]]:
    holders = [(kind, entity)]
    holders += [("group", call.read("Group", name)) for name in entity.get("groups", ())]
    for what, holder in holders:
        for policy in gathering.of_document(store_of(call), call.account, holder):
            if policy.name.startswith("arn:"):
                shown = {
                    "PolicyName": policy.name.rpartition("/")[2],
                    "PolicyType": "MANAGED",
                    "PolicyArn": policy.name,
                }
            else:
                who = holder[f"{what.title()}Name"]
                shown = {"PolicyName": policy.name, "PolicyType": "INLINE"}
                shown |= {"EntityType": what.upper(), "EntityName": who}
            yield policy, shown
