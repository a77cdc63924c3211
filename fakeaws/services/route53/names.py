"""Domain names as Route 53 spells them: in small letters, with a dot at the end, other characters as octal escapes."""

from __future__ import annotations

import re

PLAIN = re.compile(r"[a-z0-9\-_.]")


def canonical(name: str) -> str:
    """`*.Example.com` → `\\052.example.com.`"""
    plain = re.sub(r"\\([0-3][0-7]{2})", lambda found: chr(int(found[1], 8)), name).lower()
    spelled = "".join(char if PLAIN.match(char) else f"\\{ord(char):03o}" for char in plain)
    return spelled if spelled.endswith(".") else spelled + "."


def order(name: str) -> str:
    """What names are sorted by: their labels from the last to the first."""
    return ".".join(reversed(name.rstrip(".").split(".")))


def is_within(name: str, zone: str) -> bool:
    return name == zone or name.endswith("." + zone)
