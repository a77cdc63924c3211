"""What the AWS CLI makes of `iotwireless`."""

RENAMES = {"*": {"lo-ra-wan": "lorawan"}}
