"""The AWS CLI's names: of operations and of options."""

from __future__ import annotations

from functools import cache

_WORDS = ("WhatsApp", "PartiQL", "OAuth2", "OTel", "iSCSI", "HITs")
"""Words within names that are spelled as one."""

_SPELLED_OUT = ("CreateOAuth2TokenWithTokenExchange",)


@cache
def cli_name(name: str) -> str:
    """`DBInstanceIdentifier` → `db-instance-identifier`: how the AWS CLI spells a member or an operation."""
    if "-" in name:
        return name
    plural = ""
    if name[-1:] == "s" and name[-3:-1].isupper() and name[-3:-1].isalpha():
        start = len(name) - 1
        while start and name[start - 1].isupper():
            start -= 1
        name, plural = name[:start], "-" + name[start:].lower()
    out: list[str] = []
    for index, char in enumerate(name):
        if index and char.isupper():
            before, after = name[index - 1], name[index + 1 : index + 2]
            if not before.isupper() or after.islower():
                out.append("-" if before != "_" or after.islower() else "")
        out.append(char)
    return "".join(out).lower() + plural


@cache
def operation_command(name: str) -> str:
    """As `cli_name`, for operations: those hold words that are spelled as one."""
    if name in _SPELLED_OUT:
        return cli_name(name)
    for word in _WORDS:
        if word in name:
            name = name.replace(word, word.capitalize())
    return cli_name(name)
