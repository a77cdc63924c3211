"""How the AWS CLI changes `iotwireless`."""

RENAMES = {"*": {"lo-ra-wan": "lorawan"}}
