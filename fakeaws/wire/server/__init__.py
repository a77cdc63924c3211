"""The server: requests in, responses out, and its own paths for the command line."""
