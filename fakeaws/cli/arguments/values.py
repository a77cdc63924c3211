"""From the text of an option to the value of a member."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fakeaws.cli.arguments import shorthand
from fakeaws.cli.arguments.paramfile import LoadError
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.core.model.models import Shape

_COMPLEX = ("structure", "map", "list")


def unpack(shape: Shape, value: Any, option: str) -> Any:
    """The value of `--option` (a text, or a list of texts) converted to the type of `shape`.

    Raises CliError; where Python itself cannot convert, its own words with exit code 255.
    """
    try:
        if shorthand.suits(shape) and not looks_like_json(value):
            return _from_shorthand(shape, value, option)
        return _plain(shape, value, option)
    except (ValueError, TypeError, AttributeError, IndexError, LoadError) as error:
        raise GeneralError(str(error)) from error


def wrong(option: str, message: str) -> CliError:
    """A value that cannot be read."""
    return CliError(f"Error parsing parameter '{option}': {message}")


def looks_like_json(value: Any) -> bool:
    """Whether a value as given, or the first one of a list, is JSON rather than shorthand."""
    first = value[0] if value and isinstance(value, list) else value
    return isinstance(first, str) and first.strip().startswith(("[", "{"))


def _from_shorthand(shape: Shape, value: Any, option: str) -> Any:
    if _is_single_value(shape) and "=" not in value:
        return {"Value": value}
    try:
        if isinstance(value, list):
            return shorthand.fit([shorthand.parse(text) for text in value], shape)
        parsed = shorthand.parse(value)
        return parsed if shape.type == "list" else shorthand.fit(parsed, shape)
    except shorthand.ShorthandError as error:
        raise wrong(option, str(error)) from error


def _is_single_value(shape: Shape) -> bool:
    return shape.type == "structure" and shape.member_names == ["Value"] and shape.at("Value").type == "string"


def is_json_value(shape: Shape) -> bool:
    """Whether a text is sent as JSON in a header."""
    return bool(shape.get("jsonvalue")) and shape.get("location") == "header" and shape.type == "string"


def _plain(shape: Shape, value: Any, option: str) -> Any:
    if is_json_value(shape) or shorthand.is_document(shape):
        return _json(value, option)
    if shape.type in ("structure", "map"):
        if value.lstrip()[0] == "{":
            return _json(value, option)
        raise wrong(option, f"Invalid JSON:\n{value}")
    if shape.type == "list":
        return _list(shape, value, option)
    return _scalar(shape, value, option)


def _json(value: str, option: str) -> Any:
    try:
        return json.loads(value, object_pairs_hook=OrderedDict)
    except (ValueError, RecursionError) as error:
        raise wrong(option, f"Invalid JSON: {error}\nJSON received: {value}") from error


def _list(shape: Shape, value: Any, option: str) -> Any:
    if isinstance(value, str):
        if value.lstrip()[0] == "[":
            return _json(value, option)
    elif len(value) == 1 and value[0].strip()[:1] == "[":
        return _json(value[0], option)
    try:
        return [_plain(shape.member, item, option) for item in value]
    except (ValueError, TypeError) as error:
        raise wrong(option, value[0]) from error


def _scalar(shape: Shape, value: Any, option: str) -> Any:
    kind = shape.type
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "blob" and shape.get("streaming"):
        return open_body(value, option)
    if kind == "boolean":
        return not (isinstance(value, str) and value.lower() == "false") and bool(value)
    return value


def open_body(value: str, option: str) -> Any:
    """The file whose content is streamed as a body."""
    path = os.path.expanduser(os.path.expandvars(value))
    if not os.path.isfile(path):
        raise wrong(option, "Blob values must be a path to a file.")
    return open(path, "rb")


def decode_blobs(value: Any, shape: Shape, raw: Callable[[], bool]) -> Any:
    """`value` with the texts of its blobs as bytes: decoded from base64 unless they are `raw`. Raises GeneralError."""
    if shape.type == "blob" and isinstance(value, str):
        return value.encode() if raw() else _decoded(value)
    if shape.type == "structure" and isinstance(value, dict):
        for name in value:
            if shape.has_member(name):
                value[name] = decode_blobs(value[name], shape.at(name), raw)
    elif shape.type == "list" and isinstance(value, list):
        value[:] = [decode_blobs(item, shape.member, raw) for item in value]
    elif shape.type == "map" and isinstance(value, dict):
        for name in value:
            value[name] = decode_blobs(value[name], shape.value, raw)
    return value


def _decoded(text: str) -> bytes:
    import binascii

    try:
        return binascii.a2b_base64(text)
    except binascii.Error as error:
        raise GeneralError(f'Invalid base64: "{text}"') from error
    except ValueError as error:
        raise GeneralError(str(error)) from error
