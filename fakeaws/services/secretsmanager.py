"""AWS Secrets Manager: what happens to secrets, their versions and the labels on these.

A public function is the operation of its name, in the terms of the AWS API reference.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.handlers import not_implemented
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import drawn, scope, service_of, table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]

NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}\Z")
ARN = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?P<name>.+?)(?P<suffix>-[A-Za-z0-9]{6})?\Z")
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
DAY = 86400
MADE = "arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-{mixed6}"
WINDOW = (7, 30)
VALUES = ("SecretString", "SecretBinary")
KINDS = {
    "ExcludeLowercase": "abcdefghijklmnopqrstuvwxyz",
    "ExcludeUppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ExcludeNumbers": "0123456789",
    "ExcludePunctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
}
"""The kinds of characters in a random password, by the parameter that leaves each out."""


# Secrets


def create_secret(call: Call) -> Document:
    """Asking again with the same token and value succeeds; a secret waiting to be deleted keeps its name."""
    if call.get("AddReplicaRegions"):
        return not_implemented(call)
    name = call["Name"]
    if not NAME.match(name):
        raise _bad_name()
    _one_value(call)
    existing = _held(call, name)
    if existing is not None:
        return _created_again(call, existing)
    secret = {m: call[m] for m in ("Name", "Description", "KmsKeyId", "Tags", "Type") if m in call}
    secret |= {"CreatedDate": call.now, "LastChangedDate": call.now}
    secret["ARN"] = call.make(MADE, secret=name)
    kept = call.keep("Secret", secret)
    version = _put_version(call, kept, [CURRENT]) if _has_value(call) else None
    return _answer(kept, version)


def _created_again(call: Call, existing: Resource) -> Document:
    if "DeletedDate" in existing:
        text = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise AwsError("InvalidRequestException", text)
    version = call.find("SecretVersion", call.get("ClientRequestToken", ""), existing)
    if version is None or not _has_same_value(call, version):
        raise refusal(call, "Secret", "exists", call["Name"])
    return _answer(existing, version)


def describe_secret(call: Call) -> Document:
    secret = _secret(call, even_deleted=True)
    stages = {v["VersionId"]: v["VersionStages"] for v in _versions(call, secret) if v["VersionStages"]}
    return {**_shown(secret), **({"VersionIdsToStages": stages} if stages else {})}


def list_secrets(call: Call) -> Document:
    """Those that wait to be deleted are left out unless asked for; filters want the beginning of a value."""
    found = [s for s in call.list("Secret") if not _is_gone(call, s)]
    if not call.get("IncludePlannedDeletion"):
        found = [secret for secret in found if "DeletedDate" not in secret]
    found = [s for s in found if all(_passes(one, s) for one in call.get("Filters", []))]
    by = {"name": "Name", "last-changed-date": "LastChangedDate", "last-accessed-date": "LastAccessedDate"}
    path = by.get(call.get("SortBy", ""), "CreatedDate")
    found.sort(key=lambda s: s.get(path, 0) if path != "Name" else s["Name"], reverse=call.get("SortOrder") == "desc")
    return {"SecretList": [_listed(call, secret) for secret in found]}


def _listed(call: Call, secret: Resource) -> Document:
    stages = {v["VersionId"]: v["VersionStages"] for v in _versions(call, secret) if v["VersionStages"]}
    return {**_shown(secret), **({"SecretVersionsToStages": stages} if stages else {})}


def _passes(one: Document, secret: Document) -> bool:
    """A filter's values are alternatives; `!` before a value takes it away."""
    key = one.get("Key", "all")
    wanted = [v for v in one.get("Values", []) if not v.startswith("!")]
    unwanted = [v[1:] for v in one.get("Values", []) if v.startswith("!")]
    if any(_begins(key, text, v) for text in _texts(key, secret) for v in unwanted):
        return False
    return not wanted or any(_begins(key, text, v) for text in _texts(key, secret) for v in wanted)


def _begins(key: str, text: str, value: str) -> bool:
    """Names and tags are compared as they are written, words of descriptions and `all` in any case."""
    if key in ("description", "all"):
        return text.lower().startswith(value.lower())
    return text.startswith(value)


def _texts(key: str, secret: Document) -> list[str]:
    """What a filter looks at; `all` at every word of everything."""
    tags = secret.get("Tags", [])
    by_key: dict[str, list[str]] = {
        "name": [secret["Name"]],
        "description": secret.get("Description", "").split(),
        "tag-key": [tag["Key"] for tag in tags],
        "tag-value": [tag.get("Value", "") for tag in tags],
        "primary-region": [],
        "owning-service": [],
    }
    if key in by_key:
        return by_key[key]
    every = [text for texts in by_key.values() for text in texts]
    return every + [word for text in every for word in re.split(r"[\s/_+=.@!-]+", text) if word]


