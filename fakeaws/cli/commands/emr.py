"""`emr`: clusters are created, changed and given steps by commands of the AWS CLI's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, Values
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.commands._emr import emrfs, instances, remote, roles, schemas, steps
from fakeaws.cli.commands._emr.given import flag, flags, given, tags
from fakeaws.cli.errors import CliError
from fakeaws.cli.output.display import write_document
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

_CLUSTER = Option("--cluster-id", required=True)
_FLAGS = flags("auto-terminate", "termination-protected", "unhealthy-node-replacement", "visible-to-all-users")

CREATE_OPTIONS = (
    Option("--release-label"),
    Option("--os-release-label"),
    Option("--ami-version"),
    Option("--instance-groups", nargs="+"),
    Option("--instance-type"),
    Option("--instance-count"),
    Option("--instance-fleets", nargs="+"),
    Option("--name", default="Development Cluster"),
    Option("--log-uri"),
    Option("--log-encryption-kms-key-id"),
    Option("--service-role"),
    Option("--auto-scaling-role"),
    Option("--use-default-roles", nargs=0, default=False),
    Option("--configurations"),
    Option("--ec2-attributes"),
    Option("--scale-down-behavior"),
    *_FLAGS,
    *flags("enable-debugging", "extended-support", "session-enabled"),
    Option("--tags", nargs="+"),
    Option("--bootstrap-actions", nargs="+"),
    Option("--applications", nargs="+"),
    Option("--emrfs"),
    Option("--steps", nargs="+"),
    Option("--additional-info"),
    Option("--restore-from-hbase-backup"),
    Option("--security-configuration"),
    Option("--custom-ami-id"),
    Option("--ebs-root-volume-size"),
    Option("--ebs-root-volume-iops"),
    Option("--ebs-root-volume-throughput"),
    Option("--repo-upgrade-on-boot"),
    Option("--kerberos-attributes"),
    Option("--step-concurrency-level"),
    Option("--step-execution-role-arn"),
    Option("--managed-scaling-policy"),
    Option("--placement-group-configs", nargs="+"),
    Option("--auto-termination-policy"),
    Option("--monitoring-configuration"),
)
_SCHEMAS: dict[str, Document] = {
    "--instance-groups": schemas.INSTANCE_GROUPS,
    "--instance-fleets": schemas.INSTANCE_FLEETS,
    "--ec2-attributes": schemas.EC2_ATTRIBUTES,
    "--bootstrap-actions": schemas.BOOTSTRAP_ACTIONS,
    "--applications": schemas.APPLICATIONS,
    "--emrfs": schemas.EMRFS,
    "--steps": schemas.STEPS,
    "--restore-from-hbase-backup": schemas.HBASE_BACKUP,
    "--kerberos-attributes": schemas.KERBEROS,
    "--step-concurrency-level": schemas.INTEGER,
    "--managed-scaling-policy": schemas.MANAGED_SCALING,
    "--placement-group-configs": schemas.PLACEMENT_GROUPS,
    "--auto-termination-policy": schemas.AUTO_TERMINATION,
    "--monitoring-configuration": schemas.MONITORING,
}
_AS_THEY_ARE = {
    "additional_info": "AdditionalInfo",
    "log_uri": "LogUri",
    "os_release_label": "OSReleaseLabel",
    "log_encryption_kms_key_id": "LogEncryptionKmsKeyId",
    "service_role": "ServiceRole",
    "auto_scaling_role": "AutoScalingRole",
    "scale_down_behavior": "ScaleDownBehavior",
    "security_configuration": "SecurityConfiguration",
    "custom_ami_id": "CustomAmiId",
    "repo_upgrade_on_boot": "RepoUpgradeOnBoot",
    "kerberos_attributes": "KerberosAttributes",
    "step_concurrency_level": "StepConcurrencyLevel",
    "step_execution_role_arn": "StepExecutionRoleArn",
    "managed_scaling_policy": "ManagedScalingPolicy",
    "placement_group_configs": "PlacementGroupConfigs",
    "auto_termination_policy": "AutoTerminationPolicy",
    "monitoring_configuration": "MonitoringConfiguration",
}
_NUMBERS = {
    "ebs_root_volume_size": "EbsRootVolumeSize",
    "ebs_root_volume_iops": "EbsRootVolumeIops",
    "ebs_root_volume_throughput": "EbsRootVolumeThroughput",
}


def create_cluster(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Creates an Amazon EMR cluster."""
    found = given(CREATE_OPTIONS, _SCHEMAS, argv)
    _check_what_goes_together(found)
    region = Profile(options, streams).region
    cluster = _cluster(found)
    if found["ec2_attributes"] is not None:
        instances.put_attributes(cluster, found["ec2_attributes"])
    _add_steps_and_applications(cluster, found, region)
    _check_applications(found)
    answer = client_for(perform, options, streams)("emr", "RunJobFlow", cluster)
    shown = {"ClusterId": answer.get("JobFlowId"), "ClusterArn": answer.get("ClusterArn")}
    write_document("run_job_flow", shown if answer.get("JobFlowId") else {}, options, streams)
    return 0


