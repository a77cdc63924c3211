"""What web pages may do with a server on this machine, and under which names it answers.

`browser_requests.jsonl` is what Chromium sent for a page of elsewhere that tried everything it could: recorded by
tests/parity/test_browser.py with RECORD_BROWSER=1, with the status that each was answered with.
"""

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.pipeline import enforcement
from fakeaws.wire.messages.traits import AWS_DOMAINS
from fakeaws.wire.requests.origins import Kind, Origins, is_loopback, name_of
from fakeaws.wire.server.admin_secret import FILE, HEADER
from fakeaws.wire.server.app import App
from tests.wire.served import Guarded
from tests.wire.server.test_app import Answer, call

RECORDED = [json.loads(line) for line in Path(__file__).with_name("browser_requests.jsonl").read_text().splitlines()]
EVIL, NEAR, HOST = "http://evil.example:8000", "http://localhost:3000", "127.0.0.1:4566"
QUERY = "/?Action={}&Version=2010-05-08"
CREATE = QUERY.format("CreateUser") + "&UserName=eve"
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return Guarded(tmp_path_factory.mktemp("served") / "cloud", EVIL)


def ask(
    guarded: Guarded, method: str, target: str, body: bytes = b"", app: App | None = None, **headers: str
) -> Answer:
    given = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body:
        given.setdefault("Content-Length", str(len(body)))
    return call(app or App(guarded.cloud), method, target, given, body)


def _named(entry: Any) -> str:
    return re.sub(r"[^\w]+", "-", f"{entry['method']} {entry['target']}")[:70]


@pytest.mark.parametrize("entry", RECORDED, ids=_named)
def test_what_a_browser_sends_for_a_page_of_elsewhere(guarded: Guarded, entry: Any) -> None:
    headers = {**entry["headers"], "content-length": str(len(entry["body"]))}
    answer = call(App(guarded.cloud), entry["method"], entry["target"], headers, entry["body"].encode("latin-1"))
    assert answer.status == entry["status"]
    if answer.status == 200 and entry["method"] == "PUT":
        assert guarded.objects("shared").keys() == {"hello.txt", "written"}
        guarded.session.client("s3").delete_object(Bucket="shared", Key="written")
    assert guarded.state() == guarded.before
    if answer.status >= 400 and "/shared" not in entry["target"]:
        assert "access-control-allow-origin" not in answer.headers
        assert b"the secret" not in answer.body


def test_more_than_sixty_ways_were_recorded() -> None:
    assert sum(entry["status"] == 403 for entry in RECORDED) > 60
    assert {entry["headers"].get("sec-fetch-site") for entry in RECORDED} >= {None, "none", "cross-site"}


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:4566", "127.0.0.1:4566", "127.9.9.9", "[::1]:4566", "[::1]", "b.s3.localhost:80"),
        *(
            "sqs.us-east-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "x.lambda-url.us-east-1.on.aws",
            "LOCALHOST",
        ),
        *("d1.cloudfront.net", "s3.dualstack.us-east-1.amazonaws.com:4566", "ec2.us-east-1.api.aws", "localhost.", ""),
        *("localhost:", "localhost ", "host.docker.internal:4566", "host.containers.internal"),
    ],
)
def test_a_server_answers_as_this_machine_and_as_aws(guarded: Guarded, host: str) -> None:
    assert b"--allow-host" not in ask(guarded, "GET", QUERY.format("ListUsers"), Host=host).body
    assert ask(guarded, "GET", "/_fakeaws/health", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:4566", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:4566"),
        *(
            "notamazonaws.com",
            "amazonaws.com.evil.example",
            "localhost@evil.example",
            "localhost,evil.example",
            "[::2]",
        ),
        *("127.0.0.1:80:80", "xlocalhost", "0.0.0.0:4566", "[::1].evil.example", "localhost:" + "9" * 5000),
        *("docker.internal", "evil.docker.internal"),
    ],
)
def test_a_server_answers_under_no_other_name(guarded: Guarded, host: str) -> None:
    for target in (CREATE, "/private/secret.txt", "/_fakeaws/clock", "/_fakeaws/health"):
        answer = ask(guarded, "GET", target, Host=host)
        assert answer.status == 403
        assert b"--allow-host" in answer.body
    assert guarded.state() == guarded.before


