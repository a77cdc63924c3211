"""IAM Identity Center: users and groups, permission sets that become roles, and signing in."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest

from fakeaws.cli.invocation import Streams
from fakeaws.cli.main import run
from tests.conftest import Clock, Terminal

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


class Center:
    """An instance with a permission set, and a user in a group."""

    def __init__(self, aws: Terminal) -> None:
        self.aws = aws
        self.instance = aws("sso-admin create-instance --name home --query InstanceArn").json
        self.store = aws("sso-admin list-instances --query Instances[0].IdentityStoreId").json
        make = f"sso-admin create-permission-set --name Admins --instance-arn {self.instance}"
        self.admins = aws(f"{make} --query PermissionSet.PermissionSetArn").json
        self.place = {"InstanceArn": self.instance, "PermissionSetArn": self.admins}
        aws(f"sso-admin attach-managed-policy-to-permission-set --managed-policy-arn {ADMIN}", **self.place)
        self.bob = self.ids("create-user --user-name bob --display-name Bob --name GivenName=B,FamilyName=O")["UserId"]
        self.ops = self.ids("create-group --display-name ops")["GroupId"]

    def ids(self, command: str, **options: str) -> dict[str, str]:
        found: dict[str, str] = self.aws(f"identitystore {command} --identity-store-id {self.store}", **options).json
        return found

    def assign(self, principal: str, kind: str, account: str = "444455556666", verb: str = "create") -> str:
        who = f"--target-id {account} --target-type AWS_ACCOUNT --principal-type {kind} --principal-id {principal}"
        return self.aws(f"sso-admin {verb}-account-assignment {who}", **self.place)


@pytest.fixture
def center(aws: Terminal) -> Center:
    return Center(aws)


def test_a_permission_set_is_a_role_in_the_accounts_it_is_assigned_in(center: Center) -> None:
    status = json.loads(center.assign(center.bob, "USER"))["AccountAssignmentCreationStatus"]
    assert status["Status"] == "IN_PROGRESS"
    describe = f"sso-admin describe-account-assignment-creation-status --instance-arn {center.instance}"
    asked = f"{describe} --account-assignment-creation-request-id {status['RequestId']}"
    assert center.aws(asked).json["AccountAssignmentCreationStatus"]["Status"] == "SUCCEEDED"
    there = center.aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x")
    roles = there("iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/ --query Roles[].RoleName").json
    assert len(roles) == 1
    assert roles[0].startswith("AWSReservedSSO_Admins_")
    held = there(f"iam list-attached-role-policies --role-name {roles[0]} --query AttachedPolicies[].PolicyArn").json
    assert held == [ADMIN]
    center.assign(center.bob, "USER", verb="delete")
    assert there("iam list-roles --query Roles").json == []


def test_nobody_can_be_assigned_who_is_not_there(center: Center) -> None:
    who = "--target-id 444455556666 --target-type AWS_ACCOUNT --principal-type USER"
    center.aws.refused(
        f"sso-admin create-account-assignment {who} --principal-id 906754b8-30a1-7018-0000-1d3c0b2ae3a5",
        "ResourceNotFoundException",
        **center.place,
    )


def test_names_are_unique_and_lead_to_ids(center: Center) -> None:
    aws, store = center.aws, f"--identity-store-id {center.store}"
    create = f"identitystore create-user {store} --user-name Bob"
    assert "Duplicate UserName\n" in aws.refused(create, "ConflictException").stderr
    aws.refused(f"identitystore create-group {store} --display-name ops", "ConflictException")
    named = json.dumps({"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": "bob"}})
    assert center.ids("get-user-id", AlternateIdentifier=named)["UserId"] == center.bob
    nobody = named.replace("bob", "eve")
    get = f"identitystore get-user-id {store}"
    aws.refused(get, "ResourceNotFoundException", AlternateIdentifier=nobody)
    elsewhere = json.dumps({"ExternalId": {"Issuer": "corp", "Id": "17"}})
    aws.refused(get, "ResourceNotFoundException", AlternateIdentifier=elsewhere)
    wrong = named.replace("userName", "title")
    aws.refused(get, "ValidationException", AlternateIdentifier=wrong)
    listed = aws(f"identitystore list-users {store} --filters AttributePath=UserName,AttributeValue=bob").json["Users"]
    assert [user["UserId"] for user in listed] == [center.bob]
    aws.refused("identitystore list-users --identity-store-id d-0000000000", "ResourceNotFoundException")


def test_attributes_are_set_by_their_paths(center: Center) -> None:
    operations = [
        {"AttributePath": "name.givenName", "AttributeValue": "Robert"},
        {"AttributePath": "emails", "AttributeValue": [{"value": "b@x.org", "primary": True}]},
        {"AttributePath": "displayName"},
    ]
    update = f"identitystore update-user --identity-store-id {center.store} --user-id {center.bob}"
    center.aws(update, Operations=json.dumps(operations))
    shown = center.ids(f"describe-user --user-id {center.bob}")
    assert shown["Name"] == {"FamilyName": "O", "GivenName": "Robert"}
    assert shown["Emails"] == [{"Value": "b@x.org", "Primary": True}]
    assert "DisplayName" not in shown


def test_members_come_and_go(center: Center) -> None:
    member = f"--group-id {center.ops} --member-id UserId={center.bob}"
    made = center.ids(f"create-group-membership {member}")["MembershipId"]
    center.aws.refused(
        f"identitystore create-group-membership --identity-store-id {center.store} {member}",
        "ConflictException",
    )
    assert center.ids(f"get-group-membership-id {member}")["MembershipId"] == made
    [result] = center.ids(f"is-member-in-groups --member-id UserId={center.bob} --group-ids {center.ops}")["Results"]
    assert result["MembershipExists"] is True
    center.aws(f"identitystore delete-user --identity-store-id {center.store} --user-id {center.bob}")
    assert center.ids(f"list-group-memberships --group-id {center.ops}")["GroupMemberships"] == []


def test_what_a_group_is_assigned_its_members_have(center: Center) -> None:
    center.assign(center.ops, "GROUP")
    asked = f"sso-admin list-account-assignments-for-principal --principal-type USER --principal-id {center.bob}"
    assert center.aws(asked, InstanceArn=center.instance).json["AccountAssignments"] == []
    center.ids(f"create-group-membership --group-id {center.ops} --member-id UserId={center.bob}")
    [found] = center.aws(asked, InstanceArn=center.instance).json["AccountAssignments"]
    assert (found["AccountId"], found["PrincipalType"]) == ("444455556666", "GROUP")


def write_profile(home: Path, store: str) -> None:
    with (home / "config").open("a") as file:
        file.write(
            f"[sso-session my]\nsso_start_url = https://{store}.awsapps.com/start\nsso_region = us-east-1\n"
            "[profile dev]\nsso_session = my\nsso_account_id = 444455556666\nsso_role_name = Admins\n"
            "region = us-east-1\n[profile deeper]\nrole_arn = arn:aws:iam::444455556666:role/app\n"
            "source_profile = dev\nregion = us-east-1\n"
        )


def test_a_user_signs_in_and_works_as_the_role(terminal: Terminal, home: Path) -> None:
    center = Center(terminal)
    center.assign(center.bob, "USER")
    write_profile(home, center.store)
    who = "sts get-caller-identity --profile dev --query Arn"
    assert "Token for my does not exist" in terminal(who, code=255).stderr
    said = terminal("sso login --profile dev")
    assert f"Successfully logged into Start URL: https://{center.store}.awsapps.com/start\n" in said
    assert terminal(who).json.startswith("arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Admins_")
    assert terminal(who).json.endswith("/bob")
    for kept in [*(home / "sso" / "cache").iterdir(), *(home / "cli" / "cache").iterdir()]:
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    terminal("sqs create-queue --queue-name jobs --profile dev")
    terminal("sso logout")
    assert "Token for my does not exist" in terminal(who, code=255).stderr


def test_a_role_can_be_assumed_from_there(terminal: Terminal, home: Path) -> None:
    center = Center(terminal)
    center.assign(center.bob, "USER")
    write_profile(home, center.store)
    terminal("sso login --profile dev")
    trust = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    terminal("iam create-role --role-name app --profile dev", AssumeRolePolicyDocument=document)
    found = terminal("sts get-caller-identity --profile deeper --query Arn").json
    assert found.startswith("arn:aws:sts::444455556666:assumed-role/app/")


def test_who_signs_in_must_be_clear(terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    center = Center(terminal)
    center.ids("create-user --user-name eve")
    write_profile(home, center.store)
    assert "FAKEAWS_SSO_USER says who signs in" in terminal("sso login --profile dev", code=255).stderr
    monkeypatch.setenv("FAKEAWS_SSO_USER", "eve")
    terminal("sso login --profile dev")
    assert "No access" in terminal("sts get-caller-identity --profile dev", code=254).stderr


def test_configuring_a_profile_signs_in_and_offers_what_there_is(terminal: Terminal) -> None:
    center = Center(terminal)
    center.assign(center.bob, "USER")
    answers = f"my\nhttps://{center.store}.awsapps.com/start\nus-east-1\n\neu-west-1\njson\nwork\n"
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    streams = Streams(io.StringIO(answers), stdout, io.StringIO(), terminal.env, "aws")
    assert run(["configure", "sso"], streams, None) == 0
    assert terminal("sts get-caller-identity --profile work --query Account").json == "444455556666"
    assert terminal("configure get region --profile work") == "eu-west-1\n"


def test_a_token_ends(aws: Terminal, clock: Clock) -> None:
    center = Center(aws)
    client = aws("sso-oidc register-client --client-name a --client-type public --scopes sso:account:access").json
    who = f"--client-id {client['clientId']} --client-secret {client['clientSecret']}"
    start = f"sso-oidc start-device-authorization {who} --start-url"
    aws.refused(f"{start} https://d-0000000000.awsapps.com/start", "InvalidRequestException")
    device = aws(f"{start} https://{center.store}.awsapps.com/start").json
    create = f"sso-oidc create-token {who} --grant-type"
    by_device = f"{create} urn:ietf:params:oauth:grant-type:device_code --device-code {device['deviceCode']}"
    token = aws(by_device).json
    aws.refused(by_device, "InvalidGrantException")
    aws.refused(f"{create} password", "UnsupportedGrantTypeException")
    aws.refused("sso-oidc create-token --client-id x --client-secret y --grant-type z", "InvalidClientException")
    aws(f"sso list-accounts --access-token {token['accessToken']}")
    clock.advance(8 * 3600)
    aws.refused(
        f"sso list-accounts --access-token {token['accessToken']}",
        "UnauthorizedException",
        "Session token not found or invalid",
    )
    again = aws(f"{create} refresh_token --refresh-token {token['refreshToken']}").json
    aws(f"sso list-accounts --access-token {again['accessToken']}")
