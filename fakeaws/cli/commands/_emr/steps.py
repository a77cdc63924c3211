"""Steps of a cluster: the steps of `--steps Type=HIVE,…` and of the HBase commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.cli.errors import CliError

Document = dict[str, Any]

COMMAND_RUNNER = "command-runner.jar"
HBASE_JAR = "/home/hadoop/lib/hbase.jar"
HBASE_MAIN = "emr.hbase.backup.Main"


def link(path: str, region: str | None) -> str:
    """A file of the service's own, in the bucket of the region."""
    return f"s3://{region or 'us-east-1'}.elasticmapreduce{path}"


def script_runner(region: str | None) -> str:
    return link("/libs/script-runner/script-runner.jar", region)


def step(name: str, action: str, jar: str, args: list[str] | None = None, **more: Any) -> Document:
    """A step that runs a jar; `more` may hold MainClass, Properties, LogUri, EncryptionKeyArn."""
    hadoop: Document = {"Jar": jar}
    if args:
        hadoop["Args"] = args
    for key in ("MainClass", "Properties"):
        if more.get(key):
            hadoop[key] = more[key]
    found: Document = {"Name": name, "ActionOnFailure": action, "HadoopJarStep": hadoop}
    logs = {key: more[key] for key in ("LogUri", "EncryptionKeyArn") if more.get(key)}
    if logs:
        found["StepMonitoringConfiguration"] = {"S3MonitoringConfiguration": logs}
    return found


def build(given: list[Document], region: str | None, release: str | None) -> list[Document]:
    """The steps as the service takes them; `release` is the cluster's release label, None for AMI versions."""
    return [_build_one(one, region, release) for one in given]


def _build_one(given: Document, region: str | None, release: str | None) -> Document:
    kind = given.get("Type", "CUSTOM_JAR").lower()
    if kind not in _KINDS or (kind == "impala" and release):
        raise CliError(f"The step type {kind} is not supported.")
    name, config, make = _KINDS[kind]
    if kind == "custom_jar":
        _need(config, "Jar", given.get("Jar"))
        jar, args = given["Jar"], given.get("Args")
    else:
        _need(config, "Args", given.get("Args"))
        if kind in ("streaming", "hive", "pig") and [arg.strip() for arg in given["Args"]] == [""]:
            raise CliError("The parameter Args cannot be an empty list.")
        jar, args = make(given["Args"], region, release)
    more = {key: given.get(key) for key in ("LogUri", "EncryptionKeyArn")}
    if kind == "custom_jar":
        more |= {"MainClass": given.get("MainClass"), "Properties": _pairs(given.get("Properties"))}
    return step(given.get("Name", name), given.get("ActionOnFailure", "CONTINUE"), jar, args, **more)


def _need(structure: str, name: str, value: Any) -> None:
    if not value:
        raise CliError(f"The following required parameters are missing for {structure}: {name}.")


def _pairs(text: str | None) -> list[Document] | None:
    """`a=b,c` as keys with values."""
    if text is None:
        return None
    parts = [pair.partition("=") for pair in text.split(",")]
    return [{"Key": key, "Value": value} for key, _, value in parts]


Made = tuple[str, list[str]]


def _streaming(args: list[str], region: str | None, release: str | None) -> Made:
    if release:
        return COMMAND_RUNNER, ["hadoop-streaming", *args]
    return "/home/hadoop/contrib/streaming/hadoop-streaming.jar", args


def _script(program: str, args: list[str], region: str | None, release: str | None) -> Made:
    """Hive and Pig: by the cluster's own command, or by the script in the service's bucket."""
    if release:
        return COMMAND_RUNNER, [f"{program}-script", f"--run-{program}-script", "--args", *args]
    script = link(f"/libs/{program}/{program}-script", region)
    return script_runner(region), [
        script,
        f"--run-{program}-script",
        f"--{program}-versions",
        "latest",
        "--args",
        *args,
    ]


def _hive(args: list[str], region: str | None, release: str | None) -> Made:
    return _script("hive", args, region, release)


def _pig(args: list[str], region: str | None, release: str | None) -> Made:
    return _script("pig", args, region, release)


def _impala(args: list[str], region: str | None, release: str | None) -> Made:
    return script_runner(region), [link("/libs/impala/setup-impala", region), "--run-impala-script", *args]


def _spark(args: list[str], region: str | None, release: str | None) -> Made:
    if release:
        return COMMAND_RUNNER, ["spark-submit", *args]
    return script_runner(region), ["/home/hadoop/spark/bin/spark-submit", *args]


Make = Callable[[list[str], str | None, str | None], Made]
_KINDS: dict[str, tuple[str, str, Make]] = {
    "custom_jar": ("Custom JAR", "CustomJARStepConfig", _streaming),
    "streaming": ("Streaming program", "StreamingStepConfig", _streaming),
    "hive": ("Hive program", "HiveStepConfig", _hive),
    "pig": ("Pig program", "PigStepConfig", _pig),
    "impala": ("Impala program", "ImpalaStepConfig", _impala),
    "spark": ("Spark application", "SparkStepConfig", _spark),
}


def debugging(region: str | None, release: str | None) -> Document:
    """The step that enables debugging."""
    if release:
        return step("Setup Hadoop Debugging", "TERMINATE_CLUSTER", COMMAND_RUNNER, ["state-pusher-script"])
    args = [link("/libs/state-pusher/0.1/fetch", region)]
    return step("Setup Hadoop Debugging", "TERMINATE_CLUSTER", script_runner(region), args)


def hbase(name: str, args: list[str]) -> Document:
    """A step of HBase's own backup program."""
    return step(name, "CANCEL_AND_WAIT", HBASE_JAR, [HBASE_MAIN, *args])


def hbase_restore(folder: str | None, version: str | None) -> Document:
    args = ["--restore", "--backup-dir", folder or ""]
    return hbase("Restore HBase", args if version is None else [*args, "--backup-version", version])
