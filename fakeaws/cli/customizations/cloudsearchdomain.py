"""How the AWS CLI changes Amazon CloudSearch domains."""

from __future__ import annotations

from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Invocation

RENAMES = {"search": {"query": "search-query"}, "suggest": {"query": "suggest-query"}}


def _needs_endpoint(invocation: Invocation, given: Values) -> None:
    if invocation.options.endpoint_url is None:
        raise CliError("--endpoint-url is required for cloudsearchdomain commands")


FINISH = {"*": _needs_endpoint}
