"""`s3`: files and objects copied, moved, listed, deleted and synchronised, with paths and S3 URIs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import client_for
from fakeaws.cli.commands._s3 import options, places
from fakeaws.cli.commands._s3.places import Filter, Item, Place
from fakeaws.cli.commands._s3.progress import Reporter, human_size
from fakeaws.cli.commands._s3.tasks import Mover
from fakeaws.cli.commands._s3.transfer import Transfer
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.tree.dispatch import dispatch

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Work with S3 as with folders: ls, cp, mv, rm, sync, mb, rb, presign, website."""
    return dispatch("s3", SUBCOMMANDS, argv, options, streams, perform)


def cp(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Copies a local file or S3 object to another location locally or in S3."""
    return _transfer("cp", argv, options, streams, perform)


def mv(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Moves a local file or S3 object to another location locally or in S3."""
    return _transfer("mv", argv, options, streams, perform)


def sync(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Syncs directories and S3 prefixes: what is new or has changed is copied."""
    return _transfer("sync", argv, options, streams, perform)


def _transfer(command: str, argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    given, rules = options.parse_transfer(command, argv)
    return Transfer(command, given, rules, client_for(perform, globals_, streams), streams).run()


def rm(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """Deletes an S3 object, or all below a prefix."""
    rules: list[options.Rule] = []
    flags = ("dryrun", "quiet", "recursive", "only-show-errors")
    given = parse_command(
        [
            Option("paths"),
            *(Option(f"--{name}", nargs=0, default=False) for name in flags),
            *options.rule_options(rules),
            Option("--page-size"),
            options.REQUEST_PAYER,
        ],
        argv,
    )
    if not given["paths"].startswith("s3://"):
        raise CliError(f"usage: {streams.program} s3 rm <S3Uri>\nError: Invalid argument type")
    place = Place(given["paths"], given["recursive"])
    client = client_for(perform, globals_, streams)
    reporter = Reporter(streams, {**given, "no_progress": True})
    _remove_all(
        place,
        Filter(rules, place.path if given["recursive"] else places.split_path(place.path)[0]),
        given,
        client,
        reporter,
    )
    return reporter.exit_code


def _remove_all(place: Place, taken: Filter, given: Document, client: Any, reporter: Reporter) -> None:
    mover = Mover(client, given, reporter)
    try:
        for item in list(_doomed(place, given, client)):
            if taken.takes(item.path):
                _remove(item, given, mover, reporter)
    except CliError as error:
        reporter.fatal(error)


def _doomed(place: Place, given: Document, client: Any) -> Any:
    if not place.is_folder:
        return [Item(place.path, place.key, None, None)] if place.key else []
    found = places.contents(client, place.bucket, place.key, options.number(given["page_size"]), options.payer(given))
    return (Item(f"{place.bucket}/{entry['Key']}", entry["Key"], entry["Size"], None) for entry in found)


def _remove(item: Item, given: Document, mover: Mover, reporter: Reporter) -> None:
    where = f"s3://{item.path}"
    if given["dryrun"]:
        reporter.would("delete", where)
        return
    try:
        mover.delete(item.path)
    except CliError as error:
        reporter.failure("delete", where, error)
    else:
        reporter.done("delete", where)


def ls(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """List S3 objects and common prefixes under a prefix, or all S3 buckets."""
    given = parse_command(
        [
            Option("paths", nargs="?", default="s3://"),
            *(Option(f"--{name}", nargs=0, default=False) for name in ("recursive", "human-readable", "summarize")),
            Option("--page-size"),
            options.REQUEST_PAYER,
            Option("--bucket-name-prefix"),
            Option("--bucket-region"),
        ],
        argv,
    )
    size = options.number(given["page_size"])
    bucket, key = places.split_uri(given["paths"])
    client = client_for(perform, globals_, streams)
    listing = _Listing(given, streams)
    if not bucket:
        _list_buckets(given, client, streams)
    else:
        extra = {**options.payer(given), **({} if given["recursive"] else {"Delimiter": "/"})}
        for page in places.pages(client, bucket, key, size, extra):
            listing.show(page)
    if given["summarize"]:
        listing.summarize()
    return 1 if key and listing.is_empty else 0


def _list_buckets(given: Document, client: Any, streams: Streams) -> None:
    params: Document = {}
    for name, member in (("bucket_name_prefix", "Prefix"), ("bucket_region", "BucketRegion")):
        if given[name]:
            params[member] = given[name]
    while True:
        page = client("s3", "ListBuckets", params)
        for bucket in page.get("Buckets", ()):
            streams.stdout.write(f"{_local_time(bucket['CreationDate'])} {bucket['Name']}\n")
        if not page.get("ContinuationToken"):
            return
        params["ContinuationToken"] = page["ContinuationToken"]


class _Listing:
    """Prints the pages of a list of objects and adds them up."""

    def __init__(self, given: Document, streams: Streams) -> None:
        self._given = given
        self._out = streams.stdout
        self._count = self._size = 0
        self.is_empty = True

    def show(self, page: Document) -> None:
        for prefix in page.get("CommonPrefixes", ()):
            self.is_empty = False
            name = prefix["Prefix"].split("/")[-2] + "/"
            self._out.write(f"{'PRE':>30} {name}\n")
        for entry in page.get("Contents", ()):
            self.is_empty = False
            self._count += 1
            self._size += entry["Size"]
            name = entry["Key"] if self._given["recursive"] else entry["Key"].rpartition("/")[2]
            self._out.write(f"{_local_time(entry['LastModified'])} {self._sized(entry['Size']):>10} {name}\n")

    def summarize(self) -> None:
        self._out.write(f"\nTotal Objects: {self._count}\n   Total Size: {self._sized(self._size)}\n")

    def _sized(self, size: int) -> str:
        return human_size(size) if self._given["human_readable"] else str(size)


def _local_time(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def mb(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """Creates an S3 bucket."""
    words: list[str] = []
    path = parse_command([Option("path"), Option("--tags", nargs=2, convert=options.noted(words))], argv)["path"]
    bucket = _bucket_of(path)
    if places.is_directory(bucket):
        raise CliError("Cannot use mb command with a directory bucket.")
    client = client_for(perform, globals_, streams)
    params: Document = {"Bucket": bucket}
    if bucket.endswith("-an"):
        params["BucketNamespace"] = "account-regional"
    setting: Document = {}
    region = client.profile.region
    if region not in (None, "us-east-1"):
        setting["LocationConstraint"] = region
    if words:
        setting["Tags"] = [{"Key": key, "Value": value} for key, value in zip(words[::2], words[1::2], strict=True)]
    if setting:
        params["CreateBucketConfiguration"] = setting
    return _on_bucket("make_bucket", path, bucket, lambda: client("s3", "CreateBucket", params), streams)


def rb(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """Deletes an empty S3 bucket; with --force, its objects first."""
    given = parse_command([Option("path"), Option("--force", nargs=0, default=False)], argv)
    bucket = _bucket_of(given["path"])
    key = places.split_uri(given["path"])[1]
    if key:
        raise CliError(f"Please specify a valid bucket name only. E.g. s3://{bucket}")
    if given["force"] and rm([f"s3://{bucket}", "--recursive"], globals_, streams, perform):
        raise GeneralError(
            "remove_bucket failed: Unable to delete all objects in the bucket, bucket will not be deleted."
        )
    client = client_for(perform, globals_, streams)
    return _on_bucket(
        "remove_bucket", given["path"], bucket, lambda: client("s3", "DeleteBucket", {"Bucket": bucket}), streams
    )


def _bucket_of(path: str) -> str:
    if not path.startswith("s3://"):
        raise CliError("<S3Uri>\nError: Invalid argument type")
    return places.split_uri(path)[0]


def _on_bucket(verb: str, path: str, bucket: str, call: Any, streams: Streams) -> int:
    try:
        call()
    except CliError as error:
        streams.stderr.write(f"{verb} failed: {path} {error.sentence('legacy')}\n")
        return 1
    streams.stdout.write(f"{verb}: {bucket}\n")
    return 0


def website(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """Set the website configuration for a bucket."""
    given = parse_command([Option("paths"), Option("--index-document"), Option("--error-document")], argv)
    bucket = places.split_uri(given["paths"])[0]
    setting: Document = {}
    if given["index_document"] is not None:
        setting["IndexDocument"] = {"Suffix": given["index_document"]}
    if given["error_document"] is not None:
        setting["ErrorDocument"] = {"Key": given["error_document"]}
    params = {"Bucket": bucket, "WebsiteConfiguration": setting}
    client_for(perform, globals_, streams)("s3", "PutBucketWebsite", params)
    return 0


def presign(argv: list[str], globals_: Globals, streams: Streams, perform: Perform) -> int:
    """Generate a pre-signed URL for an S3 object, which anyone can use to fetch it until it expires."""
    from fakeaws.cli.profile.signing import UNSIGNED, endpoint_of, presigned

    given = parse_command([Option("path"), Option("--expires-in", default=3600, convert=int)], argv)
    bucket, key = places.split_uri(given["path"])
    profile = client_for(perform, globals_, streams).profile
    if not key:
        raise CliError("Parameter validation failed:\nInvalid length for parameter Key, value: 0, valid min length: 1")
    url = presigned(
        f"{endpoint_of('s3', globals_, profile)}/{bucket}",
        key,
        "s3",
        profile.need_region(),
        profile.need_credentials(),
        given["expires_in"],
        payload=UNSIGNED,
    )
    streams.stdout.write(url + "\n")
    return 0


SUBCOMMANDS = {
    "ls": ls,
    "website": website,
    "cp": cp,
    "mv": mv,
    "rm": rm,
    "sync": sync,
    "mb": mb,
    "rb": rb,
    "presign": presign,
}
