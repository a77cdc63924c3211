"""`cloudformation deploy` and `package` against a cloud of a few lines."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from fakeaws.cli import main
from fakeaws.cli.commands._cloudformation import templates
from fakeaws.cli.invocation import Streams
from fakeaws.core.tools.errors import AwsError
from tests.cli.commands.fake_s3 import FakeS3

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}

TEMPLATE = """Parameters:
  Name: {Type: String}
  Size: {Type: Number, Default: 1}
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${Name}-q"
      Arn: !GetAtt Q.Arn
"""


class FakeStacks(FakeS3):
    """Stacks that are made at once; a change set without new parameters is empty."""

    def __init__(self):
        super().__init__()
        self.stacks = {}
        self.change_sets = {}

    def DescribeStacks(self, params):
        if params["StackName"] not in self.stacks:
            raise AwsError("ValidationError", f"Stack with id {params['StackName']} does not exist", 400)
        values = self.stacks[params["StackName"]]
        status = "CREATE_COMPLETE" if len(self.change_sets) == 1 else "UPDATE_COMPLETE"
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        return {"Stacks": [{"StackName": params["StackName"], "StackStatus": status, "Parameters": parameters}]}

    def CreateChangeSet(self, params):
        self.change_sets["arn"] = params
        return {"Id": "arn"}

    def DescribeChangeSet(self, params):
        new = [p for p in self.change_sets["arn"]["Parameters"] if "ParameterValue" in p]
        if not new and params["StackName"] in self.stacks:
            reason = "The submitted information didn't contain changes. Submit different information."
            return {"Status": "FAILED", "StatusReason": reason}
        return {"Status": "CREATE_COMPLETE"}

    def ExecuteChangeSet(self, params):
        values = {p["ParameterKey"]: p.get("ParameterValue") for p in self.change_sets["arn"]["Parameters"]}
        self.stacks[params["StackName"]] = values
        return {}


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fake = FakeStacks()
    fake.buckets["b"] = {}
    return fake


@pytest.fixture
def aws(cloud, tmp_path):
    """Run a command: (exit code, stdout, stderr)."""

    def run(*argv):
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
        streams = Streams(io.StringIO(), out, err, {**KEYS, "FAKEAWS_HOME": str(tmp_path / "home")}, "aws")
        code = main.run(list(argv), streams, cloud.perform_for)
        return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

    return run


def deploy(aws, *more):
    return aws("cloudformation", "deploy", "--template-file", "t.yaml", "--stack-name", "st", *more)


def test_a_stack_is_made_and_then_only_updated_by_what_changes(aws, cloud, tmp_path):
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    code, out, _ = deploy(aws, "--parameter-overrides", "Name=a")
    assert (code, out.splitlines()[-1]) == (0, "Successfully created/updated stack - st")
    assert cloud.change_sets["arn"]["ChangeSetType"] == "CREATE"
    assert cloud.change_sets["arn"]["Parameters"] == [{"ParameterKey": "Name", "ParameterValue": "a"}]
    code, out, _ = deploy(aws)
    assert (code, out.splitlines()[-1]) == (0, "No changes to deploy. Stack st is up to date")
    assert {"ParameterKey": "Name", "UsePreviousValue": True} in cloud.change_sets["arn"]["Parameters"]
    code, _, err = deploy(aws, "--fail-on-empty-changeset")
    assert (code, err) == (255, "\naws: [ERROR]: No changes to deploy. Stack st is up to date\n")


def test_a_change_set_can_be_left_for_review(aws, cloud, tmp_path):
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    _, out, _ = deploy(aws, "--no-execute-changeset", "--tags", "a=b")
    assert out.splitlines()[-1] == "aws cloudformation describe-change-set --change-set-name arn"
    assert cloud.stacks == {}
    assert cloud.change_sets["arn"]["Tags"] == [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    "text",
    [
        '["Name=x"]',
        '[{"ParameterKey": "Name", "ParameterValue": "x"}]',
        '{"Parameters": {"Name": "x"}}',
        '{"Name": "x"}',
    ],
)
def test_overrides_may_stand_in_a_file(aws, cloud, tmp_path, text):
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "p.json").write_text(text)
    deploy(aws, "--parameter-overrides", "file://p.json")
    assert cloud.change_sets["arn"]["Parameters"] == [{"ParameterKey": "Name", "ParameterValue": "x"}]


def test_short_forms_become_long_ones():
    properties = templates.read(TEMPLATE)["Resources"]["Q"]["Properties"]
    assert properties == {"QueueName": {"Fn::Sub": "${Name}-q"}, "Arn": {"Fn::GetAtt": ["Q", "Arn"]}}


def test_package_puts_the_code_into_the_bucket_and_points_there(aws, cloud, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("pass")
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Code": "code"}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"F": function}}))
    command = "cloudformation package --template-file t.json --s3-bucket b --s3-prefix p --output-template-file o.yaml"
    code, out, _ = aws(*command.split())
    assert code == 0
    assert out.startswith("\nSuccessfully packaged artifacts and wrote output template to file o.yaml.\n")
    written = templates.read((tmp_path / "o.yaml").read_text())["Resources"]["F"]["Properties"]["Code"]
    [key] = cloud.buckets["b"]
    assert written == {"S3Bucket": "b", "S3Key": key}
    assert key.startswith("p/")
    archive = zipfile.ZipFile(io.BytesIO(cloud.buckets["b"][key]["Body"]))
    assert archive.namelist() == ["app.py"]


def test_package_names_the_file_that_is_missing(aws, tmp_path):
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Code": "nowhere"}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"F": function}}))
    code, _, err = aws("cloudformation", "package", "--template-file", "t.json", "--s3-bucket", "b")
    assert code == 255
    assert "Parameter Code of resource F refers to a file or folder that does not exist" in err
