"""`serve`: the cloud over HTTP, for SDKs and every other AWS client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.door import open_cloud
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.parser import Option, parse_command
from fakeaws.cli.profile import home

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--host", default="127.0.0.1", help="The address to listen on."),
    Option("--port", convert=int, default=4566, help="The port to listen on."),
    Option("--workers", convert=int, default=1, help="How many processes serve the one cloud."),
    Option("--log", help="A file that gets a line of JSON for each request."),
    Option(
        "--verify-signatures", nargs=0, default=False, help="Refuse unknown keys and wrong signatures, as AWS does."
    ),
    Option("--open", nargs=0, default=False, help="Let anyone who reaches the address do anything."),
)


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Serve the cloud over HTTP until interrupted."""
    values = parse_command(OPTIONS, argv)
    host, port = values["host"], values["port"]
    if not 0 <= port < 65536 or values["workers"] < 1:
        raise CliError("--port is a number below 65536, --workers one of 1 or more")
    try:
        from fakeaws.wire.server import Settings, is_loopback, serve
    except ImportError as missing:
        raise GeneralError(f"fakeaws serve needs {missing.name}: pip install uvicorn httptools") from missing
    if not is_loopback(host):
        _warn(host, values["verify_signatures"] or values["open"], streams)
    folder = home(streams.env)
    open_cloud(streams.env).close()
    streams.stderr.write(f"Serving {folder} on http://{host}:{port} (AWS_ENDPOINT_URL); Ctrl-C stops\n")
    streams.stderr.flush()
    serve(Settings(folder, host, port, values["workers"], values["log"], values["verify_signatures"]))
    return 0


def _warn(host: str, is_decided: bool, streams: Streams) -> None:
    """Beyond this machine the cloud is served only by somebody who said how it is protected."""
    warning = f"{host} is not a loopback address: others on the network can reach this cloud"
    if not is_decided:
        raise CliError(f"{warning}. Say --verify-signatures to ask for its keys, or --open to let everyone in.")
    streams.stderr.write(f"Warning: {warning}.\n")
