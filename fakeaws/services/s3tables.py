"""Amazon S3 Tables: namespaces and tables, whose contents are Iceberg's own affair: S3 keeps where their metadata is.

A writer says which version of a table it knows; the token changes with everything that changes the table.
"""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_]*[a-z0-9])?")


def _conflict(text: str) -> AwsError:
    return AwsError("ConflictException", text)


def _missing(text: str) -> AwsError:
    return AwsError("NotFoundException", text)


def _bucket(call: Call) -> Resource:
    if "tableBucketARN" not in call:
        raise AwsError("BadRequestException", "You must specify the table bucket's ARN.")
    return call.read("TableBucket", call["tableBucketARN"].rpartition("/")[2])


def delete_table_bucket(call: Call) -> Document:
    bucket = _bucket(call)
    if next(call.list("Namespace", bucket), None) is not None:
        raise _conflict("The bucket that you tried to delete is not empty.")
    call.drop("TableBucket", bucket)
    return {}


# Namespaces


def create_namespace(call: Call) -> Document:
    """A namespace has one level."""
    bucket, [name] = _bucket(call), call["namespace"]
    if not _NAME.fullmatch(name) or name.startswith("aws"):
        raise AwsError("BadRequestException", "The specified namespace name is not valid.")
    if call.find("Namespace", name, bucket) is not None:
        raise _conflict("A namespace with an identical name already exists in the bucket.")
    document = {
        "name": name,
        "namespace": [name],
        "createdAt": call.now,
        "createdBy": call.account,
        "ownerAccountId": call.account,
        "namespaceId": call.make("{uuid}"),
        "tableBucketId": bucket["tableBucketId"],
    }
    call.keep("Namespace", document, bucket)
    return {"tableBucketARN": bucket["arn"], "namespace": [name]}


def _namespace(call: Call, bucket: Resource, name: str) -> Resource:
    found = call.find("Namespace", name, bucket)
    if found is None:
        raise _missing("The specified namespace does not exist.")
    return found


def get_namespace(call: Call) -> Document:
    found = _namespace(call, _bucket(call), call["namespace"])
    return {name: value for name, value in found.items() if name != "name"}


def list_namespaces(call: Call) -> Document:
    rows = call.page(call.list("Namespace", _bucket(call), call.get("prefix", "")))
    return {"namespaces": [{name: value for name, value in row.items() if name != "name"} for row in rows]}


def delete_namespace(call: Call) -> Document:
    bucket = _bucket(call)
    found = _namespace(call, bucket, call["namespace"])
    if next(call.list("Table", bucket, f"{found.key}/"), None) is not None:
        raise _conflict("The namespace that you tried to delete is not empty.")
    call.drop("Namespace", found)
    return {}


# Tables


def create_table(call: Call) -> Document:
    bucket, name = _bucket(call), call["name"]
    space = _namespace(call, bucket, call["namespace"])
    if not _NAME.fullmatch(name):
        raise AwsError("BadRequestException", "The specified table name is not valid.")
    if call.find("Table", f"{space.key}/{name}", bucket) is not None:
        raise _conflict("A table with an identical name already exists in the namespace.")
    identity = call.make("{uuid}")
    document: Document = {
        "position": f"{space.key}/{name}",
        "name": name,
        "type": "customer",
        "tableARN": f"{bucket['arn']}/table/{identity}",
        "namespace": space["namespace"],
        "namespaceId": space["namespaceId"],
        "versionToken": call.make("{hex20}"),
        "warehouseLocation": f"s3://{identity[:18]}-{call.make('{alnum34}')}--table-s3",
        "createdAt": call.now,
        "createdBy": call.account,
        "modifiedAt": call.now,
        "modifiedBy": call.account,
        "ownerAccountId": call.account,
        "format": call["format"],
        "tableBucketId": bucket["tableBucketId"],
        "_tags": call.get("tags", {}),
        "schema": call.get("metadata"),
        "encryption": call.get("encryptionConfiguration") or {"sseAlgorithm": "AES256"},
        "storage": call.get("storageClassConfiguration") or {"storageClass": "STANDARD"},
    }
    if call.get("metadata") is not None:
        document["metadataLocation"] = (
            f"{document['warehouseLocation']}/metadata/00000-{call.make('{uuid}')}.metadata.json"
        )
    call.keep("Table", document, bucket)
    return {"tableARN": document["tableARN"], "versionToken": document["versionToken"]}


