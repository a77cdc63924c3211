"""Users, groups, roles and their policies: what AWS refuses, and in which words."""

from __future__ import annotations

import base64
import json

import pytest

from fakeaws.policies import managed
from tests.conftest import Clock, Terminal

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
POLICY = "arn:aws:iam::123456789012:policy/p"

MISSING = [
    ("get-user --user-name x", "The user with name x cannot be found."),
    ("delete-user --user-name x", "The user with name x cannot be found."),
    ("update-user --user-name x", "The user with name x cannot be found."),
    ("list-user-policies --user-name x", "The user with name x cannot be found."),
    ("list-attached-user-policies --user-name x", "The user with name x cannot be found."),
    ("list-groups-for-user --user-name x", "The user with name x cannot be found."),
    ("create-access-key --user-name x", "The user with name x cannot be found."),
    ("create-login-profile --user-name x --password Abcdef1!", "The user with name x cannot be found."),
    ("list-mfa-devices --user-name x", "The user with name x cannot be found."),
    ("list-ssh-public-keys --user-name x", "The user with name x cannot be found."),
    ("put-user-policy --user-name x --policy-name p --policy-document {}", "The user with name x cannot be found."),
    ("list-user-tags --user-name x", "The user with name x cannot be found."),
    ("get-group --group-name x", "The group with name x cannot be found."),
    ("delete-group --group-name x", "The group with name x cannot be found."),
    ("list-group-policies --group-name x", "The group with name x cannot be found."),
    ("add-user-to-group --group-name x --user-name y", "The group with name x cannot be found."),
    ("get-role --role-name x", "The role with name x cannot be found."),
    ("delete-role --role-name x", "The role with name x cannot be found."),
    ("list-role-policies --role-name x", "The role with name x cannot be found."),
    ("update-role --role-name x --description y", "The role with name x cannot be found."),
    ("list-instance-profiles-for-role --role-name x", "The role with name x cannot be found."),
    ("get-instance-profile --instance-profile-name x", "Instance Profile x cannot be found."),
    ("delete-instance-profile --instance-profile-name x", "Instance Profile x cannot be found."),
    (f"get-policy --policy-arn {POLICY}", f"Policy {POLICY} was not found."),
    (f"delete-policy --policy-arn {POLICY}", f"Policy {POLICY} was not found."),
    (f"list-policy-versions --policy-arn {POLICY}", f"Policy {POLICY} was not found."),
    (f"list-entities-for-policy --policy-arn {POLICY}", f"Policy {POLICY} was not found."),
    ("get-server-certificate --server-certificate-name x", "The Server Certificate with name x cannot be found."),
    ("delete-server-certificate --server-certificate-name x", "The Server Certificate with name x cannot be found."),
    (
        "get-account-password-policy",
        "The Password Policy with domain name 123456789012 cannot be found.",
    ),
    ("delete-account-password-policy", "The Password Policy with domain name 123456789012 cannot be found."),
    ("delete-account-alias --account-alias xyz", "The account alias xyz cannot be found."),
    (
        "get-saml-provider --saml-provider-arn arn:aws:iam::123456789012:saml-provider/x",
        "Manifest not found for arn arn:aws:iam::123456789012:saml-provider/x",
    ),
    (
        "get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/x",
        "OpenIDConnect Provider not found for arn arn:aws:iam::123456789012:oidc-provider/x",
    ),
    (
        "delete-virtual-mfa-device --serial-number arn:aws:iam::123456789012:mfa/x",
        "VirtualMFADevice with serial number arn:aws:iam::123456789012:mfa/x doesn't exist.",
    ),
]


@pytest.mark.parametrize(("command", "message"), MISSING)
def test_what_is_not_there_is_said_to_be_so(terminal: Terminal, command: str, message: str) -> None:
    terminal.refused(f"iam {command}", "NoSuchEntity", message)


def _statement(**changes: object) -> str:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **changes}
    document = {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]}
    return json.dumps(document)


