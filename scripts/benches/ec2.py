"""EC2 against the size of the account: 200 instances beside 20,000, in 200 VPCs each."""

from __future__ import annotations

import os
import tempfile
import time

from _measure import FAKEAWS, compiled, cpu, image_of, medians

from fakeaws.core.pipeline.cloud import Cloud

RUNS = 7
VPCS = 200


def main() -> None:
    compiled()
    small, large = _filled(200), _filled(20_000)
    rows = [
        ("describe-instances --instance-ids ONE", lambda found: ["--instance-ids", found["one"]]),
        ("describe-instances --filters tag", lambda found: ["--filters", "Name=tag:Name,Values=only"]),
        ("describe-instances --filters vpc", lambda found: ["--filters", f"Name=vpc-id,Values={found['vpc']}"]),
    ]
    for name, arguments in rows:
        sizes = {"200": small, "20000": large}
        commands = {size: [FAKEAWS, "ec2", "describe-instances", *arguments(found)] for size, found in sizes.items()}
        figures = medians(commands, {size: found["env"] for size, found in sizes.items()}, RUNS)
        ratio = figures["20000"] / figures["200"]
        print(f"{name:42} {figures['200'] * 1000:6.1f} ms {figures['20000'] * 1000:6.1f} ms  {ratio:.2f} (at most 1.5)")
    launch = [FAKEAWS, "ec2", "run-instances", "--image-id", large["image"], "--instance-type", "t3.micro"]
    seconds = cpu([*launch, "--count", "100", "--subnet-id", large["subnet"]], large["env"])
    print(f"{'run-instances --count 100':42} {seconds:6.2f} s of CPU (at most 0.5)")


def _filled(count: int) -> dict:
    """A cloud with so many instances: all but ten to a VPC in the first one, one of them with a name of its own."""
    home = tempfile.mkdtemp(prefix="fakeaws-bench-")
    cloud = Cloud(home)
    image = image_of(cloud)
    started = time.process_time()
    with cloud.database.transaction(write=True):
        quota = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE", "DesiredValue": float(VPCS + 1)}
        cloud.perform("service-quotas", "RequestServiceQuotaIncrease", quota)
        subnets = [_subnet(cloud, number) for number in range(VPCS)]
        share = max(1, min(100, count // VPCS))
        launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": share, "MaxCount": share}
        for number in range(count // share):
            subnet = subnets[1 + number % (VPCS - 1)]
            cloud.perform("ec2", "RunInstances", {**launch, "SubnetId": subnet["SubnetId"]})
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "only"}]}]
        alone = {**launch, "MinCount": 1, "MaxCount": 1, "SubnetId": subnets[0]["SubnetId"], "TagSpecifications": tags}
        one = cloud.perform("ec2", "RunInstances", alone)["Instances"][0]["InstanceId"]
    print(f"{count} instances in {time.process_time() - started:.1f} s", flush=True)
    cloud.close()
    env = {**os.environ, "FAKEAWS_HOME": home, "AWS_PAGER": ""}
    cpu([FAKEAWS, "ec2", "describe-vpcs"], env)
    place = {"vpc": subnets[0]["VpcId"], "subnet": subnets[0]["SubnetId"]}
    return {"env": env, "one": one, "image": image, **place}


def _subnet(cloud: Cloud, number: int) -> dict:
    vpc = cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"})["Vpc"]["VpcId"]
    made = cloud.perform("ec2", "CreateSubnet", {"VpcId": vpc, "CidrBlock": "10.0.0.0/18"})
    return made["Subnet"]


if __name__ == "__main__":
    main()
