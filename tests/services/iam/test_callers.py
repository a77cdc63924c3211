"""Who may call where policies are enforced, and what a call asks of other services in the caller's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakeaws import sdk
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools import totp
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Clock, Terminal
from tests.services.iam.test_enforcement import ACCOUNT, IAM, allow, as_keys, denied, role, user

UNKNOWN = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}
INVALID = "The security token included in the request is invalid."
SEVERAL = {
    "sqs list-queues": ("UnrecognizedClientException", INVALID),
    "iam list-users": ("InvalidClientTokenId", INVALID),
    "sts get-caller-identity": ("InvalidClientTokenId", INVALID),
    "lambda list-functions": ("UnrecognizedClientException", INVALID),
    "dynamodb list-tables": ("UnrecognizedClientException", INVALID),
    "ec2 describe-vpcs": ("AuthFailure", "AWS was not able to validate the provided access credentials"),
    "s3api list-buckets": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
}


@pytest.fixture(autouse=True)
def enforced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")


@pytest.mark.parametrize("command", SEVERAL)
def test_a_key_that_nobody_issued_is_refused_in_the_words_of_the_service(aws: Terminal, command: str) -> None:
    code, text = SEVERAL[command]
    aws(command)
    as_keys(aws, UNKNOWN).refused(command, code, text)


def test_without_enforcement_any_key_is_the_root_user_s(aws: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_ENFORCE", "0")
    assert as_keys(aws, UNKNOWN)("sts get-caller-identity --query Arn").json == f"{IAM}:root"


def test_twelve_digits_are_that_account_s_root_user(aws: Terminal) -> None:
    other = as_keys(aws, {"AccessKeyId": "444455556666", "SecretAccessKey": "x"})
    assert other("sts get-caller-identity --query Account").json == "444455556666"


def test_a_mistyped_key_in_the_cloud_s_own_file_is_refused_too(aws: Terminal) -> None:
    first = aws("configure get aws_access_key_id").strip()
    aws("configure set aws_access_key_id AKIAMISTYPED00000000")
    aws.refused("iam list-users", "InvalidClientTokenId", INVALID)
    aws(f"configure set aws_access_key_id {first}")
    aws("iam list-users")


def test_boto3_in_this_process_is_the_root_user(home: Path, aws: Terminal) -> None:
    for cloud in (Cloud(None), Cloud(home)):
        assert sdk.session(cloud).client("sts").get_caller_identity()["Arn"] == f"{IAM}:root"


def test_a_session_without_a_device_calls_no_iam(aws: Terminal, clock: Clock) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html"""
    arn = role(aws, "dev", {"AWS": ACCOUNT})
    bob = user(aws, "bob", allow(["sqs:*", "iam:*", "sts:*"]))
    session = as_keys(aws, bob("sts get-session-token --query Credentials").json)
    session("sqs list-queues")
    session("sts get-caller-identity")
    session(f"sts assume-role --role-arn {arn} --role-session-name ss")
    session.refused("iam list-users", "InvalidClientTokenId", INVALID)
    session.refused("sts get-federation-token --name guest", "AccessDenied")
    session.refused("sts get-session-token", "AccessDenied", "Cannot call GetSessionToken with session credentials")
    with_device = as_keys(aws, _with_device(aws, bob))
    with_device("iam list-users")
    with_device.refused("sts get-federation-token --name guest", "AccessDenied")


def _with_device(aws: Terminal, bob: Terminal) -> dict[str, str]:
    """A session of a user who proved to have a device, at the time of the frozen clock."""
    seed, serial = Path(aws.env["HOME"]) / "seed", f"{IAM}:mfa/phone"
    create = "iam create-virtual-mfa-device --virtual-mfa-device-name phone --bootstrap-method Base32StringSeed"
    aws(f"{create} --outfile {seed}")
    steps = (1_800_000_000 // totp.STEP + later for later in (-1, 0, 1))
    first, second, third = (totp.code(seed.read_text().strip(), step) for step in steps)
    enable = f"iam enable-mfa-device --user-name bob --serial-number {serial}"
    aws(f"{enable} --authentication-code1 {first} --authentication-code2 {second}")
    get = f"sts get-session-token --serial-number {serial} --token-code {third} --query Credentials"
    keys: dict[str, str] = bob(get).json
    return keys


def test_a_federated_user_calls_no_iam(aws: Terminal) -> None:
    bob = user(aws, "bob", allow(["iam:*", "sts:*", "sqs:*"]))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("*")]})
    guest = as_keys(aws, bob("sts get-federation-token --name guest --query Credentials", Policy=policy).json)
    guest("sqs list-queues")
    guest("sts get-caller-identity")
    guest.refused("iam list-users", "InvalidClientTokenId", INVALID)
    guest.refused(f"sts assume-role --role-arn {IAM}:role/x --role-session-name ss", "AccessDenied")


