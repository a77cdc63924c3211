"""The command line: the words that a user typed become parameters, and answers become output."""
