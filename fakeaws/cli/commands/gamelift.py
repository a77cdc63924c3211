"""`gamelift upload-build` and `get-game-session-log`."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import client_for

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

UPLOAD_OPTIONS = (
    Option("--name", required=True),
    Option("--build-version", required=True),
    Option("--build-root", required=True),
    Option("--server-sdk-version"),
    Option("--operating-system"),
    Option("--tags", nargs="+"),
)
LOG_OPTIONS = (Option("--game-session-id", required=True), Option("--save-as", required=True))


def upload_build(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Uploads a build: creates it, then uploads the files of a folder to its location."""
    given = parse_command(UPLOAD_OPTIONS, argv)
    root = given["build_root"]
    if not os.path.isdir(root) or not any(names for _, _, names in os.walk(root)):
        streams.stderr.write(
            "Fail to upload %s. The build root directory is empty or does not exist.\n" % root  # noqa: UP031
        )
        return 255
    client = client_for(perform, options, streams)
    params: dict[str, Any] = {"Name": given["name"], "Version": given["build_version"]}
    for option, member in (("operating_system", "OperatingSystem"), ("server_sdk_version", "ServerSdkVersion")):
        if given[option]:
            params[member] = given[option]
    if given["tags"]:
        params["Tags"] = [dict(zip(("Key", "Value"), tag.split("=", 1), strict=False)) for tag in given["tags"]]
    build = client("gamelift", "CreateBuild", params)["Build"]["BuildId"]
    place = client("gamelift", "RequestUploadCredentials", {"BuildId": build})["StorageLocation"]
    client("s3", "PutObject", {"Bucket": place["Bucket"], "Key": place["Key"], "Body": _zipped(root)})
    streams.stdout.write(f"Successfully uploaded {root} to AWS GameLift\nBuild ID: {build}\n")
    return 0


def _zipped(root: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                archive.write(path, os.path.relpath(path, root))
    return out.getvalue()


def get_game_session_log(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Saves the log of a game session."""
    given = parse_command(LOG_OPTIONS, argv)
    client = client_for(perform, options, streams)
    url = client("gamelift", "GetGameSessionLogUrl", {"GameSessionId": given["game_session_id"]})["PreSignedUrl"]
    streams.stdout.write(f"The log of game session {given['game_session_id']} is at {url}\n")
    return 0


SUBCOMMANDS = {"upload-build": upload_build, "get-game-session-log": get_game_session_log}