_OWN = ("position", "schema", "encryption", "storage")


def _table(call: Call) -> Resource:
    """The table that the parameters name, by its ARN or by bucket, namespace and name."""
    if call.get("tableArn"):
        found = next(call.list("Table", tableARN=call["tableArn"]), None)
    else:
        bucket = _bucket(call)
        _namespace(call, bucket, call["namespace"])
        found = call.find("Table", f"{call['namespace']}/{call['name']}", bucket)
    if found is None:
        raise _missing("The specified table does not exist.")
    return found


def get_table(call: Call) -> Document:
    return {name: value for name, value in _table(call).items() if name not in _OWN}


def list_tables(call: Call) -> Document:
    bucket, space = _bucket(call), call.get("namespace")
    if space is not None:
        _namespace(call, bucket, space)
    begin = f"{space}/{call.get('prefix', '')}" if space else ""
    rows = (row for row in call.list("Table", bucket, begin) if row["name"].startswith(call.get("prefix", "")))
    own = ("namespace", "name", "type", "tableARN", "createdAt", "modifiedAt", "namespaceId", "tableBucketId")
    return {"tables": [{name: row[name] for name in own} for row in call.page(rows)]}


def _check_version(call: Call, found: Resource) -> None:
    said = call.get("versionToken")
    if said is not None and said != found["versionToken"]:
        raise _conflict("The version token that you specified does not match the current one of the table.")


def _changed(call: Call, found: Resource, **changes: Any) -> Resource:
    found |= {**changes, "versionToken": call.make("{hex20}"), "modifiedAt": call.now, "modifiedBy": call.account}
    return call.keep("Table", found)


def delete_table(call: Call) -> Document:
    found = _table(call)
    _check_version(call, found)
    call.drop("Table", found)
    return {}


def rename_table(call: Call) -> Document:
    """Another name, another namespace, or both; the table's ARN stays."""
    found, bucket = _table(call), _bucket(call)
    _check_version(call, found)
    space = _namespace(call, bucket, call.get("newNamespaceName") or found["namespace"][0])
    name = call.get("newName") or found["name"]
    if call.find("Table", f"{space.key}/{name}", bucket) is not None:
        raise _conflict("A table with an identical name already exists in the namespace.")
    call.drop("Table", found)
    place = {"position": f"{space.key}/{name}", "name": name, "namespace": space["namespace"]}
    renewed = {"versionToken": call.make("{hex20}"), "modifiedAt": call.now, "namespaceId": space["namespaceId"]}
    call.keep("Table", dict(found) | place | renewed, bucket)
    return {}


def get_table_metadata_location(call: Call) -> Document:
    found = _table(call)
    names = ("versionToken", "metadataLocation", "warehouseLocation")
    return {name: found[name] for name in names if name in found}


def update_table_metadata_location(call: Call) -> Document:
    """The metadata is within the table's own warehouse."""
    found = _table(call)
    _check_version(call, found)
    if not call["metadataLocation"].startswith(f"{found['warehouseLocation']}/"):
        raise AwsError("BadRequestException", "The specified metadata location is not valid.")
    _changed(call, found, metadataLocation=call["metadataLocation"])
    return {name: found[name] for name in ("name", "tableARN", "namespace", "versionToken", "metadataLocation")}


def get_table_encryption(call: Call) -> Document:
    return {"encryptionConfiguration": _table(call)["encryption"]}


def get_table_storage_class(call: Call) -> Document:
    return {"storageClassConfiguration": _table(call)["storage"]}
