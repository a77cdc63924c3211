"""How the AWS CLI changes AWS Lambda: archives as --zip-file."""

from __future__ import annotations

from collections.abc import Callable

from fakeaws.cli.arguments.options import Argument, Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import hoist
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Document
from fakeaws.core.model.models import Operation

REMOVED = ("invoke-with-response-stream",)


class _Archive(Argument):
    """--zip-file: bytes of an archive, `within` the member that they are a part of."""

    def __init__(self, argument: Argument, within: str = "") -> None:
        super().__init__(argument.name, argument.member, argument.shape, argument.required)
        self.within = within

    def apply(self, given: Values, params: Document) -> None:
        value = self.given(given)
        if value is not None:
            _check_archive(value)
            (params.setdefault(self.within, {}) if self.within else params)[self.member] = value


def _check_archive(value: str | bytes) -> None:
    from io import BytesIO
    from zipfile import BadZipFile, ZipFile

    try:
        ZipFile(BytesIO(value if isinstance(value, bytes) else value.encode())).close()
    except BadZipFile as error:
        raise CliError(
            "--zip-file must be a zip file with the fileb:// prefix.\n"
            "Example usage:  --zip-file fileb://path/to/file.zip"
        ) from error


def _hoist(whole: str) -> Callable[[Table, Operation], None]:
    refusal = (
        f"ZipFile cannot be provided as part of the --{whole} argument.  Please use the '--zip-file' option instead "
        "to specify a zip file."
    )

    def change(table: Table, operation: Operation) -> None:
        member = table[whole].member
        hoist(table, whole, "ZipFile", "zip-file", refusal=refusal)
        table["zip-file"] = _Archive(table["zip-file"], member)

    return change


def _update(table: Table, operation: Operation) -> None:
    table["zip-file"] = _Archive(table["zip-file"])


CHANGES = {
    "create-function": _hoist("code"),
    "publish-layer-version": _hoist("content"),
    "update-function-code": _update,
}
