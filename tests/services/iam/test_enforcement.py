"""The usual set-ups of tutorials with policies that bind, on the command line and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.tools import totp
from tests.conftest import Clock, Terminal

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"


@pytest.fixture(autouse=True)
def enforced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def as_keys(aws: Terminal, keys: dict[str, str]) -> Terminal:
    env = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}
    return aws.with_env(**env, AWS_SESSION_TOKEN=keys.get("SessionToken", ""))


def user(aws: Terminal, name: str, *statements: dict[str, Any]) -> Terminal:
    """A terminal of a new user with an inline policy."""
    aws(f"iam create-user --user-name {name}")
    if statements:
        aws(f"iam put-user-policy --user-name {name} --policy-name own", PolicyDocument=_document(*statements))
    return as_keys(aws, aws(f"iam create-access-key --user-name {name} --query AccessKey").json)


def role(aws: Terminal, name: str, principal: Any, *statements: dict[str, Any], **condition: Any) -> str:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    aws(f"iam create-role --role-name {name}", AssumeRolePolicyDocument=_document(trust))
    if statements:
        aws(f"iam put-role-policy --role-name {name} --policy-name own", PolicyDocument=_document(*statements))
    return f"{IAM}:role/{name}"


def denied(aws: Terminal, command: str, **options: str) -> str:
    """What the command says on stderr; it must be refused by policies."""
    printed = aws(command, code=254, **options)
    assert "AccessDenied" in printed.stderr or "UnauthorizedOperation" in printed.stderr, printed.stderr
    return printed.stderr


def test_a_group_that_reads(aws: Terminal) -> None:
    bob = user(aws, "bob")
    aws("iam create-group --group-name readers")
    for name in ("AmazonS3ReadOnlyAccess", "AmazonEC2ReadOnlyAccess"):
        aws(f"iam attach-group-policy --group-name readers --policy-arn arn:aws:iam::aws:policy/{name}")
    denied(bob, "s3api list-buckets")
    aws("iam add-user-to-group --group-name readers --user-name bob")
    bob("s3api list-buckets")
    bob("ec2 describe-vpcs")
    assert "because no identity-based policy allows the s3:CreateBucket action" in denied(
        bob, "s3api create-bucket --bucket mine"
    )
    said = denied(bob, "ec2 create-vpc --cidr-block 10.0.0.0/16")
    assert "is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:us-east-1:123456789012:vpc/*" in said
    message = said.rpartition(" ")[2].strip()
    decoded = json.loads(aws("sts decode-authorization-message --query DecodedMessage", EncodedMessage=message).json)
    assert (decoded["allowed"], decoded["context"]["action"]) == (False, "ec2:CreateVpc")


def test_a_role_with_an_external_id(aws: Terminal) -> None:
    arn = role(aws, "audit", {"AWS": ACCOUNT}, allow("s3:ListAllMyBuckets"), StringEquals={"sts:ExternalId": "42"})
    bob = user(aws, "bob", allow("sts:AssumeRole", arn))
    assume = f"sts assume-role --role-arn {arn} --role-session-name s"
    denied(bob, f"{assume}ession")
    keys = bob(f"{assume}ession --external-id 42 --query Credentials").json
    session = as_keys(aws, keys)
    session("s3api list-buckets")
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/session is not authorized" in denied(session, "sqs list-queues")


def test_a_role_is_assumed_across_accounts(aws: Terminal) -> None:
    other = aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x")
    arn = role(other, "shared", {"AWS": ACCOUNT}, allow("sqs:*"))
    assert arn.replace(ACCOUNT, "444455556666")
    arn = "arn:aws:iam::444455556666:role/shared"
    bob = user(aws, "bob")
    denied(bob, f"sts assume-role --role-arn {arn} --role-session-name ss")
    aws("iam put-user-policy --user-name bob --policy-name p", PolicyDocument=_document(allow("sts:AssumeRole", arn)))
    keys = bob(f"sts assume-role --role-arn {arn} --role-session-name ss --query Credentials").json
    assert as_keys(aws, keys)("sts get-caller-identity --query Account").json == "444455556666"


def test_a_boundary_is_the_most_there_is(aws: Terminal) -> None:
    bob = user(aws, "bob", allow("*"))
    aws("iam create-policy --policy-name edge", PolicyDocument=_document(allow("sqs:*")))
    aws(f"iam put-user-permissions-boundary --user-name bob --permissions-boundary {IAM}:policy/edge")
    bob("sqs list-queues")
    assert "because no permissions boundary allows the s3:ListAllMyBuckets action" in denied(bob, "s3api list-buckets")


def test_a_session_policy_narrows(aws: Terminal) -> None:
    arn = role(aws, "dev", {"AWS": ACCOUNT}, allow("*"))
    bob = user(aws, "bob", allow("sts:AssumeRole"))
    policy = _document(allow("sqs:*"))
    keys = bob(f"sts assume-role --role-arn {arn} --role-session-name ss --query Credentials", Policy=policy).json
    session = as_keys(aws, keys)
    session("sqs list-queues")
    assert "because no session policy allows the s3:ListAllMyBuckets action" in denied(session, "s3api list-buckets")


def test_access_by_tags(aws: Terminal) -> None:
    bob = user(
        aws,
        "bob",
        allow(["sqs:*"], "*", Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
    )
    aws("iam tag-user --user-name bob --tags Key=team,Value=red")
    urls = {
        team: aws(f"sqs create-queue --queue-name {team} --tags team={team} --query QueueUrl").json
        for team in ("red", "blue")
    }
    bob("sqs get-queue-attributes", QueueUrl=urls["red"])
    denied(bob, "sqs get-queue-attributes", QueueUrl=urls["blue"])


def test_what_is_made_must_be_tagged(aws: Terminal) -> None:
    tagged = {"Null": {"aws:RequestTag/cost": "false"}}
    bob = user(aws, "bob", allow(["sqs:CreateQueue", "sqs:TagQueue"], "*", Condition=tagged))
    denied(bob, "sqs create-queue --queue-name jobs")
    bob("sqs create-queue --queue-name jobs --tags cost=1")


def test_mfa_is_required(aws: Terminal) -> None:
    deny = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }
    bob = user(aws, "bob", allow("*"), deny)
    assert "with an explicit deny in an identity-based policy" in denied(bob, "sqs list-queues")
    bob("iam list-users")


def test_a_queue_takes_messages_of_another_account(aws: Terminal) -> None:
    url = aws("sqs create-queue --queue-name inbox --query QueueUrl").json
    eve = user(aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x"), "eve", allow("sqs:*"))
    assert "because no resource-based policy allows" in denied(eve, "sqs send-message --message-body x", QueueUrl=url)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:inbox",
    }
    attributes = json.dumps({"Policy": _document(statement)})
    aws("sqs set-queue-attributes", QueueUrl=url, Attributes=attributes)
    eve("sqs send-message --message-body x", QueueUrl=url)
    denied(eve, "sqs receive-message", QueueUrl=url)


@pytest.fixture
def bucket(aws: Terminal) -> str:
    aws("s3api create-bucket --bucket lake")
    return "lake"


def test_a_bucket_for_another_account(aws: Terminal, bucket: str) -> None:
    eve = user(aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x"), "eve", allow("s3:*"))
    said = denied(eve, f"s3api list-objects-v2 --bucket {bucket}")
    assert 's3:ListBucket on resource: "arn:aws:s3:::lake" because no resource-based policy allows' in said
    statement = {**allow("s3:ListBucket", "arn:aws:s3:::lake"), "Principal": {"AWS": "444455556666"}}
    aws(f"s3api put-bucket-policy --bucket {bucket}", Policy=_document(statement))
    eve(f"s3api list-objects-v2 --bucket {bucket}")


def test_a_bucket_for_one_endpoint(aws: Terminal, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = user(aws, "bob", allow("s3:*"))
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::lake",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}},
    }
    aws(f"s3api put-bucket-policy --bucket {bucket}", Policy=_document(statement))
    said = denied(bob, f"s3api list-objects-v2 --bucket {bucket}")
    assert "with an explicit deny in a resource-based policy" in said
    monkeypatch.setenv("FAKEAWS_SOURCE_VPCE", "vpce-1a2b3c4d")
    bob(f"s3api list-objects-v2 --bucket {bucket}")


def test_home_folders(aws: Terminal, bucket: str) -> None:
    bob = user(aws, "bob", allow(["s3:PutObject"], "arn:aws:s3:::lake/home/${aws:username}/*"))
    bob("s3api put-object --bucket lake --key home/bob/x")
    denied(bob, "s3api put-object --bucket lake --key home/eve/x")


def test_giving_a_role_away_is_an_action_of_its_own(aws: Terminal) -> None:
    role(aws, "app", {"Service": "ec2.amazonaws.com"}, allow("s3:GetObject"))
    aws("iam create-instance-profile --instance-profile-name app")
    aws("iam add-role-to-instance-profile --instance-profile-name app --role-name app")
    bob = user(aws, "bob", allow("ec2:*"))
    image = aws("ec2 describe-images --owners amazon --query Images[0].ImageId").json
    run = f"ec2 run-instances --instance-type t3.micro --image-id {image} --iam-instance-profile Name=app"
    assert f"iam:PassRole on resource: {IAM}:role/app" in denied(bob, run)
    statement = allow("iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    aws("iam put-user-policy --user-name bob --policy-name pass", PolicyDocument=_document(statement))
    bob(run)


def test_an_address_outside_is_refused(aws: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = user(aws, "bob", allow("sqs:*", "*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    denied(bob, "sqs list-queues")
    monkeypatch.setenv("FAKEAWS_SOURCE_IP", "203.0.113.9")
    bob("sqs list-queues")


def test_users_mind_their_own_keys(aws: Terminal) -> None:
    own = f"{IAM}:user/${{aws:username}}"
    bob = user(aws, "bob", allow("iam:*AccessKey*", own))
    assert len(bob("iam list-access-keys --user-name bob").json["AccessKeyMetadata"]) == 1
    aws("iam create-user --user-name eve")
    denied(bob, "iam list-access-keys --user-name eve")


def test_a_table_of_its_own(aws: Terminal) -> None:
    bob = user(aws, "bob", allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/mine"))
    assert "arn:aws:dynamodb:us-east-1:123456789012:table/theirs" in denied(
        bob, "dynamodb describe-table --table-name theirs"
    )
    assert "ResourceNotFoundException" in bob("dynamodb describe-table --table-name mine", code=254).stderr


def test_a_key_that_is_inactive_or_gone_is_nobodys(aws: Terminal) -> None:
    bob = user(aws, "bob", allow("*"))
    key = aws("iam list-access-keys --user-name bob --query AccessKeyMetadata[0].AccessKeyId").json
    aws(f"iam update-access-key --user-name bob --access-key-id {key} --status Inactive")
    printed = bob("sts get-caller-identity", code=254)
    assert "InvalidClientTokenId" in printed.stderr
    aws(f"iam delete-access-key --user-name bob --access-key-id {key}")
    assert "InvalidClientTokenId" in bob("sts get-caller-identity", code=254).stderr


def test_the_root_user_cannot_assume_roles(aws: Terminal) -> None:
    arn = role(aws, "dev", {"AWS": ACCOUNT})
    aws.refused(
        f"sts assume-role --role-arn {arn} --role-session-name ss",
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    )


def test_a_federated_user_has_what_is_given_to_it(aws: Terminal) -> None:
    bob = user(aws, "bob", allow(["sqs:*", "sts:GetFederationToken"]))
    policy = _document(allow("sqs:ListQueues"))
    keys = bob("sts get-federation-token --name guest --query Credentials", Policy=policy).json
    guest = as_keys(aws, keys)
    guest("sqs list-queues")
    denied(guest, "sqs create-queue --queue-name jobs")
    assert guest("sts get-caller-identity --query Arn").json == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"


def test_a_key_decides_who_comes_to_it(aws: Terminal) -> None:
    """A key's policy that names no account shuts out even those whose own policies allow everything."""
    bob, eve = user(aws, "bob", allow("kms:*")), user(aws, "eve", allow("kms:*"))
    statement = {**allow("kms:*"), "Principal": {"AWS": [f"{IAM}:user/bob", f"{IAM}:root"]}}
    only_bob = {**allow(["kms:Encrypt", "kms:Decrypt"]), "Principal": {"AWS": f"{IAM}:user/bob"}}
    key = bob("kms create-key --query KeyMetadata.Arn", Policy=_document(statement)).json
    eve("kms encrypt --plaintext aGVsbG8=", KeyId=key)
    bob("kms put-key-policy --bypass-policy-lockout-safety-check", KeyId=key, Policy=_document(only_bob))
    blob = bob("kms encrypt --plaintext aGVsbG8= --query CiphertextBlob", KeyId=key).json
    assert "because no resource-based policy allows the kms:Encrypt action" in denied(
        eve, "kms encrypt --plaintext aGVsbG8=", KeyId=key
    )
    assert f"kms:Decrypt on resource: {key} because" in denied(eve, "kms decrypt", CiphertextBlob=blob)
    assert bob("kms decrypt --query Plaintext", CiphertextBlob=blob).json == "aGVsbG8="


