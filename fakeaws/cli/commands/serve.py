"""`serve`: the cloud over HTTP, for SDKs and every other AWS client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.local import open_cloud
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.profile.settings import home

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--host", default="127.0.0.1", help="The address to listen on."),
    Option("--port", convert=int, default=4566, help="The port to listen on."),
    Option("--workers", convert=int, default=1, help="The number of processes that serve the cloud."),
    Option("--log", help="A file to which a line of JSON is written for each request."),
    Option(
        "--verify-signatures", nargs=0, default=False, help="Refuse unknown keys and wrong signatures, as AWS does."
    ),
    Option(
        "--allow-host",
        repeats=True,
        default=(),
        help="A further host name to answer to, or *.DOMAIN for all below a domain. By default the server answers to"
        " localhost, the --host that it listens on, and the hosts of AWS. May be given several times.",
    ),
    Option(
        "--allow-origin",
        repeats=True,
        default=(),
        help="An origin whose web pages may do what programs may, such as https://app.example.com; null stands for"
        " local files, * for any origin. By default pages of this machine (http://localhost:3000) may send signed"
        " requests, and other pages what a bucket's CORS rules allow. May be given several times.",
    ),
    Option("--open", nargs=0, default=False, help="Accept every request from anyone who can reach the address."),
)


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Serve the cloud over HTTP until interrupted.

    POST /_fakeaws/reset, /_fakeaws/snapshot and /_fakeaws/clock do what `fakeaws cloud` does. With --verify-signatures,
    or where policies are enforced, they require the header X-Fakeaws-Secret with the content of admin-secret in
    $FAKEAWS_HOME.
    """
    values = parse_command(OPTIONS, argv)
    host, port = values["host"], values["port"]
    if not 0 <= port < 65536 or values["workers"] < 1:
        raise CliError("--port must be a number below 65536, --workers a number of at least 1")
    try:
        from fakeaws.wire.requests.origins import ANY, is_loopback
        from fakeaws.wire.server.serve import Settings, serve
    except ImportError as missing:
        raise GeneralError(f"fakeaws serve needs {missing.name}: pip install uvicorn httptools") from missing
    if not is_loopback(host):
        _warn(host, values["verify_signatures"] or values["open"], streams)
    if ANY in values["allow_host"] or ANY in values["allow_origin"]:
        streams.stderr.write("Warning: every web page in a browser on this machine can read and change this cloud.\n")
    folder = home(streams.env)
    open_cloud(streams.env).close()
    streams.stderr.write(f"Serving {folder} on http://{host}:{port} (AWS_ENDPOINT_URL); Ctrl-C stops\n")
    streams.stderr.flush()
    names, pages = values["allow_host"], values["allow_origin"]
    serve(Settings(folder, host, port, values["workers"], values["log"], values["verify_signatures"], names, pages))
    return 0


def _warn(host: str, is_chosen: bool, streams: Streams) -> None:
    """Beyond this machine the cloud is served only with --verify-signatures or --open."""
    warning = f"{host} is not a loopback address: others on the network can reach this cloud"
    if not is_chosen:
        raise CliError(f"{warning}. Add --verify-signatures to require its keys, or --open to accept all requests.")
    streams.stderr.write(f"Warning: {warning}.\n")
