"""Everything that is kept in SQLite: the cloud itself and the compiled models. SQL stands in this package only."""
