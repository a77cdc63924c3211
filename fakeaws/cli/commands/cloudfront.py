"""`cloudfront sign`: a signed link to a distribution that expires."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.paramfile import load_text
from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.arguments.validation import moment
from fakeaws.cli.errors import CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--url", required=True),
    Option("--key-pair-id", required=True),
    Option("--private-key", required=True),
    Option("--date-less-than", required=True),
    Option("--date-greater-than"),
    Option("--ip-address"),
)


def sign(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Sign a given url."""
    given = parse_command(OPTIONS, argv)
    until = _seconds(given["date_less_than"], "--date-less-than")
    custom = given["date_greater_than"] or given["ip_address"]
    policy = _policy(given, until)
    fields = [f"Policy={_safe(policy.encode())}"] if custom else [f"Expires={until}"]
    key = load_text(given["private_key"], "--private-key")
    fields += [f"Signature={_signature(policy, key)}", f"Key-Pair-Id={given['key_pair_id']}"]
    joint = "&" if "?" in given["url"] else "?"
    streams.stdout.write(given["url"] + joint + "&".join(fields))
    return 0


def _seconds(text: str, option: str) -> int:
    found = moment(text)
    if found is None:
        raise CliError(f"Error parsing parameter '{option}': Invalid timestamp \"{text}\"")
    return int(found.timestamp())


def _policy(given: dict[str, Any], until: int) -> str:
    condition: dict[str, Any] = {"DateLessThan": {"AWS:EpochTime": until}}
    if given["ip_address"]:
        address = given["ip_address"]
        condition["IpAddress"] = {"AWS:SourceIp": address if "/" in address else f"{address}/32"}
    if given["date_greater_than"]:
        condition["DateGreaterThan"] = {"AWS:EpochTime": _seconds(given["date_greater_than"], "--date-greater-than")}
    return json.dumps({"Statement": [{"Resource": given["url"], "Condition": condition}]}, separators=(",", ":"))


def _signature(policy: str, key: str | bytes) -> str:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    try:
        private = serialization.load_pem_private_key(key.encode() if isinstance(key, str) else key, None)
    except ValueError as error:
        raise CliError(f"Error parsing parameter '--private-key': {error}") from error
    if isinstance(private, rsa.RSAPrivateKey):
        return _safe(private.sign(policy.encode(), padding.PKCS1v15(), hashes.SHA1()))
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return _safe(private.sign(policy.encode(), ec.ECDSA(hashes.SHA1())))
    raise CliError("Error parsing parameter '--private-key': it must be an RSA or an EC key")


def _safe(data: bytes) -> str:
    """Base64 with the characters that a URL takes."""
    return base64.b64encode(data).decode().translate(str.maketrans("+=/", "-_~"))


SUBCOMMANDS = {"sign": sign}