@pytest.fixture
def key(aws: Terminal) -> str:
    """The ARN of a KMS key."""
    return str(aws("kms create-key --query KeyMetadata.Arn").json)


def _kms(aws: Terminal, name: str, key: str, *actions: str) -> None:
    """Give a user the use of a key."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow([f"kms:{each}" for each in actions], key)]})
    aws(f"iam put-user-policy --user-name {name} --policy-name kms", PolicyDocument=document)


def test_an_object_needs_the_use_of_its_key(aws: Terminal, key: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms"""
    bob = user(aws, "bob", allow("s3:*"))
    aws("s3api create-bucket --bucket lake")
    put = f"s3api put-object --bucket lake --key a --server-side-encryption aws:kms --ssekms-key-id {key}"
    assert f'kms:GenerateDataKey on resource: "{key}"' in denied(bob, put)
    _kms(aws, "bob", key, "GenerateDataKey")
    bob(put)
    get = "s3api get-object --bucket lake --key a /dev/null"
    assert f'kms:Decrypt on resource: "{key}"' in denied(bob, get)
    assert "kms:Decrypt" in denied(bob, "s3api copy-object --bucket lake --key b --copy-source lake/a")
    bob("s3api head-object --bucket lake --key a")
    _kms(aws, "bob", key, "Decrypt")
    bob(get)
    aws(get)


def test_a_bucket_s_default_key_is_asked_for_too(aws: Terminal, key: str) -> None:
    bob = user(aws, "bob", allow("s3:*"))
    aws("s3api create-bucket --bucket lake")
    by = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    aws(
        "s3api put-bucket-encryption --bucket lake",
        ServerSideEncryptionConfiguration=json.dumps({"Rules": [by]}),
    )
    assert "kms:GenerateDataKey" in denied(bob, "s3api put-object --bucket lake --key a")
    assert "kms:GenerateDataKey" in denied(bob, "s3api create-multipart-upload --bucket lake --key a")
    bob("s3api put-object --bucket lake --key a --server-side-encryption AES256")
    bob("s3api put-object --bucket lake --key b --server-side-encryption aws:kms --ssekms-key-id alias/aws/s3")
    bob("s3api get-object --bucket lake --key b /dev/null")


def test_the_policy_of_a_key_decides_about_objects(aws: Terminal, key: str) -> None:
    """The key's policy alone may let somebody in, or deny; the caller needs no policy for the key then."""
    bob = user(aws, "bob", allow("s3:*"))
    aws("s3api create-bucket --bucket lake")
    put = f"s3api put-object --bucket lake --key a --server-side-encryption aws:kms --ssekms-key-id {key}"
    own = {**allow("kms:*"), "Principal": {"AWS": f"{IAM}:root"}}
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    for_bob = {**allow("kms:GenerateDataKey"), "Principal": {"AWS": f"{IAM}:user/bob"}, "Condition": via}
    document = json.dumps({"Version": "2012-10-17", "Statement": [own, for_bob]})
    aws("kms put-key-policy", KeyId=key, Policy=document)
    bob(put)
    denied(bob, "kms generate-data-key --key-spec AES_256", KeyId=key)


def test_queues_topics_and_secrets_need_the_use_of_their_key(aws: Terminal, key: str) -> None:
    bob = user(aws, "bob", allow(["sqs:*", "sns:*", "secretsmanager:*"]))
    url = aws(f"sqs create-queue --queue-name jobs --attributes KmsMasterKeyId={key} --query QueueUrl").json
    topic = aws(f"sns create-topic --name news --attributes KmsMasterKeyId={key} --query TopicArn").json
    aws(f"secretsmanager create-secret --name db --secret-string x --kms-key-id {key}")
    calls = {
        "sqs send-message --message-body x --queue-url " + url: "kms:GenerateDataKey",
        "sqs receive-message --queue-url " + url: "kms:Decrypt",
        "sns publish --message x --topic-arn " + topic: "kms:GenerateDataKey",
        "secretsmanager get-secret-value --secret-id db": "kms:Decrypt",
        "secretsmanager put-secret-value --secret-string y --secret-id db": "kms:GenerateDataKey",
    }
    for command, action in calls.items():
        assert action.lower() in bob(command, code=254).stderr.lower(), command
    _kms(aws, "bob", key, "GenerateDataKey", "Decrypt")
    for command in calls:
        bob(command)