def update_secret(call: Call) -> Document:
    """Changes what it is given; a new value becomes the current version."""
    secret = _secret(call)
    _one_value(call)
    for member in ("Description", "KmsKeyId", "Type"):
        if member in call:
            secret[member] = call[member]
    secret["LastChangedDate"] = call.now
    call.keep("Secret", secret)
    version = _put_version(call, secret, [CURRENT]) if _has_value(call) else None
    return _answer(secret, version)


def delete_secret(call: Call) -> Document:
    """Marks it for deletion, from which it can be restored, unless it is forced; forced, it need not even exist."""
    window, forced = call.get("RecoveryWindowInDays"), call.get("ForceDeleteWithoutRecovery")
    if window is not None and forced:
        raise _invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
    if window is not None and not WINDOW[0] <= window <= WINDOW[1]:
        raise _invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
    if forced:
        return _forced_out(call)
    secret = _secret(call)
    secret["DeletedDate"] = call.now + (window or WINDOW[1]) * DAY
    call.keep("Secret", secret)
    return {**_answer(secret), "DeletionDate": secret["DeletedDate"]}


def _forced_out(call: Call) -> Document:
    secret = _found(call, call["SecretId"])
    if secret is None:
        name = call["SecretId"]
        arn = call.make(MADE, secret=name)
        return {"ARN": arn, "Name": name, "DeletionDate": call.now}
    _drop(call, secret)
    return {**_answer(secret), "DeletionDate": call.now}


def restore_secret(call: Call) -> Document:
    secret = _secret(call, even_deleted=True)
    secret.pop("DeletedDate", None)
    call.keep("Secret", secret)
    return _answer(secret)


# Values


def get_secret_value(call: Call) -> Document:
    """Of the version named by id or label, the current one if neither is; AWS notes the day."""
    secret = _secret(call)
    version = _wanted(call, secret)
    day = call.now - call.now % DAY
    if secret.get("LastAccessedDate") != day:
        secret["LastAccessedDate"] = day
        call.keep("Secret", secret)
    return {**_answer(secret, version), **_value(version), **_dated(version)}


def _wanted(call: Call, secret: Resource) -> Resource:
    identifier, label = call.get("VersionId"), call.get("VersionStage")
    if identifier is None:
        label = label or CURRENT
    for version in _versions(call, secret):
        if identifier in (None, version["VersionId"]) and (label is None or label in version["VersionStages"]):
            return version
    named = f"VersionId: {identifier}" if identifier is not None else f"staging label: {label}"
    text = f"Secrets Manager can't find the specified secret value for {named}"
    raise AwsError("ResourceNotFoundException", text)


