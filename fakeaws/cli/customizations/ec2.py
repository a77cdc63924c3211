"""How the AWS CLI changes Amazon EC2: counts, simple rules of security groups, flags."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.options import Argument, Extra, Table
from fakeaws.cli.arguments.parser import Option, Values
from fakeaws.cli.customizations.tools import extra, hide, optional
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.invocation import Document, Globals, Invocation
from fakeaws.core.model.models import Operation, Shape

RENAMES = {
    "create-image": {"no-no-reboot": "reboot"},
    "*": {"no-egress": "ingress", "no-disable-api-termination": "enable-api-termination"},
}
REMOVED = (
    "import-instance",
    "import-volume",
)

_UNSET = object()


class _Switch(Argument):
    """A structure of one boolean `Value`: `--x`, `--x Value=false`, `--x '{"Value": true}'`."""

    def option(self) -> Option:
        return Option(f"--{self.name}", nargs="?", default=_UNSET)

    def apply(self, given: Values, params: Document) -> None:
        value = given[self.dest]
        if value is True:
            params[self.member] = {"Value": True}
        elif value is not _UNSET:
            params[self.member] = values.unpack(self.shape, self.given(given), f"--{self.name}")


def _switches(table: Table, operation: Operation) -> None:
    """Let all structures of one boolean be written as flags."""
    for name, argument in list(table.items()):
        if argument.member and _is_switch(argument.shape):
            table[name] = _Switch(name, argument.member, argument.shape)
            table[f"no-{name}"] = Extra(
                Option(f"--no-{name}", nargs=0),
                partial(_put_false, argument.member),
            )


def _put_false(member: str, params: Document, value: bool) -> None:
    params[member] = {"Value": False}


def _is_switch(shape: Shape) -> bool:
    return shape.type == "structure" and shape.member_names == ["Value"] and shape.at("Value").type == "boolean"


def _check_switches(given: Values, options: Globals) -> None:
    for name, value in given.items():
        if value is True and name.startswith("no_") and given.get(name[3:], None) not in (None, _UNSET, False):
            positive = name[3:].replace("_", "-")
            raise CliError(f'Cannot specify both the "--{positive}" option and the "--no-{positive}" option.')


def _run_instances(table: Table, operation: Operation) -> None:
    del table["min-count"], table["max-count"]
    extra(table, "count", _put_count)
    extra(table, "secondary-private-ip-addresses", _put_addresses, "list", nargs="*")
    extra(table, "secondary-private-ip-address-count", _put_address_count, "integer", convert=int)
    extra(table, "associate-public-ip-address", _put_public, "boolean", nargs=0)
    extra(table, "no-associate-public-ip-address", nargs=0, dest="associate_public_ip_address", const=False)


def _put_count(params: Document, value: str) -> None:
    """`3` or `1:3`."""
    least, colon, most = value.partition(":")
    try:
        params["MinCount"], params["MaxCount"] = int(least), int(most if colon else least)
    except ValueError as error:
        raise GeneralError("count parameter should be of form min[:max] (e.g. 1 or 1:10)") from error


def _interface(params: Document) -> Document:
    first: Document = params.setdefault("NetworkInterfaces", [{"DeviceIndex": 0}])[0]
    return first


def _put_addresses(params: Document, value: list[str]) -> None:
    addresses = [{"PrivateIpAddress": address, "Primary": False} for address in value]
    if addresses:
        _interface(params).setdefault("PrivateIpAddresses", addresses)


def _put_address_count(params: Document, value: int) -> None:
    if value:
        _interface(params)["SecondaryPrivateIpAddressCount"] = value


def _put_public(params: Document, value: bool) -> None:
    _interface(params)["AssociatePublicIpAddress"] = value


def _check_interfaces(given: Values, options: Globals) -> None:
    simple = ("secondary_private_ip_addresses", "secondary_private_ip_address_count", "associate_public_ip_address")
    if given["network_interfaces"] and any(given[name] for name in simple):
        raise CliError("Mixing the --network-interfaces option with the simple, scalar options is not supported.")


def _simple_rule(table: Table, operation: Operation) -> None:
    """A rule of a security group in five options instead of --ip-permissions."""
    extra(table, "protocol", _put_protocol)
    extra(table, "port", _put_port)
    extra(table, "cidr", _put_cidr)
    extra(table, "source-group", _put_group)
    extra(table, "group-owner", partial(_pair, "UserId"))
    hide(table, "ip-protocol", "from-port", "to-port", "cidr-ip")
    hide(table, "source-security-group-name", "source-security-group-owner-id")


def _permission(params: Document, **members: Any) -> Document:
    permission: Document = params.setdefault("IpPermissions", [{}])[0]
    permission.update(members)
    return permission


def _pair(key: str, params: Document, value: str) -> None:
    if value:
        _permission(params).setdefault("UserIdGroupPairs", [{}])[0][key] = value


def _put_cidr(params: Document, value: str) -> None:
    if value:
        _permission(params, IpRanges=[{"CidrIp": value}])


def _put_group(params: Document, value: str) -> None:
    _pair("GroupId" if value.startswith("sg-") else "GroupName", params, value)


def _put_protocol(params: Document, value: str) -> None:
    if not value:
        return
    try:
        number = int(value)
    except ValueError as error:
        if value not in ("tcp", "udp", "icmp", "all"):
            raise CliError(
                "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number."
            ) from error
        _permission(params, IpProtocol="-1" if value == "all" else value)
        return
    if not -1 <= number <= 255:
        raise CliError("protocol numbers must be in the range 0-255 or -1 to specify all protocols")
    _permission(params, IpProtocol=value)


def _put_port(params: Document, value: str) -> None:
    """`22`, `22-25`, `all`; for ICMP `type` or `type-code`."""
    if not value:
        return
    first, dash, last = ("-1", "", "") if value in ("-1", "all") else value.partition("-")
    try:
        _permission(params, FromPort=int(first))
        _permission(params, ToPort=int(last if dash else first))
    except ValueError as error:
        raise CliError("port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)") from error


def _check_rule(given: Values, options: Globals) -> None:
    if given["ip_permissions"]:
        for name in ("protocol", "port", "cidr", "source_group", "group_owner"):
            if given[name]:
                raise CliError(f"The --{name} option is not compatible with the --ip-permissions option ")


_BUNDLE = {
    "bucket": "Bucket",
    "prefix": "Prefix",
    "owner-akid": "AWSAccessKeyId",
    "owner-sak": "_SAK",
    "policy": "UploadPolicy",
}


def _bundle(table: Table, operation: Operation) -> None:
    optional(table, "storage")
    for name, member in _BUNDLE.items():
        extra(table, name, partial(_put_storage, member))


def _put_storage(member: str, params: Document, value: str) -> None:
    if value:
        params.setdefault("Storage", {"S3": {}})["S3"][member] = value


def _check_bundle(given: Values, options: Globals) -> None:
    if given["storage"] and any(given[name.replace("-", "_")] for name in _BUNDLE):
        raise CliError("Mixing the --storage option with the simple, scalar options is not recommended.")


def _launch_key(table: Table, operation: Operation) -> None:
    extra(table, "priv-launch-key")


def _decrypt(invocation: Invocation, given: Values) -> None:
    """The password is shown decrypted where the key is given."""
    path = given["priv_launch_key"]
    if not path:
        return
    path = os.path.expanduser(os.path.expandvars(path))
    if not os.path.isfile(path):
        raise CliError(
            "priv-launch-key should be a path to the local SSH private key file used to launch the instance."
        )
    invocation.after.append(partial(_decrypted, path))


def _decrypted(path: str, answer: Document) -> Document:
    if not answer.get("PasswordData"):
        return answer
    import base64

    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with open(path, "rb") as file:
            key: Any = load_pem_private_key(file.read(), None)
        password = key.decrypt(base64.b64decode(answer["PasswordData"]), padding.PKCS1v15())
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise CliError("Unable to decrypt password data using provided private key file.") from error
    return {**answer, "PasswordData": password.decode()}


def _page_size(selecting: tuple[str, ...], invocation: Invocation, given: Values) -> None:
    """Pages of a thousand where no page size is given."""
    free = {"NextToken", "DryRun", *selecting}
    if invocation.options.paginate and invocation.page_size is None and free.issuperset(invocation.params):
        invocation.page_size = 1000


CHANGES = {
    "*": _switches,
    "run-instances": _run_instances,
    "authorize-security-group-ingress": _simple_rule,
    "authorize-security-group-egress": _simple_rule,
    "revoke-security-group-ingress": _simple_rule,
    "revoke-security-group-egress": _simple_rule,
    "bundle-instance": _bundle,
    "get-password-data": _launch_key,
}
CHECKS = {
    "*": _check_switches,
    "run-instances": _check_interfaces,
    "authorize-security-group-ingress": _check_rule,
    "authorize-security-group-egress": _check_rule,
    "revoke-security-group-ingress": _check_rule,
    "revoke-security-group-egress": _check_rule,
    "bundle-instance": _check_bundle,
}
FINISH = {
    "describe-volumes": partial(_page_size, ()),
    "describe-snapshots": partial(_page_size, ("OwnerIds", "RestorableByUserIds")),
    "get-password-data": _decrypt,
}
