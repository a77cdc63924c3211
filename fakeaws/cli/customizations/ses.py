"""How the AWS CLI changes Amazon SES: a mail in options of its own."""

from __future__ import annotations

from functools import partial

from fakeaws.cli.arguments.options import Table, rename
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import exclusive, extra, optional
from fakeaws.cli.invocation import Document, Globals
from fakeaws.core.model.models import Operation

REMOVED = (
    "delete-verified-email-address",
    "list-verified-email-addresses",
    "verify-email-address",
)
RAW = {
    "create-custom-verification-email-template": (
        "failure-redirection-url",
        "success-redirection-url",
    ),
    "update-custom-verification-email-template": (
        "failure-redirection-url",
        "success-redirection-url",
    ),
}


def _simple_mail(table: Table, operation: Operation) -> None:
    optional(table, "message", "destination")
    rename(table, "source", "from")
    for name, member in (("to", "ToAddresses"), ("cc", "CcAddresses"), ("bcc", "BccAddresses")):
        extra(table, name, partial(_put_addresses, member), "list", nargs="+")
    for name, member in (("subject", "Subject"), ("text", "Text"), ("html", "Html")):
        extra(table, name, partial(_put_text, member))


def _put_addresses(member: str, params: Document, value: list[str]) -> None:
    if value:
        params.setdefault("Destination", {})[member] = value


def _put_text(member: str, params: Document, value: str) -> None:
    if value:
        message = params.setdefault("Message", {"Subject": {}, "Body": {}})
        (message if member == "Subject" else message["Body"])[member] = {"Data": value}


def _either(given: Values, options: Globals) -> None:
    exclusive(given, ("destination",), ("to", "cc", "bcc"))
    exclusive(given, ("message",), ("text", "html"))


CHANGES = {"send-email": _simple_mail}
CHECKS = {"send-email": _either}