def batch_get_secret_value(call: Call) -> Document:
    """By list or by filters, not both; what fails is reported beside what is found."""
    names, filters = call.get("SecretIdList"), call.get("Filters")
    if bool(names) == bool(filters):
        raise _invalid("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
    if not names:
        listed = call.perform("secretsmanager", "ListSecrets", {"Filters": filters, "MaxResults": 100}, forward=True)
        names = [secret["ARN"] for secret in listed["SecretList"]]
    values: list[Document] = []
    errors: list[Document] = []
    for name in names:
        try:
            values.append(call.perform("secretsmanager", "GetSecretValue", {"SecretId": name}, forward=True))
        except AwsError as error:
            errors.append({"SecretId": name, "ErrorCode": error.code, "Message": error.message})
    return {"SecretValues": values, "Errors": errors}


def put_secret_value(call: Call) -> Document:
    """Without labels the new version becomes the current one; so does the first version of all."""
    secret = _secret(call)
    _one_value(call)
    if not _has_value(call):
        raise _invalid("You must provide either SecretString or SecretBinary.")
    labels = call.get("VersionStages") or [CURRENT]
    version = _put_version(call, secret, labels)
    return {**_answer(secret, version), "VersionStages": version["VersionStages"]}


def _put_version(call: Call, secret: Resource, labels: list[str]) -> Resource:
    """The version that the request token names: made with its labels, unless it is there with the same value."""
    identifier = call.get("ClientRequestToken") or call.make("{uuid}")
    existing = call.find("SecretVersion", identifier, secret)
    if existing is not None:
        if not _has_same_value(call, existing):
            text = (
                "You can't use ClientRequestToken {} because that value is already in use for a version of secret {}."
            )
            raise AwsError("ResourceExistsException", text.format(identifier, secret["ARN"]))
        return existing
    if not any(True for _ in _versions(call, secret)) and CURRENT not in labels:
        labels = [*labels, CURRENT]
    version: Document = {"VersionId": identifier, "CreatedDate": call.now, "VersionStages": []}
    version |= _kept_value(call)
    version["KmsKeyIds"] = [secret.get("KmsKeyId", "DefaultEncryptionKey")]
    kept = call.keep("SecretVersion", version, secret)
    for label in labels:
        _move(call, secret, label, kept)
    secret["LastChangedDate"] = call.now
    call.keep("Secret", secret)
    return kept


def _move(call: Call, secret: Resource, label: str, to: Resource | None) -> None:
    """Take a label from the version that has it to another; that which was current becomes the previous one."""
    for version in _versions(call, secret):
        if label in version["VersionStages"] and (to is None or version["VersionId"] != to["VersionId"]):
            version["VersionStages"].remove(label)
            call.keep("SecretVersion", version, secret)
            if label == CURRENT:
                _move(call, secret, PREVIOUS, version)
    if to is not None and label not in to["VersionStages"]:
        others = [PREVIOUS] if label == CURRENT else []
        to["VersionStages"] = sorted([*(held for held in to["VersionStages"] if held not in others), label])
        call.keep("SecretVersion", to, secret)


def list_secret_version_ids(call: Call) -> Document:
    """Versions without labels are deprecated, and left out unless asked for."""
    secret = _secret(call, even_deleted=True)
    found = sorted(_versions(call, secret), key=lambda version: version["CreatedDate"])
    if not call.get("IncludeDeprecated"):
        found = [version for version in found if version["VersionStages"]]
    shown = [{**_dated(v), "VersionId": v["VersionId"], "KmsKeyIds": v["KmsKeyIds"]} for v in found]
    labels = [{"VersionStages": v["VersionStages"]} if v["VersionStages"] else {} for v in found]
    versions = [{**one, **label} for one, label in zip(shown, labels, strict=True)]
    return {"Versions": versions, "ARN": secret["ARN"], "Name": secret["Name"]}


def update_secret_version_stage(call: Call) -> Document:
    """A label that some version has must be taken from that version by name."""
    secret, label = _secret(call), call["VersionStage"]
    source, target = call.get("RemoveFromVersionId"), call.get("MoveToVersionId")
    holder = next((v for v in _versions(call, secret) if label in v["VersionStages"]), None)
    if holder is not None and source != holder["VersionId"] and target != holder["VersionId"]:
        raise _invalid(
            f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to version"
            f" {holder['VersionId']}, so you must explicitly reference that version in RemoveFromVersionId."
        )
    if source is not None and (holder is None or holder["VersionId"] != source):
        raise _invalid(f"The staging label {label} isn't attached to version {source}.")
    if target is None and label == CURRENT:
        raise _invalid("You can only move staging label AWSCURRENT to a different secret version.")
    to = call.find("SecretVersion", target, secret) if target is not None else None
    if target is not None and to is None:
        text = f"Secrets Manager can't find the specified secret value for VersionId: {target}"
        raise AwsError("ResourceNotFoundException", text)
    _move(call, secret, label, to)
    secret["LastChangedDate"] = call.now
    call.keep("Secret", secret)
    return _answer(secret)


# Rotation


def rotate_secret(call: Call) -> Document:
    """Without a function there is nothing that rotates; the function's own work is not emulated."""
    secret = _secret(call)
    if not (call.get("RotationLambdaARN") or secret.get("RotationLambdaARN")):
        raise _refused("No Lambda rotation function ARN is associated with this secret.")
    return not_implemented(call)


def cancel_rotate_secret(call: Call) -> Document:
    _secret(call)
    raise _refused("You can't cancel rotation because rotation isn't configured for this secret.")


# Tags and policies


def tag_resource(call: Call) -> Document:
    secret = _secret(call)
    held = {tag["Key"]: tag for tag in secret.get("Tags", [])}
    held |= {tag["Key"]: tag for tag in call["Tags"]}
    secret["Tags"] = list(held.values())
    call.keep("Secret", secret)
    return {}


def untag_resource(call: Call) -> Document:
    secret = _secret(call)
    secret["Tags"] = [tag for tag in secret.get("Tags", []) if tag["Key"] not in call["TagKeys"]]
    call.keep("Secret", secret)
    return {}


def put_resource_policy(call: Call) -> Document:
    secret = _secret(call)
    if call.get("BlockPublicPolicy") and _is_public(_statements(call["ResourcePolicy"])):
        raise AwsError(
            "PublicPolicyException",
            "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to"
            " the secret.",
        )
    _statements(call["ResourcePolicy"])
    secret["policy"] = call["ResourcePolicy"]
    call.keep("Secret", secret)
    return _answer(secret)


def _statements(text: str) -> list[Document]:
    try:
        found = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json.") from error
    return found if isinstance(found, list) else [found]


def _is_public(statements: list[Document]) -> bool:
    for one in statements:
        everyone = one.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if everyone and one.get("Effect") == "Allow" and not one.get("Condition"):
            return True
    return False


def get_resource_policy(call: Call) -> Document:
    secret = _secret(call)
    return {**_answer(secret), **({"ResourcePolicy": secret["policy"]} if "policy" in secret else {})}


def delete_resource_policy(call: Call) -> Document:
    secret = _secret(call)
    secret.pop("policy", None)
    call.keep("Secret", secret)
    return _answer(secret)


# Passwords


def get_random_password(call: Call) -> Document:
    """Some of each kind of character that is not left out, unless that is not asked for."""
    left_out = set(call.get("ExcludeCharacters", ""))
    kinds = ["".join(c for c in letters if c not in left_out) for m, letters in KINDS.items() if not call.get(m)]
    kinds += [" "] if call.get("IncludeSpace") and " " not in left_out else []
    kinds = [kind for kind in kinds if kind]
    length = call.get("PasswordLength", 32)
    required = kinds if call.get("RequireEachIncludedType", True) else []
    if not kinds or length < len(required):
        raise _invalid("Your password can't be generated with the parameters that you gave.")
    letters = [_drawn(call, kind) for kind in required]
    letters += [_drawn(call, "".join(kinds)) for _ in range(length - len(letters))]
    for index in range(length - 1, 0, -1):
        other = int.from_bytes(drawn(call, 4)) % (index + 1)
        letters[index], letters[other] = letters[other], letters[index]
    return {"RandomPassword": "".join(letters)}


def _drawn(call: Call, letters: str) -> str:
    return letters[int.from_bytes(drawn(call, 4)) % len(letters)]


# What the operations share


def _secret(call: Call, even_deleted: bool = False) -> Resource:
    """The secret that the parameters name by its name or by its ARN, whole or without the six characters at its end."""
    named = call["SecretId"]
    if not named.startswith("arn:") and not NAME.match(named):
        raise _bad_name()
    secret = _found(call, named)
    if secret is None:
        raise refusal(call, "Secret", "missing", named)
    if "DeletedDate" in secret and not even_deleted:
        raise _refused("You can't perform this operation on the secret because it was marked for deletion.")
    return secret


def _found(call: Call, named: str) -> Resource | None:
    match = ARN.match(named)
    if match is None:
        return _held(call, named)
    _, _, _, region, account, _ = named.split(":", 5)
    elsewhere = call.of(account=account, region=region)
    whole = _held(elsewhere, match["name"] + (match["suffix"] or ""))
    if whole is not None or not match["suffix"]:
        return whole
    found = _held(elsewhere, match["name"])
    return found if found is not None and found["ARN"] == named else None


def _held(call: Call, name: str) -> Resource | None:
    """A secret by its name; its last day ends it."""
    found = table(call, _kind(call)).find(scope(call, _kind(call)), name)
    if found is not None and _is_gone(call, found):
        _drop(call, found)
        return None
    return found


def _kind(call: Call) -> Any:
    from fakeaws.core.resources import kinds

    return kinds.kind(service_of(call), "Secret")


def _is_gone(call: Call, secret: Resource) -> bool:
    return bool(secret.get("DeletedDate", call.now + 1) <= call.now)


def _drop(call: Call, secret: Resource) -> None:
    for version in list(_versions(call, secret)):
        call.drop("SecretVersion", version)
    call.drop("Secret", secret)


def _versions(call: Call, secret: Resource) -> Iterator[Resource]:
    return call.list("SecretVersion", secret)


def _shown(secret: Resource) -> Document:
    return {member: value for member, value in secret.items() if member[:1].isupper()}


def _answer(secret: Resource, version: Resource | None = None) -> Document:
    found = {"ARN": secret["ARN"], "Name": secret["Name"]}
    return found if version is None else {**found, "VersionId": version["VersionId"]}


def _dated(version: Resource) -> Document:
    found = {"CreatedDate": version["CreatedDate"]}
    return {**found, "VersionStages": version["VersionStages"]} if version["VersionStages"] else found


def _has_value(call: Call) -> bool:
    return any(call.get(member) is not None for member in VALUES)


def _one_value(call: Call) -> None:
    if all(call.get(member) is not None for member in VALUES):
        raise _invalid("You can't specify both a binary secret value and a string secret value in the same secret.")


def _kept_value(call: Call) -> Document:
    if call.get("SecretBinary") is not None:
        return {"SecretBinary": base64.b64encode(call["SecretBinary"]).decode()}
    return {"SecretString": call["SecretString"]}


def _has_same_value(call: Call, version: Resource) -> bool:
    return not _has_value(call) or all(version.get(member) == value for member, value in _kept_value(call).items())


def _value(version: Resource) -> Document:
    if "SecretBinary" in version:
        return {"SecretBinary": base64.b64decode(version["SecretBinary"])}
    return {"SecretString": version["SecretString"]}


def _bad_name() -> AwsError:
    text = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
    return AwsError("ValidationException", text)


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text)


def _refused(text: str) -> AwsError:
    return AwsError("InvalidRequestException", text)
