"""Lightsail: instances with ports, static addresses, disks, snapshots and domains."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Terminal

MADE = "lightsail create-instances --instance-names web-1 --availability-zone us-east-1a"


@pytest.fixture
def web(aws: Terminal) -> Terminal:
    aws(f"{MADE} --blueprint-id wordpress --bundle-id nano_3_0")
    return aws


def _instance(aws: Terminal) -> Any:
    return aws("lightsail get-instance --instance-name web-1").json["instance"]


def test_an_instance_is_what_its_bundle_and_blueprint_say(aws: Terminal) -> None:
    told = "The bundle nano_win_3_0 does not support the blueprint wordpress."
    aws.refused(f"{MADE} --blueprint-id wordpress --bundle-id nano_win_3_0", "InvalidInputException", told)
    [done] = aws(f"{MADE} --blueprint-id wordpress --bundle-id nano_3_0").json["operations"]
    assert (done["operationType"], done["resourceName"], done["status"]) == ("CreateInstance", "web-1", "Succeeded")
    found = _instance(aws)
    assert (found["state"]["name"], found["username"], found["hardware"]["cpuCount"]) == ("running", "bitnami", 2)
    assert found["location"] == {"availabilityZone": "us-east-1a", "regionName": "us-east-1"}
    again = f"{MADE} --blueprint-id wordpress --bundle-id nano_3_0"
    aws.refused(again, "InvalidInputException", "Some names are already in use: web-1")
    listed = aws("lightsail get-operations-for-resource --resource-name web-1").json["operations"]
    assert listed == [done]
    offers = aws("lightsail get-bundles --query bundles[].bundleId").json
    assert "nano_3_0" in offers


def test_an_instance_stops_and_starts(web: Terminal) -> None:
    web("lightsail stop-instance --instance-name web-1")
    assert web("lightsail get-instance-state --instance-name web-1").json["state"] == {"code": 80, "name": "stopped"}
    web.refused("lightsail reboot-instance --instance-name web-1", "OperationFailureException")
    web("lightsail start-instance --instance-name web-1")
    assert _instance(web)["state"]["name"] == "running"


def test_ports_open_and_close(web: Terminal) -> None:
    ports = "lightsail get-instance-port-states --instance-name web-1 --query portStates[].fromPort"
    assert web(ports).json == [22, 80, 443]
    one = "--instance-name web-1 --port-info fromPort=8080,toPort=8080,protocol=tcp"
    web(f"lightsail open-instance-public-ports {one}")
    assert web(ports).json == [22, 80, 443, 8080]
    web(f"lightsail close-instance-public-ports {one}")
    web("lightsail put-instance-public-ports --instance-name web-1 --port-infos fromPort=22,toPort=22,protocol=tcp")
    assert web(ports).json == [22]


def test_a_static_address_stays_with_its_instance(web: Terminal) -> None:
    own = _instance(web)["publicIpAddress"]
    web("lightsail allocate-static-ip --static-ip-name ip-1")
    attach = "lightsail attach-static-ip --static-ip-name ip-1 --instance-name web-1"
    web(attach)
    address = web("lightsail get-static-ip --static-ip-name ip-1").json["staticIp"]
    assert (address["isAttached"], address["attachedTo"]) == (True, "web-1")
    assert _instance(web)["publicIpAddress"] == address["ipAddress"] != own
    web.refused(attach, "OperationFailureException")
    web("lightsail delete-instance --instance-name web-1")
    address = web("lightsail get-static-ip --static-ip-name ip-1").json["staticIp"]
    assert address["isAttached"] is False
    missing = "The Instance does not exist: web-1"
    web.refused("lightsail get-instance --instance-name web-1", "NotFoundException", missing)


def test_a_disk_is_detached_from_an_instance_that_stands(web: Terminal) -> None:
    web("lightsail create-disk --disk-name data-1 --availability-zone us-east-1a --size-in-gb 8")
    web("lightsail attach-disk --disk-name data-1 --instance-name web-1 --disk-path /dev/xvdf")
    assert [disk["sizeInGb"] for disk in _instance(web)["hardware"]["disks"]] == [20, 8]
    told = "You can't detach this disk right now. The state of this instance is: running"
    web.refused("lightsail detach-disk --disk-name data-1", "OperationFailureException", told)
    web("lightsail stop-instance --instance-name web-1")
    web("lightsail detach-disk --disk-name data-1")
    assert web("lightsail get-disk --disk-name data-1").json["disk"]["state"] == "available"


def test_a_snapshot_becomes_other_instances(web: Terminal) -> None:
    web("lightsail create-instance-snapshot --instance-name web-1 --instance-snapshot-name snap-1")
    made = "lightsail create-instances-from-snapshot --instance-names web-2 --availability-zone us-east-1b"
    web(f"{made} --instance-snapshot-name snap-1 --bundle-id micro_3_0")
    found = web("lightsail get-instance --instance-name web-2").json["instance"]
    assert (found["blueprintId"], found["bundleId"]) == ("wordpress", "micro_3_0")


def test_a_domain_has_entries(aws: Terminal) -> None:
    aws("lightsail create-domain --domain-name example.com")
    entry = "name=www.example.com,type=A,target=10.0.0.1"
    aws(f"lightsail create-domain-entry --domain-name example.com --domain-entry {entry}")
    [held] = aws("lightsail get-domain --domain-name example.com").json["domain"]["domainEntries"]
    assert (held["target"], held["isAlias"]) == ("10.0.0.1", False)
    aws(f"lightsail delete-domain-entry --domain-name example.com --domain-entry {entry}")
    aws.refused("lightsail get-domain --domain-name example.com --region eu-west-1", "InvalidInputException")
