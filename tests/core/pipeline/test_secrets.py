"""Secrets: nowhere in the cloud's folder nor in CloudTrail's answers, and read again by whom they are shown to."""

import json
import os
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.model import models
from fakeaws.core.model.secrets import Secrets
from fakeaws.core.pipeline import snapshots
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.failures import KeyLost
from fakeaws.core.store.key import masked, seal, unseal
from fakeaws.core.store.sqlite.database import Database
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.server.endpoint import Endpoint
from fakeaws.wire.server.serve import _opened
from tests.conftest import Terminal
from tests.core.pipeline.planting import PLANTED, Planter
from tests.wire.fuzzing import MAKING

SERVICES = (
    *("ssm", "secretsmanager", "rds", "redshift", "redshift-serverless", "lightsail", "elasticache", "mq", "ds"),
    *("docdb", "neptune", "dms", "memorydb", "cognito-idp", "iam", "kms", "ec2", "lambda", "events", "transfer"),
    *("organizations", "workspaces", "directconnect", "kafka", "amplify", "appsync", "workmail", "fsx", "sts"),
)
SHOWN = {
    r"^tag\w*\.|\.\w*tags?(key|value)?$": "tags are what resources are found by, and AWS shows them",
    r"name$": "names are what resources are found by, and AWS shows them",
    r"(client|clientrequest|idempotency)token$": "tokens by which a repeated call is known: they open nothing",
    r"^registermembertoaddresslistrequest\.address$": "an address on a list is what it is found there by",
    r"^publishinput\.phonenumber$": "a text message that was delivered (sns.Delivery) is what the phone's owner reads",
}
"""Members that the models mark as sensitive and that are kept or shown nevertheless, with the reason."""


def _made(cloud: Cloud, planter: Planter, service: str) -> None:
    model = models.service(service)
    for name in sorted(model.operation_names, key=lambda one: not one.startswith(MAKING)):
        planter.call = (service, name)
        for fullness in (0.0, 0.6):
            try:
                params = planter.params(model.operation(name), fullness)
                planter.learn(cloud.perform(service, name, params))
            except AwsError:
                pass


