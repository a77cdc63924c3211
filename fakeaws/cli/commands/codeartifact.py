"""`codeartifact login`: configures package managers for a repository."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import client_for
from fakeaws.cli.errors import CliError, GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

FORMATS = {"swift": "swift", "dotnet": "nuget", "nuget": "nuget", "npm": "npm", "pip": "pypi", "twine": "pypi"}
"""The tools, and the format of the repository that each of them needs."""

OPTIONS = (
    Option("--tool", required=True, choices=tuple(FORMATS)),
    Option("--domain", required=True),
    Option("--domain-owner"),
    Option("--namespace"),
    Option("--duration-seconds", convert=int),
    Option("--repository", required=True),
    Option("--endpoint-type", choices=("dualstack", "ipv4")),
    Option("--dry-run", nargs=0, default=False),
)


def login(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Sets up a package manager for a repository, with a token that expires."""
    given = parse_command(OPTIONS, argv)
    if given["namespace"] and given["tool"] not in ("npm", "swift"):
        raise CliError(f"Argument --namespace is not supported for {given['tool']}")
    client = client_for(perform, options, streams)
    domain = {"domain": given["domain"]}
    if given["domain_owner"]:
        domain["domainOwner"] = given["domain_owner"]
    lasting = {"durationSeconds": given["duration_seconds"]} if given["duration_seconds"] is not None else {}
    token = client("codeartifact", "GetAuthorizationToken", {**domain, **lasting})
    place: Document = {**domain, "repository": given["repository"], "format": FORMATS[given["tool"]]}
    if given["endpoint_type"]:
        place["endpointType"] = given["endpoint_type"]
    url = client("codeartifact", "GetRepositoryEndpoint", place)["repositoryEndpoint"]
    commands = _commands(given, url, token["authorizationToken"])
    if given["dry_run"]:
        streams.stdout.write("".join(" ".join(command) + "\n\n" for command in commands))
        return 0
    _run(commands, given["tool"])
    streams.stdout.write(
        f"Successfully configured {given['tool']} to use AWS CodeArtifact repository {url}\n"
        f"Login expires at {token['expiration']}\n"
    )
    return 0


def _run(commands: list[list[str]], tool: str) -> None:
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError as error:
            raise GeneralError(f"{command[0]} was not found. Please verify installation.") from error
        if done.returncode and "delete" not in command:
            raise GeneralError(f"Command '{' '.join(command)}' returned non-zero exit status {done.returncode}.")


def _commands(given: Document, url: str, token: str) -> list[list[str]]:
    """The commands that configure the tool."""
    tool = given["tool"]
    if tool == "npm":
        return _npm(given["namespace"], url, token)
    parts = urlsplit(url)
    if tool == "pip":
        index = f"{parts.scheme}://aws:{token}@{parts.netloc}{parts.path}simple/"
        return [["pip", "config", "set", "global.index-url", index]]
    if tool == "twine":
        return []
    if tool == "swift":
        scope = ["--scope", given["namespace"]] if given["namespace"] else []
        return [
            ["swift", "package-registry", "set", url, *scope],
            ["swift", "package-registry", "login", f"{url}login", "--token", token],
        ]
    source = f"{given['domain']}/{given['repository']}"
    index = f"{url}v3/index.json"
    if tool == "dotnet":
        keys = ["--name", source, "--username", "aws", "--password", token, "--store-password-in-clear-text"]
        return [["dotnet", "nuget", "add", "source", index, *keys]]
    return [["nuget", "sources", "add", "-name", source, "-source", index, "-username", "aws", "-password", token]]


def _npm(namespace: str | None, url: str, token: str) -> list[list[str]]:
    registry = "registry"
    if namespace:
        registry = f"{namespace if namespace.startswith('@') else '@' + namespace}:registry"
    parts = urlsplit(url)
    place = f"//{parts.netloc}{parts.path}"
    return [
        ["npm", "config", "set", registry, url],
        ["npm", "config", "delete", f"{place}:always-auth"],
        ["npm", "config", "set", f"{place}:_authToken", token],
    ]


SUBCOMMANDS = {"login": login}
