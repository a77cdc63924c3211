"""Uploads by HTML forms, as botocore's presigned POSTs have them."""

from typing import Any

import boto3
import pytest
from botocore.config import Config

from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.wire.server.endpoint import Endpoint
from tests.wire.server.test_app import Stand

FILE = b"line\r\n--not the boundary\r\n" + b"x" * 600_000


def _posted(fields: dict[str, str], file: bytes = FILE, path: str = "/b", host: str = "localhost:4566") -> Request:
    mark = b"--BOUND"
    parts = [f'Content-Disposition: form-data; name="{n}"\r\n\r\n{v}'.encode() for n, v in fields.items()]
    parts.append(b'Content-Disposition: form-data; name="file"; filename="f.txt"\r\nContent-Type: x/y\r\n\r\n' + file)
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    headers = Headers([("Content-Type", "multipart/form-data; boundary=BOUND"), ("Host", host)])
    return Request("POST", path, headers=headers, body=body)


def _presigned(secret: str, version: str = "s3v4", **more: Any) -> dict[str, str]:
    config = Config(signature_version=version)
    client = boto3.client("s3", "us-east-1", aws_access_key_id="AKID", aws_secret_access_key=secret, config=config)
    fields: dict[str, str] = client.generate_presigned_post("b", "in/${filename}", **more)["fields"]
    return fields


def _endpoint(monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[Endpoint, Stand]:
    stand = Stand({"ETag": '"1"'})
    endpoint = Endpoint(stand)
    if monkeypatch is not None:
        monkeypatch.setattr(endpoint.keys, "secret", lambda key: "hidden" if key == "AKID" else None)
    return endpoint, stand


def test_a_form_is_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, stand = _endpoint(monkeypatch)
    fields = _presigned("hidden", Fields={"Content-Type": "text/a"}, Conditions=[{"Content-Type": "text/a"}])
    response = endpoint.answer(_posted(fields))
    assert (response.status, response.headers.get("location")) == (204, "http://localhost:4566/b/in/f.txt")
    _, operation, params, caller = stand.asked[0]
    assert (operation, params["Bucket"], params["Key"], params["ContentType"]) == (
        "PutObject",
        "b",
        "in/f.txt",
        "text/a",
    )
    assert params["Body"].read() == FILE
    assert caller.access_key == "AKID"


def test_older_signatures_of_forms_and_addresses_count(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, stand = _endpoint(monkeypatch)
    assert endpoint.answer(_posted(_presigned("hidden", "s3"))).status == 204
    for secret, status in (("hidden", 200), ("guessed", 403)):
        config = Config(signature_version="s3", s3={"addressing_style": "path"})
        keys = {"aws_access_key_id": "AKID", "aws_secret_access_key": secret}
        client = boto3.client("s3", "us-east-1", endpoint_url="http://localhost:4566", config=config, **keys)
        names = {"Bucket": "b", "Key": "k e/y", "VersionId": "1"}
        url = client.generate_presigned_url("get_object", Params=names, ExpiresIn=60)
        path, _, query = url.removeprefix("http://localhost:4566").partition("?")
        assert endpoint.answer(Request("GET", path, query, Headers([("Host", "localhost:4566")]))).status == status
    assert [asked[1] for asked in stand.asked] == ["PutObject", "GetObject"]


def _refused(response: Response, status: int, code: str) -> None:
    assert response.status == status
    assert f"<Error><Code>{code}</Code>".encode() in response.content


def test_a_policy_binds(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, stand = _endpoint(monkeypatch)
    _refused(endpoint.answer(_posted(_presigned("guessed"))), 403, "SignatureDoesNotMatch")
    _refused(endpoint.answer(_posted(_presigned("guessed", "s3"))), 403, "SignatureDoesNotMatch")
    small = [["content-length-range", 1, 10]]
    _refused(endpoint.answer(_posted(_presigned("hidden", Conditions=small))), 400, "EntityTooLarge")
    _refused(endpoint.answer(_posted({**_presigned("hidden"), "acl": "public-read"})), 403, "AccessDenied")
    _refused(endpoint.answer(_posted({**_presigned("hidden"), "key": "out/x"})), 403, "AccessDenied")
    _refused(endpoint.answer(_posted(_presigned("hidden", ExpiresIn=-5))), 403, "AccessDenied")
    assert stand.asked == []


def test_the_form_says_what_the_browser_is_told() -> None:
    endpoint, _ = _endpoint()
    told = endpoint.answer(_posted({"key": "k", "success_action_status": "201"}, path="/", host="b.localhost:4566"))
    assert told.status == 201
    assert b"<Bucket>b</Bucket><Key>k</Key><ETag>" in told.content
    onward = endpoint.answer(_posted({"key": "k", "success_action_redirect": "http://x/?a=1"}))
    assert (onward.status, onward.headers.get("location")) == (303, "http://x/?a=1&bucket=b&key=k&etag=%221%22")


def test_tags_come_as_xml() -> None:
    endpoint, stand = _endpoint()
    tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>"
    endpoint.answer(_posted({"key": "k", "tagging": tagging}))
    assert stand.asked[0][2]["Tagging"] == "a=b+c"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"--BOUND\r\n", b"--BOUND\r\nx", b"--BOUND\r\n\r\nx\r\n--BOUND--"])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    endpoint, stand = _endpoint()
    headers = Headers([("Content-Type", "multipart/form-data; boundary=BOUND"), ("Host", "localhost")])
    response = endpoint.answer(Request("POST", "/b", headers=headers, body=body))
    assert response.status == 400
    assert stand.asked == []
