"""Tables, as far as their declaration does not say it all."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb.indexes import current as entered
from fakeaws.services.dynamodb.values import invalid

Document = dict[str, Any]


def create_table(call: Call) -> Document:
    """Every key attribute is defined, and nothing else is."""
    indexes = [*call.get("GlobalSecondaryIndexes", ()), *call.get("LocalSecondaryIndexes", ())]
    schemas = [call.get("KeySchema", []), *(index["KeySchema"] for index in indexes)]
    used = {part["AttributeName"] for schema in schemas for part in schema}
    defined = {one["AttributeName"] for one in call.get("AttributeDefinitions", ())}
    _refuse_undefined(used, defined)
    if defined - used:
        raise invalid(
            "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number"
            " of attributes defined in AttributeDefinitions"
        )
    on_demand = call.get("BillingMode") == "PAY_PER_REQUEST"
    if on_demand == ("ProvisionedThroughput" in call):
        raise invalid(
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be"
            " specified when BillingMode is PAY_PER_REQUEST"
            if on_demand
            else "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be"
            " specified when BillingMode is PROVISIONED"
        )
    answer = call.declared()
    table = call.find("Table", call["TableName"])
    if table is not None and indexes:
        table["entered"] = entered(table)
        call.keep("Table", table)
    return answer


def update_table(call: Call) -> Document:
    """Global indexes are made, changed and removed; the definitions of their attributes come to those of the table."""
    table = call.read("Table", call["TableName"].rpartition("/")[2])
    changes = call.params.pop("GlobalSecondaryIndexUpdates", [])
    found = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", ())}
    for verb, index in (action for change in changes for action in change.items()):
        _change(found, verb, index)
    call.params["AttributeDefinitions"] = _defined(call, table, list(found.values()))
    if changes:
        table["GlobalSecondaryIndexes"] = list(found.values())
        if not found:
            del table["GlobalSecondaryIndexes"]
        call.keep("Table", table)
    return call.declared()


def _change(found: dict[str, Document], verb: str, index: Document) -> None:
    """Make, change or remove one of the indexes that are found by name."""
    name = index["IndexName"]
    if verb == "Create":
        if name in found:
            raise invalid("Attempting to create an index which already exists")
        found[name] = index
        return
    if name not in found:
        raise AwsError("ResourceNotFoundException", "Requested resource not found")
    if verb == "Delete":
        del found[name]
    else:
        found[name].update(index)


def _defined(call: Call, table: Document, indexes: list[Document]) -> list[Document]:
    """The definitions of all attributes that keys are of, by name."""
    holders = [table, *table.get("LocalSecondaryIndexes", ()), *indexes]
    used = {part["AttributeName"] for holder in holders for part in holder["KeySchema"]}
    given = [*table["AttributeDefinitions"], *call.get("AttributeDefinitions", ())]
    defined = {one["AttributeName"]: one for one in given}
    _refuse_undefined(used, set(defined))
    return [defined[name] for name in sorted(used)]


def _refuse_undefined(used: set[str], defined: set[str]) -> None:
    if used - defined:
        raise invalid(
            "One or more parameter values were invalid: Some index key attributes are not defined in"
            f" AttributeDefinitions. Keys: [{', '.join(sorted(used))}], AttributeDefinitions:"
            f" [{', '.join(sorted(defined))}]"
        )


def delete_table(call: Call) -> Document:
    """Its items go with it."""
    table = call.find("Table", call["TableName"].rpartition("/")[2])
    if table is not None and table.get("DeletionProtectionEnabled"):
        raise AwsError(
            "ValidationException",
            "Resource cannot be deleted as it is currently protected against deletion."
            " Disable deletion protection first.",
        )
    for item in list(call.list("Item", within=table)) if table is not None else ():
        call.drop("Item", item)
    return call.declared()


def list_tables(call: Call) -> Document:
    """The token is the name that the last page ended with."""
    start = call.get("ExclusiveStartTableName", "")
    names = [table["TableName"] for table in call.list("Table") if table["TableName"] > start]
    limit = call.get("Limit", 100)
    more = {"LastEvaluatedTableName": names[limit - 1]} if len(names) > limit else {}
    return {"TableNames": names[:limit], **more}
