"""Cost against the size of the cloud: 10 instances beside 10,000."""

from __future__ import annotations

import time

from _measure import FAKEAWS, cpu, image_of, medians, new_cloud

from fakeaws.core.pipeline.cloud import Cloud

RUNS = 11


def main() -> None:
    small, large = new_cloud(10), new_cloud(10_000)
    rows = [
        ("describe-instances --instance-ids ONE", _one, 1.2),
        ("run-instances", _run, 1.2),
        ("describe-instances --max-items 20", lambda env: ["describe-instances", "--max-items", "20"], 2.0),
    ]
    for name, arguments, most in rows:
        commands = {size: [FAKEAWS, "ec2", *arguments(env)] for size, env in (("10", small), ("10000", large))}
        found = medians(commands, {"10": small, "10000": large}, RUNS)
        ratio = found["10000"] / found["10"]
        print(f"{name:40} {found['10'] * 1000:6.1f} ms {found['10000'] * 1000:6.1f} ms  {ratio:.2f} (at most {most})")
    began = time.monotonic()
    spent = cpu([FAKEAWS, "ec2", "describe-instances"], large)
    print(f"describe-instances, all 10,000: {time.monotonic() - began:.2f} s, {spent:.2f} s of CPU (under 4 s)")


def _one(env: dict[str, str]) -> list[str]:
    cloud = Cloud(env["FAKEAWS_HOME"])
    reservations = cloud.perform("ec2", "DescribeInstances", {"MaxResults": 5})["Reservations"]
    return ["describe-instances", "--instance-ids", reservations[0]["Instances"][0]["InstanceId"]]


def _run(env: dict[str, str]) -> list[str]:
    image = image_of(Cloud(env["FAKEAWS_HOME"]))
    return ["run-instances", "--image-id", image, "--instance-type", "t3.micro"]


main()
