"""A call as the client makes it: region, parameters and credentials are checked, service errors become messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.validation import validated
from fakeaws.cli.customizations import calls
from fakeaws.cli.customizations.services import needs_region
from fakeaws.cli.errors import CliError, GeneralError, ServiceError
from fakeaws.cli.profile.settings import Profile
from fakeaws.core.model.models import Operation, service
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]


class Client:
    """Calls operations through `perform`; its failures are CliError and ServiceError."""

    def __init__(self, perform: Perform, profile: Profile, sign_request: bool = True) -> None:
        self._perform = perform
        self.profile = profile
        self._sign = sign_request
        self._is_checked = False

    def __call__(self, service_name: str, operation: str, params: Document) -> Document:
        """The answer of an operation given by its names: the client is itself a `Perform`."""
        return self.call(service(service_name).operation(operation), params)

    def call(self, operation: Operation, params: Document) -> Document:
        """The answer; CliError if the client refuses to make the call, ServiceError if the service refuses it."""
        name = operation.service.name
        self.profile.check()
        self._check_region(operation)
        checked = _checked(operation, calls.edit(name, operation.name, params))
        if self._sign and not operation.takes_no_signature and not self._is_checked:
            self.profile.need_credentials()
            self._is_checked = True
        try:
            answer = self._perform(name, operation.name, checked)
        except AwsError as error:
            message = calls.explain(name, error.code, error.message, error.fields)
            raise ServiceError(error, operation, message) from error
        return calls.decode(name, operation.name, answer)

    def _check_region(self, operation: Operation) -> None:
        if not needs_region(operation.service.name):
            return
        region = self.profile.need_region()
        if not region:
            prefix = operation.service.metadata.get("endpointPrefix", operation.service.name)
            raise GeneralError(f"Invalid endpoint: https://{prefix}..amazonaws.com")
        if not _is_host_label(region):
            raise GeneralError(f"Provided region_name '{region}' doesn't match a supported format.")


def _is_host_label(region: str) -> bool:
    """Whether a region can stand in a host's name: letters, digits and inner hyphens, and not digits alone."""
    is_plain = region.isascii() and region.replace("-", "").isalnum() and not region.isdigit()
    return is_plain and len(region) <= 63 and not region.startswith("-") and not region.endswith("-")


def client_for(perform: Perform, options: Globals, streams: Streams) -> Client:
    """The client of a high-level command, with the settings of its global options."""
    return Client(perform, Profile(options, streams), options.sign_request)


def _checked(operation: Operation, params: Document) -> Document:
    wrong = calls.refuse(operation.service.name, params)
    found, lines = validated(operation.input, params) if wrong is None else (params, [wrong])
    if lines:
        raise CliError("Parameter validation failed:\n" + "\n".join(lines))
    checked: Document = found
    return checked