def _bytes(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def _trail(cloud: Cloud) -> bytes:
    """All that CloudTrail shows."""
    events: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = cloud.perform("cloudtrail", "LookupEvents", token)
        events += page["Events"]
        if "NextToken" not in page:
            return json.dumps(events, default=str).encode()
        token = {"NextToken": page["NextToken"]}


def _leaks(planter: Planter, content: bytes) -> list[tuple[str, str, str]]:
    found = {text.decode().lower() for text in PLANTED.findall(content)}
    shown = re.compile("|".join(SHOWN), re.IGNORECASE)
    leaks = {what for text, what in planter.planted.items() if text in found}
    return sorted(what for what in leaks if not shown.search(what[2]))


def _check(folder: Path, services: tuple[str, ...], at_least: int) -> None:
    cloud, planter = Cloud(folder), Planter("secrets")
    cloud.strict = False
    for service in services:
        _made(cloud, planter, service)
    assert len(planter.planted) > at_least
    snapshots.save(cloud, "now")
    assert "\n".join(map(str, _leaks(planter, _bytes(folder)))) == ""
    assert "\n".join(map(str, _leaks(planter, _trail(cloud)))) == ""


def test_no_secret_is_in_the_folder_nor_in_cloudtrail(tmp_path: Path) -> None:
    _check(tmp_path / "cloud", SERVICES, 500)


@pytest.mark.full
def test_no_secret_of_any_service_is_in_the_folder_nor_in_cloudtrail(tmp_path: Path) -> None:
    _check(tmp_path / "cloud", models.services(), 4000)


# Kept and read again


def test_a_secret_is_read_again(aws: Terminal, home: Path) -> None:
    aws("secretsmanager create-secret --name db --secret-string hunter2!")
    aws("secretsmanager put-secret-value --secret-id db --secret-string hunter3!")
    value = "secretsmanager get-secret-value --secret-id db"
    assert aws(value).json["SecretString"] == "hunter3!"
    assert aws(f"{value} --version-stage AWSPREVIOUS").json["SecretString"] == "hunter2!"
    assert b"hunter" not in _bytes(home)


def test_a_secure_string_is_shown_only_with_decryption(aws: Terminal, home: Path) -> None:
    aws("ssm put-parameter --name /app/password --type SecureString --value hunter2!")
    aws("ssm put-parameter --name /app/password --value hunter3! --overwrite")
    ways = {
        "ssm get-parameter --name /app/password": "Parameter",
        "ssm get-parameters --names /app/password": "Parameters",
        "ssm get-parameters-by-path --path /app": "Parameters",
        "ssm get-parameter-history --name /app/password": "Parameters",
    }
    for command, member in ways.items():
        sealed, plain = _last(aws(command).json[member]), _last(aws(f"{command} --with-decryption").json[member])
        assert plain["Value"] == "hunter3!"
        assert re.fullmatch(r"AQICAH[A-Za-z0-9+/]+=*", sealed["Value"])
        assert sealed == {**plain, "Value": sealed["Value"]}
        assert _last(aws(command).json[member]) == sealed, "a ciphertext is always the same"
    first = aws("ssm get-parameter --name /app/password:1 --with-decryption").json["Parameter"]
    assert (first["Value"], first["Version"], first["Selector"]) == ("hunter2!", 1, ":1")
    assert b"hunter" not in _bytes(home)


def _last(found: Any) -> Any:
    return found[-1] if isinstance(found, list) else found


def test_a_plain_parameter_is_plain(aws: Terminal) -> None:
    assert aws("ssm put-parameter --name colour --type String --value red").json == {"Version": 1, "Tier": "Standard"}
    assert aws("ssm get-parameter --name colour").json["Parameter"]["Value"] == "red"
    text = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
    aws.refused("ssm put-parameter --name colour --type String --value blue", "ParameterAlreadyExists", text)
    aws.refused("ssm get-parameter --name colour:2", "ParameterVersionNotFound")
    tagged = "ssm put-parameter --name colour --type String --value blue --overwrite --tags Key=a,Value=b"
    aws.refused(tagged, "ValidationException")


def test_parameters_are_listed_and_deleted_with_and_without_a_slash(aws: Terminal) -> None:
    for name in ("plain", "/top", "/app/db/host"):
        aws(f"ssm put-parameter --name {name} --type String --value x")

    def below(arguments: str) -> list[str]:
        return [one["Name"] for one in aws(f"ssm get-parameters-by-path {arguments}").json["Parameters"]]

    assert below("--path /") == ["/top", "plain"]
    assert below("--path / --recursive") == ["/app/db/host", "/top", "plain"]
    assert below("--path /app") == []
    assert below("--path /app/ --recursive") == below("--path /app/db") == ["/app/db/host"]
    deleted = aws("ssm delete-parameters --names plain /top nothing").json
    assert deleted == {"DeletedParameters": ["plain", "/top"], "InvalidParameters": ["nothing"]}
    assert below("--path / --recursive") == ["/app/db/host"]


def test_a_hundred_versions_of_a_parameter_are_kept() -> None:
    cloud = Cloud(None)
    for value in range(1, 103):
        cloud.perform("ssm", "PutParameter", {"Name": "p", "Type": "String", "Value": f"v{value}", "Overwrite": True})
    assert cloud.perform("ssm", "GetParameter", {"Name": "p"})["Parameter"]["Version"] == 102
    assert cloud.perform("ssm", "GetParameter", {"Name": "p:3"})["Parameter"]["Value"] == "v3"
    with pytest.raises(AwsError, match="could not find version 2"):
        cloud.perform("ssm", "GetParameter", {"Name": "p:2"})


@pytest.mark.sqlite
def test_what_was_kept_before_is_still_read(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("ssm", "PutParameter", {"Name": "old", "Type": "SecureString", "Value": "hunter2!"})
    document = {"Name": "old", "Type": "SecureString", "Value": "plain", "LastModifiedDate": 1.0, "ARN": "arn"}
    with cloud.database.transaction(write=True):
        cloud.database.write('UPDATE "ssm.Parameter" SET document = ?', (json.dumps(document),))
    wanted = {"Name": "old", "WithDecryption": True}
    assert cloud.perform("ssm", "GetParameter", wanted)["Parameter"]["Value"] == "plain"
    assert cloud.perform("ssm", "GetParameterHistory", wanted)["Parameters"][0]["Version"] == 1
    cloud.perform("ssm", "PutParameter", {"Name": "old", "Value": "newer", "Overwrite": True})
    assert cloud.perform("ssm", "GetParameter", wanted)["Parameter"]["Value"] == "newer"


# The key


def test_clouds_in_memory_have_a_key_each() -> None:
    one, other = Cloud(None).database, Cloud(None).database
    with one.transaction(write=True):
        sealed = seal(one, "hunter2!")
    assert unseal(one, sealed) == "hunter2!"
    with pytest.raises(KeyLost):
        unseal(other, sealed)
    assert masked(one, "hunter2!") == masked(one, "hunter2!") != masked(other, "hunter2!")


def test_what_is_sealed_twice_is_never_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_SEED", "7")
    database = Cloud(None).database
    with database.transaction(write=True):
        assert seal(database, "x") != seal(database, "x")


def test_a_snapshot_is_read_in_another_folder(tmp_path: Path) -> None:
    first, second = Cloud(tmp_path / "first"), Cloud(tmp_path / "second")
    first.perform("ssm", "PutParameter", {"Name": "p", "Type": "SecureString", "Value": "hunter2!"})
    second.perform("ssm", "PutParameter", {"Name": "q", "Type": "SecureString", "Value": "another"})
    snapshots.save(first, "now")
    os.renames(tmp_path / "first" / "snapshots", tmp_path / "second" / "snapshots")
    snapshots.restore(second, "now")
    wanted = {"Name": "p", "WithDecryption": True}
    assert second.perform("ssm", "GetParameter", wanted)["Parameter"]["Value"] == "hunter2!"
    assert Cloud(tmp_path / "second").perform("ssm", "GetParameter", wanted)["Parameter"]["Value"] == "hunter2!"


def _without_key(key: Path) -> None:
    key.unlink()


def _with_another_key(key: Path) -> None:
    key.write_bytes(bytes(32))


def _with_an_empty_key(key: Path) -> None:
    key.write_bytes(b"")


@pytest.mark.parametrize("lose", [_without_key, _with_another_key, _with_an_empty_key])
def test_a_secret_without_its_key_is_refused_until_the_key_is_back(
    tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    key = tmp_path / "cloud" / "key"
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("secretsmanager", "CreateSecret", {"Name": "db", "SecretString": "hunter2!"})
    cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    kept = key.read_bytes()
    lose(key)
    with pytest.raises(KeyLost, match=r"its key .*/key .*Put it back"):
        cloud.perform("secretsmanager", "GetSecretValue", {"SecretId": "db"})
    with pytest.raises(KeyLost):
        cloud.perform("secretsmanager", "CreateSecret", {"Name": "other", "SecretString": "another"})
    assert len(cloud.perform("sqs", "ListQueues", {})["QueueUrls"]) == 1
    key.unlink(missing_ok=True)
    key.write_bytes(kept)
    assert cloud.perform("secretsmanager", "GetSecretValue", {"SecretId": "db"})["SecretString"] == "hunter2!"


@pytest.mark.parametrize("lose", [_without_key, _with_another_key, _with_an_empty_key])
def test_a_cloud_without_its_key_begins_anew(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("secretsmanager", "CreateSecret", {"Name": "db", "SecretString": "hunter2!"})
    lose(tmp_path / "cloud" / "key")
    cloud.reset()
    cloud.perform("secretsmanager", "CreateSecret", {"Name": "db", "SecretString": "another"})
    assert cloud.perform("secretsmanager", "GetSecretValue", {"SecretId": "db"})["SecretString"] == "another"


def test_whoever_signs_with_a_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Rather than believed without a look at the signature."""
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("iam", "CreateUser", {"UserName": "ann"})
    issued = cloud.perform("iam", "CreateAccessKey", {"UserName": "ann"})["AccessKey"]["AccessKeyId"]
    (tmp_path / "cloud" / "key").unlink()
    signed = (
        f"AWS4-HMAC-SHA256 Credential={issued}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"
    )
    headers = Headers([("Authorization", signed), ("Content-Type", "application/x-www-form-urlencoded")])
    request = Request("POST", "/", "", headers, b"Action=GetCallerIdentity&Version=2011-06-15")
    response = Endpoint(cloud).answer(request)
    assert response.status == 503
    assert b"secrets cannot be read" in response.body


def test_threads_that_seal_first_at_once_have_one_key(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    databases = [Database(cloud.database.path) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda database: masked(database, "x"), databases))
    assert len(set(found)) == 1
    assert os.listdir(tmp_path / "cloud").count("key") == 1
    assert not [name for name in os.listdir(tmp_path / "cloud") if name.startswith("key.")]


# Told


HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


@pytest.mark.parametrize(
    ("command", "path", "text"),
    [
        (
            "ssm put-parameter --name p --type SecureString --value hunter2!",
            ["value"],
            "HIDDEN_DUE_TO_SECURITY_REASONS",
        ),
        (
            "rds create-db-instance --db-instance-identifier d --engine mysql --db-instance-class db.t3.micro"
            " --allocated-storage 20 --master-username ann --master-user-password hunter2!",
            ["masterUserPassword"],
            "****",
        ),
        (
            "memorydb create-user --user-name ann --access-string off"
            " --authentication-mode Type=password,Passwords=hunter2!hunter2!",
            ["authenticationMode", "passwords"],
            [HIDDEN],
        ),
        (
            "ec2 create-launch-template --launch-template-name web --launch-template-data UserData=aHVudGVyMiE=",
            ["launchTemplateData", "userData"],
            "<sensitiveDataRemoved>",
        ),
    ],
)
def test_cloudtrail_hides_what_aws_hides(aws: Terminal, command: str, path: list[str], text: Any) -> None:
    aws(command)
    [event, *_] = aws("cloudtrail lookup-events").json["Events"]
    found = json.loads(event["CloudTrailEvent"])["requestParameters"]
    for step in path:
        found = next(value for name, value in found.items() if name.lower() == step.lower())
    assert found == text


def test_cloudtrail_shows_the_tags_of_what_it_hides(aws: Terminal) -> None:
    aws("ssm put-parameter --name p --type SecureString --value hunter2! --tags Key=team,Value=web")
    [event] = aws(
        "cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutParameter"
    ).json["Events"]
    shown = json.loads(event["CloudTrailEvent"])["requestParameters"]
    assert shown["value"] == HIDDEN
    assert json.dumps(shown["tags"]).count("web") == 1


def test_a_refusal_does_not_repeat_a_secret(aws: Terminal) -> None:
    command = "cognito-idp change-password --access-token x --previous-password hunter2! --proposed-password"
    message = aws(f"{command} '  bad'", code=254).stderr
    assert "Value at 'proposedPassword' failed to satisfy constraint" in message
    assert "bad" not in message


# The files


def test_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cloud = Cloud(tmp_path / "cloud")
        cloud.perform("s3", "CreateBucket", {"Bucket": "shop"})
        cloud.perform("s3", "PutObject", {"Bucket": "shop", "Key": "k", "Body": b"x" * 100_000})
        cloud.perform("ssm", "PutParameter", {"Name": "p", "Type": "SecureString", "Value": "hunter2!"})
        snapshots.save(cloud, "now")
        log = _opened(str(tmp_path / "cloud" / "access.log"))
        assert log is not None
        log.close()
    finally:
        os.umask(before)
    for path in (tmp_path / "cloud").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_log_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("{}\n")
    path.chmod(0o644)
    log = _opened(str(path))
    assert log is not None
    log.write("{}\n")
    log.close()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("{}\n{}\n", 0o600)


# What is secret


def test_secrets_are_found_in_the_models() -> None:
    model = {
        "operations": {"CreateThing": {"input": {"shape": "CreateThingRequest"}}},
        "shapes": {
            "CreateThingRequest": {
                "type": "structure",
                "members": {
                    "Note": {"shape": "Secret"},
                    "AuthToken": {"shape": "String"},
                    "KeyId": {"shape": "Secret"},
                },
            },
            "Other": {"type": "structure", "members": {"Note": {"shape": "String"}, "Codes": {"shape": "Secrets"}}},
            "Closed": {"type": "structure", "sensitive": True, "members": {"Street": {"shape": "String"}}},
            "Secret": {"type": "string", "sensitive": True},
            "Secrets": {"type": "list", "member": {"shape": "Secret"}},
            "String": {"type": "string"},
        },
    }
    found = Secrets(model)
    assert found.always == {"AuthToken", "Codes", "Street"}, "an identifier is none"
    assert found.of_kind({"id": "Name"}, []) == ["AuthToken", "Codes", "Street"]
    assert found.of_kind({"id": "Name"}, ["CreateThing"]) == ["AuthToken", "Codes", "Note", "Street"]
    assert found.of_kind({"id": "AuthToken", "index": ["Codes.0"], "sealed": ["own"]}, []) == ["Street", "own"]


def test_what_only_the_shape_calls_secret_is_sealed_and_hidden(terminal: Terminal, home: Path) -> None:
    secret = "abcdefghijklmnopqrstuvwxyz"
    key = terminal(f"apigateway create-api-key --name k --value {secret} --query id").json
    assert terminal(f"apigateway get-api-key --api-key {key} --include-value --query value").json == secret
    assert secret not in terminal("cloudtrail lookup-events")
    assert all(secret.encode() not in path.read_bytes() for path in home.glob("cloud.db*"))
