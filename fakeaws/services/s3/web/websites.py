"""Static websites: what a bucket's website configuration says, answered under the website endpoint's host.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html and CustomErrorDocSupport.html
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from fakeaws.core.pipeline.visits import Visit
from fakeaws.core.tools import xml
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Response, pieces

Document = dict[str, Any]
_CONDITIONS = {"if-none-match": "IfNoneMatch", "if-match": "IfMatch", "range": "Range"}
_HEADERS = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
    "ContentEncoding": "Content-Encoding",
    "ContentLanguage": "Content-Language",
    "ContentLength": "Content-Length",
    "ContentRange": "Content-Range",
    "ETag": "ETag",
}
_TITLES = {
    304: "Not Modified",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    412: "Precondition Failed",
}


def visit_website(visit: Visit) -> Response:
    """The answer of a bucket's website (`bucket.s3-website-us-east-1.localhost`) to a request."""
    page = _Page(visit)
    try:
        if visit.request.method not in ("GET", "HEAD"):
            text = "The specified method is not allowed against this resource."
            raise AwsError("MethodNotAllowed", text, status=405)
        response = page.answer()
    except AwsError as error:
        response = page.refusal(error, visit.request_id)
    response.headers.add("x-amz-request-id", visit.request_id)
    if visit.request.method == "HEAD":
        response.body = b""
    return response


class _Page:
    """What a request to a website shows."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.request = request = visit.request
        self.key = unquote(request.path[1:])
        self.site: Document = {}

    def answer(self) -> Response:
        if not self.request.is_decodable:
            raise AwsError("InvalidURI", "Couldn't parse the specified URI.", status=400)
        self.site = self._perform("GetBucketWebsite")
        everywhere = self.site.get("RedirectAllRequestsTo")
        if everywhere:
            protocol = everywhere.get("Protocol") or "http"
            return _moved(f"{protocol}://{everywhere['HostName']}{self.request.path}")
        redirect = self._rule(None)
        return redirect or self._shown(self._page(), 200)

    def _page(self) -> str:
        """The key of what is shown: the index document of a folder."""
        is_folder = not self.key or self.key.endswith("/")
        return self.key + self._index() if is_folder else self.key

    def _index(self) -> str:
        return str(self.site.get("IndexDocument", {}).get("Suffix", ""))

    def _shown(self, key: str, status: int) -> Response:
        given = {name: self.request.headers.get(header) for header, name in _CONDITIONS.items()}
        params = {name: value for name, value in given.items() if value and status == 200}
        found = self._perform("GetObject", Key=key, **params)
        target = found.get("WebsiteRedirectLocation")
        if target and status == 200:
            found["Body"].close()
            return _moved(target)
        headers = [(header, str(found[name])) for name, header in _HEADERS.items() if found.get(name) is not None]
        headers += [(f"x-amz-meta-{name}", value) for name, value in found.get("Metadata", {}).items()]
        return Response(206 if "ContentRange" in found else status, headers, pieces(found["Body"]))

    def _perform(self, operation: str, **params: Any) -> Document:
        return self.visit.perform("s3", operation, {"Bucket": self.visit.names["bucket"], **params})

    def _rule(self, status: int | None) -> Response | None:
        """The redirect of the first routing rule for this key, and for this error where there is one."""
        for rule in self.site.get("RoutingRules", ()):
            condition = rule.get("Condition", {})
            code = condition.get("HttpErrorCodeReturnedEquals")
            prefix = condition.get("KeyPrefixEquals", "")
            if (code or None) == (str(status) if status else None) and self.key.startswith(prefix):
                return self._redirected(rule["Redirect"], prefix)
        return None

    def _redirected(self, redirect: Document, prefix: str) -> Response:
        key = self.key
        if "ReplaceKeyWith" in redirect:
            key = redirect["ReplaceKeyWith"]
        elif "ReplaceKeyPrefixWith" in redirect:
            key = redirect["ReplaceKeyPrefixWith"] + key[len(prefix) :]
        host = redirect.get("HostName") or self.request.host
        where = f"{redirect.get('Protocol') or 'http'}://{host}/{quote(key)}"
        return _moved(where, int(redirect.get("HttpRedirectCode") or 301))

    def refusal(self, error: AwsError, request_id: str) -> Response:
        """What is shown for an error: a redirect, the folder of that name, the error document, or S3's own page."""
        status = error.status or 404
        if status == 304:
            return Response(304)
        if status == 404 and self.site and self._is_folder():
            return _moved(self.request.path + "/", 302)
        redirect = self._rule(status) if self.site else None
        if redirect is not None:
            return redirect
        document = self.site.get("ErrorDocument", {}).get("Key")
        if document and status in (403, 404):
            try:
                return self._shown(document, status)
            except AwsError:
                pass
        return self._own_page(error, status, request_id)

    def _is_folder(self) -> bool:
        if not self.key or self.key.endswith("/"):
            return False
        try:
            self._perform("HeadObject", Key=f"{self.key}/{self._index()}")
        except AwsError:
            return False
        return True

    def _own_page(self, error: AwsError, status: int, request_id: str) -> Response:
        title = f"{status} {_TITLES.get(status, 'Bad Request')}"
        fields = {"Code": error.code, "Message": error.message, **error.fields, "RequestId": request_id}
        items = "".join(
            f"<li>{name}: {xml.escape(str(value))}</li>\n" for name, value in fields.items() if isinstance(value, str)
        )
        head = f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        text = f"{head}<ul>\n{items}</ul>\n<hr/>\n</body>\n</html>\n"
        return Response(status, [("Content-Type", "text/html; charset=utf-8")], text.encode())


def _moved(where: str, status: int = 301) -> Response:
    return Response(status, [("Location", re.sub(r"[\r\n]", " ", where))])
