"""`configservice subscribe` and `get-status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.errors import ServiceError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--s3-bucket", required=True),
    Option("--sns-topic", required=True),
    Option("--iam-role", required=True),
)


def subscribe(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Subscribes to AWS Config: makes the bucket and the topic if need be, and starts the recorder."""
    given = parse_command(OPTIONS, argv)
    client = client_for(perform, options, streams)
    bucket, _, prefix = given["s3_bucket"].partition("/")
    _need_bucket(bucket, client, streams)
    topic = _need_topic(given["sns_topic"], client, streams)
    recorder = {"name": "default", "roleARN": given["iam_role"]}
    client("config", "PutConfigurationRecorder", {"ConfigurationRecorder": recorder})
    channel = {"name": "default", "s3BucketName": bucket, "snsTopicARN": topic}
    if prefix:
        channel["s3KeyPrefix"] = prefix
    client("config", "PutDeliveryChannel", {"DeliveryChannel": channel})
    client("config", "StartConfigurationRecorder", {"ConfigurationRecorderName": "default"})
    streams.stdout.write("Subscribe succeeded:\n\nConfiguration Recorders: ")
    _write(client("config", "DescribeConfigurationRecorders", {})["ConfigurationRecorders"], streams)
    streams.stdout.write("\n\nDelivery Channels: ")
    _write(client("config", "DescribeDeliveryChannels", {})["DeliveryChannels"], streams)
    return 0


def _write(value: Any, streams: Streams) -> None:
    import json

    streams.stdout.write(json.dumps(value, indent=4) + "\n")


def _need_bucket(bucket: str, client: Client, streams: Streams) -> None:
    try:
        client("s3", "HeadBucket", {"Bucket": bucket})
        streams.stdout.write(f"Using existing S3 bucket: {bucket}\n")
    except ServiceError as error:
        if error.code != "404":
            raise
        params: dict[str, Any] = {"Bucket": bucket}
        if client.profile.region not in (None, "us-east-1"):
            params["CreateBucketConfiguration"] = {"LocationConstraint": client.profile.region}
        client("s3", "CreateBucket", params)
        streams.stdout.write(f"Using new S3 bucket: {bucket}\n")


def _need_topic(topic: str, client: Client, streams: Streams) -> str:
    if ":" in topic:
        streams.stdout.write(f"Using existing SNS topic: {topic}\n")
        return topic
    arn = str(client("sns", "CreateTopic", {"Name": topic})["TopicArn"])
    streams.stdout.write(f"Using new SNS topic: {arn}\n")
    return arn


def get_status(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Reports the status of all configuration recorders and delivery channels."""
    parse_command((), argv)
    client = client_for(perform, options, streams)
    out = streams.stdout
    out.write("Configuration Recorders:\n\n")
    for recorder in client("config", "DescribeConfigurationRecorderStatus", {}).get("ConfigurationRecordersStatus", ()):
        out.write(f"name: {recorder['name']}\nrecorder: {'ON' if recorder.get('recording') else 'OFF'}\n")
        if "lastStatus" in recorder:
            out.write(_status("last status", recorder))
        out.write("\n")
    out.write("Delivery Channels:\n\n")
    for channel in client("config", "DescribeDeliveryChannelStatus", {}).get("DeliveryChannelsStatus", ()):
        out.write(f"name: {channel['name']}\n")
        for title, member in _DELIVERIES:
            if member in channel:
                out.write(_status(f"last {title} delivery status", channel[member]))
        out.write("\n")
    return 0


_DELIVERIES = (
    ("stream", "configStreamDeliveryInfo"),
    ("history", "configHistoryDeliveryInfo"),
    ("snapshot", "configSnapshotDeliveryInfo"),
)


def _status(title: str, info: dict[str, Any]) -> str:
    text = f"{title}: {info.get('lastStatus', '')}\n"
    if info.get("lastStatus") == "FAILURE":
        text += f"error code: {info.get('lastErrorCode')}\nmessage: {info.get('lastErrorMessage')}\n"
    return text


SUBCOMMANDS = {"subscribe": subscribe, "get-status": get_status}
