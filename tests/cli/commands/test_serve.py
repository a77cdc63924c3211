"""`fakeaws serve` as a command: what it hands to the server, and what it warns of."""

from pathlib import Path
from typing import Any

import pytest

from fakeaws.wire.server import serve


def test_hosts_and_origins_are_given_to_the_server(terminal: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[serve.Settings] = []
    monkeypatch.setattr(serve, "serve", served.append)
    terminal("serve --allow-host aws.test --allow-host *.lab.test --allow-origin https://app.test")
    [settings] = served
    assert (settings.hosts, settings.origins) == (["aws.test", "*.lab.test"], ["https://app.test"])
    app = serve.application(settings)
    assert app.origins.answers_as("s3.lab.test:4566")
    assert app.origins.answers_as("127.0.0.1")
    assert app.origins.origins == {"https://app.test"}
    assert serve.Settings(**vars(settings)).written() == settings.written()


def test_any_origin_is_warned_of(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "serve", lambda settings: None)
    assert "every web page" in terminal("serve --allow-origin *").stderr
    assert "every web page" in terminal("serve --allow-host *").stderr
    assert "every web page" not in terminal("serve --allow-origin http://x.test").stderr
