"""Which service and operation a request means: what botocore sends for every operation, and what others send."""

import random

import pytest
from botocore.loaders import Loader

from fakeaws.core.model import models
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.messages.directory import directory
from fakeaws.wire.messages.traits import SHADOWED, SIGNING_ALIASES
from fakeaws.wire.protocols.base import event_member
from fakeaws.wire.requests.routing import Unroutable, addressed_path, route
from tests.wire import clients
from tests.wire.generated import Maker
from tests.wire.protocols.test_round_trips import SAMPLE


def _signed(service: str) -> tuple[str, str]:
    scope = f"AKID/20260101/eu-west-1/{service}/aws4_request"
    return "Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def _meant(method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> tuple[str, str | None, str]:
    target, _, query = path.partition("?")
    found = route(Request(method, target, query, Headers(headers), body))
    return found.service.name, found.operation.name if found.operation else None, found.protocol


def _is_same(one: models.Operation, other: models.Operation) -> bool:
    """Whether requests of two services are alike to the last byte: `rds` and `neptune`, `wisdom` and `qconnect`."""
    alike = [(each.service.metadata["endpointPrefix"], each.http["method"]) for each in (one, other)]
    paths = [each.http["requestUri"].partition("{")[0] for each in (one, other)]
    return alike[0] == alike[1] and paths[0] == paths[1]


def _check_all(name: str) -> None:
    """Every operation, as its client would send it to a host of its own."""
    service = models.service(name)
    metadata = service.metadata
    for operation_name in [each for each in service.operation_names if (name, each) not in SHADOWED]:
        operation = service.operation(operation_name)
        for spoken in metadata.get("protocols") or [service.protocol]:
            stream = event_member(operation.input)
            skip = (stream,) if stream else ()
            maker = Maker(random.Random(1), spoken)
            params = maker.structure(operation.input, skip=skip) if operation.input else {}
            sent = clients.sent(name, operation_name, params, spoken)
            fields = [(k, v) for k, v in sent.headers.pairs if k.lower() != "host"]
            host = f"{metadata['endpointPrefix']}.eu-west-1.localhost:4566"
            fields += [_signed(metadata.get("signingName") or metadata["endpointPrefix"]), ("Host", host)]
            found = route(Request(sent.method, sent.path, sent.query, Headers(fields), sent.content))
            assert found.operation is not None
            assert (found.operation.name, found.protocol) == (operation_name, spoken)
            assert found.service.name == name or _is_same(found.operation, operation)


@pytest.mark.parametrize("name", [*SAMPLE, "ec2", "apigatewayv2", "bedrock-agent", "chime-sdk-voice", "sesv2", "elb"])
def test_a_sample_of_services_is_found(name: str) -> None:
    _check_all(name)


@pytest.mark.full
@pytest.mark.parametrize("name", models.services())
def test_every_operation_of_every_service_is_found(name: str) -> None:
    _check_all(name)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/", "ListBuckets"),
        ("PUT", "/b", "CreateBucket"),
        ("PUT", "/b/", "CreateBucket"),
        ("GET", "/b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET", "/b?prefix=x", "ListObjects"),
        ("GET", "/b?versions", "ListObjectVersions"),
        ("GET", "/b?lifecycle", "GetBucketLifecycleConfiguration"),
        ("GET", "/b?analytics", "ListBucketAnalyticsConfigurations"),
        ("GET", "/b?analytics&id=1", "GetBucketAnalyticsConfiguration"),
        ("PUT", "/b/a/b//c/", "PutObject"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"),
        ("GET", "/b/k?uploadId=u", "ListParts"),
        ("GET", "/b/k?x-id=GetObject", "GetObject"),
        ("HEAD", "/b/k", "HeadObject"),
        ("POST", "/b/k?uploads", "CreateMultipartUpload"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"),
        ("DELETE", "/b/k", "DeleteObject"),
    ],
)
def test_requests_of_s3_differ_in_what_stands_beside_the_path(method: str, path: str, operation: str) -> None:
    assert _meant(method, path, _signed("s3"), ("Host", "localhost:4566")) == ("s3", operation, "rest-xml")


