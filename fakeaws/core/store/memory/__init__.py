"""A store in memory, for one process: dicts, and lists that are kept in order."""
