"""The options of the `aws s3` commands, and what they become in the parameters of the S3 API."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.parser import Option, UsageError, parse_command
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.core.model.models import service

Document = dict[str, Any]
Values = dict[str, Any]
Rule = tuple[str, str]
"""(`exclude` or `include`, pattern), in the order of the command line."""

ACLS = (
    "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
    "bucket-owner-full-control", "log-delivery-write",
)  # fmt: skip
CLASSES = (
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
    "GLACIER_IR",
)  # fmt: skip
CHECKSUMS = ("CRC64NVME", "CRC32", "SHA256", "SHA1", "CRC32C")
GRANTS = {"read": "GrantRead", "full": "GrantFullControl", "readacl": "GrantReadACP", "writeacl": "GrantWriteACP"}

USAGES = {"locals3": "<LocalPath> <S3Uri>", "s3s3": "<S3Uri> <S3Uri>", "s3local": "<S3Uri> <LocalPath>"}

_FLAGS = (
    "dryrun quiet force-glacier-transfer ignore-glacier-warnings only-show-errors no-progress progress-multiline "
    "no-overwrite"
)
_TEXTS = (
    "cache-control content-type content-disposition content-encoding content-language expires website-redirect "
    "sse-kms-key-id sse-c-key sse-c-copy-source-key source-region page-size progress-frequency metadata"
)

REQUEST_PAYER = Option("--request-payer", nargs="?", const="requester", choices=("requester",))

MEMBERS = {
    "acl": "ACL",
    "storage_class": "StorageClass",
    "website_redirect": "WebsiteRedirectLocation",
    "content_type": "ContentType",
    "cache_control": "CacheControl",
    "content_disposition": "ContentDisposition",
    "content_encoding": "ContentEncoding",
    "content_language": "ContentLanguage",
    "expires": "Expires",
    "sse": "ServerSideEncryption",
    "sse_kms_key_id": "SSEKMSKeyId",
    "metadata": "Metadata",
}
"""The options that set what an object is made with."""


def transfer_options(command: str, rules: list[Rule]) -> list[Option]:
    """The options of `cp`, `mv` or `sync`; --exclude and --include are noted in `rules`."""
    options = [Option("paths", nargs="+")]
    options += [Option(f"--{name}", nargs=0, default=False) for name in _FLAGS.split()]
    options += [Option(f"--{name}") for name in _TEXTS.split()]
    options += rule_options(rules)
    options += [
        Option("--acl", choices=ACLS),
        Option("--follow-symlinks", nargs=0, default=True),
        Option("--no-follow-symlinks", nargs=0, dest="follow_symlinks", default=True, const=False),
        Option("--no-guess-mime-type", nargs=0, dest="guess_mime_type", default=True, const=False),
        Option("--sse", nargs="?", const="AES256", choices=("AES256", "aws:kms", "aws:kms:dsse")),
        Option("--sse-c", nargs="?", const="AES256", choices=("AES256",)),
        Option("--sse-c-copy-source", nargs="?", const="AES256", choices=("AES256",)),
        Option("--storage-class", choices=CLASSES),
        Option("--grants", nargs="+"),
        Option("--copy-props", choices=("none", "metadata-directive", "default")),
        Option("--metadata-directive", choices=("COPY", "REPLACE")),
        Option("--checksum-mode", choices=("ENABLED",)),
        Option("--checksum-algorithm", choices=CHECKSUMS),
        Option("--case-conflict", choices=("ignore", "skip", "warn", "error"), default="ignore"),
        REQUEST_PAYER,
    ]
    return options + [Option(f"--{name}", **settings) for name, settings in _OWN[command].items()]


_RECURSIVE: Document = {"recursive": {"nargs": 0, "default": False}}
_OWN: dict[str, Document] = {
    "cp": {**_RECURSIVE, "expected-size": {}},
    "mv": {**_RECURSIVE, "validate-same-s3-paths": {"nargs": 0, "default": False}},
    "sync": {name: {"nargs": 0, "default": False} for name in ("delete", "exact-timestamps", "size-only")},
}


def noted(words: list[str]) -> Any:
    """A conversion that keeps all values of an option which may be given again."""

    def value(text: str) -> str:
        words.append(text)
        return text

    return value


def rule_options(rules: list[Rule]) -> list[Option]:
    """--exclude and --include, whose order among each other counts."""

    def note(kind: str) -> Any:
        def pattern(text: str) -> str:
            rules.append((kind, text))
            return text

        return pattern

    return [Option("--exclude", convert=note("exclude")), Option("--include", convert=note("include"))]


def parse_transfer(command: str, argv: list[str]) -> tuple[Values, list[Rule]]:
    """The values of `cp`, `mv` or `sync`, which take two paths."""
    rules: list[Rule] = []
    found = parse_command(transfer_options(command, rules), argv)
    if len(found["paths"]) < 2:
        raise UsageError("the following arguments are required: paths")
    if len(found["paths"]) > 2:
        raise CliError(f"Unknown options: {','.join(found['paths'][2:])}")
    if found["metadata"] is not None:
        shape = service("s3").operation("PutObject").input
        assert shape is not None
        found["metadata"] = values.unpack(shape.at("Metadata"), found["metadata"], "--metadata")
    return found, rules


def number(given: str | None) -> int | None:
    """An option that must be a whole number; GeneralError in Python's words."""
    try:
        return None if given is None else int(given)
    except ValueError as error:
        raise GeneralError(str(error)) from error


