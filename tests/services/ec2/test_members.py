"""What AWS's documented examples show of a resource, its describe operation shows here."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

awscli = pytest.importorskip("awscli")

from fakeaws.core.model import models  # noqa: E402
from fakeaws.core.model.compiler import snake  # noqa: E402
from tests.services.ec2.world import World, made  # noqa: E402

EXAMPLES = Path(awscli.__file__).parent / "examples" / "ec2"
OUTPUT = re.compile(r"^Output::\s*\n\n((?:[ \t]+.*\n|\n)+)", re.MULTILINE)
ONLY_WHERE_USED = {
    "InstanceImageMetadata.ImageMetadata.DeprecationTime",
    "Reservations.Instances.IamInstanceProfile",
    "Reservations.Instances.KeyName",
    "NetworkAcls.Entries.Ipv6CidrBlock",
    "NetworkInsightsAnalyses.Explanations.Subnet",
    "RouteTables.Routes.NatGatewayId",
    "SecurityGroupRules.CidrIpv6",
    "SnapshotTierStatuses.LastTieringOperationState",
    "VpcPeeringConnections.AccepterVpcInfo.CidrBlock",
    "VpnConnections.TransitGatewayId",
    "FastSnapshotRestores.DisablingTime",
    "FastSnapshotRestores.DisabledTime",
    "Fleets.LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateId",
    "Fleets.ClientToken",
    "Fleets.SpotOptions.InstancePoolsToUseCount",
    "FlowLogs.LogGroupName",
    "FlowLogs.DeliverLogsPermissionArn",
    "FlowLogs.DeliverLogsErrorMessage",
}
"""Members of resources that have what an ordinary one need not have; `LastTieringOperationState` is no member"
" at all."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(tmp_path_factory.mktemp("world") / "cloud")


def _examples() -> Iterator[tuple[str, list[Any]]]:
    service = models.service("ec2")
    operations = {snake(name).replace("_", "-"): name for name in service.operation_names}
    for path in sorted(EXAMPLES.glob("describe-*.rst")):
        name = operations.get(path.stem)
        if name is None or service.handler(name) is None or path.stem == "describe-launch-template-versions":
            continue
        if not service.operation(name).input.required:
            yield path.stem, [_parsed(m) for m in OUTPUT.findall(path.read_text(encoding="utf-8"))]


def _parsed(text: str) -> Any:
    try:
        found = json.loads(textwrap.dedent(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and any(key[0].isupper() for key in found) else {}


def _paths(value: Any, above: str = "") -> Iterator[str]:
    """The members of a document, dotted, lists passed through."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}.{name}" if above else name
            yield path
            if name not in ("Tags", "TagSet"):
                yield from _paths(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, above)


def test_no_member_of_the_examples_is_missing(world: World) -> None:
    missing, compared = [], 0
    for command, outputs in _examples():
        shown = set(_paths(world.terminals[0](f"ec2 {command}").json))
        wanted = {path for output in outputs for path in _paths(output) if "." in path}
        known = {path for path in wanted if any(s.startswith(path.rpartition(".")[0] + ".") for s in shown)}
        compared += len(known)
        missing += [f"{command} {path}" for path in sorted(known - shown - ONLY_WHERE_USED)]
    assert not missing, "\n".join(missing)
    assert compared > 500
