"""Arguments: options and their values, from the words of a command line to what a shape wants."""