def test_a_copy_is_told_by_a_header() -> None:
    copied = ("x-amz-copy-source", "/b/k")
    assert _meant("PUT", "/b/k2", _signed("s3"), copied)[1] == "CopyObject"
    assert _meant("PUT", "/b/k2?partNumber=1&uploadId=u", _signed("s3"), copied)[1] == "UploadPartCopy"


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("b.s3.localhost:4566", "/b/k"),
        ("b.c.s3.us-east-1.localhost", "/b.c/k"),
        ("b.localhost:4566", "/b/k"),
        ("b.s3-us-west-2.amazonaws.com", "/b/k"),
        ("s3.localhost:4566", "/k"),
        ("localhost:4566", "/k"),
        ("127.0.0.1:4566", "/k"),
    ],
)
def test_a_bucket_may_stand_in_the_host(host: str, path: str) -> None:
    assert addressed_path("s3", Request("GET", "/k", headers=Headers([("Host", host)]))) == path


def test_s3_control_shares_a_signing_name_with_s3() -> None:
    account = ("x-amz-account-id", "123456789012")
    found = _meant("GET", "/v20180820/accesspoint", _signed("s3"), account, ("Host", "123456789012.localhost:4566"))
    assert found == ("s3control", "ListAccessPoints", "rest-xml")


def test_versions_of_forms_tell_services_apart() -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    for version, service in (("2012-06-01", "elb"), ("2015-12-01", "elbv2")):
        body = f"Action=DescribeLoadBalancers&Version={version}".encode()
        assert _meant("POST", "/", form, _signed("elasticloadbalancing"), body=body)[0] == service
    body = b"Action=SendMessage&MessageBody=x"
    assert _meant("POST", "/123456789012/q", form, _signed("sqs"), body=body)[:2] == ("sqs", "SendMessage")
    assert _meant("GET", "/?Action=ListUsers&Version=2010-05-08") == ("iam", "ListUsers", "query")
    assert _meant("POST", "/", form, _signed("sqs"), body=b"Action=ListQueues&Version=2012-11-05")[2] == "query"


def test_unsigned_requests_are_found_by_target_host_or_path() -> None:
    target = ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
    assert _meant("POST", "/", target)[:2] == ("cognito-idp", "InitiateAuth")
    assert _meant("POST", "/token") == ("sso-oidc", "CreateToken", "rest-json")
    assert _meant("GET", "/b/k") == ("s3", "GetObject", "rest-xml")
    assert _meant("GET", "/2015-03-31/functions/", ("Host", "lambda.eu-west-1.localhost"))[0] == "lambda"


def test_what_nobody_means_is_said_so() -> None:
    with pytest.raises(Unroutable):
        _meant("POST", "/", ("X-Amz-Target", "Nobody.DoesThis"))
    with pytest.raises(Unroutable):
        _meant("GET", "/", _signed("nothing"))
    assert _meant("POST", "/", ("X-Amz-Target", "AmazonSQS.Nothing"))[1] is None
    assert _meant("PATCH", "/b", _signed("s3"))[1] is None


def test_signing_names_of_single_endpoints_are_known() -> None:
    """Those that botocore's endpoints.json gives an endpoint where the service's model gives another, or none."""
    partitions = Loader().load_data("endpoints")["partitions"]
    services = [each for partition in partitions for each in partition["services"].values()]
    endpoints = [end for each in services for end in [each.get("defaults", {}), *each.get("endpoints", {}).values()]]
    names = {end["credentialScope"]["service"] for end in endpoints if "service" in end.get("credentialScope", {})}
    assert "IngestionService" in names
    assert [name for name in names if SIGNING_ALIASES.get(name, name) not in directory().by_signing_name] == []
