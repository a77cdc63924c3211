"""SQLite behind the interface of a store: a file with a write-ahead log, for many processes at once."""
