"""The root user's keys of a folder stay what they are, whatever the user does to `credentials`."""

from __future__ import annotations

import shutil
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from fakeaws import sdk
from fakeaws.core.pipeline import initial_keys
from fakeaws.core.pipeline.cloud import Cloud
from tests.conftest import Terminal

ROOT = "arn:aws:iam::123456789012:root"


def arn(folder: Path, key: str, secret: str) -> str:
    """Who calls with these keys where signatures are verified and policies are enforced."""
    session = sdk.session(Cloud(folder), verify=True, aws_access_key_id=key, aws_secret_access_key=secret)
    return str(session.client("sts").get_caller_identity()["Arn"])


@pytest.fixture
def keys(terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The keys of a new cloud."""
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    terminal("sts get-caller-identity")
    return initial_keys.first(str(home))


def test_a_new_folder_s_profile_has_the_root_user_s_keys(terminal: Terminal, home: Path, keys: tuple[str, str]) -> None:
    assert terminal("configure get aws_access_key_id") == keys[0] + "\n"
    assert terminal("configure get aws_secret_access_key") == keys[1] + "\n"
    assert (home / initial_keys.FILE).stat().st_mode & 0o777 == 0o600
    assert arn(home, *keys) == ROOT


def test_the_keys_stay_the_root_user_s_when_the_profile_becomes_a_user_s(
    terminal: Terminal, home: Path, keys: tuple[str, str]
) -> None:
    terminal("iam create-user --user-name ann")
    made = terminal("iam create-access-key --user-name ann").json["AccessKey"]
    terminal(f"configure set aws_access_key_id {made['AccessKeyId']}")
    terminal(f"configure set aws_secret_access_key {made['SecretAccessKey']}")
    assert terminal("sts get-caller-identity --query Arn").json.endswith(":user/ann")
    assert arn(home, *keys) == ROOT
    assert arn(home, made["AccessKeyId"], made["SecretAccessKey"]).endswith(":user/ann")
    terminal("cloud reset")
    terminal.refused("iam list-users", "InvalidClientTokenId")
    assert arn(home, *keys) == ROOT


def test_keys_that_are_typed_into_the_profile_become_nobody_s(
    terminal: Terminal, home: Path, keys: tuple[str, str]
) -> None:
    terminal("configure set aws_access_key_id AKIAMISTYPED00000000")
    terminal.refused("iam list-users", "InvalidClientTokenId")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        arn(home, "AKIAMISTYPED00000000", keys[1])


def test_a_profile_that_is_removed_is_made_again_with_the_same_keys(
    terminal: Terminal, home: Path, keys: tuple[str, str]
) -> None:
    (home / "credentials").unlink()
    terminal("iam list-users")
    assert terminal("configure get aws_access_key_id") == keys[0] + "\n"


def test_a_folder_without_the_file_has_them_in_its_profiles(
    terminal: Terminal, home: Path, keys: tuple[str, str]
) -> None:
    (home / initial_keys.FILE).unlink()
    terminal("configure set aws_access_key_id AKIAALSOTHEIRS000000 --profile other")
    terminal("configure set aws_secret_access_key other --profile other")
    assert arn(home, *keys) == ROOT
    assert arn(home, "AKIAALSOTHEIRS000000", "other") == ROOT


def test_a_copied_folder_has_the_same_keys(home: Path, keys: tuple[str, str], tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    assert arn(tmp_path / "copy", *keys) == ROOT


def test_a_snapshot_that_is_restored_leaves_them(terminal: Terminal, home: Path, keys: tuple[str, str]) -> None:
    terminal("cloud snapshot save before")
    terminal("iam create-user --user-name ann")
    terminal("cloud snapshot restore before")
    assert arn(home, *keys) == ROOT


def test_boto3_in_this_process_signs_with_them(
    home: Path, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the keys of whoever asked for a client first
    assert sdk.session(Cloud(home), verify=True).client("sts").get_caller_identity()["Arn"] == ROOT
    with sdk.patched(Cloud(home), verify=True):
        assert boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"] == ROOT
