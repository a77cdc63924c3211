"""The command line as a client: calls go through botocore to a fakeaws server instead of to the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fakeaws.cli.errors import GeneralError
from fakeaws.core.model import compiled, models
from fakeaws.core.resources.caller import DEFAULT_REGION
from fakeaws.core.tools.errors import AwsError
from fakeaws.wire.messages.traits import AWS_DOMAINS

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform
    from fakeaws.cli.profile.settings import Profile

Document = dict[str, Any]
ATTEMPTS = 3
TIMEOUT = 60


def perform_at(url: str, options: Globals, profile: Profile) -> Perform:
    """Calls of the server at `url`. GeneralError for an invalid address, and for one of AWS's."""
    check_address(url)
    clients: dict[str, Any] = {}

    def perform(service: str, operation: str, params: Document) -> Document:
        if service not in clients:
            clients[service] = client_for(service, url, options, profile)
        return called(clients[service], models.service(service).operation(operation), params)

    return perform


def check_address(url: str) -> None:
    """GeneralError for an invalid address, and for one of AWS's."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise GeneralError(str(error)) from error
    if not parts.scheme:
        raise GeneralError(f"Invalid endpoint: {url}")
    host = (parts.hostname or "").rstrip(".")
    if any(host == name or host.endswith("." + name) for name in AWS_DOMAINS):
        raise GeneralError(f"fakeaws never calls AWS itself, and {host} belongs to it.")


def client_for(service: str, url: str, options: Globals, profile: Profile) -> Any:
    """A botocore client of a service at `url`, which leaves validation and error messages to the command line."""
    import botocore.session

    from fakeaws.wire.messages.values import read_timestamp

    session = botocore.session.Session({"config_file": (None, None, "", None), "profile": (None, None, None, None)})
    session.get_component("data_loader").search_paths.append(compiled.models_folder())
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_timestamp)
    keys = profile.credentials() if options.sign_request else None
    client: Any = session.create_client(
        service,
        region_name=profile.region or DEFAULT_REGION,
        endpoint_url=url,
        verify=options.ca_bundle or options.verify_ssl,
        aws_access_key_id=keys.access_key if keys else "none",
        aws_secret_access_key=keys.secret_key if keys else "none",
        aws_session_token=keys.token if keys else None,
        config=_config(options, signed=keys is not None),
    )
    return client


def _config(options: Globals, signed: bool) -> Any:
    import botocore
    from botocore.config import Config

    return Config(
        parameter_validation=False,
        inject_host_prefix=False,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        s3={"addressing_style": "path", "disable_s3_express_session_auth": True},
        connect_timeout=_seconds(options.cli_connect_timeout),
        read_timeout=_seconds(options.cli_read_timeout),
        signature_version=None if signed else botocore.UNSIGNED,
    )


def _seconds(text: str | None) -> int | None:
    """A timeout as given; 0 is none."""
    seconds = TIMEOUT if text is None else int(text)
    return seconds or None


def called(client: Any, operation: models.Operation, params: Document) -> Document:
    """The answer in the model's order. AwsError where the service refuses, GeneralError where no server answers."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: Document = client._make_api_call(operation.name, params)
    except ClientError as refused:
        raise _refusal(refused) from refused
    except BotoCoreError as failed:
        raise GeneralError(str(failed)) from failed
    names = operation.output.member_names if operation.output is not None else []
    return {name: answer[name] for name in names if name in answer}


def _refusal(refused: Any) -> AwsError:
    response: Document = refused.response
    error = response.get("Error", {})
    members = {n: v for n, v in response.items() if n not in ("Error", "ResponseMetadata")}
    details = {n: v for n, v in error.items() if n not in ("Code", "Message", "Type", "QueryErrorCode")}
    fields = {n: v for n, v in {**details, **members}.items() if n.lower() not in ("code", "message", "status")}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return AwsError(error.get("Code", "Unknown"), error.get("Message", ""), status, **fields)