def test_the_refusal_of_a_name_is_one_that_clients_show(guarded: Guarded) -> None:
    """As an error of the protocol: of a text that is none, boto3's S3 shows no more than Forbidden."""
    host = {"Host": "fakeaws:4566"}
    answer = ask(guarded, "GET", "/", Authorization=SIGNED.format("s3"), **host)
    assert b"<Error><Code>AccessDenied</Code><Message>fakeaws does not answer as 'fakeaws:4566'" in answer.body
    assert b"--allow-host fakeaws`" in answer.body
    answer = ask(guarded, "GET", QUERY.format("ListUsers"), **host)
    assert b"<Code>AccessDenied</Code><Message>fakeaws does not answer as" in answer.body
    answer = ask(guarded, "POST", "/", b"{}", X_Amz_Target="DynamoDB_20120810.ListTables", **host)
    assert json.loads(answer.body)["message"].startswith("fakeaws does not answer as")
    answer = ask(guarded, "GET", "/2015-03-31/functions", Authorization=SIGNED.format("lambda"), **host)
    assert answer.headers["x-amzn-errortype"].startswith("AccessDenied")
    assert json.loads(ask(guarded, "GET", "/_fakeaws/clock", **host).body)["error"].startswith("fakeaws does not")
    assert ask(guarded, "HEAD", "/private/secret.txt", **host).body == b""


def test_names_that_are_given_are_answered_too(guarded: Guarded) -> None:
    origins = Origins(["aws.test", "*.lab.test", "0.0.0.0"])
    hosts = {"aws.test:4566": 1, "AWS.test": 1, "x.aws.test": 0, "b.s3.lab.test": 1, "lab.test": 0, "10.1.2.3:80": 1}
    assert {host: int(origins.answers_as(host.lower())) for host in hosts} == hosts
    assert Origins(["*"]).answers_as("anything.example")
    assert not Origins(["127.0.0.1"]).answers_as("10.1.2.3")


def test_aws_names_are_those_of_botocore() -> None:
    from botocore.loaders import Loader

    for partition in Loader().load_data("partitions")["partitions"]:
        for suffix in (partition["outputs"]["dnsSuffix"], partition["outputs"]["dualStackDnsSuffix"]):
            assert suffix in AWS_DOMAINS
    for partition in Loader().load_data("endpoints")["partitions"]:
        assert partition["dnsSuffix"] in AWS_DOMAINS


def test_hosts_are_read_as_browsers_write_them() -> None:
    assert [name_of(host) for host in ("A.b:1", "[::1]:4566", "x", "x:y", "a@b", "")] == [
        "a.b",
        "[::1]",
        "x",
        "",
        "",
        "",
    ]
    assert [is_loopback(name) for name in ("[::1]", "127.0.0.2", "a.localhost", "localhost.x", "")] == [
        *(True, True, True, False, False)
    ]


def test_a_page_of_this_machine_may_send_what_it_signs(guarded: Guarded) -> None:
    """As an application under development does with an SDK: on another port, after a preflight."""
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,x-amz-target"}
    for origin in (NEAR, "http://127.0.0.1:5173", "https://app.localhost", "http://[::1]:8080"):
        answer = ask(guarded, "OPTIONS", "/", Origin=origin, Sec_Fetch_Site="cross-site", **asked)
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-headers"] == "authorization,x-amz-target"
        answer = ask(
            guarded,
            *("POST", "/", b"{}"),
            Origin=origin,
            X_Amz_Target="AmazonSQS.ListQueues",
            Authorization=SIGNED.format("sqs"),
        )
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, origin)


