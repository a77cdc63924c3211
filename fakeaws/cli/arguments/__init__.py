"""Arguments: options and their values, from the words of a command line to the parameters of a call."""
