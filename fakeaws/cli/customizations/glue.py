"""How the AWS CLI changes `glue`."""

RENAMES = {
    "get-unfiltered-partition-metadata": {"region": "resource-region"},
    "get-unfiltered-partitions-metadata": {"region": "resource-region"},
    "get-unfiltered-table-metadata": {"region": "resource-region"},
}
