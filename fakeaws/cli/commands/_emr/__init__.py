"""What the `emr` commands are made of."""
