"""Websites and calls from other origins, as a browser meets them."""

from __future__ import annotations

from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.wire.server.app import App
from fakeaws.wire.server.endpoint import Endpoint

SITE = "pages.s3-website-us-east-1.localhost:4566"


class Site:
    """A bucket and its website."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.endpoint = Endpoint(cloud)
        self.perform("CreateBucket")

    def perform(self, operation: str, **params: Any) -> Any:
        return self.cloud.perform("s3", operation, {"Bucket": "pages", **params})

    def put(self, key: str, text: str, **params: Any) -> None:
        self.perform("PutObject", Key=key, Body=text.encode(), ContentType="text/html", **params)

    def configure(self, **configuration: Any) -> None:
        self.perform("PutBucketWebsite", WebsiteConfiguration=configuration)

    def get(self, path: str) -> Response:
        return self.endpoint.answer(Request("GET", path, headers=Headers([("Host", SITE)])))


@pytest.fixture
def site(cloud: Cloud) -> Site:
    made = Site(cloud)
    made.put("index.html", "home")
    made.put("docs/index.html", "documents")
    made.configure(IndexDocument={"Suffix": "index.html"}, ErrorDocument={"Key": "error.html"})
    return made


def test_folders_show_their_index_document(site: Site) -> None:
    answer = site.get("/")
    assert (answer.status, answer.content, answer.headers.get("content-type")) == (200, b"home", "text/html")
    assert site.get("/docs/").content == b"documents"
    moved = site.get("/docs")
    assert (moved.status, moved.headers.get("location")) == (302, "/docs/")


def test_what_is_missing_shows_the_error_document_else_a_page_of_s3(site: Site) -> None:
    answer = site.get("/nothing")
    assert answer.status == 404
    assert b"<li>Code: NoSuchKey</li>" in answer.content
    site.put("error.html", "sorry")
    answer = site.get("/nothing")
    assert (answer.status, answer.content) == (404, b"sorry")


def test_redirects_of_objects_rules_and_whole_sites(site: Site) -> None:
    site.put("old", "", WebsiteRedirectLocation="/new")
    assert site.get("/old").headers.get("location") == "/new"
    rules = [
        {"Condition": {"KeyPrefixEquals": "blog/"}, "Redirect": {"ReplaceKeyPrefixWith": "news/"}},
        {"Condition": {"HttpErrorCodeReturnedEquals": "404"}, "Redirect": {"HostName": "else.where"}},
    ]
    site.configure(IndexDocument={"Suffix": "index.html"}, RoutingRules=rules)
    assert site.get("/blog/a").headers.get("location") == f"http://{SITE}/news/a"
    assert site.get("/nothing").headers.get("location") == "http://else.where/nothing"
    site.configure(RedirectAllRequestsTo={"HostName": "else.where", "Protocol": "https"})
    assert site.get("/a?b").headers.get("location") == "https://else.where/a?b"


def test_a_bucket_without_a_website_says_so(cloud: Cloud) -> None:
    site = Site(cloud)
    answer = site.get("/")
    assert answer.status == 404
    assert b"NoSuchWebsiteConfiguration" in answer.content


def _asked(app: App, method: str, **headers: str) -> Response:
    pairs = [("Host", "localhost"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return app._answer(Request(method, "/pages/index.html", headers=Headers(pairs)))


def test_pages_of_other_origins_call_as_the_bucket_allows(cloud: Cloud) -> None:
    site, app = Site(cloud), App(cloud)
    site.put("index.html", "home")
    asks = {"origin": "https://app.example.com", "access_control_request_method": "GET"}
    assert _asked(app, "OPTIONS", **asks).status == 403
    assert "access-control-allow-origin" not in _asked(app, "GET", origin=asks["origin"]).headers
    rule = {
        "AllowedOrigins": ["https://*.example.com"],
        "AllowedMethods": ["GET"],
        "AllowedHeaders": ["x-*"],
        "MaxAgeSeconds": 60,
    }
    site.perform("PutBucketCors", CORSConfiguration={"CORSRules": [rule]})
    allowed = _asked(app, "OPTIONS", **asks, access_control_request_headers="X-One")
    assert allowed.status == 200
    assert allowed.headers.get("access-control-allow-origin") == "https://app.example.com"
    assert allowed.headers.get("access-control-allow-headers") == "x-one"
    assert allowed.headers.get("access-control-max-age") == "60"
    assert _asked(app, "OPTIONS", **{**asks, "origin": "https://other.org"}).status == 403
    assert _asked(app, "OPTIONS", **{**asks, "access_control_request_method": "PUT"}).status == 403
    answer = _asked(app, "GET", origin=asks["origin"])
    assert answer.headers.get("access-control-allow-origin") == "https://app.example.com"
    app.threads.shutdown()
