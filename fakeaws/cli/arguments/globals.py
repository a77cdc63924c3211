"""The global options: where they are found, what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from fakeaws.cli.arguments.parser import Option, Values, parse_known
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.invocation import Globals

OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
ERROR_FORMATS = ("legacy", "json", "yaml", "text", "table", "enhanced")

OPTIONS = (
    Option("--debug", nargs=0, default=False, help="Shows what is done, on stderr."),
    Option("--endpoint-url", help="Calls the service at this URL instead of the local cloud."),
    Option("--no-verify-ssl", nargs=0, dest="verify_ssl", default=True, const=False, help="Trusts any certificate."),
    Option(
        "--no-paginate",
        nargs=0,
        dest="paginate",
        default=True,
        const=False,
        help="Makes one call: the first page only.",
    ),
    Option("--output", choices=OUTPUTS, help="The format of the output."),
    Option("--query", help="A JMESPath expression that selects from the answer."),
    Option("--profile", help="The profile whose settings and credentials are used."),
    Option("--region", help="The region to use, before all settings."),
    Option("--version", nargs=0, default=False, help="Shows the version."),
    Option("--color", choices=("on", "off", "auto"), default="auto", help="Whether tables are coloured."),
    Option("--no-sign-request", nargs=0, dest="sign_request", default=True, const=False, help="Uses no credentials."),
    Option("--ca-bundle", help="A file of certificates to trust."),
    Option("--cli-read-timeout", help="How many seconds to wait for an answer; 0 for ever."),
    Option("--cli-connect-timeout", help="How many seconds to wait for a connection; 0 for ever."),
    Option(
        "--cli-binary-format",
        choices=("base64", "raw-in-base64-out"),
        help="How blobs are given: as base64 (the default), or as they are; fileb:// is always taken as it is.",
    ),
    Option(
        "--no-cli-pager", nargs=0, dest="cli_pager", default=True, const=False, help="Shows answers without a pager."
    ),
    Option("--cli-auto-prompt", nargs=0, default=False, help="Prompts for what is missing of the command."),
    Option("--no-cli-auto-prompt", nargs=0, default=False, help="Never prompts."),
    Option("--cli-error-format", choices=ERROR_FORMATS, help="The format of errors."),
)

_FIRST_PASS = (Option("--profile"), Option("--debug", nargs=0, default=False))


def check_first_pass(argv: list[str], program: str) -> None:
    """--profile is parsed before anything else, and has a usage text of its own."""
    if any(text.startswith(("--p", "--d")) for text in argv):
        try:
            parse_known(_FIRST_PASS, argv)
        except CliError as error:
            message = f"{error.message}\n\nusage: {program} [--profile PROFILE] [--debug]\n"
            raise CliError(message, structured=False) from error


def fill(options: Globals, values: Values) -> None:
    """Put the parsed values into `options`."""
    if values["cli_auto_prompt"] and values["no_cli_auto_prompt"]:
        raise CliError("Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.")
    for option in OPTIONS:
        if option.dest not in ("version", "cli_auto_prompt", "no_cli_auto_prompt"):
            setattr(options, option.dest, values[option.dest])
    if values["cli_auto_prompt"] or values["no_cli_auto_prompt"]:
        options.cli_auto_prompt = values["cli_auto_prompt"]


def check(options: Globals, env: Mapping[str, str]) -> None:
    """Refuse values that can never be used, before the command itself is parsed."""
    if options.query is not None:
        _check_query(options.query)
    if options.endpoint_url is not None and "://" not in options.endpoint_url:
        raise CliError(
            f'Bad value for --endpoint-url "{options.endpoint_url}": scheme is missing.  '
            "Must be of the form http://<hostname>/ or https://<hostname>/"
        )
    for timeout in (options.cli_read_timeout, options.cli_connect_timeout):
        if timeout is not None:
            _check_integer(timeout)


def _check_query(query: str) -> None:
    import warnings

    import jmespath

    try:
        with warnings.catch_warnings():
            # A literal without quotes is old, but says nothing to who uses the AWS CLI.
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            jmespath.compile(query)
    except (jmespath.exceptions.JMESPathError, RecursionError) as error:
        raise CliError(f"Bad value for --query {query}: {error}") from error


def _check_integer(text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        raise GeneralError(str(error)) from error