def test_a_page_of_this_machine_may_not_send_what_it_does_not_sign(guarded: Guarded) -> None:
    bogus = "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/20260101/us-east-1/iam/aws4_request"
    near = {"Origin": NEAR, "Sec_Fetch_Site": "same-site"}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    target = {"X_Amz_Target": "AmazonSQS.CreateQueue", "Content_Type": "text/plain"}
    refused = [
        ask(guarded, "GET", CREATE, Sec_Fetch_Site="same-site"),
        ask(guarded, "GET", CREATE, Sec_Fetch_Site="same-origin"),
        ask(guarded, "GET", CREATE, Sec_Fetch_Site="cross-site", Referer=NEAR + "/"),
        ask(guarded, "GET", CREATE + bogus, Sec_Fetch_Site="same-site"),
        ask(guarded, "GET", CREATE, **near),
        ask(guarded, "POST", "/", CREATE[2:].encode(), **form, **near),
        ask(guarded, "POST", "/", CREATE[2:].encode(), **{**form, "Origin": f"http://{HOST}"}),
        ask(guarded, "POST", "/?" + bogus[1:], CREATE[2:].encode(), **form, **near),
        ask(guarded, "POST", "/", b'{"QueueName":"eve"}', **target, **near),
        ask(guarded, "PUT", "/private/new", b"x", **near),
        ask(guarded, "PUT", "/new-bucket", **near),
        ask(guarded, "GET", QUERY.format("ListUsers"), **near),
        ask(guarded, "GET", "/", **near),
    ]
    assert [answer.status for answer in refused] == [403] * len(refused)
    assert b"sign" in refused[-1].body
    assert guarded.state() == guarded.before


def test_a_page_signs_what_it_reads_of_its_own_origin(guarded: Guarded) -> None:
    """A browser sends no Origin with a GET to the origin of the page itself, as of a site in one of the buckets."""
    own = {"Sec_Fetch_Site": "same-origin", "Referer": f"http://{HOST}/site/index.html"}
    assert ask(guarded, "GET", "/", Authorization=SIGNED.format("s3"), **own).status == 200
    assert ask(guarded, "GET", "/", **own).status == 403


def test_a_page_of_this_machine_may_sign_up_without_a_key(guarded: Guarded) -> None:
    headers = {"X_Amz_Target": "AWSCognitoIdentityProviderService.SignUp", "Origin": NEAR}
    answer = ask(guarded, "POST", "/", b'{"ClientId":"c","Username":"u","Password":"Passw0rd!"}', **headers)
    assert b"ResourceNotFoundException" in answer.body


def test_a_page_of_this_machine_shows_objects(guarded: Guarded) -> None:
    answer = ask(guarded, "GET", "/private/dot.png", Sec_Fetch_Site="cross-site", Referer=NEAR + "/")
    assert answer.status == 200
    assert ask(guarded, "GET", "/private/dot.png", Sec_Fetch_Site="same-site").status == 200
    assert "access-control-allow-origin" not in ask(guarded, "GET", "/private/secret.txt", Origin=NEAR).headers


def test_an_address_that_a_user_opens_reads_and_does_not_write(guarded: Guarded) -> None:
    """A browser says `none` also where the address that was typed redirected to this one."""
    typed = {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "User_Agent": "Mozilla/5.0"}
    old = {"User_Agent": "Mozilla/5.0 (before Sec-Fetch-Site, or by http to a host that is not loopback)"}
    for headers in (typed, old):
        assert ask(guarded, "GET", QUERY.format("ListUsers"), **headers).status == 200
        assert ask(guarded, "GET", "/private/secret.txt", **headers).status == 200
        assert ask(guarded, "GET", CREATE, **headers).status == 403
        assert ask(guarded, "GET", CREATE, **{**headers, "Host": "iam.amazonaws.com"}).status == 403
    assert guarded.state() == guarded.before


