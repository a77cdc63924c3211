"""What the AWS CLI makes of `glue`."""

RENAMES = {
    "get-unfiltered-partition-metadata": {"region": "resource-region"},
    "get-unfiltered-partitions-metadata": {"region": "resource-region"},
    "get-unfiltered-table-metadata": {"region": "resource-region"},
}
