"""The machines of a cluster, its applications and bootstrap actions, from the options of the command line."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.commands._emr import steps
from fakeaws.cli.errors import CliError

Document = dict[str, Any]


def groups(given: list[Document]) -> list[Document]:
    """`--instance-groups`: a bid price makes a group of spot instances."""
    return [_group(one) for one in given]


def _group(given: Document) -> Document:
    found: Document = {
        "Name": given.get("Name", given["InstanceGroupType"]),
        "InstanceType": given["InstanceType"],
        "InstanceCount": given["InstanceCount"],
        "InstanceRole": given["InstanceGroupType"].upper(),
        "Market": "SPOT" if "BidPrice" in given else "ON_DEMAND",
    }
    if given.get("BidPrice", "OnDemandPrice") != "OnDemandPrice":
        found["BidPrice"] = given["BidPrice"]
    for key in ("EbsConfiguration", "AutoScalingPolicy", "Configurations", "CustomAmiId"):
        if key in given:
            found[key] = given[key]
    return found


def simple_groups(kind: str, count: str | None) -> list[Document]:
    """`--instance-type` and `--instance-count`: a master, and the rest as core nodes."""
    found = [_simple(kind, 1, "MASTER")]
    if count is not None and int(count) > 1:
        found.append(_simple(kind, int(count) - 1, "CORE"))
    return found


def _simple(kind: str, count: int, role: str) -> Document:
    return {"InstanceType": kind, "InstanceCount": count, "InstanceRole": role, "Name": role, "Market": "ON_DEMAND"}


def fleets(given: list[Document]) -> list[Document]:
    """`--instance-fleets`."""
    return [{"Name": one.get("Name", one["InstanceFleetType"]), **one} for one in given]


_OF_INSTANCES = {
    "KeyName": "Ec2KeyName",
    "SubnetId": "Ec2SubnetId",
    "SubnetIds": "Ec2SubnetIds",
    "EmrManagedMasterSecurityGroup": "EmrManagedMasterSecurityGroup",
    "EmrManagedSlaveSecurityGroup": "EmrManagedSlaveSecurityGroup",
    "ServiceAccessSecurityGroup": "ServiceAccessSecurityGroup",
    "AdditionalMasterSecurityGroups": "AdditionalMasterSecurityGroups",
    "AdditionalSlaveSecurityGroups": "AdditionalSlaveSecurityGroups",
}


def put_attributes(cluster: Document, given: Document) -> None:
    """Put `--ec2-attributes` where they belong."""
    for one, many in (("SubnetId", "SubnetIds"), ("AvailabilityZone", "AvailabilityZones")):
        if one in given and many in given:
            raise CliError(f"You cannot specify both {one} and {many} options together.")
    if given.keys() & {"SubnetId", "SubnetIds"} and given.keys() & {"AvailabilityZone", "AvailabilityZones"}:
        raise CliError(
            "You may not specify both a SubnetId and an AvailabilityZone (placement) because ec2SubnetId implies a "
            "placement."
        )
    for key, member in _OF_INSTANCES.items():
        if given.get(key):
            cluster["Instances"][member] = given[key]
    for key in ("AvailabilityZone", "AvailabilityZones"):
        if key in given:
            cluster["Instances"]["Placement"] = {key: given[key]}
    if given.get("InstanceProfile"):
        cluster["JobFlowRole"] = given["InstanceProfile"]


def bootstrap(name: str, path: str, args: list[str] | None = None) -> Document:
    """A bootstrap action."""
    script: Document = {"Path": path}
    if args:
        script["Args"] = args
    return {"Name": name, "ScriptBootstrapAction": script}


def old_applications(given: list[Document], region: str | None, ami: str) -> tuple[list[Document], ...]:
    """For AMI versions: products, bootstrap actions and steps that install what `--applications` names."""
    products: list[Document] = []
    actions: list[Document] = []
    installs: list[Document] = []
    for one in given:
        name = one["Name"].lower()
        if name in ("hive", "pig"):
            installs += _install(name, one.get("Args") or [], region)
        elif name == "ganglia":
            actions.append(bootstrap("Install Ganglia", steps.link("/bootstrap-actions/install-ganglia", region)))
        elif name == "hbase":
            actions.append(bootstrap("Install HBase", steps.link("/bootstrap-actions/setup-hbase", region)))
            installs.append(_start_hbase(ami))
        elif name == "impala":
            actions.append(_install_impala(one.get("Args"), region))
        else:
            products.append({"Name": name, "Args": one.get("Args") or []})
    return products, actions, installs


def _install(program: str, args: list[str], region: str | None) -> list[Document]:
    script, base = steps.link(f"/libs/{program}/{program}-script", region), steps.link(f"/libs/{program}", region)
    versions = [f"--{program}-versions", "latest"]
    install = [script, f"--install-{program}", "--base-path", base, *versions]
    runner = steps.script_runner(region)
    found = [steps.step(f"Install {program.title()}", "TERMINATE_CLUSTER", runner, install)]
    site = next((arg for arg in args if "--hive-site" in arg), None) if program == "hive" else None
    if site is not None:
        configure = [script, "--base-path", steps.link("/libs/hive", None), "--install-hive-site", site, *versions]
        found.append(steps.step("Install Hive Site Configuration", "CANCEL_AND_WAIT", runner, configure))
    return found


def _start_hbase(ami: str) -> Document:
    if ami < "2.1":
        raise CliError(f"AMI version {ami}is not compatible with HBase.")
    jar = steps.HBASE_JAR if ami >= "3.0" else "/home/hadoop/lib/hbase-0.92.0.jar"
    return steps.step("Start HBase", "TERMINATE_CLUSTER", jar, [steps.HBASE_MAIN, "--start-master"])


def _install_impala(args: list[str] | None, region: str | None) -> Document:
    found = ["--base-path", steps.link("", region), "--impala-version", "latest"]
    if args is not None:
        found += ["--impala-conf", ",".join(args)]
    return bootstrap("Install Impala", steps.link("/libs/impala/setup-impala", region), found)