def _together(first: str, second: str, advice: str = "") -> CliError:
    return CliError(f"You cannot specify both {first} and {second} options together.{advice}")


def _check_what_goes_together(found: Values) -> None:
    roles = (
        " Either choose --use-default-roles or use both --service-role <roleName> and --ec2-attributes "
        "InstanceProfile=<profileName>."
    )
    if found["ami_version"] is not None and found["release_label"] is not None:
        raise _together("--ami-version", "--release-label")
    if found["ami_version"] is None and found["release_label"] is None:
        raise CliError("Either --ami-version or --release-label is required.")
    if found["use_default_roles"] and found["service_role"] is not None:
        raise _together("--use-default-roles", "--service-role", roles)
    if found["use_default_roles"] and "InstanceProfile" in (found["ec2_attributes"] or {}):
        raise _together("--use-default-roles", "--ec2-attributes InstanceProfile", roles)
    if found["instance_groups"] is not None and found["instance_fleets"] is not None:
        raise _together("--instance-groups", "--instance-fleets")
    if found["ami_version"] is not None and not re.match(r"\d?\..*", found["ami_version"]):
        raise CliError(f'The supplied AMI version "{found["ami_version"]}" is invalid.')


def _machines(found: Values) -> Document:
    if found["instance_fleets"] is not None:
        return {"InstanceFleets": instances.fleets(found["instance_fleets"])}
    simple = found["instance_type"] is not None or found["instance_count"] is not None
    if found["instance_groups"] is not None and simple:
        raise CliError(
            "You may not specify --instance-type or --instance-count with --instance-groups, because --instance-type "
            "and --instance-count are shortcut options for --instance-groups."
        )
    if found["instance_groups"] is not None:
        built = instances.groups(found["instance_groups"])
        if found["auto_scaling_role"] is None and any("AutoScalingPolicy" in group for group in built):
            raise CliError(
                "Must specify --auto-scaling-role when configuring an AutoScaling policy for an instance group."
            )
        return {"InstanceGroups": built}
    if found["instance_type"] is None:
        raise CliError(
            "Must specify either --instance-groups or --instance-type with --instance-count(optional) to configure "
            "instance groups."
        )
    return {"InstanceGroups": instances.simple_groups(found["instance_type"], found["instance_count"])}


def _cluster(found: Values) -> Document:
    """The parameters of RunJobFlow, without applications, bootstrap actions and steps."""
    machines = _machines(found)
    if found["use_default_roles"]:
        found["service_role"] = "EMR_DefaultRole"
        found["ec2_attributes"] = {**(found["ec2_attributes"] or {}), "InstanceProfile": "EMR_EC2_DefaultRole"}
    cluster: Document = {"Name": found["name"]}
    if found["release_label"] is not None:
        cluster["ReleaseLabel"] = found["release_label"]
        if found["configurations"] is not None:
            cluster["Configurations"] = _configurations(found["configurations"])
    else:
        cluster["AmiVersion"] = found["ami_version"]
    cluster |= {member: found[name] for name, member in _AS_THEY_ARE.items() if found[name]}
    cluster |= {member: int(found[name]) for name, member in _NUMBERS.items() if found[name] is not None}
    flag(found, "auto-terminate")
    machines["KeepJobFlowAliveWhenNoSteps"] = not found["auto_terminate"]
    machines["TerminationProtected"] = flag(found, "termination-protected")
    if found["unhealthy_node_replacement"] or found["no_unhealthy_node_replacement"]:
        machines["UnhealthyNodeReplacement"] = flag(found, "unhealthy-node-replacement")
    flag(found, "visible-to-all-users")
    cluster["VisibleToAllUsers"] = not found["no_visible_to_all_users"]
    for name, member in (("extended-support", "ExtendedSupport"), ("session-enabled", "SessionEnabled")):
        if found[name.replace("-", "_")] or found[f"no_{name.replace('-', '_')}"]:
            cluster[member] = flag(found, name)
    return {**cluster, "Tags": tags(found["tags"]), "Instances": machines}


