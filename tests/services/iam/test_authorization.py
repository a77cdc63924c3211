"""What AWS asks for of a call, case by case: `authorization.txt`, from the command line and over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline.cloud import Cloud
from tests.conftest import HttpEndpoint, Terminal
from tests.services.iam.test_enforcement import ACCOUNT, as_keys

TABLE = Path(__file__).with_name("authorization.txt")
REFUSED = re.compile(r"not authorized to perform: (\S+)(?: on resource: \"?([^\s\"]+)\"?)?")
BOOKS = (
    "dynamodb create-table --table-name books --billing-mode PAY_PER_REQUEST"
    " --attribute-definitions AttributeName=k,AttributeType=S --key-schema AttributeName=k,KeyType=HASH"
)
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _rows() -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split(" | ")]


def _statement(text: str) -> dict[str, Any]:
    sign, rest = text.strip().split(" ", 1)
    rest, _, condition = rest.partition(" if ")
    actions, _, resources = rest.partition(" @ ")
    found: dict[str, Any] = {"Effect": {"+": "Allow", "-": "Deny"}[sign], "Action": actions.split()}
    found["Resource"] = resources.split()
    if condition:
        operator, _, pair = condition.partition(" ")
        key, _, value = pair.partition("=")
        found["Condition"] = {operator: {key: value}}
    return found


class World:
    """A cloud with a user, and what the table names."""

    def __init__(self, home: Path) -> None:
        self.home = home
        env = {"FAKEAWS_HOME": str(home), "HOME": str(home.parent), "AWS_PAGER": "", "COLUMNS": "80"}
        initialise(env)
        self.root = aws = Terminal(env)
        aws("iam create-role --role-name app", AssumeRolePolicyDocument=_document(TRUST))
        aws("iam create-instance-profile --instance-profile-name app")
        aws("iam add-role-to-instance-profile --instance-profile-name app --role-name app")
        template = json.dumps({"InstanceType": "t3.micro", "IamInstanceProfile": {"Name": "app"}})
        aws("ec2 create-launch-template --launch-template-name web", LaunchTemplateData=template)
        aws("ec2 create-launch-template --launch-template-name plain --launch-template-data InstanceType=t3.micro")
        aws("s3api create-bucket --bucket lake")
        aws(BOOKS)
        key = aws("kms create-key --query KeyMetadata.KeyId").json
        aws(f"kms create-alias --alias-name alias/mine --target-key-id {key}")
        vpc = aws("ec2 describe-vpcs --query Vpcs[0].VpcId").json
        self.names = {
            "account": ACCOUNT,
            "arn": "arn:aws:",
            "ec2": f"arn:aws:ec2:us-east-1:{ACCOUNT}:",
            "role": f"arn:aws:iam::{ACCOUNT}:role/app",
            "vpc": vpc,
            "subnet": aws("ec2 describe-subnets --query Subnets[0].SubnetId").json,
            "table": aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId").json,
            "key": key,
            "other": aws("kms create-key --query KeyMetadata.KeyId").json,
            "gateway": aws("ec2 describe-internet-gateways --query InternetGateways[0].InternetGatewayId").json,
            "group": aws("ec2 create-security-group --group-name own --description own --query GroupId").json,
            "image": aws("ec2 describe-images --owners amazon --query Images[0].ImageId").json,
            "secret": aws("secretsmanager create-secret --name db --secret-string x --tags Key=team,Value=red").json[
                "ARN"
            ],
        }
        aws("iam create-user --user-name bob")
        keys = aws("iam create-access-key --user-name bob --query AccessKey").json
        self.bob = as_keys(aws, keys)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world") / "cloud")


@pytest.mark.parametrize("way", ["command line", "http"])
@pytest.mark.parametrize("row", list(_rows()), ids=lambda row: f"{row[0]} | {row[1]}")
def test_a_call_needs_what_aws_says(world: World, row: list[str], way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statements, command, expected, _source = (part.format(**world.names) for part in row)
    document = _document(*(_statement(text) for text in statements.split(";")))
    world.root("iam put-user-policy --user-name bob --policy-name own", PolicyDocument=document)
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    bob = Terminal(world.bob.env, HttpEndpoint(Cloud(world.home)) if way == "http" else None)
    said = _said(bob, command)
    refused = REFUSED.search(said)
    if expected == "ok":
        assert refused is None
        assert not said or "(ValidationException)" not in said
    else:
        action, resource = expected.split(" ")
        assert refused is not None, said
        assert (refused[1].lower(), refused[2] or "*") == (action.lower(), resource)


def _said(bob: Terminal, command: str) -> str:
    """What a command says on stderr: nothing, or the error of a service. What is allowed may fail for other reasons."""
    try:
        return bob(command).stderr
    except AssertionError:
        return bob(command, code=254).stderr


def test_every_case_names_its_source() -> None:
    rows = list(_rows())
    assert len(rows) >= 60
    assert all(len(row) == 4 and row[3].startswith(("sar ", "iam ", "https://docs.aws.amazon.com/")) for row in rows)
