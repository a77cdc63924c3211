"""AWS Key Management Service: keys that encrypt, sign and authenticate for real, their aliases, grants and policies."""
