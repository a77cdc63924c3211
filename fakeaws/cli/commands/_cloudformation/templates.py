"""Templates as written (JSON, or YAML with the short forms of functions) and back."""

from __future__ import annotations

import io
import json
from typing import Any

from fakeaws.cli.errors import GeneralError

Document = dict[str, Any]

SHORT = {"Ref": "Ref", "Condition": "Condition"}
"""The tags whose long form has no `Fn::` before it."""


def read(text: str) -> Document:
    """The template in `text`; the short forms (`!Sub`) become long ones (`Fn::Sub`)."""
    try:
        found = json.loads(text)
    except ValueError:
        found = _read_yaml(text)
    if not isinstance(found, dict):
        raise GeneralError("Template format error: the template must be an object.")
    return found


def _read_yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import YAMLError

    class Constructor(SafeConstructor):
        """Knows CloudFormation's tags, and keeps dates as they are written."""

    Constructor.add_multi_constructor("!", _long_form)
    Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = Constructor
    try:
        return yaml.load(text)
    except YAMLError as error:
        raise GeneralError(str(error)) from error


def _long_form(loader: Any, suffix: str, node: Any) -> Document:
    from ruamel.yaml.nodes import MappingNode, ScalarNode

    name = SHORT.get(suffix, f"Fn::{suffix}")
    if isinstance(node, ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}
    if isinstance(node, MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    return {name: loader.construct_sequence(node, deep=True)}


def write(template: Document, as_json: bool = False) -> str:
    """The template as YAML (or JSON), in its own order."""
    if as_json:
        return json.dumps(template, indent=4, ensure_ascii=False)
    from ruamel.yaml import YAML

    out = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.dump(template, out)
    return out.getvalue()