def _configurations(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise CliError("invalid json argument for option --configurations") from error


def _add(cluster: Document, member: str, more: list[Document]) -> None:
    if more:
        cluster[member] = [*cluster.get(member, []), *more]


def _add_steps_and_applications(cluster: Document, found: Values, region: str | None) -> None:
    release = found["release_label"]
    if flag(found, "enable-debugging"):
        if found["log_uri"] is None:
            raise CliError(
                "LogUri not specified. You must specify a logUri if you enable debugging when creating a cluster."
            )
        _add(cluster, "Steps", [steps.debugging(region, release)])
    if found["applications"] is not None and release is not None:
        cluster["Applications"] = found["applications"]
    elif found["applications"] is not None:
        built = instances.old_applications(found["applications"], region, cluster["AmiVersion"])
        for member, more in zip(("NewSupportedProducts", "BootstrapActions", "Steps"), built, strict=True):
            _add(cluster, member, more)
    backup = found["restore_from_hbase_backup"]
    if backup is not None:
        _add(cluster, "Steps", [steps.hbase_restore(backup.get("Dir"), backup.get("BackupVersion"))])
    _add_bootstrap_actions(cluster, found["bootstrap_actions"] or [])
    if found["emrfs"] is not None:
        _add_emrfs(cluster, found["emrfs"], region, release)
    _add(cluster, "Steps", steps.build(found["steps"] or [], region, release))


def _add_bootstrap_actions(cluster: Document, actions: list[Document]) -> None:
    _add(
        cluster,
        "BootstrapActions",
        [instances.bootstrap(one.get("Name", "Bootstrap action"), one["Path"], one.get("Args")) for one in actions],
    )
    if len(cluster.get("BootstrapActions", ())) > 16:
        raise CliError("maximum number of bootstrap actions for a cluster exceeded.")


def _add_emrfs(cluster: Document, settings: Document, region: str | None, release: str | None) -> None:
    if not release:
        _add(cluster, "BootstrapActions", emrfs.actions(settings, region))
        return
    if any(one.get("Classification") == "emrfs-site" for one in cluster.get("Configurations", ())):
        raise CliError("EMRFS should be configured either using --configuration or --emrfs but not both")
    _add(cluster, "Configurations", [emrfs.configuration(settings)])


def _check_applications(found: Values) -> None:
    """Steps of Hive, Pig and Impala need the application."""
    installed = {one["Name"].lower() for one in found["applications"] or ()}
    wanted = [one["Type"] for one in found["steps"] or () if one.get("Type", "").lower() in ("hive", "pig", "impala")]
    wanted += ["hbase"] if found["restore_from_hbase_backup"] is not None else []
    missing = list(dict.fromkeys(name.title() for name in wanted if name.lower() not in installed))
    if missing:
        raise CliError(
            f"Some of the steps require the following applications to be installed: {', '.join(missing)}. Please "
            "install the applications using --applications."
        )


ADD_STEPS_OPTIONS = (_CLUSTER, Option("--steps", nargs="+", required=True), Option("--execution-role-arn"))


def add_steps(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Adds steps to a cluster."""
    found = given(ADD_STEPS_OPTIONS, _SCHEMAS, argv)
    client = client_for(perform, options, streams)
    release = _release(client, found["cluster_id"])
    built = steps.build(found["steps"], Profile(options, streams).region, release)
    more = {} if found["execution_role_arn"] is None else {"ExecutionRoleArn": found["execution_role_arn"]}
    answer = client("emr", "AddJobFlowSteps", {"JobFlowId": found["cluster_id"], "Steps": built, **more})
    write_document("add_job_flow_steps", answer, options, streams)
    return 0


def _release(client: Client, cluster: str) -> str | None:
    release: str | None = (
        client("emr", "DescribeCluster", {"ClusterId": cluster}).get("Cluster", {}).get("ReleaseLabel")
    )
    return release


ADD_GROUPS_OPTIONS = (_CLUSTER, Option("--instance-groups", nargs="+", required=True))


def add_instance_groups(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Adds instance groups to a running cluster."""
    found = given(ADD_GROUPS_OPTIONS, _SCHEMAS, argv)
    params = {"JobFlowId": found["cluster_id"], "InstanceGroups": instances.groups(found["instance_groups"])}
    answer = client_for(perform, options, streams)("emr", "AddInstanceGroups", params)
    shown = {
        "ClusterId": answer.get("JobFlowId"),
        "InstanceGroupIds": answer.get("InstanceGroupIds"),
        "ClusterArn": answer.get("ClusterArn"),
    }
    write_document("add_instance_groups", shown if answer.get("JobFlowId") else {}, options, streams)
    return 0


MODIFY_OPTIONS = (
    _CLUSTER,
    *flags("visible-to-all-users", "termination-protected", "auto-terminate", "unhealthy-node-replacement"),
)
_MODIFY = {
    "visible-to-all-users": ("SetVisibleToAllUsers", "VisibleToAllUsers", True),
    "termination-protected": ("SetTerminationProtection", "TerminationProtected", True),
    "auto-terminate": ("SetKeepJobFlowAliveWhenNoSteps", "KeepJobFlowAliveWhenNoSteps", False),
    "unhealthy-node-replacement": ("SetUnhealthyNodeReplacement", "UnhealthyNodeReplacement", True),
}


def modify_cluster_attributes(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Changes who sees a cluster, whether it is protected, and when it ends."""
    found = given(MODIFY_OPTIONS, {}, argv)
    dests = {name: name.replace("-", "_") for name in _MODIFY}
    for name, dest in dests.items():
        if found[dest] and found[f"no_{dest}"]:
            raise _together(f"--{name}", f"--no-{name}")
    chosen = [name for name, dest in dests.items() if found[dest] or found[f"no_{dest}"]]
    if not chosen:
        pairs = ", ".join(f"--{name}|--no-{name}" for name in _MODIFY)
        raise CliError(f"Must specify one of the following boolean options: {pairs}.")
    client = client_for(perform, options, streams)
    for name in chosen:
        operation, member, meaning = _MODIFY[name]
        value = bool(found[dests[name]]) == meaning
        answer = client("emr", operation, {"JobFlowIds": [found["cluster_id"]], member: value})
        write_document(operation, answer, options, streams)
    return 0


TERMINATE_OPTIONS = (Option("--cluster-ids", nargs="+", required=True),)


def terminate_clusters(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Ends clusters."""
    found = given(TERMINATE_OPTIONS, {"--cluster-ids": schemas.array(schemas.STRING)}, argv)
    answer = client_for(perform, options, streams)("emr", "TerminateJobFlows", {"JobFlowIds": found["cluster_ids"]})
    write_document("terminate_job_flows", answer, options, streams)
    return 0


def describe_cluster(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Shows a cluster with its instance groups or fleets and its bootstrap actions."""
    params = {"ClusterId": given((_CLUSTER,), {}, argv)["cluster_id"]}
    client = client_for(perform, options, streams)
    answer = client("emr", "DescribeCluster", params)
    cluster = answer["Cluster"] = dict(answer.get("Cluster", {}))
    fleets = cluster.get("InstanceCollectionType") == "INSTANCE_FLEET"
    member = "InstanceFleets" if fleets else "InstanceGroups"
    machines = client("emr", f"List{member}", params).get(member)
    if machines is not None:
        cluster[member] = machines
    cluster["BootstrapActions"] = client("emr", "ListBootstrapActions", params).get("BootstrapActions", [])
    write_document("describe_cluster", answer, options, streams)
    return 0


INSTALL_OPTIONS = (_CLUSTER, Option("--applications", nargs="+", required=True))


def install_applications(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Installs Hive or Pig on a running cluster of an AMI version."""
    found = given(INSTALL_OPTIONS, _SCHEMAS, argv)
    client = _for_old_cluster("install-applications", found, options, streams, perform)
    for one in found["applications"]:
        if one["Name"].upper() not in ("HIVE", "PIG"):
            raise CliError(
                f"{one['Name']} cannot be installed on a running cluster. 'Name' should be one of the following: "
                "HIVE, PIG"
            )
    built = instances.old_applications(found["applications"], Profile(options, streams).region, "")[2]
    return _add_job_flow_steps(client, found, built, options, streams)


def _for_old_cluster(command: str, found: Values, options: Globals, streams: Streams, perform: Perform) -> Client:
    """The client, once it is clear that the cluster has no release label, which these commands do not suit."""
    client = client_for(perform, options, streams)
    release = _release(client, found["cluster_id"])
    if release:
        raise CliError(f"{command} is not supported with '{release}' release.")
    return client


def _add_job_flow_steps(
    client: Client, found: Values, built: list[Document], options: Globals, streams: Streams
) -> int:
    answer = client("emr", "AddJobFlowSteps", {"JobFlowId": found["cluster_id"], "Steps": built})
    write_document("add_job_flow_steps", answer, options, streams)
    return 0


_CONSISTENT = Option("--consistent", nargs=0, default=False)
BACKUP_OPTIONS = (_CLUSTER, Option("--dir", required=True), _CONSISTENT)


def create_hbase_backup(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Makes a backup of HBase in S3."""
    found = given(BACKUP_OPTIONS, {}, argv)
    client = _for_old_cluster("create-hbase-backup", found, options, streams, perform)
    args = ["--backup", "--backup-dir", found["dir"], *(["--consistent"] if found["consistent"] else [])]
    return _add_job_flow_steps(client, found, [steps.hbase("Backup HBase", args)], options, streams)


RESTORE_OPTIONS = (_CLUSTER, Option("--dir", required=True), Option("--backup-version"))


def restore_from_hbase_backup(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Restores HBase from a backup in S3."""
    found = given(RESTORE_OPTIONS, {}, argv)
    client = _for_old_cluster("restore-from-hbase-backup", found, options, streams, perform)
    return _add_job_flow_steps(
        client, found, [steps.hbase_restore(found["dir"], found["backup_version"])], options, streams
    )


SCHEDULE_OPTIONS = (
    _CLUSTER,
    Option("--type", required=True),
    Option("--dir", required=True),
    Option("--interval", required=True),
    Option("--unit", required=True),
    Option("--start-time"),
    _CONSISTENT,
)


def schedule_hbase_backup(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Schedules backups of HBase."""
    found = given(SCHEDULE_OPTIONS, {}, argv)
    client = _for_old_cluster("schedule-hbase-backup", found, options, streams, perform)
    kind, unit = found["type"].lower(), found["unit"].lower()
    if kind not in ("full", "incremental"):
        raise CliError("invalid type. type should be either full or incremental.")
    if unit not in ("minutes", "hours", "days"):
        raise CliError("invalid unit. unit should be one of the following values: minutes, hours or days.")
    args = ["--set-scheduled-backup", "true", "--backup-dir", found["dir"]]
    args += ["--consistent"] if found["consistent"] else []
    args += [f"--{kind}-backup-time-interval", found["interval"], f"--{kind}-backup-time-unit", unit]
    args += ["--start-time", found["start_time"] or "now"]
    return _add_job_flow_steps(client, found, [steps.hbase("Modify Backup Schedule", args)], options, streams)


DISABLE_OPTIONS = (
    _CLUSTER,
    Option("--full", nargs=0, default=False),
    Option("--incremental", nargs=0, default=False),
)


def disable_hbase_backups(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Ends scheduled backups of HBase."""
    found = given(DISABLE_OPTIONS, {}, argv)
    client = _for_old_cluster("disable-hbase-backups", found, options, streams, perform)
    kinds = [kind for kind in ("full", "incremental") if found[kind]]
    if not kinds:
        raise CliError("Should specify at least one of --full and --incremental.")
    args = ["--set-scheduled-backup", "false", *(f"--disable-{kind}-backups" for kind in kinds)]
    return _add_job_flow_steps(client, found, [steps.hbase("Modify Backup Schedule", args)], options, streams)


HELP = {
    "create-cluster": CREATE_OPTIONS,
    "add-steps": ADD_STEPS_OPTIONS,
    "add-instance-groups": ADD_GROUPS_OPTIONS,
    "modify-cluster-attributes": MODIFY_OPTIONS,
    "terminate-clusters": TERMINATE_OPTIONS,
    "describe-cluster": (_CLUSTER,),
    "install-applications": INSTALL_OPTIONS,
    "create-hbase-backup": BACKUP_OPTIONS,
    "restore-from-hbase-backup": RESTORE_OPTIONS,
    "schedule-hbase-backup": SCHEDULE_OPTIONS,
    "disable-hbase-backups": DISABLE_OPTIONS,
    "create-default-roles": roles.OPTIONS,
    "ssh": remote.SSH_OPTIONS,
    "socks": remote.SOCKS_OPTIONS,
    "put": remote.COPY_OPTIONS,
    "get": remote.COPY_OPTIONS,
}

SUBCOMMANDS = {
    "create-cluster": create_cluster,
    "add-steps": add_steps,
    "add-instance-groups": add_instance_groups,
    "modify-cluster-attributes": modify_cluster_attributes,
    "terminate-clusters": terminate_clusters,
    "describe-cluster": describe_cluster,
    "install-applications": install_applications,
    "create-hbase-backup": create_hbase_backup,
    "restore-from-hbase-backup": restore_from_hbase_backup,
    "schedule-hbase-backup": schedule_hbase_backup,
    "disable-hbase-backups": disable_hbase_backups,
    "create-default-roles": roles.create_default_roles,
    "ssh": remote.ssh,
    "socks": remote.socks,
    "put": remote.put,
    "get": remote.get,
}
