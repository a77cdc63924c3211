"""Tables, as far as their declaration does not say it all."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.services.dynamodb.indexes import current as entered
from fakeaws.services.dynamodb.values import invalid

Document = dict[str, Any]


def create_table(call: Call) -> Document:
    """Every key attribute is defined, and nothing else is."""
    indexes = [*call.get("GlobalSecondaryIndexes", ()), *call.get("LocalSecondaryIndexes", ())]
    schemas = [call.get("KeySchema", []), *(index["KeySchema"] for index in indexes)]
    used = {part["AttributeName"] for schema in schemas for part in schema}
    defined = {one["AttributeName"] for one in call.get("AttributeDefinitions", ())}
    if used - defined:
        raise invalid(
            "One or more parameter values were invalid: Some index key attributes are not defined in"
            f" AttributeDefinitions. Keys: [{', '.join(sorted(used))}], AttributeDefinitions:"
            f" [{', '.join(sorted(defined))}]"
        )
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
