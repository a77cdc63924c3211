"""How the AWS CLI changes `mgn`."""

ALIASES = {
    "*": {
        "replication-servers-security-groups-ids": "replication-servers-security-groups-i-ds",
        "source-server-ids": "source-server-i-ds",
        "replication-configuration-template-ids": "replication-configuration-template-i-ds",
    }
}
