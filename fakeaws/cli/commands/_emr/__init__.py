"""Parts of the `emr` commands."""
