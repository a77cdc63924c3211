"""Calls: made in the local cloud or over HTTP, the client's checks and errors, pages and waiters."""
