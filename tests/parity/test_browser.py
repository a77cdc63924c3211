"""A page of elsewhere, in a real browser, against a cloud that is served on this machine: nothing that it tries works,
but for what a bucket's CORS rules, its policy, or a signature of the cloud's allow."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from fakeaws.wire.app import App
from tests.parity.conftest import _free_port
from tests.wire.served import Guarded

pytestmark = pytest.mark.full
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGE = Path(__file__).with_name("browser") / "stranger.html"
EVIL = "evil.example"
REBOUND = "rebound.example"
"""A name whose owner has it point to this machine."""
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-popup-blocking"
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
        }
        self.seen.append(entry)

        async def answered(message: Any) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        await self.app(scope, receive, answered)


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


@contextmanager
def page_at(port: int, text: str, target: str) -> Iterator[None]:
    """The page, on another address of this machine; it also redirects to the cloud."""

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

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.2", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(60)


def opened(url: str, profile: Path) -> str:
    """The page as it is when it has done all that it does."""
    assert CHROMIUM is not None
    rules = f"MAP {EVIL} 127.0.0.2,MAP {REBOUND} 127.0.0.1,MAP *.localhost 127.0.0.1"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"--host-resolver-rules={rules}"]
    dump = [*command, "--virtual-time-budget=120000", "--dump-dom", url]
    return subprocess.run(dump, capture_output=True, text=True, timeout=240, check=True).stdout


class Visit:
    """What a browser did that was shown the page."""

    def __init__(self, folder: Path) -> None:
        port, own_port = _free_port(), _free_port()
        origin, self.target = f"http://{EVIL}:{own_port}", f"http://127.0.0.1:{port}"
        self.guarded = Guarded(folder / "cloud", origin)
        self.recorder = Recorder(App(self.guarded.cloud))
        text = self._page(port)
        with served(self.recorder, port), page_at(own_port, text, self.target):
            found = re.search(r'<pre id="results">(.*?)</pre>', opened(f"{origin}/", folder / "profile"), re.DOTALL)
            assert found is not None
            self.results = json.loads(unescape(found[1]))
            self.after_page = self.guarded.state()
            opened(f"{origin}/redirect?Action=CreateUser&Version=2010-05-08&UserName=typed", folder / "typed")
            opened(f"http://{REBOUND}:{port}/?Action=ListUsers&Version=2010-05-08", folder / "rebound")

    def _page(self, port: int) -> str:
        s3 = self.guarded.session.client("s3", endpoint_url=self.target)
        image = s3.generate_presigned_url("get_object", {"Bucket": "private", "Key": "dot.png"})
        post = s3.generate_presigned_post("private", "form-signed")
        words = {
            "TARGET": self.target,
            "NAMED": f"http://localhost:{port}",
            "REBOUND": f"http://{REBOUND}:{port}",
            "WEBSOCKET": f"ws://127.0.0.1:{port}",
            "PRESIGNED": image,
            "WEBSITE": f"http://site.s3-website-us-east-1.localhost:{port}/",
            "SIGNEDFORM": json.dumps({**post["fields"], "file": "by a form"}),
        }
        return re.sub("|".join(words), lambda found: words[found[0]], PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    return Visit(tmp_path_factory.mktemp("browser"))


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
