"""Wildcards, ARNs and policy variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fakeaws.core.tools.wildcards import Syntax, fits

Lookup = Callable[[str], str | None]
"""The value of a context key, in lower case; None where the request has none."""

VARIABLE = re.compile(r"\$\{([^}]*)\}")
SYNTAX = Syntax(escape="\0")
LITERALS = {"*": "*", "?": "?", "$": "$"}


class Unknown(Exception):
    """A policy variable that the request has no value for: what holds it matches nothing."""


def is_like(pattern: str, value: str) -> bool:
    """Whether `*` (any characters) and `?` (one) of the pattern stand for the value; a NUL takes away the meaning of
    the wildcard that follows it."""
    return pattern == "*" or fits(pattern, value, SYNTAX)


def filled(pattern: str, lookup: Lookup) -> str:
    """The pattern with its variables filled: wildcards in their values mean themselves. Raises Unknown."""
    if "${" not in pattern:
        return pattern
    return VARIABLE.sub(lambda found: _literal(_value(found.group(1), lookup)), pattern)


def _value(variable: str, lookup: Lookup) -> str:
    name, comma, default = variable.partition(",")
    if name in LITERALS:
        return LITERALS[name]
    found = lookup(name.strip().lower())
    if found is None and comma:
        found = default.strip().strip("'")
    if found is None:
        raise Unknown(name)
    return found


def _literal(value: str) -> str:
    return value.replace("*", "\0*").replace("?", "\0?")


def plain(pattern: str, lookup: Lookup) -> str:
    """A text with its variables filled, where wildcards have no meaning. Raises Unknown."""
    return VARIABLE.sub(lambda found: _value(found.group(1), lookup), pattern) if "${" in pattern else pattern


def is_arn_like(pattern: str, arn: str) -> bool:
    """Whether each of the six parts of the ARN is like that of the pattern; parts that the pattern lacks are all."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    if len(given) < 6:
        return is_like(pattern, arn)
    wanted += ["*"] * (6 - len(wanted))
    return all(is_like(part, value) for part, value in zip(wanted, given, strict=True))
