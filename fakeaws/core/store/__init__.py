"""Everything that is stored: the interface of a store, SQLite and memory behind it, bodies in files, and the files of
compiled models. SQL stands in this package only."""
