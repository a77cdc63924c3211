"""Buckets, and what is set on them."""
