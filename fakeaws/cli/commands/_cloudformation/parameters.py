"""--parameter-overrides and --tags, in all the forms that they may have."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.cli.arguments.paramfile import load_text
from fakeaws.cli.errors import CliError, GeneralError

Document = dict[str, Any]


def key_values(given: list[str] | None, option: str) -> dict[str, str]:
    """`Key=Value` words, or JSON (a list of such words, of `ParameterKey` objects, or an object), maybe in a file."""
    if not given:
        return {}
    if len(given) == 1:
        text = load_text(given[0], option)
        if isinstance(text, str) and text.lstrip()[:1] in ("[", "{"):
            return _from_json(text, option)
        given = [text] if isinstance(text, str) else given
    return _from_words(given, option)


def _from_words(words: list[str], option: str) -> dict[str, str]:
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise GeneralError(f"{words} value passed to {option} must be of format Key=Value")
        found[key] = value
    return found


def _from_json(text: str, option: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CliError(f"Error parsing parameter '{option}': {error}") from error
    if isinstance(found, dict):
        values = found.get("Parameters", found)
        return {str(key): str(value) for key, value in values.items()}
    if all(isinstance(entry, str) for entry in found):
        return _from_words(found, option)
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in found}


def merged(template: Document, overrides: dict[str, str], previous: set[str] | None) -> list[Document]:
    """The parameters of a change set: what is given, else what an existing stack (`previous`) has."""
    found: list[Document] = []
    for name, declared in template.get("Parameters", {}).items():
        if name in overrides:
            found.append({"ParameterKey": name, "ParameterValue": overrides[name]})
        elif previous is not None and (name in previous or "Default" not in declared):
            found.append({"ParameterKey": name, "UsePreviousValue": True})
    return found
