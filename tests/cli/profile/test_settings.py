"""Where settings and keys come from."""

from __future__ import annotations

import io
import json

import pytest

from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Globals, Streams
from fakeaws.cli.profile import config_file
from fakeaws.cli.profile.settings import Profile, read_ini

CONFIG = """[default]
region = us-east-1
s3 =
  max_concurrent_requests = 20
  addressing_style = path
; a comment
[profile dev]
region=eu-west-1
output = text
[profile 'my profile']
region = eu-north-1
[profile role]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = dev
[plugins]
x = y
"""
CREDENTIALS = """[default]
aws_access_key_id = A
aws_secret_access_key = B
[dev]
aws_access_key_id = C
aws_secret_access_key = D
aws_session_token = T
"""


@pytest.fixture
def profile(tmp_path):
    (tmp_path / "config").write_text(CONFIG)
    (tmp_path / "credentials").write_text(CREDENTIALS)

    def make(name=None, **env):
        options = Globals()
        options.profile = name
        streams = Streams(None, io.StringIO(), io.StringIO(), {"FAKEAWS_HOME": str(tmp_path), **env}, "aws")
        return Profile(options, streams)

    return make


def test_the_environment_comes_before_the_profile(profile):
    assert profile().region == "us-east-1"
    assert profile(AWS_DEFAULT_REGION="a").region == "a"
    assert profile(AWS_DEFAULT_REGION="a", AWS_REGION="b").region == "b"
    assert profile(AWS_PROFILE="dev").region == "eu-west-1"
    assert profile("my profile", AWS_PROFILE="dev").region == "eu-north-1"


def test_a_named_profile_comes_before_the_keys_of_the_environment(profile):
    keys = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "F"}
    assert profile(**keys).need_credentials().access_key == "E"
    assert profile(AWS_PROFILE="dev", **keys).need_credentials().access_key == "E"
    found = profile("dev", **keys).need_credentials()
    assert (found.access_key, found.token, found.method) == ("C", "T", "shared-credentials-file")


def test_a_role_is_assumed_with_the_keys_of_its_source(profile):
    found = profile("role").need_credentials()
    assert (found.access_key, found.method) == ("C", "assume-role")


def test_half_a_pair_of_keys_is_an_error(profile):
    with pytest.raises(CliError, match="Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY") as raised:
        profile(AWS_ACCESS_KEY_ID="E").need_credentials()
    assert raised.value.exit_code == 253


def test_keys_may_come_from_a_program(profile, tmp_path):
    answer = json.dumps({"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "Q"})
    (tmp_path / "keys").write_text(answer)
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = cat {tmp_path}/keys\n")
    assert profile("p").need_credentials().access_key == "P"


def test_a_profile_that_is_not_there_is_named(profile):
    with pytest.raises(CliError, match=r"The config profile \(nope\) could not be found") as raised:
        profile("nope").check()
    assert raised.value.exit_code == 255


def test_indented_lines_are_a_section_of_their_own(profile):
    assert profile().section["s3"] == {"max_concurrent_requests": "20", "addressing_style": "path"}
    assert profile().other_section("plugins") == {"x": "y"}


@pytest.mark.parametrize("text", ["[default\n", "region = r\n", "[a]\nnothing\n", "[a]\n[a]\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "config").write_text(text)
    with pytest.raises(CliError, match=r"Unable to parse config file: .*config"):
        read_ini(str(tmp_path / "config"))


def test_setting_a_value_leaves_the_rest_alone(tmp_path):
    path = tmp_path / "config"
    path.write_text("# mine\n[default]\nregion = a\n\n[profile dev]\nregion=b\n")
    config_file.update(str(path), "default", {"region": "c", "s3": {"k": "v"}})
    assert path.read_text() == "# mine\n[default]\nregion = c\ns3 =\n    k = v\n\n[profile dev]\nregion=b\n"
    config_file.update(str(path), "default", {"s3": {"k": "w", "l": "x"}})
    assert "s3 =\n    k = w\n    l = x\n\n[profile dev]" in path.read_text()


def test_new_files_are_their_owner_s_alone(tmp_path):
    config_file.update(str(tmp_path / "new" / "credentials"), "default", {"aws_access_key_id": "A"})
    assert (tmp_path / "new" / "credentials").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("program", ["'unclosed", "echo []", "echo '{}'"])
def test_a_program_that_gives_no_keys_is_an_error(profile, tmp_path, program):
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = {program}\n")
    with pytest.raises(CliError, match=r"No closing quotation|Error when retrieving credentials") as raised:
        profile("p").need_credentials()
    assert raised.value.exit_code == 255


def test_a_folder_in_the_place_of_a_file_counts_as_no_file(profile, tmp_path):
    assert profile(AWS_CONFIG_FILE=str(tmp_path)).region is None