def test_what_an_old_browser_sends_is_of_the_page_that_it_names(guarded: Guarded) -> None:
    """Neither Sec-Fetch-Site nor, with a form, Origin: as Firefox did until version 70."""
    old = {"User_Agent": "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/69.0", "Referer": EVIL + "/page"}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert ask(guarded, "POST", "/", CREATE[2:].encode(), **form, **old).status == 403
    assert ask(guarded, "GET", QUERY.format("ListUsers"), **old).status == 403
    assert ask(guarded, "GET", "/private/code.js", **old).status == 403
    assert ask(guarded, "GET", "/public/dot.png", **old).status == 200
    assert guarded.state() == guarded.before


@pytest.mark.parametrize("referrer", ["http://[evil", "http://evil\u2100.example/", "about:client", "http://", "%"])
def test_a_referrer_that_is_no_address_is_no_page_of_this_machine(guarded: Guarded, referrer: str) -> None:
    answer = ask(guarded, "GET", QUERY.format("ListUsers"), Sec_Fetch_Site="cross-site", Referer=referrer)
    assert answer.status == 403


def test_programs_see_no_difference(guarded: Guarded) -> None:
    headers = {"User_Agent": "curl/8", "Accept": "*/*"}
    assert ask(guarded, "GET", QUERY.format("ListUsers"), **headers).status == 200
    assert ask(guarded, "GET", "/private/secret.txt", **headers).body == b"the secret"
    answer = ask(guarded, "PUT", "/private/by-curl", b"x", **headers)
    assert (answer.status, "access-control-allow-origin" in answer.headers) == (200, False)
    guarded.session.client("s3").delete_object(Bucket="private", Key="by-curl")


def test_what_is_public_or_presigned_is_shown_by_pages_of_elsewhere(guarded: Guarded) -> None:
    strange = {"Sec_Fetch_Site": "cross-site", "Referer": EVIL + "/"}
    assert ask(guarded, "GET", "/public/dot.png", **strange).status == 200
    assert ask(guarded, "GET", "/public/secret.txt", Origin=EVIL).status == 200
    assert ask(guarded, "GET", "/private/dot.png", **strange).status == 403
    assert ask(guarded, "GET", "/private?list-type=2", **strange).status == 403
    assert ask(guarded, "GET", "/", Host="site.s3-website-us-east-1.localhost:4566", **strange).status == 200
    for version in ("s3", "s3v4"):
        target = presigned(guarded, version, "get_object", Bucket="private", Key="dot.png")
        assert ask(guarded, "GET", target, **strange).status == 200
        assert ask(guarded, "GET", target[:-3], **strange).status == 403
    target = presigned(guarded, "s3v4", "put_object", Bucket="private", Key="dot.png")
    assert ask(guarded, "PUT", target, b"x", Origin=EVIL).status == 403
    assert guarded.state() == guarded.before


def presigned(guarded: Guarded, version: str, method: str, **params: str) -> str:
    from botocore.config import Config

    config = Config(signature_version=version, s3={"addressing_style": "path"})
    client = guarded.session.client("s3", endpoint_url=f"http://{HOST}", config=config)
    return "/" + client.generate_presigned_url(method, params).split("/", 3)[3]


