"""The command line as a client of a server elsewhere: which addresses it calls, and how it words failures."""

from typing import Any

import pytest

from fakeaws.cli.calls.remote import check_address
from fakeaws.cli.errors import GeneralError


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.amazonaws.com",
        "http://s3.eu-west-1.amazonaws.com.:80/x",
        "https://AMAZONAWS.COM",
        "https://x.api.aws",
    ],
)
def test_aws_itself_is_never_called(url: str) -> None:
    with pytest.raises(GeneralError, match="fakeaws never calls AWS itself"):
        check_address(url)


@pytest.mark.parametrize("url", ["http://localhost:4566", "https://amazonaws.com.example.org", "http://10.0.0.1"])
def test_other_addresses_are_called(url: str) -> None:
    check_address(url)


def test_a_server_that_is_not_there_is_worded_as_aws_does(terminal: Any) -> None:
    printed = terminal("sts get-caller-identity --endpoint-url http://127.0.0.1:1", code=255)
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' in printed.stderr


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(GeneralError, match=r"Invalid IPv6 URL|Port out of range 0-65535"):
        check_address(url)
