"""Start-up: `fakeaws ec2 describe-instances` on 10 instances, beside bare Python and the real `aws`."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request

from _measure import BIN, FAKEAWS, medians, new_cloud

PORT = 45670


def main() -> None:
    env = new_cloud(10)
    baseline = [sys.executable, "-c", "import click, json, sqlite3"]
    real = [str(BIN / "aws"), "--endpoint-url", f"http://127.0.0.1:{PORT}", "ec2", "describe-instances"]
    keys = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    server = subprocess.Popen([FAKEAWS, "serve", "--port", str(PORT)], env=env, stdout=subprocess.DEVNULL)
    try:
        _wait()
        commands = {"fakeaws": [FAKEAWS, "ec2", "describe-instances"], "python": baseline, "aws": real}
        found = medians(commands, {name: {**env, **(keys if name == "aws" else {})} for name in commands}, 15)
    finally:
        server.terminate()
        server.wait()
    for name, seconds in found.items():
        print(f"{name:8} {seconds * 1000:7.1f} ms")
    print(f"fakeaws / python imports: {found['fakeaws'] / found['python']:.2f} (at most 1.45)")
    print(f"fakeaws / real aws:       {found['fakeaws'] / found['aws']:.3f} (at most 0.167)")


def _wait() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_fakeaws/health", timeout=1).read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not come up")


main()