@pytest.mark.parametrize("signed", [True, False])
def test_a_form_of_elsewhere_uploads_where_a_key_of_the_cloud_signed_its_policy(guarded: Guarded, signed: bool) -> None:
    client = guarded.session.client("s3", endpoint_url=f"http://{HOST}")
    fields = client.generate_presigned_post("private", "by-form")["fields"]
    if not signed:
        fields = {"key": "by-form"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    body = "".join(parts) + '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'
    answer = ask(
        guarded,
        *("POST", "/private", body.encode()),
        Origin=EVIL,
        Content_Type="multipart/form-data; boundary=b",
    )
    assert (answer.status, "by-form" in guarded.objects("private")) == ((204, True) if signed else (403, False))
    guarded.session.client("s3").delete_object(Bucket="private", Key="by-form")


def test_a_page_of_elsewhere_does_to_a_bucket_what_its_rules_say(guarded: Guarded) -> None:
    answer = ask(guarded, "GET", "/shared/hello.txt", Origin=EVIL)
    assert (answer.body, answer.headers["access-control-allow-origin"]) == (b"hello", EVIL)
    assert ask(guarded, "GET", "/shared/hello.txt", Origin="http://other.example").status == 403
    assert ask(guarded, "DELETE", "/shared/hello.txt", Origin=EVIL).status == 403
    assert ask(guarded, "PUT", "/shared?cors", b"<CORSConfiguration/>", Origin=EVIL).status == 403
    assert ask(guarded, "PUT", "/shared?policy", b"{}", Origin=EVIL).status == 403
    assert ask(guarded, "GET", "/private/secret.txt", Origin=EVIL).status == 403
    assert guarded.state() == guarded.before


def test_a_page_that_is_refused_before_it_asks_is_one_that_can_be_let_in(guarded: Guarded) -> None:
    asked = {"Access_Control_Request_Method": "POST"}
    answer = ask(guarded, "OPTIONS", "/", Origin="http://a&b.example", **asked)
    assert (answer.status, b"--allow-origin http://a&amp;b.example`" in answer.body) == (403, True)
    assert b"CORS is not enabled for this bucket" in ask(guarded, "OPTIONS", "/private/x", Origin=EVIL, **asked).body
    assert b"This CORS request is not allowed" in ask(guarded, "OPTIONS", "/shared/x", Origin=EVIL, **asked).body


def test_the_rules_of_a_bucket_are_about_its_objects_only(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path / "cloud", NEAR)
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["PUT", "POST", "GET"], "AllowedHeaders": ["*"]}
    guarded.session.client("s3").put_bucket_cors(Bucket="private", CORSConfiguration={"CORSRules": [rule]})
    before = guarded.state()
    target = {"X_Amz_Target": "AmazonSQS.CreateQueue", "Content_Type": "application/x-amz-json-1.0"}
    for origin in (NEAR, EVIL):
        assert ask(guarded, "PUT", "/private?policy", b"{}", Origin=origin).status == 403
        assert ask(guarded, "POST", "/private", b'{"QueueName":"eve"}', Origin=origin, **target).status == 403
        assert ask(guarded, "POST", "/private?" + CREATE[2:], Origin=origin).status == 403
    assert guarded.state() == before
    assert ask(guarded, "PUT", "/private/by-a-page", b"x", Origin=EVIL).status == 200


def test_the_rules_of_a_bucket_are_not_about_what_is_copied_into_it(tmp_path: Path) -> None:
    """Else a page would have what is in every bucket copied to where it may read."""
    guarded = Guarded(tmp_path / "cloud", EVIL)
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["PUT", "GET"], "AllowedHeaders": ["*"]}
    guarded.session.client("s3").put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [rule]})
    for source in ("private/secret.txt", "/private/secret.txt", "%70rivate/secret.txt", "/%2Fprivate/secret.txt"):
        for signed in ({}, {"Authorization": SIGNED.format("s3")}):
            for target in ("/shared/copy", "/shared/copy?partNumber=1&uploadId=x"):
                answer = ask(guarded, "PUT", target, Origin=EVIL, X_Amz_Copy_Source=source, **signed)
                assert answer.status == 403
    assert ask(guarded, "PUT", "/shared/copy", Origin=EVIL, X_Amz_Copy_Source="/shared/hello.txt").status == 200
    assert ask(guarded, "GET", "/shared/copy", Origin=EVIL).body == b"hello"


