"""How the AWS CLI changes AWS IAM: the seed of a virtual MFA device into a file."""

from __future__ import annotations

import base64
from functools import partial

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import extra, save_private, writable
from fakeaws.cli.invocation import Document, Invocation
from fakeaws.core.model.models import Operation

RAW = {"create-open-id-connect-provider": ("url",)}

_METHODS = ("QRCodePNG", "Base32StringSeed")


def _mfa_device(table: Table, operation: Operation) -> None:
    extra(table, "outfile", required=True)
    extra(table, "bootstrap-method", required=True, choices=_METHODS)


def _save(invocation: Invocation, given: Values) -> None:
    """The seed is saved in the file and not shown."""
    if given["outfile"] is None:
        return
    path = writable(given["outfile"])
    invocation.after.append(partial(_saved, given["bootstrap_method"], path))


def _saved(method: str, path: str, answer: Document) -> Document:
    device = answer.get("VirtualMFADevice", {})
    if method not in device:
        return answer
    seed = device[method]
    save_private(path, seed if isinstance(seed, bytes) else base64.b64decode(seed))
    return {**answer, "VirtualMFADevice": {name: value for name, value in device.items() if name not in _METHODS}}


CHANGES = {"create-virtual-mfa-device": _mfa_device}
FINISH = {"create-virtual-mfa-device": _save}
