"""A store in memory, for one process: dicts, and sorted lists."""
