"""MFA devices whose seeds work."""

from __future__ import annotations

import base64
from pathlib import Path

from fakeaws.core.tools import totp
from tests.conftest import Clock, Terminal

SERIAL = "arn:aws:iam::123456789012:mfa/phone"


def _code(seed: str, clock: Clock, later: int = 0) -> str:
    return totp.code(seed, 1_800_000_000 // totp.STEP + later)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, of which six digits are shown."""
    seed = base64.b32encode(b"12345678901234567890").decode()
    assert [totp.code(seed, at // 30) for at in (59, 1111111109, 1234567890)] == ["287082", "081804", "005924"]


def test_a_session_with_a_device_counts_as_with_mfa(terminal: Terminal, clock: Clock, tmp_path: Path) -> None:
    terminal("iam create-user --user-name bob")
    path = tmp_path / "seed"
    terminal(
        "iam create-virtual-mfa-device --virtual-mfa-device-name phone --bootstrap-method Base32StringSeed",
        Outfile=str(path),
    )
    seed = path.read_text()
    enable = f"iam enable-mfa-device --user-name bob --serial-number {SERIAL} --authentication-code1"
    terminal.refused(
        f"{enable} 000000 --authentication-code2 000000",
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid.",
    )
    terminal(f"{enable} {_code(seed, clock, -1)} --authentication-code2 {_code(seed, clock)}")
    assert terminal("iam list-mfa-devices --user-name bob --query MFADevices[].SerialNumber").json == [SERIAL]
    key = terminal("iam create-access-key --user-name bob --query AccessKey").json
    bob = terminal.with_env(AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
    token = f"sts get-session-token --serial-number {SERIAL} --token-code"
    bob.refused(
        f"{token} 000000",
        "AccessDenied",
        "MultiFactorAuthentication failed with invalid MFA one time pass code.",
    )
    bob(f"{token} {_code(seed, clock, 1)}")
    bob.refused(f"{token} {_code(seed, clock, 1)}", "AccessDenied")


def test_the_picture_is_a_qr_code(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    terminal(
        "iam create-virtual-mfa-device --virtual-mfa-device-name phone --bootstrap-method QRCodePNG",
        Outfile=str(path),
    )
    assert path.read_bytes().startswith(b"\x89PNG\r\n")
