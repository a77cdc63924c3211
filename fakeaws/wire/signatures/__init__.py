"""Signatures of requests and of their bodies: SigV4, SigV4A, SigV2."""