@pytest.mark.parametrize("origin", ["https://app.example.com", "null", "*"])
def test_pages_that_are_given_leave_may_do_what_programs_may(guarded: Guarded, origin: str) -> None:
    app = App(guarded.cloud, origins=Origins(origins=[origin]))
    page = "https://any.example" if origin == "*" else origin
    answer = ask(guarded, "GET", QUERY.format("ListUsers"), app=app, Origin=page)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, page)
    asked = {"Access_Control_Request_Method": "PUT", "Access_Control_Request_Private_Network": "true"}
    answer = ask(guarded, "OPTIONS", "/private/x", app=app, Origin=page, **asked)
    assert answer.headers["access-control-allow-private-network"] == "true"
    if origin != "*":
        assert ask(guarded, "GET", QUERY.format("ListUsers"), app=app, Origin=EVIL).status == 403
    assert ask(guarded, "POST", "/_fakeaws/reset", app=app, Origin=page).status == 403


def test_origins_that_only_look_like_near_ones_are_strange() -> None:
    from fakeaws.core.tools.http import Headers, Request

    strange = ["null", "", "http://localhost.evil.example", "http://evil.example#localhost", "file://localhost", "x"]
    strange += ["http://localhost:3000,http://evil.example", "chrome-extension://localhost", "http://[localhost", "//"]
    for origin in strange:
        request = Request("GET", "/", headers=Headers([("Host", HOST), ("Origin", origin)]))
        assert Origins().sender(request).kind is Kind.STRANGER, origin


def test_the_cloud_is_managed_with_its_secret_where_callers_are_told_apart(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path / "cloud", EVIL)
    verifying = App(guarded.cloud, verify=True)
    assert ask(guarded, "GET", "/_fakeaws/clock").status == 200
    for app in (verifying, App(guarded.cloud)):
        refused = ask(guarded, "POST", "/_fakeaws/reset", app=app)
        assert (refused.status, HEADER.encode() in refused.body, FILE.encode() in refused.body) == (403, True, True)
        assert ask(guarded, "GET", "/_fakeaws/clock", app=app, X_Fakeaws_Secret="wrong").status == 403
        assert ask(guarded, "GET", "/_fakeaws/health", app=app).status == 200
        secret = (tmp_path / "cloud" / FILE).read_text().strip()
        assert ask(guarded, "GET", "/_fakeaws/clock", app=app, X_Fakeaws_Secret=secret).status == 200
        page = {"Origin": f"http://{HOST}", "X_Fakeaws_Secret": secret}
        assert ask(guarded, "POST", "/_fakeaws/clock", b'{"advance": 1}', app=app, **page).status == 403
        with guarded.cloud.database.transaction(write=True):
            enforcement.enforce(guarded.cloud.database, True)
    assert stat.S_IMODE((tmp_path / "cloud" / FILE).stat().st_mode) == 0o600
    (tmp_path / "cloud" / FILE).write_text("")
    for secret in ({}, {"X_Fakeaws_Secret": ""}):
        assert ask(guarded, "GET", "/_fakeaws/clock", app=verifying, **secret).status == 403


def test_a_verifying_server_takes_what_needs_no_key(guarded: Guarded) -> None:
    app = App(guarded.cloud, verify=True)
    target = "AWSCognitoIdentityProviderService."
    headers = {"Content_Type": "application/x-amz-json-1.1"}
    sent = b'{"ClientId":"c","Username":"u","Password":"Passw0rd!"}'
    answer = ask(guarded, "POST", "/", sent, app, X_Amz_Target=target + "SignUp", **headers)
    assert b"ResourceNotFoundException" in answer.body
    answer = ask(guarded, "POST", "/", b'{"AccessToken":"x"}', app, X_Amz_Target=target + "ListDevices", **headers)
    assert b"AccessDenied" not in answer.body


def test_without_a_signature_a_verifying_server_shows_what_is_public(guarded: Guarded) -> None:
    app = App(guarded.cloud, verify=True)
    assert ask(guarded, "GET", "/public/dot.png", app=app).status == 200
    assert ask(guarded, "GET", "/private/secret.txt", app=app).status == 403
    assert ask(guarded, "GET", "/", app=app).status == 403
