"""Policies: read as AWS reads them (`documents`), decided upon (`evaluation`), put before calls (`authorisation`)."""
