"""How the AWS CLI changes AWS IoT: keys and certificates into files."""

from __future__ import annotations

from functools import partial
from typing import Any

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import extra, save_private, writable
from fakeaws.cli.invocation import Document, Invocation
from fakeaws.core.model.models import Operation

RAW = {"create-job": ("document-source",)}

_OUTFILES = {
    "certificate-pem-outfile": ("certificatePem",),
    "public-key-outfile": ("keyPair", "PublicKey"),
    "private-key-outfile": ("keyPair", "PrivateKey"),
}


def _all_outfiles(table: Table, operation: Operation) -> None:
    for name in _OUTFILES:
        extra(table, name)


def _certificate_outfile(table: Table, operation: Operation) -> None:
    extra(table, "certificate-pem-outfile")


def _save(invocation: Invocation, given: Values) -> None:
    """The keys and the certificate are saved in the files that the options name."""
    for name, path in _OUTFILES.items():
        value = given.get(name.replace("-", "_"))
        if value:
            file = writable(value)
            invocation.after.append(partial(_save_part, path, file))


def _save_part(path: tuple[str, ...], file: str, answer: Document) -> Document:
    part: Any = answer
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    if part is not None:
        save_private(file, part.encode())
    return answer


CHANGES = {"create-keys-and-certificate": _all_outfiles, "create-certificate-from-csr": _certificate_outfile}
FINISH = {"create-keys-and-certificate": _save, "create-certificate-from-csr": _save}
