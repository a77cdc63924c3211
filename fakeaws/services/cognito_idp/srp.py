"""Secure Remote Password as Cognito has it (RFC 5054, 3072 bits): who signs in proves the password without telling it.

A user keeps a salt and a verifier, never the password.
"""

from __future__ import annotations

import hashlib
import hmac

N_HEX = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"
)
N, G = int(N_HEX, 16), 2


def _padded(number: int) -> bytes:
    """A number as Cognito hashes it: of whole bytes, and never with its first bit set."""
    text = f"{number:x}"
    text = "0" * (len(text) % 2) + text
    return bytes.fromhex("00" + text if text[0] in "89abcdef" else text)


def _hash(*parts: bytes) -> int:
    return int(hashlib.sha256(b"".join(parts)).hexdigest(), 16)


K = _hash(_padded(N), _padded(G))


def verifier(pool: str, user: str, password: str, salt: int) -> int:
    """What is kept of a password; `pool` is the id's part after the region."""
    inner = hashlib.sha256(f"{pool}{user}:{password}".encode()).digest()
    return pow(G, _hash(_padded(salt), inner), N)


def server_value(secret: int, kept: int) -> int:
    """B, which the server answers with."""
    return (K * kept + pow(G, secret, N)) % N


def signature(theirs: int, secret: int, kept: int, message: bytes) -> bytes:
    """The claim that only who knows the password can make about a message; `theirs` is A."""
    ours = server_value(secret, kept)
    mixed = _hash(_padded(theirs), _padded(ours))
    shared = pow(theirs * pow(kept, mixed, N), secret, N)
    return hmac.digest(_key(shared, mixed), message, "sha256")


def _key(shared: int, mixed: int) -> bytes:
    drawn = hmac.digest(_padded(mixed), _padded(shared), "sha256")
    return hmac.digest(drawn, b"Caldera Derived Key\x01", "sha256")[:16]