def check_checksums(found: Values, kinds: str) -> None:
    """Checksums are computed for uploads and verified for downloads; `kinds` is as in USAGES."""
    for name, fits in (("checksum-algorithm", ("locals3", "s3s3")), ("checksum-mode", ("s3local",))):
        if found[name.replace("-", "_")] and kinds not in fits:
            formats = ", ".join(USAGES[each] for each in fits)
            raise CliError(
                f"Expected {name} parameter to be used with one of following path formats: {formats}. Instead, received"
                f" {USAGES[kinds]}."
            )


def check_customer_keys(found: Values, is_copy: bool) -> None:
    """A customer's key and its algorithm go together."""
    for option in ("sse-c", "sse-c-copy-source"):
        name = option.replace("-", "_")
        given, key = found[name], found[f"{name}_key"]
        if given and not key:
            raise CliError(f"If --{option} is specified, --{option}-key must be specified as well.")
        if key and not given:
            raise CliError(f"If --{option}-key is specified, --{option} must be specified as well.")
    if found["sse_c_copy_source"] and not is_copy:
        raise CliError("--sse-c-copy-source is only supported for copy operations.")


def object_params(found: Values) -> Document:
    """The parameters that make an object: PutObject's, CreateMultipartUpload's and CopyObject's."""
    params = {member: found[name] for name, member in MEMBERS.items() if found.get(name) is not None}
    for grant in found.get("grants") or ():
        permission, equals, principal = grant.partition("=")
        if not equals:
            raise GeneralError("grants should be of the form permission=principal")
        if permission not in GRANTS:
            raise GeneralError("permission must be one of: read|readacl|writeacl|full")
        params[GRANTS[permission]] = principal
    if found.get("checksum_algorithm"):
        params["ChecksumAlgorithm"] = found["checksum_algorithm"]
    return {**params, **customer_key(found), **payer(found)}


def customer_key(found: Values) -> Document:
    """The parameters of a customer's key."""
    if not found.get("sse_c"):
        return {}
    return {"SSECustomerAlgorithm": found["sse_c"], "SSECustomerKey": found["sse_c_key"]}


def source_key(found: Values) -> Document:
    """The parameters of the customer's key of a copy's source."""
    if not found.get("sse_c_copy_source"):
        return {}
    return {
        "CopySourceSSECustomerAlgorithm": found["sse_c_copy_source"],
        "CopySourceSSECustomerKey": found["sse_c_copy_source_key"],
    }


def reading_key(found: Values, is_copy: bool) -> Document:
    """The parameters of the customer's key that the source of a download or a copy is looked at with."""
    if not is_copy:
        return customer_key(found)
    return {name.removeprefix("CopySource"): value for name, value in source_key(found).items()}


def payer(found: Values) -> Document:
    """RequestPayer, where --request-payer is given."""
    return {"RequestPayer": found["request_payer"]} if found.get("request_payer") else {}