def test_cloud_control_asks_in_the_caller_s_name(aws: Terminal) -> None:
    """https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html"""
    bob = user(aws, "bob", allow("cloudformation:*"))
    wanted = json.dumps({"RepositoryName": "app"})
    create = "cloudcontrol create-resource --type-name AWS::ECR::Repository --query ProgressEvent.RequestToken"
    status = "cloudcontrol get-resource-request-status --query ProgressEvent --request-token"
    event = bob(f"{status} {bob(create, DesiredState=wanted).json}").json
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AccessDenied")
    assert (
        f"not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:us-east-1:{ACCOUNT}"
        in (event["StatusMessage"])
    )
    aws("ecr create-repository --repository-name app")
    assert "ecr:DescribeRepositories" in denied(
        bob, "cloudcontrol get-resource --type-name AWS::ECR::Repository --identifier app"
    )
    denied(bob, "cloudcontrol list-resources --type-name AWS::ECR::Repository")
    more = json.dumps({"Version": "2012-10-17", "Statement": [allow("ecr:*")]})
    aws("iam put-user-policy --user-name bob --policy-name ecr", PolicyDocument=more)
    bob("cloudcontrol get-resource --type-name AWS::ECR::Repository --identifier app")
    assert len(bob("cloudcontrol list-resources --type-name AWS::ECR::Repository").json["ResourceDescriptions"]) == 1


def test_a_bucket_for_nobody_but_one_user(aws: Terminal) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    bob, eve = user(aws, "bob", allow("s3:*")), user(aws, "eve", allow("s3:*"))
    aws("s3api create-bucket --bucket lake")
    for names, is_in in ([f"{IAM}:root"], False), ([f"{IAM}:root", f"{IAM}:user/bob"], True):
        statement = {"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "s3:ListBucket"}
        document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "arn:aws:s3:::lake"}]}
        aws("s3api put-bucket-policy --bucket lake", Policy=json.dumps(document))
        denied(eve, "s3api list-objects-v2 --bucket lake")
        if is_in:
            bob("s3api list-objects-v2 --bucket lake")
        else:
            denied(bob, "s3api list-objects-v2 --bucket lake")