def test_a_grant_gives_what_it_says_in_its_context_only(aws: Terminal) -> None:
    bob = user(aws, "bob")
    key = aws("kms create-key --query KeyMetadata.Arn").json
    aws("kms create-alias --alias-name alias/app", TargetKeyId=key)
    encrypt = "kms encrypt --key-id alias/app --plaintext aGVsbG8="
    denied(bob, encrypt)
    grant = aws(
        f"kms create-grant --grantee-principal {IAM}:user/bob --operations Encrypt Decrypt"
        " --constraints EncryptionContextSubset={app=shop} --query GrantId",
        KeyId=key,
    ).json
    denied(bob, encrypt)
    denied(bob, f"{encrypt} --encryption-context app=other")
    blob = bob(f"{encrypt} --encryption-context app=shop,more=1 --query CiphertextBlob").json
    bob("kms decrypt --encryption-context app=shop,more=1", CiphertextBlob=blob)
    denied(bob, "kms generate-data-key --key-spec AES_256 --encryption-context app=shop", KeyId=key)
    aws("kms revoke-grant", KeyId=key, GrantId=grant)
    denied(bob, "kms decrypt --encryption-context app=shop,more=1", CiphertextBlob=blob)


def test_a_key_for_another_account(aws: Terminal) -> None:
    eve = user(aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x"), "eve", allow("kms:*"))
    own = {**allow("kms:*"), "Principal": {"AWS": f"{IAM}:root"}}
    other = {**allow("kms:GenerateDataKey"), "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
    key = aws("kms create-key --query KeyMetadata.Arn", Policy=_document(own)).json
    denied(eve, "kms generate-data-key --key-spec AES_256", KeyId=key)
    aws("kms put-key-policy", KeyId=key, Policy=_document(own, other))
    eve("kms generate-data-key --key-spec AES_256", KeyId=key)
    denied(eve, "kms describe-key", KeyId=key)


def test_a_bucket_for_everybody(aws: Terminal, bucket: str) -> None:
    """A policy that lets in everybody has to be allowed first: new buckets block it."""
    aws("s3api put-object --bucket lake --key site/index.html")
    nobody = "s3api get-object --no-sign-request --bucket lake --key site/index.html /dev/null"
    policy = _document({**allow("s3:GetObject", "arn:aws:s3:::lake/site/*"), "Principal": "*"})
    denied(aws, "s3api put-bucket-policy --bucket lake", Policy=policy)
    denied(aws, nobody)
    aws("s3api delete-public-access-block --bucket lake")
    aws("s3api put-bucket-policy --bucket lake", Policy=policy)
    aws(nobody)
    denied(aws, "s3api list-objects-v2 --no-sign-request --bucket lake")
    aws("s3api put-public-access-block --bucket lake --public-access-block-configuration RestrictPublicBuckets=true")
    denied(aws, nobody)


def test_an_object_for_everybody(aws: Terminal, bucket: str) -> None:
    """Access control lists count where the bucket's ownership controls let them."""
    nobody = "s3api get-object --no-sign-request --bucket lake --key x /dev/null"
    aws("s3api put-bucket-ownership-controls --bucket lake --ownership-controls Rules=[{ObjectOwnership=ObjectWriter}]")
    aws("s3api delete-public-access-block --bucket lake")
    aws("s3api put-object --bucket lake --key x")
    denied(aws, nobody)
    aws("s3api put-object-acl --bucket lake --key x --acl public-read")
    aws(nobody)
    denied(aws, "s3api list-objects-v2 --no-sign-request --bucket lake")
    aws("s3api put-bucket-acl --bucket lake --acl public-read")
    aws("s3api list-objects-v2 --no-sign-request --bucket lake")
    aws("s3api put-public-access-block --bucket lake --public-access-block-configuration IgnorePublicAcls=true")
    denied(aws, nobody)
    aws("s3api delete-public-access-block --bucket lake")
    aws("s3api put-bucket-acl --bucket lake --acl private")
    aws(
        "s3api put-bucket-ownership-controls --bucket lake",
        OwnershipControls="Rules=[{ObjectOwnership=BucketOwnerEnforced}]",
    )
    denied(aws, nobody)


def test_an_object_for_one_account(aws: Terminal, bucket: str) -> None:
    other = aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x")
    eve = user(other, "eve", allow("s3:GetObject"))
    aws("s3api put-bucket-ownership-controls --bucket lake --ownership-controls Rules=[{ObjectOwnership=ObjectWriter}]")
    owner = other("s3api list-buckets --query Owner.ID").json
    aws("s3api put-object --bucket lake --key x")
    denied(eve, "s3api get-object --bucket lake --key x /dev/null")
    aws(f"s3api put-object-acl --bucket lake --key x --grant-read id={owner}")
    eve("s3api get-object --bucket lake --key x /dev/null")


def test_a_secret_for_another_account(aws: Terminal) -> None:
    eve = user(
        aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x"), "eve", allow("secretsmanager:*")
    )
    arn = aws("secretsmanager create-secret --name db --secret-string hush --query ARN").json
    denied(eve, f"secretsmanager get-secret-value --secret-id {arn}")
    statement = {**allow("secretsmanager:GetSecretValue"), "Principal": {"AWS": "444455556666"}}
    aws("secretsmanager put-resource-policy --secret-id db", ResourcePolicy=_document(statement))
    assert eve(f"secretsmanager get-secret-value --secret-id {arn} --query SecretString").json == "hush"
    denied(eve, f"secretsmanager delete-secret --secret-id {arn}")


def test_a_topic_for_another_account(aws: Terminal) -> None:
    eve = user(aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x"), "eve", allow("sns:*"))
    arn = aws("sns create-topic --name news --query TopicArn").json
    publish = f"sns publish --topic-arn {arn} --message hello"
    assert "AuthorizationError" in eve(publish, code=254).stderr
    statement = {**allow("sns:Publish", arn), "Principal": {"AWS": "444455556666"}}
    aws(f"sns set-topic-attributes --topic-arn {arn} --attribute-name Policy", AttributeValue=_document(statement))
    eve(publish)


def test_a_permission_set_is_what_its_users_may(aws: Terminal) -> None:
    """Signing in through Identity Center gives a session of the permission set's role, and no more."""
    instance = aws("sso-admin create-instance --name home --query InstanceArn").json
    store = aws("sso-admin list-instances --query Instances[0].IdentityStoreId").json
    make = f"sso-admin create-permission-set --name Queues --instance-arn {instance}"
    place = {"InstanceArn": instance, "PermissionSetArn": aws(f"{make} --query PermissionSet.PermissionSetArn").json}
    aws("sso-admin put-inline-policy-to-permission-set", InlinePolicy=_document(allow("sqs:*")), **place)
    bob = aws(f"identitystore create-user --identity-store-id {store} --user-name bob --query UserId").json
    who = f"--target-id {ACCOUNT} --target-type AWS_ACCOUNT --principal-type USER --principal-id {bob}"
    aws(f"sso-admin create-account-assignment {who}", **place)
    client = aws("sso-oidc register-client --client-name a --client-type public").json
    as_client = f"--client-id {client['clientId']} --client-secret {client['clientSecret']}"
    url = f"https://{store}.awsapps.com/start"
    device = aws(f"sso-oidc start-device-authorization {as_client} --start-url {url} --query deviceCode").json
    grant = f"--grant-type urn:ietf:params:oauth:grant-type:device_code --device-code {device}"
    token = aws(f"sso-oidc create-token {as_client} {grant} --query accessToken").json
    get = f"sso get-role-credentials --role-name Queues --account-id {ACCOUNT} --access-token {token}"
    keys = aws(f"{get} --query roleCredentials").json
    session = as_keys(aws, {name[:1].upper() + name[1:]: value for name, value in keys.items()})
    session("sqs list-queues")
    assert "assumed-role/AWSReservedSSO_Queues_" in denied(session, "s3api list-buckets")


def test_a_device_lets_in_where_mfa_is_required(aws: Terminal, clock: Clock, tmp_path: Path) -> None:
    """GetSessionToken with the code of a device gives keys that count as with MFA."""
    only = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    bob = user(aws, "bob", allow("sqs:*", Condition=only))
    create = "iam create-virtual-mfa-device --virtual-mfa-device-name phone --bootstrap-method Base32StringSeed"
    aws(f"{create} --outfile {tmp_path / 'seed'}")
    seed = (tmp_path / "seed").read_text().strip()
    codes = [totp.code(seed, 1_800_000_000 // totp.STEP + later) for later in (-1, 0, 1)]
    enable = f"iam enable-mfa-device --user-name bob --serial-number {IAM}:mfa/phone"
    aws(f"{enable} --authentication-code1 {codes[0]} --authentication-code2 {codes[1]}")
    denied(bob, "sqs list-queues")
    denied(as_keys(bob, bob("sts get-session-token --query Credentials").json), "sqs list-queues")
    get = f"sts get-session-token --serial-number {IAM}:mfa/phone --token-code {codes[2]}"
    as_keys(bob, bob(f"{get} --query Credentials").json)("sqs list-queues")
