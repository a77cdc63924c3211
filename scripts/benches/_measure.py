"""CPU time of whole processes, and clouds to measure on."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import fakeaws

BIN = Path(sys.executable).parent
FAKEAWS = str(BIN / "fakeaws")


def cpu(command: list[str], env: dict[str, str]) -> float:
    """CPU seconds (user + sys) of one run; the command must succeed."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{said.decode()}")
    return usage.ru_utime + usage.ru_stime


def medians(
    commands: dict[str, list[str]], env: dict[str, dict[str, str]] | dict[str, str], runs: int
) -> dict[str, float]:
    """The median CPU seconds of each command, run in turns after one warm-up."""
    figures: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            own = env.get(name, env)
            figure = cpu(command, own)  # type: ignore[arg-type]
            if turn:
                figures[name].append(figure)
    return {name: statistics.median(values) for name, values in figures.items()}


def compiled() -> None:
    """Compile the modules, as an installation does: an environment may forbid it at import."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(Path(fakeaws.__file__).parent)], check=True)


def new_cloud(instances: int) -> dict[str, str]:
    """The environment of a new cloud with so many instances in it."""
    compiled()
    home = tempfile.mkdtemp(prefix="fakeaws-bench-")
    env = {**os.environ, "FAKEAWS_HOME": home, "AWS_PAGER": ""}
    fill(home, instances)
    cpu([FAKEAWS, "ec2", "describe-vpcs"], env)
    return env


def fill(home: str, instances: int) -> None:
    """Launch instances, each in a reservation of its own."""
    from fakeaws.core.pipeline.cloud import Cloud

    cloud = Cloud(home)
    image = image_of(cloud)
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    for _ in range(instances):
        cloud.perform("ec2", "RunInstances", launch)
    cloud.close()


def image_of(cloud: object) -> str:
    """The id of an image that can be launched."""
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    found = cloud.perform("ssm", "GetParameter", {"Name": name})  # type: ignore[attr-defined]
    return str(found["Parameter"]["Value"])
