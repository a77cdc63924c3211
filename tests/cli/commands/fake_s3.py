"""An S3 of a few lines, for tests of the commands that work with it: buckets and objects in a dict."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


class FakeS3:
    """`perform(service, operation, params)` for the operations that the tests need."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, Document]] = {}
        self.websites: dict[str, Document] = {}
        self.regions: dict[str, str] = {}
        self.uploads: dict[str, Document] = {}
        self.calls: list[tuple[str, Document]] = []

    def perform_for(self, options: Any, streams: Any) -> Any:
        return self.perform

    def perform(self, service: str, operation: str, params: Document) -> Document:
        self.calls.append((operation, params))
        return getattr(self, operation)(params)

    def _bucket(self, params: Document) -> dict[str, Document]:
        if params["Bucket"] not in self.buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        return self.buckets[params["Bucket"]]

    def CreateBucket(self, params: Document) -> Document:
        self.buckets.setdefault(params["Bucket"], {})
        self.regions[params["Bucket"]] = params.get("CreateBucketConfiguration", {}).get("LocationConstraint", "")
        return {"Location": f"/{params['Bucket']}"}

    def GetBucketLocation(self, params: Document) -> Document:
        return {"LocationConstraint": self.regions[params["Bucket"]]}

    def DeleteBucket(self, params: Document) -> Document:
        if self._bucket(params):
            raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        del self.buckets[params["Bucket"]]
        return {}

    def ListBuckets(self, params: Document) -> Document:
        return {"Buckets": [{"Name": name, "CreationDate": datetime.now(UTC)} for name in sorted(self.buckets)]}

    def PutBucketWebsite(self, params: Document) -> Document:
        self._bucket(params)
        self.websites[params["Bucket"]] = params["WebsiteConfiguration"]
        return {}

    def GetBucketWebsite(self, params: Document) -> Document:
        return self.websites[params["Bucket"]]

    def _keep(self, params: Document, body: bytes, etag: str) -> Document:
        self._bucket(params)[params["Key"]] = {
            "Body": body,
            "LastModified": datetime.now(UTC).replace(microsecond=0),
            "ETag": f'"{etag}"',
            "ContentType": params.get("ContentType", "binary/octet-stream"),
        }
        return {"ETag": f'"{etag}"'}

    def PutObject(self, params: Document) -> Document:
        body = params.get("Body", b"")
        content = body.read() if hasattr(body, "read") else body
        return self._keep(params, content, hashlib.md5(content).hexdigest())

    def _source(self, params: Document) -> bytes:
        bucket, _, key = unquote(params["CopySource"]).partition("/")
        return self.buckets[bucket][key]["Body"]

    def CopyObject(self, params: Document) -> Document:
        content = self._source(params)
        return {"CopyObjectResult": self._keep(params, content, hashlib.md5(content).hexdigest())}

    def GetObjectTagging(self, params: Document) -> Document:
        return {"TagSet": []}

    def HeadObject(self, params: Document) -> Document:
        found = self.buckets.get(params["Bucket"], {}).get(params["Key"])
        if found is None:
            raise AwsError("404", "Not Found", 404)
        return {
            "LastModified": found["LastModified"],
            "ContentLength": len(found["Body"]),
            "ETag": found["ETag"],
            "ContentType": found["ContentType"],
        }

    def GetObject(self, params: Document) -> Document:
        found = self._bucket(params).get(params["Key"])
        if found is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        return {**self.HeadObject(params), "Body": io.BytesIO(found["Body"])}

    def DeleteObject(self, params: Document) -> Document:
        self._bucket(params).pop(params["Key"], None)
        return {}

    def ListObjectsV2(self, params: Document) -> Document:
        prefix, contents, prefixes = params.get("Prefix", ""), [], []
        for key in sorted(self._bucket(params)):
            if not key.startswith(prefix) or key <= params.get("ContinuationToken", ""):
                continue
            rest = key[len(prefix) :]
            if params.get("Delimiter") and "/" in rest:
                group = prefix + rest[: rest.index("/") + 1]
                prefixes += [group] if group not in prefixes else []
                continue
            found = self.buckets[params["Bucket"]][key]
            contents.append({"Key": key, "LastModified": found["LastModified"], "Size": len(found["Body"])})
        most = params.get("MaxKeys", 1000)
        page: Document = {"IsTruncated": len(contents) > most, "Contents": contents[:most]}
        if page["IsTruncated"]:
            page["NextContinuationToken"] = contents[most - 1]["Key"]
        return {**page, "CommonPrefixes": [{"Prefix": group} for group in prefixes]}

    def CreateMultipartUpload(self, params: Document) -> Document:
        self._bucket(params)
        name = f"upload-{len(self.uploads)}"
        self.uploads[name] = {}
        return {"UploadId": name}

    def UploadPart(self, params: Document) -> Document:
        self.uploads[params["UploadId"]][params["PartNumber"]] = params["Body"]
        return {"ETag": f'"{hashlib.md5(params["Body"]).hexdigest()}"'}

    def UploadPartCopy(self, params: Document) -> Document:
        first, _, last = params["CopySourceRange"].removeprefix("bytes=").partition("-")
        part = self._source(params)[int(first) : int(last) + 1]
        return {"CopyPartResult": self.UploadPart({**params, "Body": part})}

    def CompleteMultipartUpload(self, params: Document) -> Document:
        parts = [body for _, body in sorted(self.uploads.pop(params["UploadId"]).items())]
        digest = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()
        return self._keep(params, b"".join(parts), f"{digest}-{len(parts)}")

    def AbortMultipartUpload(self, params: Document) -> Document:
        del self.uploads[params["UploadId"]]
        return {}
