"""The tree of commands: from the words of a command line to the command or operation that they name."""
