"""A cloud with something to steal, for tests of what web pages may do: a user's browser has no part in it."""

import json
from pathlib import Path
from typing import Any

import boto3

from fakeaws import sdk
from fakeaws.cli.calls.local import initialise
from fakeaws.cli.profile.settings import read_ini
from fakeaws.core.pipeline.cloud import Cloud

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000"
    "000049454e44ae426082"
)
OBJECTS = {
    "secret.txt": (b"the secret", "text/plain"),
    "dot.png": (PIXEL, "image/png"),
    "code.js": (b"window.leaked = 'the secret'", "text/javascript"),
    "style.css": (b"#styled { opacity: 0.5 }", "text/css"),
}
PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::public/*"},
    ],
}


class Guarded:
    """A cloud in a folder, with a private bucket, a public one, a website, and one that is shared with `origin`."""

    def __init__(self, folder: Path, origin: str) -> None:
        initialise({"FAKEAWS_HOME": str(folder)})
        self.cloud = Cloud(folder)
        keys = read_ini(str(folder / "credentials"))["default"]
        key, secret = keys["aws_access_key_id"], keys["aws_secret_access_key"]
        self.session: boto3.Session = sdk.session(self.cloud, aws_access_key_id=key, aws_secret_access_key=secret)
        s3 = self.session.client("s3")
        for bucket in ("private", "public", "shared", "site"):
            s3.create_bucket(Bucket=bucket)
        for name, (body, kind) in OBJECTS.items():
            for bucket in ("private", "public"):
                s3.put_object(Bucket=bucket, Key=name, Body=body, ContentType=kind)
        s3.delete_public_access_block(Bucket="public")
        s3.put_bucket_policy(Bucket="public", Policy=json.dumps(PUBLIC))
        s3.put_object(Bucket="shared", Key="hello.txt", Body=b"hello")
        rule = {"AllowedOrigins": [origin], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["content-type"]}
        s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [rule]})
        s3.put_object(Bucket="site", Key="index.html", Body=b"<h1>A site</h1>", ContentType="text/html")
        s3.put_bucket_website(Bucket="site", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
        self.before = self.state()

    def state(self) -> dict[str, Any]:
        """What a page would have changed: users, queues, functions, buckets, their objects and settings, the clock."""
        s3 = self.session.client("s3")
        buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        return {
            "users": [user["UserName"] for user in self.session.client("iam").list_users()["Users"]],
            "queues": self.session.client("sqs").list_queues().get("QueueUrls", []),
            "objects": {name: self.objects(name) for name in buckets},
            "cors": s3.get_bucket_cors(Bucket="shared")["CORSRules"],
            "policy": s3.get_bucket_policy(Bucket="public")["Policy"],
            "frozen": self.cloud.database.note("clock"),
        }

    def objects(self, bucket: str) -> dict[str, str]:
        found = self.session.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return {each["Key"]: each["ETag"] for each in found}
