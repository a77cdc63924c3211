"""The AWS CLI's own commands that make tokens, links and files, against answers of a line."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fakeaws.cli import main
from fakeaws.cli.commands._ddb.expressions import Names, condition
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Streams
from fakeaws.cli.profile import signing
from tests.cli.commands.fake_s3 import FakeS3

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}


class Answers(FakeS3):
    """The small S3, with a fixed answer for each other operation that a test names."""

    def __init__(self):
        super().__init__()
        self.fixed = {}

    def perform(self, service, operation, params):
        if operation in self.fixed:
            self.calls.append((operation, params))
            return self.fixed[operation]
        return super().perform(service, operation, params)


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signing, "now", lambda: datetime(2024, 1, 2, tzinfo=UTC))
    return Answers()


@pytest.fixture
def aws(cloud, tmp_path):
    """Run a command: (exit code, stdout, stderr)."""

    def run(*argv, stdin="", **env):
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
        env = {**KEYS, "FAKEAWS_HOME": str(tmp_path / "home"), "HOME": str(tmp_path), **env}
        code = main.run(list(argv), Streams(io.StringIO(stdin), out, err, env, "aws"), cloud.perform_for)
        return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

    return run


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def test_the_password_of_a_registry_is_taken_from_its_token(aws, cloud):
    token = base64.b64encode(b"AWS:secret").decode()
    cloud.fixed["GetAuthorizationToken"] = {"authorizationData": [{"authorizationToken": token}]}
    assert aws("ecr", "get-login-password") == (0, "secret\n", "")


def test_a_cluster_is_added_to_the_first_file_of_kubeconfig_that_knows_it(aws, cloud, tmp_path):
    arn = "arn:aws:eks:us-east-1:123456789012:cluster/c"
    place = {"certificateAuthority": {"data": "Q0E="}, "endpoint": "https://c"}
    cloud.fixed["DescribeCluster"] = {"cluster": {"name": "c", "arn": arn, "status": "ACTIVE", **place}}
    (tmp_path / "one").write_text("")
    assert aws("eks", "update-kubeconfig", "--name", "c", KUBECONFIG="two")[1].startswith("Added new context")
    _, out, _ = aws("eks", "update-kubeconfig", "--name", "c", KUBECONFIG="one:two")
    assert out == f"Updated context {arn} in {tmp_path}/two\n"
    assert "server: https://c\n" in (tmp_path / "two").read_text()


def test_a_cluster_s_token_is_a_signed_request_bound_to_its_name(aws):
    _, out, _ = aws("eks", "get-token", "--cluster-name", "c")
    token = json.loads(out)["status"]["token"].removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    assert url.startswith("https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&")
    assert "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id" in url


def test_git_is_given_a_password_only_for_codecommit(aws):
    request = "protocol=https\nhost=git-codecommit.eu-west-1.amazonaws.com\npath=v1/repos/r\n"
    _, out, _ = aws("codecommit", "credential-helper", "get", stdin=request)
    assert out.startswith("username=AKID\npassword=20240102T000000Z")
    assert aws("codecommit", "credential-helper", "get", stdin="host=example.com\n") == (0, "", "")
    assert aws("codecommit", "credential-helper", "store") == (0, "", "")


def test_a_link_of_cloudfront_verifies_with_the_public_key(aws, key, tmp_path):
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "k.pem").write_bytes(pem)
    command = "cloudfront sign --url https://d/x?a=b --key-pair-id K --private-key file://k.pem --date-less-than 100"
    _, url, _ = aws(*command.split())
    fields = dict(part.split("=", 1) for part in url.partition("?")[2].split("&"))
    assert (fields["Expires"], fields["Key-Pair-Id"]) == ("100", "K")
    signature = base64.b64decode(fields["Signature"].translate(str.maketrans("-_~", "+=/")))
    policy = '{"Statement":[{"Resource":"https://d/x?a=b","Condition":{"DateLessThan":{"AWS:EpochTime":100}}}]}'
    key.public_key().verify(signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1())


def _digest(cloud, key, log):
    """A digest of one log file, signed and put into the bucket."""
    name = "AWSLogs/1/CloudTrail-Digest/us-east-1/2024/01/01/1_CloudTrail-Digest_us-east-1_t_us-east-1_20240101T120000Z"
    digest = {
        "digestS3Bucket": "b",
        "digestS3Object": f"{name}.json.gz",
        "digestStartTime": "2024-01-01T11:00:00Z",
        "digestEndTime": "2024-01-01T12:00:00Z",
        "digestPublicKeyFingerprint": "f",
        "previousDigestSignature": None,
        "logFiles": [{"s3Bucket": "b", "s3Object": "log", "hashValue": hashlib.sha256(log).hexdigest()}],
    }
    text = json.dumps(digest).encode()
    lines = ("2024-01-01T12:00:00Z", f"b/{name}.json.gz", hashlib.sha256(text).hexdigest(), "null")
    signature = key.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
    cloud.PutObject({"Bucket": "b", "Key": f"{name}.json.gz", "Body": gzip.compress(text)})
    cloud.PutObject({"Bucket": "b", "Key": "log", "Body": gzip.compress(log)})
    plain = cloud.GetObject
    cloud.GetObject = lambda params: {**plain(params), "Metadata": {"signature": signature}}


def test_logs_are_believed_as_long_as_nobody_touches_them(aws, cloud, key):
    cloud.buckets["b"] = {}
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    cloud.fixed["ListPublicKeys"] = {"PublicKeyList": [{"Fingerprint": "f", "Value": public}]}
    _digest(cloud, key, b"events")
    arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/t"
    command = f"cloudtrail validate-logs --trail-arn {arn} --start-time 2024-01-01 --s3-bucket b --account-id 1"
    code, out, _ = aws(*command.split())
    assert (code, out.splitlines()[-2:]) == (0, ["1/1 digest files valid", "1/1 log files valid"])
    cloud.PutObject({"Bucket": "b", "Key": "log", "Body": gzip.compress(b"forged")})
    code, out, _ = aws(*command.split())
    assert code == 1
    assert "Log file\ts3://b/log\tINVALID: hash value doesn't match" in out


@pytest.mark.parametrize(
    ("text", "expression", "values"),
    [
        ('id = "1"', "#n0 = :n1", {":n1": {"S": "1"}}),
        ("a.b[0] <> 5", "#n0.#n1[0] <> :n2", {":n2": {"N": "5"}}),
        ("NOT size(a) > 1 OR b IN (true)", "NOT size(#n0) > :n1 OR #n2 IN (:n3)", None),
        ("a BETWEEN 1 AND 2 AND (b = null)", "#n0 BETWEEN :n1 AND :n2 AND (#n3 = :n4)", None),
        ("a = {1, 2}", "#n0 = :n1", {":n1": {"NS": ["1", "2"]}}),
    ],
)
def test_literals_of_an_expression_become_placeholders(text, expression, values):
    names = Names()
    assert condition(text, names) == expression
    assert values is None or names.values == values


def test_an_expression_that_breaks_off_shows_where():
    with pytest.raises(CliError) as raised:
        condition("a =", Names())
    assert raised.value.message.endswith("\na =\n   ^")


def test_signing_in_needs_to_know_where(aws, cloud):
    cloud.fixed["GetCallerIdentity"] = {"Arn": "arn:aws:iam::123456789012:root"}
    assert aws("login")[1] == "Successfully logged into profile default as arn:aws:iam::123456789012:root\n"
    assert aws("sso", "login")[0] == 253