MALFORMED = [
    ("nonsense", "Syntax errors in policy."),
    ("[]", "Syntax errors in policy."),
    ('{"Version":"2012-10-17"}', "Syntax errors in policy."),
    ('{"Version":"2012-10-17","Statement":[]}', "Syntax errors in policy."),
    ('{"Version":"2013-10-17","Statement":[{}]}', "Syntax errors in policy."),
    ('{"Version":"2012-10-17","Statement":[{}],"Extra":1}', "Syntax errors in policy."),
    (ALLOW.replace("2012", "2008"), "Policy document must be version 2012-10-17 or greater."),
    (_statement(Effect="allow"), "Syntax errors in policy."),
    (_statement(Effect=None), "Syntax errors in policy."),
    (_statement(Extra=1), "Syntax errors in policy."),
    (_statement(NotAction="s3:*"), "Syntax errors in policy."),
    (_statement(NotResource="*"), "Syntax errors in policy."),
    (_statement(Action=5), "Syntax errors in policy."),
    (_statement(Condition=[]), "Syntax errors in policy."),
    (_statement(Action=None), "Policy statement must contain actions."),
    (_statement(Resource=None), "Policy statement must contain resources."),
    (_statement(Principal="*"), "Policy document should not specify a principal."),
    (_statement(Action="s3"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (_statement(Action="s3:a:b"), "Actions/Condition can contain only one colon."),
    (_statement(Action="s 3:Get"), "Vendor s 3 is not valid"),
    (_statement(Resource="bucket"), 'Resource bucket must be in ARN format or "*".'),
    (_statement(Resource="arn:ws:s3:::b"), 'Partition "ws" is not valid for resource "arn:ws:s3:::b".'),
    (
        _statement(Resource="arn:aws:s*:::b"),
        "Resource vendor must be fully qualified and cannot contain regexes.",
    ),
    (_statement(Resource="arn:aws:s3"), "The policy failed legacy parsing"),
    (
        _statement(Resource="arn:aws:s3:us-east-1::b"),
        "Resource arn:aws:s3:us-east-1::b can not contain region information.",
    ),
    (
        _statement(Resource="arn:aws:iam:us-east-1:123456789012:user/x"),
        "IAM resource arn:aws:iam:us-east-1:123456789012:user/x cannot contain region information.",
    ),
    (_statement(Condition={"StringIs": {"a:b": "c"}}), "Invalid Condition type : StringIs."),
    (
        _statement(Sid="with space"),
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression"
        " [0-9A-Za-z]*",
    ),
]


@pytest.mark.parametrize(("document", "message"), MALFORMED)
def test_a_malformed_policy_is_refused(terminal: Terminal, document: str, message: str) -> None:
    terminal.refused("iam create-policy --policy-name p", "MalformedPolicyDocument", message, PolicyDocument=document)


TRUSTS = [
    ({"Principal": None}, "Missing required field Principal"),
    ({"Action": None}, "Missing required field Action"),
    ({"Resource": "*"}, "Has prohibited field Resource"),
    ({"Action": "s3:GetObject"}, "AssumeRole policy may only specify STS AssumeRole actions."),
    (
        {"Principal": {"AWS": "arn:aws:iam::123456789012:user/nobody"}},
        'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/nobody"',
    ),
    ({"Principal": {"AWS": "bob"}}, 'Invalid principal in policy: "AWS":"bob"'),
]


@pytest.mark.parametrize(("change", "message"), TRUSTS)
def test_a_malformed_trust_policy_is_refused(terminal: Terminal, change: dict[str, object], message: str) -> None:
    statement = {**json.loads(TRUST)["Statement"][0], **change}
    document = {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]}
    terminal.refused(
        "iam create-role --role-name r",
        "MalformedPolicyDocument",
        message,
        AssumeRolePolicyDocument=json.dumps(document),
    )


def test_a_user_is_deleted_once_nothing_hangs_on_it(aws: Terminal) -> None:
    aws("iam create-user --user-name bob")
    aws.refused("iam create-user --user-name BOB", "EntityAlreadyExists", "User with name BOB already exists.")
    aws("iam create-group --group-name g")
    aws("iam add-user-to-group --user-name bob --group-name g")
    aws("iam put-user-policy --user-name bob --policy-name p", PolicyDocument=ALLOW)
    aws("iam attach-user-policy --user-name bob --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess")
    aws("iam create-login-profile --user-name bob --password Abcdef1!")
    key = aws("iam create-access-key --user-name bob --query AccessKey.AccessKeyId").json

    def conflict(text: str) -> None:
        aws.refused("iam delete-user --user-name bob", "DeleteConflict", f"Cannot delete entity, {text}")

    conflict("must delete access keys first.")
    aws(f"iam delete-access-key --user-name bob --access-key-id {key}")
    conflict("must delete login profile first.")
    aws("iam delete-login-profile --user-name bob")
    conflict("must detach all policies first.")
    aws("iam detach-user-policy --user-name bob --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess")
    conflict("must delete policies first.")
    aws("iam delete-user-policy --user-name bob --policy-name p")
    conflict("must remove users from group first.")
    aws("iam remove-user-from-group --user-name bob --group-name g")
    aws("iam delete-user --user-name bob")
    assert aws("iam list-users --query Users").json == []


def test_policies_have_five_versions_and_are_deleted_last(aws: Terminal) -> None:
    aws("iam create-policy --policy-name p", PolicyDocument=ALLOW)
    for number in range(2, 6):
        made = aws(f"iam create-policy-version --policy-arn {POLICY} --set-as-default", PolicyDocument=ALLOW).json
        assert made["PolicyVersion"]["VersionId"] == f"v{number}"
    aws.refused(
        f"iam create-policy-version --policy-arn {POLICY}",
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing"
        " version.",
        PolicyDocument=ALLOW,
    )
    aws.refused(
        f"iam delete-policy-version --policy-arn {POLICY} --version-id v5",
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )
    shown = aws(f"iam get-policy-version --policy-arn {POLICY} --version-id v5 --query PolicyVersion.Document").json
    assert shown == json.loads(ALLOW)
    aws("iam create-role --role-name r", AssumeRolePolicyDocument=TRUST)
    aws(f"iam attach-role-policy --role-name r --policy-arn {POLICY}")
    assert aws(f"iam get-policy --policy-arn {POLICY} --query Policy.AttachmentCount").json == 1
    aws.refused(
        f"iam delete-policy --policy-arn {POLICY}", "DeleteConflict", "Cannot delete a policy attached to entities."
    )
    found = aws(f"iam list-entities-for-policy --policy-arn {POLICY} --query PolicyRoles[].RoleName").json
    assert found == ["r"]


def test_a_role_rides_on_one_instance_profile(aws: Terminal) -> None:
    aws("iam create-role --role-name r", AssumeRolePolicyDocument=TRUST)
    aws("iam create-instance-profile --instance-profile-name web")
    aws("iam add-role-to-instance-profile --instance-profile-name web --role-name r")
    aws.refused(
        "iam add-role-to-instance-profile --instance-profile-name web --role-name r",
        "LimitExceeded",
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    )
    aws.refused(
        "iam delete-role --role-name r",
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.",
    )
    shown = aws("iam get-instance-profile --instance-profile-name web --query InstanceProfile.Roles[].RoleName").json
    assert shown == ["r"]


def test_managed_policies_of_aws_are_there_by_name(terminal: Terminal) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    shown = terminal(f"iam get-policy-version --policy-arn {arn} --version-id v1 --query PolicyVersion.Document").json
    assert shown["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    names = terminal("iam list-policies --scope AWS --query Policies[].PolicyName").json
    assert {"PowerUserAccess", "ReadOnlyAccess", "AWSLambdaBasicExecutionRole", "Billing"} <= set(names)
    terminal.refused(
        "iam attach-role-policy --role-name r --policy-arn arn:aws:iam::aws:policy/Nothing", "NoSuchEntity"
    )


@pytest.mark.parametrize(
    ("path", "version", "action"),
    [
        ("AmazonS3ReadOnlyAccess", "v3", "s3:Get*"),
        ("AmazonEC2FullAccess", "v5", "ec2:*"),
        ("job-function/DatabaseAdministrator", "v5", "rds:*"),
        ("job-function/NetworkAdministrator", "v16", "directconnect:*"),
        ("service-role/AWSLambdaBasicExecutionRole", "v1", "logs:PutLogEvents"),
        ("aws-service-role/AWSSupportServiceRolePolicy", "v59", "apigateway:GET"),
    ],
)
def test_managed_policies_have_their_paths_and_versions(
    terminal: Terminal, path: str, version: str, action: str
) -> None:
    arn = f"arn:aws:iam::aws:policy/{path}"
    assert terminal(f"iam get-policy --policy-arn {arn} --query Policy.DefaultVersionId").json == version
    shown = terminal(f"iam get-policy-version --policy-arn {arn} --version-id {version} --query PolicyVersion.Document")
    assert f'"{action}"' in shown
    elsewhere = "arn:aws:iam::aws:policy/other/" + path.rpartition("/")[2]
    terminal.refused(f"iam get-policy --policy-arn {elsewhere}", "NoSuchEntity", f"Policy {elsewhere} was not found.")


def test_every_managed_policy_is_found_by_halves() -> None:
    policies = managed.all_policies()
    assert len(policies) > 1500
    assert all(managed.policy(found["Arn"]) == found for found in policies)


@pytest.mark.sqlite
def test_passwords_keep_to_the_policy_and_are_kept_as_hashes(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam update-account-password-policy --minimum-password-length 12 --require-symbols")
    refused = terminal.refused
    code = "PasswordPolicyViolation"
    create = "iam create-login-profile --user-name bob --password"
    refused(f"{create} short", code, "Password should have a minimum length of 12")
    refused(f"{create} longenough12345", code, "Password should have at least one symbol")
    terminal(f"{create} correct-horse-1")
    kept = terminal("""cloud db query 'select document from "iam.LoginProfile"'""")
    assert "scrypt$" in kept
    assert "correct-horse" not in kept


@pytest.mark.sqlite
def test_secrets_are_not_in_the_database(terminal: Terminal, home: object) -> None:
    terminal("iam create-user --user-name bob")
    secret = terminal("iam create-access-key --user-name bob --query AccessKey.SecretAccessKey").json
    with open(f"{home}/cloud.db", "rb") as file, open(f"{home}/cloud.db-wal", "rb") as log:
        assert secret.encode() not in file.read() + log.read()


def test_tags_are_at_most_fifty_and_unlike_each_other(aws: Terminal) -> None:
    aws("iam create-user --user-name bob --tags Key=team,Value=red")
    aws("iam tag-user --user-name bob --tags Key=Team,Value=blue Key=a,Value=1")
    assert aws("iam list-user-tags --user-name bob --query Tags").json == [
        {"Key": "Team", "Value": "blue"},
        {"Key": "a", "Value": "1"},
    ]
    aws.refused(
        "iam tag-user --user-name bob --tags Key=x,Value=1 Key=X,Value=2",
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


def test_service_linked_roles_are_the_services_own(terminal: Terminal) -> None:
    made = terminal("iam create-service-linked-role --aws-service-name ecs.amazonaws.com --query Role").json
    assert made["Arn"] == "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    terminal.refused("iam delete-role --role-name AWSServiceRoleForECS", "UnmodifiableEntity")
    task = terminal("iam delete-service-linked-role --role-name AWSServiceRoleForECS --query DeletionTaskId").json
    status = terminal("iam get-service-linked-role-deletion-status --query Status", DeletionTaskId=task).json
    assert status == "SUCCEEDED"


def test_reports_tell_of_users_and_what_they_used(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam generate-credential-report")
    report = terminal("iam get-credential-report --query Content --output text")
    import base64

    assert base64.b64decode(report).decode().splitlines()[2].startswith("bob,arn:aws:iam::123456789012:user/bob,")
    summary = terminal("iam get-account-summary --query SummaryMap").json
    assert (summary["Users"], summary["UsersQuota"]) == (1, 5000)


def test_the_root_user_is_as_old_as_the_account(aws: Terminal, clock: Clock) -> None:
    aws("sqs list-queues")
    clock.advance(3600)
    created = aws("iam get-user --query User.CreateDate").json
    clock.advance(3600)
    assert aws("iam get-user --query User.CreateDate").json == created
    assert created.startswith("2027-01-15T08:00:00")
    aws("iam generate-credential-report")
    aws("iam generate-credential-report")
    content = aws("iam get-credential-report --query Content --output text")
    assert base64.b64decode(content).decode().splitlines()[1].split(",")[2] == "2027-01-15T08:00:00+00:00"
