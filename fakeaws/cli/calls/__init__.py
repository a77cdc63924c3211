"""Calls: made in the local cloud or over HTTP, checked before, their errors worded after; pages and waiters."""
