"""Requests a second over HTTP beside moto's server and ministack, with one boto3 client, in turns.

A figure is the best of three rounds: what else the machine does only slows. Also: CPU seconds until the port is open,
and memory when idle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from _servers import Server, rate, servers

ROUNDS = 3


def calls(server: Server) -> dict[str, Callable[[], Any]]:
    """What is measured, prepared on a server."""
    sqs, ec2 = server.client("sqs"), server.client("ec2")
    queue = sqs.create_queue(QueueName="bench")["QueueUrl"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=10, MaxCount=10, InstanceType="t3.micro")

    def send_and_receive() -> None:
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        sqs.receive_message(QueueUrl=queue)

    return {
        "sts GetCallerIdentity": server.client("sts").get_caller_identity,
        "sqs send + receive": send_and_receive,
        "ec2 DescribeInstances": ec2.describe_instances,
        "iam ListUsers": server.client("iam").list_users,
    }


def main() -> None:
    with servers() as started:
        for server in started:
            print(f"{server.name:10} port open after {server.start_cpu:.2f} s of CPU, {server.memory():.0f} MB idle")
        prepared = {server.name: calls(server) for server in started}
        print(f"\n{'calls a second (ms of server CPU)':34}" + "".join(f"{s.name:>18}" for s in started))
        for name in prepared["fakeaws"]:
            best = {server.name: (0.0, 0.0) for server in started}
            for _ in range(ROUNDS):
                for server in started:
                    best[server.name] = max(best[server.name], rate(prepared[server.name][name], server))
            row = "".join(f"{per_second:>10.0f} ({cpu:.2f})" for per_second, cpu in best.values())
            ours, moto, mini = (best[s.name][0] for s in started)
            print(f"{name:34}{row}   {ours / moto:.1f} times moto, {ours / mini:.2f} times ministack")


main()
