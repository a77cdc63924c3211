"""The real `aws` v1, as a client over HTTP, and fakeaws's command line print the same bytes for the same cloud."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from awscli.clidriver import create_clidriver

from fakeaws import sdk
from fakeaws.cli.arguments.names import operation_command
from fakeaws.cli.customizations.services import command_of
from fakeaws.core.model import models
from fakeaws.core.pipeline.cloud import Cloud
from tests.conftest import Terminal

SERVICES = """accessanalyzer acm amplify apigateway apigatewayv2 appconfig appmesh apprunner appsync athena autoscaling
    backup batch budgets cloud9 cloudformation cloudfront cloudtrail cloudwatch codeartifact codebuild codecommit
    codedeploy codepipeline cognito-identity cognito-idp config connect databrew datasync dax detective directconnect
    dlm dms ds dynamodb ec2 ecr ecs efs eks elasticache elasticbeanstalk elb elbv2 emr events firehose fis fsx gamelift
    glue greengrass guardduty iam imagebuilder inspector2 iot kafka kinesis kms lambda lightsail logs mediaconvert
    medialive memorydb mq neptune organizations pinpoint ram rds redshift resource-groups route53 route53resolver
    sagemaker secretsmanager securityhub servicecatalog servicediscovery sesv2 sns sqs ssm stepfunctions storagegateway
    sts transfer wafv2 workspaces xray""".split()

FILLED = """
    sqs create-queue --queue-name jobs
    sns create-topic --name news
    iam create-user --user-name alice
    iam create-group --group-name readers
    ecr create-repository --repository-name app
    logs create-log-group --log-group-name /app
    kms create-key --description test
    secretsmanager create-secret --name password --secret-string hunter2
    ssm put-parameter --name /a --value 1 --type String
    events put-rule --name nightly --schedule-expression "rate(1 day)"
    cloudwatch put-dashboard --dashboard-name d --dashboard-body {}
    codecommit create-repository --repository-name code
    ec2 create-security-group --group-name web --description web
    ec2 create-key-pair --key-name lab
    ec2 create-tags --resources {vpc} --tags Key=Name,Value=home
    servicediscovery create-http-namespace --name apps
    athena create-work-group --name w
    route53 create-hosted-zone --name example.com --caller-reference 1
    autoscaling create-launch-configuration --launch-configuration-name lc --image-id ami-1 --instance-type t3.micro
    elasticbeanstalk create-application --application-name app
"""


def _commands() -> list[str]:
    """Every operation of the services that reads, has no required parameters and keeps state here."""
    found = []
    for name in SERVICES:
        service = models.service(name)
        for operation in map(service.operation, service.operation_names):
            stands = service.binding(operation.name) or service.handler(operation.name)
            reads = operation.name.startswith(("Describe", "List", "Get"))
            required = operation.input.required if operation.input is not None else []
            if stands and reads and not required:
                found.append(f"{command_of(name)} {operation_command(operation.name)}")
    return found


class RealAws:
    """The AWS CLI v1 in this process; its requests are answered by the cloud's HTTP endpoint."""

    def __init__(self, config: Path) -> None:
        config.write_text("[default]\ncli_timestamp_format = iso8601\n")

    def __call__(self, command: str) -> tuple[int, str]:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            try:
                code = create_clidriver().main(command.split())
            except SystemExit as end:  # v1 lacks a few of v2's operations
                code = int(end.code or 0)
        return code, out.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Terminal, RealAws]]:
    """fakeaws's command line and the real `aws` at one filled cloud."""
    home, config = tmp_path / "cloud", tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_PAGER", "")
    monkeypatch.setattr(sys, "argv", ["aws"])
    terminal = Terminal({"FAKEAWS_HOME": str(home), "HOME": str(tmp_path), "AWS_PAGER": "", "COLUMNS": "80"})
    vpc = terminal("ec2 describe-vpcs --query Vpcs[0].VpcId").json
    for command in FILLED.strip().splitlines():
        terminal(command.replace("{vpc}", vpc))
    with sdk.patched(Cloud(home)):
        yield terminal, RealAws(config)


def _different(terminal: Terminal, real: RealAws, commands: list[str], formats: tuple[str, ...]) -> list[str]:
    different = []
    for command in commands:
        for output in formats:
            code, wanted = real(f"{command} --output {output}")
            if code == 0 and terminal(f"{command} --output {output}") != wanted:
                different.append(f"{command} --output {output}")
    return different


def test_some_read_commands_print_the_same_bytes(both: tuple[Terminal, RealAws]) -> None:
    assert _different(*both, _commands()[::300], ("json", "text", "table")) == []


@pytest.mark.full
def test_many_read_commands_print_the_same_bytes(both: tuple[Terminal, RealAws]) -> None:
    commands = _commands()[::4]
    assert len(commands) >= 200
    assert _different(*both, commands, ("json", "text", "table")) == []