def test_the_least_policy_is_enough_and_the_explanation_names_what_is_missing(aws: Terminal) -> None:
    """What `least-privilege` says of recorded calls lets them through; a refusal is explained by the same target."""
    arn = role(aws, "app", {"Service": "scheduler.amazonaws.com"})
    bob = user(aws, "bob", allow("*"))
    when = "--schedule-expression 'rate(1 day)' --flexible-time-window Mode=OFF"
    schedule = (
        f"scheduler create-schedule --name s {when} --target Arn=arn:aws:sqs:us-east-1:{ACCOUNT}:jobs,RoleArn={arn}"
    )
    bob("sqs create-queue --queue-name jobs")
    bob(schedule)
    least = aws(f"cloud least-privilege --caller {IAM}:user/bob").json
    actions = {each["Resource"]: each["Action"] for each in least["Statement"]}
    assert actions[arn] == ["iam:PassRole"]
    assert actions[f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"] == ["scheduler:CreateSchedule"]
    aws("iam put-user-policy --user-name bob --policy-name own", PolicyDocument=json.dumps(least))
    aws("scheduler delete-schedule --name s")
    bob(schedule)
    least["Statement"] = [each for each in least["Statement"] if each["Action"] != ["iam:PassRole"]]
    aws("iam put-user-policy --user-name bob --policy-name own", PolicyDocument=json.dumps(least))
    denied(bob, schedule)
    assert f"no identity-based policy allows iam:PassRole on {arn}." in aws("cloud explain")


def test_the_simulator_knows_actions_that_have_no_resources(cloud: Cloud) -> None:
    statement = {"Effect": "Allow", "Action": "ec2:*", "Resource": f"arn:aws:ec2:us-east-1:{ACCOUNT}:*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    instance = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0123456789abcdef0"
    asked = {
        "PolicyInputList": [document],
        "ActionNames": ["ec2:DescribeInstances", "ec2:StopInstances"],
        "ResourceArns": [instance],
    }
    results = cloud.perform("iam", "SimulateCustomPolicy", asked)["EvaluationResults"]
    assert [(each["EvalResourceName"], each["EvalDecision"]) for each in results] == [
        (instance, "implicitDeny"),
        (instance, "allowed"),
    ]


def test_what_a_service_does_by_itself_is_not_the_caller_s_to_be_allowed(cloud: Cloud) -> None:
    """A call that another call makes is allowed with that one: only what is forwarded binds."""
    cloud.perform("iam", "CreateUser", {"UserName": "bob"})
    statement = {"Effect": "Allow", "Action": ["ec2:*", "iam:PassRole"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.perform("iam", "PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": document})
    key = cloud.perform("iam", "CreateAccessKey", {"UserName": "bob"})["AccessKey"]["AccessKeyId"]
    caller = cloud.caller(key, "us-east-1")
    cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, caller)
    with pytest.raises(AwsError):
        cloud.perform("sqs", "ListQueues", {}, caller)


def test_the_tags_of_what_is_called_count_for_all_services(aws: Terminal) -> None:
    tagged = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    bob = user(aws, "bob", allow("*", Condition=tagged))
    for make, call in TAGGED:
        for name, team in (("own1", "red"), ("other1", "blue")):
            made = aws(make.format(name=name, team=team))
            said = _said(bob, call.format(made=json.loads(made or json.dumps(name))))
            assert ("not authorized" in said) is (team == "blue"), (make, said)


TAGGED = (
    (
        "sns create-topic --name {name} --tags Key=team,Value={team} --query TopicArn",
        "sns publish --message x --topic-arn {made}",
    ),
    (
        "kms create-key --description {name} --tags TagKey=team,TagValue={team} --query KeyMetadata.Arn",
        "kms describe-key --key-id {made}",
    ),
    (
        "dynamodb create-table --table-name {name} --attribute-definitions AttributeName=k,AttributeType=S --key-schema"
        " AttributeName=k,KeyType=HASH --billing-mode PAY_PER_REQUEST --tags Key=team,Value={team}"
        " --query TableDescription.TableName",
        "dynamodb describe-table --table-name {made}",
    ),
    (
        "ecr create-repository --repository-name {name} --tags Key=team,Value={team} --query repository.repositoryName",
        "ecr list-images --repository-name {made}",
    ),
    (
        "logs create-log-group --log-group-name {name} --tags team={team}",
        "logs describe-log-streams --log-group-name {made}",
    ),
    (
        "ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --tag-specifications"
        " ResourceType=vpc,Tags=[{{Key=team,Value={team}}}]",
        "ec2 modify-vpc-attribute --enable-dns-support Value=true --vpc-id {made}",
    ),
    (
        "ec2 create-key-pair --key-name {name} --query KeyName --tag-specifications"
        " ResourceType=key-pair,Tags=[{{Key=team,Value={team}}}]",
        "ec2 delete-key-pair --key-name {made}",
    ),
    (
        "events put-rule --name {name} --event-pattern '{{}}' --tags Key=team,Value={team} --query RuleArn",
        "events list-tags-for-resource --resource-arn {made}",
    ),
    (
        "stepfunctions create-activity --name {name} --tags key=team,value={team} --query activityArn",
        "stepfunctions describe-activity --activity-arn {made}",
    ),
    (
        "sqs create-queue --queue-name {name} --tags team={team} --query QueueUrl",
        "sqs get-queue-attributes --queue-url {made}",
    ),
    (
        "iam create-role --role-name {name} --tags Key=team,Value={team} --query Role.RoleName"
        ' --assume-role-policy-document \'{{"Statement":{{"Effect":"Allow","Principal":"*",'
        '"Action":"sts:AssumeRole"}}}}\'',
        "iam get-role --role-name {made}",
    ),
)
"""What makes something with a tag, and what is then done to it."""


def _said(terminal: Terminal, command: str) -> str:
    try:
        return terminal(command).stderr
    except AssertionError:
        return terminal(command, code=254).stderr


def test_what_is_asked_of_many_secrets_at_once_is_asked_of_each(aws: Terminal) -> None:
    for name in ("open", "hidden"):
        aws(f"secretsmanager create-secret --name {name} --secret-string x")
    hidden = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:hidden-??????"
    bob = user(aws, "bob", allow("secretsmanager:*"), {**allow("*", hidden), "Effect": "Deny"})
    for how in ("--secret-id-list open hidden", "--filters Key=tag-key,Values=!x"):
        found = bob(f"secretsmanager batch-get-secret-value {how}").json
        assert [each["Name"] for each in found["SecretValues"]] == ["open"]
        [error] = found["Errors"]
        assert error["ErrorCode"] == "AccessDeniedException"


def test_the_tagging_api_tags_what_its_caller_may_tag(aws: Terminal) -> None:
    for name in ("mine", "theirs"):
        aws(f"sqs create-queue --queue-name {name}")
    mine, theirs = (f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}" for name in ("mine", "theirs"))
    bob = user(aws, "bob", allow("tag:*"), allow(["sqs:TagQueue", "sqs:UntagQueue"], mine))
    for command in ("tag-resources --tags a=b", "untag-resources --tag-keys a"):
        found = bob(f"resourcegroupstaggingapi {command} --resource-arn-list {mine} {theirs}").json
        assert list(found["FailedResourcesMap"]) == [theirs]
