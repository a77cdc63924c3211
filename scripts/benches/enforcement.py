"""What enforcement costs a user with 20 policies: a command's CPU time, and the server's for a request.

Ten policies are the user's own account's and ten are AWS's, half of them through a group, as the limits are. A figure
is the best of several rounds, taken in turns: what else the machine does only slows.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import boto3
from _measure import FAKEAWS, compiled, cpu
from _servers import Server, free_port, rate

from fakeaws.core.pipeline.cloud import Cloud

MANAGED = "AmazonS3 AmazonEC2 AmazonDynamoDB AmazonSNS AmazonSQS AmazonVPC CloudWatch AmazonRDS AmazonSSM AWSXrayFull"
RUNS = 15
ROUNDS = 5


def user(home: str) -> dict[str, str]:
    """The keys of a user with 20 policies."""
    cloud = Cloud(home)
    iam: Callable[..., Any] = lambda operation, **params: cloud.perform("iam", operation, params)
    iam("CreateUser", UserName="bob")
    iam("CreateGroup", GroupName="all")
    iam("AddUserToGroup", UserName="bob", GroupName="all")
    arns = [f"arn:aws:iam::aws:policy/{name}" for name in _names()]
    for number in range(10):
        actions = [
            f"{service}:{verb}*" for service in ("s3", "ec2", "sqs", "iam") for verb in ("Get", "List", "Describe")
        ]
        conditions = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
        statement = {
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*",
            "Condition": conditions,
            "Sid": f"s{number}",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement] * 1})
        arns.append(iam("CreatePolicy", PolicyName=f"own{number}", PolicyDocument=document)["Policy"]["Arn"])
    for arn in arns[::2]:
        iam("AttachUserPolicy", UserName="bob", PolicyArn=arn)
    for arn in arns[1::2]:
        iam("AttachGroupPolicy", GroupName="all", PolicyArn=arn)
    found: dict[str, str] = iam("CreateAccessKey", UserName="bob")["AccessKey"]
    cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    cloud.close()
    return found


def _names() -> list[str]:
    return [name + ("Access" if name.endswith("Full") else "ReadOnlyAccess") for name in MANAGED.split()]


def commands(home: str, keys: dict[str, str]) -> None:
    named = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}
    env = {**os.environ, "FAKEAWS_HOME": home, "AWS_PAGER": "", "AWS_REGION": "us-east-1", **named}
    for words in (["ec2", "describe-vpcs"], ["sqs", "list-queues"], ["iam", "list-users"], ["s3api", "list-buckets"]):
        command = [FAKEAWS, *words]
        envs = {"off": {**env, "FAKEAWS_ENFORCE": "0"}, "on": {**env, "FAKEAWS_ENFORCE": "1"}}
        runs = [(cpu(command, envs["off"]), cpu(command, envs["on"])) for _ in range(RUNS + 1)][1:]
        off, on = (min(figures) * 1000 for figures in zip(*runs, strict=True))
        _show(" ".join(words), off, on, 15)


def requests(home: str, keys: dict[str, str]) -> None:
    ports = [free_port(), free_port()]
    servers = [
        Server(
            word,
            [sys.executable, "-m", "fakeaws", "serve", "--port", str(port)],
            port,
            {"FAKEAWS_HOME": home, "FAKEAWS_ENFORCE": flag},
        )
        for word, port, flag in (("off", ports[0], "0"), ("on", ports[1], "1"))
    ]
    try:
        for service, method in (("ec2", "describe_vpcs"), ("sqs", "list_queues"), ("iam", "list_users")):
            calls = [getattr(_client(server, service, keys), method) for server in servers]
            turns = [[rate(c, s)[1] for c, s in zip(calls, servers, strict=True)] for _ in range(ROUNDS)]
            off, on = (min(figures) for figures in zip(*turns, strict=True))
            _show(f"HTTP {service} {method}", off, on, 25)
    finally:
        for server in servers:
            server.stop()


def _client(server: Server, service: str, keys: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
    )


def _show(what: str, off: float, on: float, most: int) -> None:
    print(f"{what:24} {off:7.2f} ms off {on:7.2f} ms on  {(on / off - 1) * 100:+6.1f} % (at most {most})", flush=True)


def main() -> None:
    compiled()
    home = tempfile.mkdtemp(prefix="fakeaws-bench-")
    keys = user(home)
    commands(home, keys)
    requests(home, keys)


main()
