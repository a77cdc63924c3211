"""`fakeaws serve` as a process: real clients, several processes, an orderly end."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.parity.conftest import Server


def test_boto3_and_the_command_line_share_a_cloud(server: Server) -> None:
    server.client("sqs").create_queue(QueueName="shared")
    run = [sys.executable, "-m", "fakeaws", "sqs", "list-queues", "--queue-name-prefix", "shared"]
    printed = subprocess.run(run, env=server.environment, capture_output=True, check=True)
    assert json.loads(printed.stdout)["QueueUrls"] == [
        server.client("sqs").get_queue_url(QueueName="shared")["QueueUrl"]
    ]


def test_boto3_pages_waits_and_reads_errors(server: Server) -> None:
    iam = server.client("iam")
    for number in range(5):
        iam.create_user(UserName=f"page-{number}")
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) >= 3
    assert {f"page-{n}" for n in range(5)} <= {u["UserName"] for page in pages for u in page["Users"]}
    iam.get_waiter("user_exists").wait(UserName="page-0")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="nobody cannot be found"):
        iam.get_user(UserName="nobody")


def test_boto3_resources_work(server: Server) -> None:
    sqs = server.session().resource("sqs", endpoint_url=server.url)
    queue = sqs.create_queue(QueueName="resource")
    queue.send_message(MessageBody="hello")
    [message] = queue.receive_messages()
    assert message.body == "hello"
    message.delete()


def test_the_command_line_is_a_client_too(server: Server, tmp_path: Path) -> None:
    server.client("sqs").create_queue(QueueName="remote")
    environment = {**server.client_environment, "FAKEAWS_HOME": str(tmp_path / "other")}
    run = [sys.executable, "-m", "fakeaws", "--endpoint-url", server.url, "sqs", "get-queue-url", "--queue-name"]
    printed = subprocess.run([*run, "remote"], env=environment, capture_output=True, check=True)
    assert json.loads(printed.stdout)["QueueUrl"].endswith("/remote")
    refused = subprocess.run([*run, "nothing"], env=environment, capture_output=True, check=False)
    assert refused.returncode == 254
    assert b"NonExistentQueue) when calling the GetQueueUrl operation" in refused.stderr


def test_the_real_aws_command(server: Server) -> None:
    aws = Path(sys.executable).with_name("aws")
    if not aws.exists():
        pytest.skip("awscli is not installed")
    asked = [str(aws), "sts", "get-caller-identity"]
    printed = subprocess.run(asked, env=server.client_environment, capture_output=True, check=True)
    assert json.loads(printed.stdout)["Arn"] == server.client("sts").get_caller_identity()["Arn"]


def test_keys_decide_the_account(server: Server) -> None:
    if server.is_verified:
        pytest.skip("the keys of accounts have no secret that could be verified")
    environment = {**server.client_environment, "AWS_ACCESS_KEY_ID": "210987654321", "AWS_SESSION_TOKEN": ""}
    run = [sys.executable, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"]
    assert subprocess.run(run, env=environment, capture_output=True, check=True).stdout == b"210987654321\n"


def test_a_body_is_asked_for_before_it_is_sent(server: Server) -> None:
    if server.is_verified:
        pytest.skip("sends requests without a signature")
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
            b"X-Amz-Target: AmazonSQS.ListQueues\r\nConnection: close\r\n\r\n"
        )
        assert wire.recv(100).startswith(b"HTTP/1.1 100 Continue")
        wire.sendall(b"{}")
        assert b"".join(iter(lambda: wire.recv(65536), b"")).startswith(b"HTTP/1.1 200 OK")


def test_what_is_no_http_is_refused(server: Server) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100_000 + b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
            wire.sendall(nonsense)
            wire.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def test_signatures_are_verified_where_asked_for(tmp_path: Path) -> None:
    server = Server(tmp_path / "cloud", "--verify-signatures")
    try:
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            server.client("sts").get_caller_identity()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{server.url}/?Action=GetCallerIdentity&Version=2011-06-15")
    finally:
        server.stop()


def test_a_server_that_verifies_is_managed_by_who_may_read_its_folder(tmp_path: Path) -> None:
    server = Server(tmp_path / "cloud", "--verify-signatures")
    run = [sys.executable, "-m", "fakeaws", "cloud", "clock", "freeze", "2027-01-31T12:00:00Z"]
    command = [*run, "--endpoint-url", server.url]
    try:
        behind_proxy = {**server.environment, "http_proxy": "http://127.0.0.1:9"}
        frozen = subprocess.run(command, env=behind_proxy, capture_output=True, text=True, check=True)
        assert frozen.stdout == "2027-01-31T12:00:00+00:00 (frozen)\n"
        elsewhere = {**server.environment, "FAKEAWS_HOME": str(tmp_path / "other")}
        refused = subprocess.run(command, env=elsewhere, capture_output=True, text=True, check=False)
        assert (refused.returncode, "X-Fakeaws-Secret" in refused.stderr) == (255, True)
    finally:
        server.stop()


def test_other_addresses_than_loopback_ask_for_a_decision(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "fakeaws", "serve", "--host", "0.0.0.0"]
    environment = {"FAKEAWS_HOME": str(tmp_path), "PATH": ""}
    refused = subprocess.run(run, env=environment, capture_output=True, check=False)
    assert refused.returncode == 252
    assert b"--verify-signatures" in refused.stderr


def test_workers_share_the_cloud_and_nothing_acknowledged_is_lost_at_the_end(tmp_path: Path) -> None:
    server = Server(tmp_path / "cloud", "--workers", "2")
    url = server.client("sqs").create_queue(QueueName="load")["QueueUrl"]
    sent: list[str] = []
    enough = threading.Event()

    def send(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
        try:
            for turn in range(10_000):
                body = json.dumps({"QueueUrl": url, "MessageBody": f"{number}-{turn}"})
                connection.request("POST", "/", body, headers)
                response = connection.getresponse()
                response.read()
                assert response.status == 200
                sent.append(f"{number}-{turn}")
                if len(sent) > 60:
                    enough.set()
        except (http.client.HTTPException, OSError):
            return
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(send, number) for number in range(4)]
        assert enough.wait(60)
        server.stop()
        for each in running:
            each.result()
    again = Server(tmp_path / "cloud")
    try:
        sqs = again.client("sqs")
        names = {"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]}
        kept = int(sqs.get_queue_attributes(**names)["Attributes"]["ApproximateNumberOfMessages"])
        assert kept >= len(sent) > 60
    finally:
        again.stop()


def test_a_long_poll_is_answered_by_a_message_sent_meanwhile(server: Server) -> None:
    if server.is_verified:
        pytest.skip("sends requests without a signature")
    url = server.client("sqs").create_queue(QueueName="poll")["QueueUrl"]
    polling = _polling(server, url)
    run = [sys.executable, "-m", "fakeaws", "sqs", "send-message", "--queue-url", url, "--message-body", "hi"]
    subprocess.run(run, env=server.environment, capture_output=True, check=True)
    with closing(polling):
        [message] = json.load(polling.getresponse())["Messages"]
    assert message["Body"] == "hi"


def test_a_long_poll_does_not_hold_up_the_end(tmp_path: Path) -> None:
    server = Server(tmp_path / "cloud")
    polling = _polling(server, server.client("sqs").create_queue(QueueName="poll")["QueueUrl"])
    server.client("sts").get_caller_identity()
    server.stop()
    with closing(polling):
        assert polling.getresponse().read() == b"{}"


def _polling(server: Server, url: str) -> http.client.HTTPConnection:
    """A connection on which messages have been asked for."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    headers = {"X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": "application/x-amz-json-1.0"}
    connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}), headers)
    return connection
