"""`fakeaws cloud`: inspect, reset, save and restore the cloud, and control its clock."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import Terminal


def test_status_names_the_folder_the_caller_and_the_resources(terminal: Terminal, home: Path) -> None:
    terminal("sqs create-queue --queue-name jobs")
    status = terminal("cloud status --output json").json
    assert status["Folder"] == str(home)
    assert status["Caller"] == "arn:aws:iam::123456789012:root"
    assert status["Resources"] == {"sqs.Queue": 1}
    assert "sqs.Queue" in terminal("cloud status")


def test_a_reset_cloud_is_new_and_keeps_its_snapshots(terminal: Terminal) -> None:
    terminal("sqs create-queue --queue-name jobs")
    terminal("cloud snapshot save lesson-1")
    terminal("cloud reset")
    assert terminal("sqs list-queues") == ""
    assert terminal("cloud snapshot list") == "lesson-1\n"
    terminal("cloud snapshot restore lesson-1")
    assert terminal("sqs list-queues --query QueueUrls[]|length(@)").json == 1
    assert "already" in terminal("cloud snapshot save lesson-1", code=255).stderr
    terminal("cloud snapshot delete lesson-1")
    assert "no snapshot lesson-1" in terminal("cloud snapshot restore lesson-1", code=255).stderr
    assert "cannot name a snapshot" in terminal("cloud snapshot save ../x", code=255).stderr


def test_the_clock_is_frozen_advanced_and_resumed(terminal: Terminal) -> None:
    assert terminal("cloud clock freeze 2027-01-31T12:00:00Z") == "2027-01-31T12:00:00+00:00 (frozen)\n"
    assert terminal("cloud clock advance 30d") == "2027-03-02T12:00:00+00:00 (frozen)\n"
    terminal("sqs create-queue --queue-name jobs")
    query = "--attribute-names CreatedTimestamp --query Attributes.CreatedTimestamp"
    url = terminal("sqs list-queues --query QueueUrls[0]").json
    assert terminal(f"sqs get-queue-attributes {query}", QueueUrl=url).json == "1803988800"
    assert "to a time from 1970 to the year 9000" in terminal("cloud clock advance 999999999d", code=255).stderr
    assert "to a time from 1970 to the year 9000" in terminal("cloud clock freeze 1969-01-01", code=255).stderr
    assert terminal("cloud clock show") == "2027-03-02T12:00:00+00:00 (frozen)\n"
    assert "(frozen)" not in terminal("cloud clock resume")
    assert "is not a duration" in terminal("cloud clock advance soon", code=252).stderr


def test_the_database_can_be_looked_into_but_not_changed(terminal: Terminal) -> None:
    terminal("sqs create-queue --queue-name jobs")
    assert {"table": "sqs.Queue", "rows": 1} in terminal("cloud db tables --output json").json
    assert terminal("cloud db query 'select key from \"sqs.Queue\"'").json == [{"key": "jobs"}]
    assert "SQLite:" in terminal("cloud db query 'delete from note'", code=255).stderr


def test_shapes_show_what_a_service_keeps(terminal: Terminal) -> None:
    assert terminal("cloud shapes sqs Queue").json["Queue"]["id"] == "QueueName"
    assert "There is no service" in terminal("cloud shapes nothing", code=252).stderr


def test_an_activated_shell_calls_fakeaws_as_aws_until_it_is_deactivated(terminal: Terminal, home: Path) -> None:
    script = (
        terminal("cloud activate")
        + "command -v aws; aws ec2 describe-instances --instance-ids i-x; deactivate_fakeaws\n"
    )
    script += 'echo "$PATH"'
    ended = subprocess.run(
        ["sh", "-c", script], env={**terminal.env, "PATH": "/usr/bin"}, capture_output=True, text=True
    )
    assert ended.stdout.splitlines() == [f"{home}/bin/aws", "/usr/bin"]
    assert ended.stderr.startswith("\naws: [ERROR]: An error occurred (InvalidInstanceID.Malformed)")
