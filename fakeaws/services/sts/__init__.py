"""AWS STS: who calls, credentials for a while, and identities that others vouch for."""
