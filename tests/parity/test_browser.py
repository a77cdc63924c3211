"""A page of elsewhere, in a real browser, against a cloud that is served on this machine: nothing that it tries works,
but for what a bucket's CORS rules, its policy, or a signature of the cloud's allow."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import uvicorn

from fakeaws.wire.server.app import App
from tests.parity.conftest import _free_port
from tests.wire.served import Guarded

pytestmark = pytest.mark.full
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGE = Path(__file__).with_name("browser") / "stranger.html"
RECORDED = Path(__file__).parents[1] / "wire" / "requests" / "browser_requests.jsonl"
KEPT = ("host", "origin", "referer", "content-type", "user-agent", "authorization", "x-amz-target", "upgrade")
KEPT += ("access-control-request-method", "access-control-request-headers", "access-control-request-private-network")
EVIL = "evil.example"
REBOUND = "rebound.example"
"""A name whose owner has it point to this machine."""
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-popup-blocking --no-proxy-server"
).split()


class Recorder:
    """The application, with what it was sent and what it answered."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        entry = {
            "method": scope["method"],
            "target": scope["path"] + "?" + scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": "",
        }
        self.seen.append(entry)

        async def received() -> Any:
            message = await receive()
            entry["body"] += message.get("body", b"").decode("latin-1")
            return message

        async def answered(message: Any) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        await self.app(scope, received, answered)


@contextmanager
def served(app: Any, port: int) -> Iterator[None]:
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="none", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(60)


class Site:
    """The page's own server, on another address of this machine; it also redirects to the cloud."""

    def __init__(self, port: int, text: str, target: str) -> None:
        self.results: Queue[Any] = Queue()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/redirect"):
                    self.send_response(307)
                    self.send_header("Location", f"{target}/?{self.path.partition('?')[2]}")
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(text.encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/results":
                    site.results.put(json.loads(body))
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.2", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> "Site":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(60)


def browser(profile: Path, *arguments: str) -> list[str]:
    assert CHROMIUM is not None
    rules = f"MAP {EVIL} 127.0.0.2,MAP {REBOUND} 127.0.0.1,MAP *.localhost 127.0.0.1"
    return [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"--host-resolver-rules={rules}", *arguments]


def shown(site: Site, url: str, profile: Path) -> Any:
    """What the page says in the end of what it did."""
    command = browser(profile, "--remote-debugging-port=0", url)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return site.results.get(timeout=100)
    finally:
        process.terminate()
        process.wait(60)


def typed(url: str, profile: Path) -> None:
    """Open an address as a user does who types it."""
    subprocess.run(browser(profile, "--dump-dom", url), capture_output=True, timeout=120, check=True)


class Visit:
    """What a browser did that was shown the page."""

    def __init__(self, folder: Path) -> None:
        port, own_port = _free_port(), _free_port()
        self.port, self.own_port = str(port), str(own_port)
        origin, self.target = f"http://{EVIL}:{own_port}", f"http://127.0.0.1:{port}"
        self.guarded = Guarded(folder / "cloud", origin)
        self.recorder = Recorder(App(self.guarded.cloud))
        text = self._page(port)
        with served(self.recorder, port), Site(own_port, text, self.target) as site:
            self.results = shown(site, f"{origin}/", folder / "profile")
            self.after_page = self.guarded.state()
            typed(f"{origin}/redirect?Action=CreateUser&Version=2010-05-08&UserName=typed", folder / "typed")
            typed(f"http://{REBOUND}:{port}/?Action=ListUsers&Version=2010-05-08", folder / "rebound")

    def _page(self, port: int) -> str:
        s3 = self.guarded.session.client("s3", endpoint_url=self.target)
        image = s3.generate_presigned_url("get_object", {"Bucket": "private", "Key": "dot.png"})
        post = s3.generate_presigned_post("private", "form-signed")
        words = {
            "target": self.target,
            "named": f"http://localhost:{port}",
            "rebound": f"http://{REBOUND}:{port}",
            "websocket": f"ws://127.0.0.1:{port}",
            "presigned": image,
            "website": f"http://site.s3-website-us-east-1.localhost:{port}/",
            "form": json.dumps({**post["fields"], "file": "by a form"}),
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    found = Visit(tmp_path_factory.mktemp("browser"))
    if "RECORD_BROWSER" in os.environ:
        record(found)
    return found


def record(visit: Visit) -> None:
    """Keep what the browser sent, without what differs each time, for tests/wire/requests/test_origins.py."""
    lines = []
    for entry in visit.recorder.seen:
        if "Signature=" in entry["target"] and "Signature=00" not in entry["target"]:
            continue
        headers = {
            name: value for name, value in entry["headers"].items() if name in KEPT or name.startswith("sec-fetch")
        }
        text = json.dumps({**entry, "headers": headers}).replace(visit.port, "4566").replace(visit.own_port, "8000")
        if "form-signed" not in text:
            lines.append(text + "\n")
    RECORDED.write_text("".join(lines), encoding="utf-8")


def test_a_page_of_elsewhere_changes_nothing(visit: Visit) -> None:
    assert len(visit.results["tried"]) > 60
    objects = {**visit.guarded.before["objects"]}
    objects["shared"] = {**objects["shared"], "written": visit.after_page["objects"]["shared"]["written"]}
    objects["private"] = {**objects["private"], "form-signed": visit.after_page["objects"]["private"]["form-signed"]}
    assert visit.after_page == {**visit.guarded.before, "objects": objects}
    assert visit.guarded.state() == visit.after_page


def test_a_page_of_elsewhere_reads_nothing(visit: Visit) -> None:
    assert visit.results["read"] == {}


def test_a_page_does_what_a_buckets_rules_its_policy_and_signatures_allow(visit: Visit) -> None:
    assert visit.results["allowed"] == {
        "cors-read": "hello",
        "cors-write": 200,
        "cors-delete": "blocked",
        "cors-other-header": "blocked",
        "image-public": "load",
        "image-presigned": "load",
        "frame-website": "load",
    }


def test_every_way_reached_the_cloud_and_was_refused(visit: Visit) -> None:
    """Were a request blocked by the browser alone, the test would say nothing of the cloud."""
    names = {m[1]: entry for entry in visit.recorder.seen if (m := re.search("UserName=([a-z-]+)", entry["target"]))}
    assert len(names) > 25
    assert {name: entry["status"] for name, entry in names.items() if entry["status"] < 400} == {}
