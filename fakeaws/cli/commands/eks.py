"""`eks update-kubeconfig` and `get-token`: what kubectl needs to reach a cluster."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output.yaml import dumps
from fakeaws.cli.profile.settings import Credentials

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

API = "client.authentication.k8s.io/v1beta1"
TOKEN_MINUTES = 14
URL_SECONDS = 60

KUBECONFIG_OPTIONS = (
    Option("--name", required=True),
    Option("--kubeconfig"),
    Option("--role-arn"),
    Option("--proxy-url"),
    Option("--assume-role-arn"),
    Option("--dry-run", nargs=0, default=False),
    Option("--verbose", nargs=0, default=False),
    Option("--alias"),
    Option("--user-alias"),
)
TOKEN_OPTIONS = (Option("--cluster-name"), Option("--role-arn"), Option("--cluster-id"))


def update_kubeconfig(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Add a cluster, and how to sign in to it, to kubectl's configuration."""
    given = parse_command(KUBECONFIG_OPTIONS, argv)
    client = client_for(perform, options, streams)
    cluster = client("eks", "DescribeCluster", {"name": given["name"]})["cluster"]
    if cluster.get("status") not in ("ACTIVE", "UPDATING"):
        raise GeneralError(f"Cluster status is {cluster.get('status')}")
    path = _path(given["kubeconfig"], cluster["arn"], streams)
    config = _read(path)
    entries = _entries(cluster, given, options, client, streams.program)
    known = any(entry["name"] == entries["contexts"]["name"] for entry in config["contexts"])
    for section, entry in entries.items():
        _insert(config[section], entry)
    config["current-context"] = entries["contexts"]["name"]
    if given["dry_run"]:
        streams.stdout.write(dumps(config))
        return 0
    _write(path, config)
    verb, preposition = ("Updated", "in") if known else ("Added new", "to")
    streams.stdout.write(f"{verb} context {entries['contexts']['name']} {preposition} {path}\n")
    if given["verbose"]:
        shown = "".join(f"{dumps(entries[section])}\n" for section in ("contexts", "users", "clusters"))
        streams.stdout.write(f"Entries:\n\n{shown}")
    return 0


def _path(named: str | None, arn: str, streams: Streams) -> str:
    """The file that is named, else that of $KUBECONFIG which knows the cluster or its first, else the usual one."""
    if named:
        return os.path.abspath(os.path.expanduser(named))
    listed = [path for path in streams.env.get("KUBECONFIG", "").split(os.pathsep) if path]
    for path in listed:
        if os.path.exists(path) and any(entry.get("name") == arn for entry in _read(path)["clusters"]):
            return os.path.abspath(path)
    home = streams.env.get("HOME") or os.path.expanduser("~")
    return os.path.abspath(listed[0]) if listed else os.path.join(home, ".kube", "config")


def _read(path: str) -> Document:
    """The configuration in a file, a new one where there is none. GeneralError in the words of awscli's kubeconfig."""
    new: Document = {
        "apiVersion": "v1",
        "clusters": [],
        "contexts": [],
        "kind": "Config",
        "preferences": {},
        "users": [],
    }
    found = _loaded(path)
    if found is None:
        return new
    if not isinstance(found, dict):
        raise GeneralError("Content not a <class 'dict'>.")
    given = {key: value for key, value in found.items() if value is not None}
    for key in new.keys() & given.keys():
        if not isinstance(given[key], type(new[key])):
            raise GeneralError(f"{key} is wrong type: {type(given[key])} (Should be {type(new[key])})")
        if isinstance(new[key], list) and not all(isinstance(entry, dict) for entry in given[key]):
            raise GeneralError(f"Entry in {key} not a <class 'dict'>. ")
    return {**new, **given}


def _loaded(path: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with open(path, encoding="utf-8") as file:
            return YAML(typ="safe", pure=True).load(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GeneralError(f"Can't open kubeconfig for reading: {error}") from error
    except YAMLError as error:
        raise GeneralError(f"YamlError while loading kubeconfig: {error}") from error


def _entries(cluster: Document, given: Document, options: Globals, client: Client, program: str) -> Document:
    """The cluster, the user and the context, by the section that they belong to."""
    arn = cluster["arn"]
    user = given["user_alias"] or arn
    place = {
        "certificate-authority-data": cluster.get("certificateAuthority", {}).get("data", ""),
        "server": cluster.get("endpoint", ""),
    }
    if given["proxy_url"]:
        place["proxy-url"] = given["proxy_url"]
    args = ["--region", client.profile.need_region(), "eks", "get-token", "--cluster-name", cluster["name"]]
    args += ["--output", "json"]
    if given["role_arn"]:
        args += ["--role", given["role_arn"]]
    sign_in: Document = {"apiVersion": API, "args": args, "command": program}
    if options.profile:
        sign_in["env"] = [{"name": "AWS_PROFILE", "value": options.profile}]
    name = given["alias"] or given["user_alias"] or arn
    return {
        "clusters": {"cluster": place, "name": arn},
        "users": {"name": user, "user": {"exec": sign_in}},
        "contexts": {"context": {"cluster": arn, "user": user}, "name": name},
    }


def _insert(entries: list[Document], entry: Document) -> None:
    for index, known in enumerate(entries):
        if known.get("name") == entry["name"]:
            entries[index] = entry
            return
    entries.append(entry)


def _write(path: str, config: Document) -> None:
    """Write the file itself, which may be a link or a device, as awscli does."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        raise GeneralError(f"Can't create directory for writing: {error}") from error
    text = dumps(config)
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise GeneralError(f"Can't open kubeconfig for writing: {error}") from error


def get_token(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Get a token for authentication with a cluster."""
    from fakeaws.cli.output.display import write_document

    given = parse_command(TOKEN_OPTIONS, argv)
    cluster = given["cluster_name"] or given["cluster_id"]
    if not cluster:
        streams.stderr.write("Either parameter --cluster-name or --cluster-id must be specified.\n")
        return 1
    client = client_for(perform, options, streams)
    keys = _role_keys(client, given["role_arn"]) if given["role_arn"] else client.profile.need_credentials()
    expires = datetime.now(UTC) + timedelta(minutes=TOKEN_MINUTES)
    document = {
        "kind": "ExecCredential",
        "apiVersion": _api_version(streams),
        "spec": {},
        "status": {
            "expirationTimestamp": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
            "token": _token(cluster, client.profile.need_region(), keys),
        },
    }
    write_document("get-token", document, options, streams)
    return 0


def _role_keys(client: Client, role: str) -> Credentials:
    answer = client("sts", "AssumeRole", {"RoleArn": role, "RoleSessionName": "EKSGetTokenAuth"})["Credentials"]
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], "assume-role")


def _api_version(streams: Streams) -> str:
    """The version of the protocol that kubectl requests."""
    try:
        version = json.loads(streams.env.get("KUBERNETES_EXEC_INFO") or "{}").get("apiVersion")
    except (ValueError, AttributeError):
        return API
    return str(version) if version in (API, "client.authentication.k8s.io/v1") else API


def _token(cluster: str, region: str, keys: Credentials) -> str:
    """A presigned request for the caller's identity, bound to the cluster by a signed header."""
    from fakeaws.cli.profile.signing import presigned

    url = presigned(
        f"https://sts.{region}.amazonaws.com",
        "",
        "sts",
        region,
        keys,
        URL_SECONDS,
        query={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
        headers={"x-k8s-aws-id": cluster},
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


SUBCOMMANDS = {"update-kubeconfig": update_kubeconfig, "get-token": get_token}
