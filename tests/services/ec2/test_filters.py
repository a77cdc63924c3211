"""Every filter that the documentation of a describe operation names is one that it takes."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import botocore

from fakeaws.core.model import models
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Terminal

MODEL = Path(botocore.__file__).parent / "data" / "ec2" / "2016-11-15" / "service-2.json.gz"
ITEM = re.compile(r"<li>\s*(?:<p>)?\s*<code>\s*([^<]+?)\s*</code>")
NOT_NAMES = {"informational", "low", "medium", "high", "critical", "tag"}
"""Values and forms that the documentation lists in the same way as names."""


def _documented() -> dict[str, list[str]]:
    """Describe operation → the filters in the text about its parameter."""
    model = json.loads(gzip.decompress(MODEL.read_bytes()))
    found = {}
    for name, operation in model["operations"].items():
        members = model["shapes"][operation["input"]["shape"]]["members"] if "input" in operation else {}
        text = "".join(members[m].get("documentation", "") for m in ("Filters", "Filter") if m in members)
        names = [n for n in ITEM.findall(_outermost(text)) if n not in NOT_NAMES and not n.startswith("tag:")]
        if name.startswith("Describe") and names:
            found[name] = names
    return found


def _outermost(text: str) -> str:
    """The items of outer lists; the inner ones are values of a filter."""
    kept, depth = "", 0
    for part in re.split(r"(</?ul>)", text):
        depth += {"<ul>": 1, "</ul>": -1}.get(part, 0)
        kept += part if depth == 1 else ""
    return kept


def test_documented_filters_are_taken() -> None:
    cloud, service = Cloud(None), models.service("ec2")
    refused = []
    documented = _documented()
    for name, filters in documented.items():
        operation = service.operation(name)
        if service.handler(name) is None and service.binding(name) is None:
            continue
        member = "Filters" if operation.input is not None and operation.input.has_member("Filters") else "Filter"
        for one in filters:
            try:
                cloud.perform("ec2", name, {member: [{"Name": one, "Values": ["none"]}]})
            except AwsError as error:
                refused += [f"{name} {one}"] if "filter" in error.message else []
    assert refused == []
    assert sum(map(len, documented.values())) > 900


def test_a_wildcard_stands_for_any_characters(terminal: Terminal) -> None:
    names = ("web-1", "web-2", "db*1")
    for name in names:
        tags = f"ResourceType=vpc,Tags=[{{Key=Name,Value={name}}}]"
        terminal(f"ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications '{tags}'")

    def count(value: str) -> int:
        return len(terminal(f"ec2 describe-vpcs --filters 'Name=tag:Name,Values={value}'").json["Vpcs"])

    assert [count(value) for value in ("web-*", "web-?", "*", "db\\*1", "db\\*2", "web")] == [2, 2, 3, 1, 0, 0]


def test_pages_follow_each_other_by_key(terminal: Terminal) -> None:
    for number in range(12):
        terminal(f"ec2 create-volume --availability-zone us-east-1a --size {number + 1}")
    whole = [v["VolumeId"] for v in terminal("ec2 describe-volumes").json["Volumes"]]
    paged, token = [], ""
    while True:
        more = f" --next-token {token}" if token else ""
        page = terminal(f"ec2 describe-volumes --max-results 5{more}").json
        paged += [v["VolumeId"] for v in page["Volumes"]]
        token = page.get("NextToken", "")
        if not token:
            break
    assert paged == whole
    assert len(whole) == 12
