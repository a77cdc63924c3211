"""Users of a pool: made by administrators or by themselves, confirmed by codes, signed in, in groups."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools import totp
from fakeaws.services.cognito_idp import srp
from tests.conftest import Clock, Terminal

WRONG = "Incorrect username or password."
Pool = tuple[str, str]


@pytest.fixture
def pool(aws: Terminal) -> Pool:
    """A pool that verifies e-mail addresses, and a client that takes passwords."""
    made = aws(
        "cognito-idp create-user-pool --pool-name shop --auto-verified-attributes email --query UserPool.Id"
    ).json
    flows = "ALLOW_USER_PASSWORD_AUTH ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_SRP_AUTH"
    client = (
        f"cognito-idp create-user-pool-client --user-pool-id {made} --client-name web --explicit-auth-flows {flows}"
    )
    return made, aws(f"{client} --query UserPoolClient.ClientId").json


def _code(home: Path, purpose: str) -> str:
    """The code that was sent last: it stands in the cloud's file."""
    cloud = Cloud(home)
    [user] = [row for row in cloud.table(_kind()).everywhere() if purpose in row["codes"]]
    cloud.close()
    return str(user["codes"][purpose][0])


def _kind() -> Any:
    from fakeaws.core.resources import kinds

    return kinds.kind("cognito-idp", "User")


def _sign_in(aws: Terminal, pool: Pool, password: str, name: str = "mia") -> Any:
    flow = f"cognito-idp initiate-auth --client-id {pool[1]} --auth-flow USER_PASSWORD_AUTH"
    return aws(f"{flow} --auth-parameters USERNAME={name},PASSWORD={password}").json


def _refused(aws: Terminal, pool: Pool, password: str, code: str, told: str) -> None:
    flow = f"cognito-idp initiate-auth --client-id {pool[1]} --auth-flow USER_PASSWORD_AUTH"
    aws.refused(f"{flow} --auth-parameters USERNAME=mia,PASSWORD={password}", code, told)


def _make(aws: Terminal, pool: Pool, name: str = "mia") -> None:
    aws(f"cognito-idp admin-create-user --user-pool-id {pool[0]} --username {name}")
    named = f"--user-pool-id {pool[0]} --username {name}"
    aws(f"cognito-idp admin-set-user-password {named} --password Secret-99 --permanent")


def _claims(token: str) -> Any:
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_a_user_signs_up_is_confirmed_and_signs_in(aws: Terminal, pool: Pool, home: Path) -> None:
    sign_up = f"cognito-idp sign-up --client-id {pool[1]} --username mia --password"
    told = "Password did not conform with policy: Password must have symbol characters"
    aws.refused(f"{sign_up} Secret999", "InvalidPasswordException", told)
    made = aws(f"{sign_up} Secret-99 --user-attributes Name=email,Value=mia@example.com").json
    assert made["CodeDeliveryDetails"]["Destination"] == "m***@e***"
    aws.refused(f"{sign_up} Secret-99", "UsernameExistsException", "User already exists")
    _refused(aws, pool, "Secret-99", "UserNotConfirmedException", "User is not confirmed.")
    confirm = f"cognito-idp confirm-sign-up --client-id {pool[1]} --username mia --confirmation-code"
    wrong = "Invalid verification code provided, please try again."
    aws.refused(f"{confirm} 0", "CodeMismatchException", wrong)
    aws(f"{confirm} {_code(home, 'sign-up')}")
    _refused(aws, pool, "Other-999", "NotAuthorizedException", WRONG)
    tokens = _sign_in(aws, pool, "Secret-99")["AuthenticationResult"]
    assert _claims(tokens["IdToken"])["email_verified"] is True
    assert _claims(tokens["AccessToken"])["sub"] == made["UserSub"]
    found = aws("cognito-idp get-user", AccessToken=tokens["AccessToken"]).json
    assert {"Name": "email", "Value": "mia@example.com"} in found["UserAttributes"]
    aws.refused("cognito-idp get-user", "NotAuthorizedException", "Invalid Access Token", AccessToken="a.b.c")


def test_a_temporary_password_has_to_be_changed(aws: Terminal, pool: Pool) -> None:
    made = f"cognito-idp admin-create-user --user-pool-id {pool[0]} --username mia --temporary-password Tempo-999"
    assert aws(made).json["User"]["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    challenge = _sign_in(aws, pool, "Tempo-999")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    respond = f"cognito-idp respond-to-auth-challenge --client-id {pool[1]} --challenge-name NEW_PASSWORD_REQUIRED"
    respond += " --challenge-responses USERNAME=mia,NEW_PASSWORD=Secret-99"
    assert "AuthenticationResult" in aws(respond, Session=challenge["Session"]).json
    told = "Invalid session for the user."
    aws.refused(respond, "NotAuthorizedException", told, Session=challenge["Session"])
    asked = f"cognito-idp admin-get-user --user-pool-id {pool[0]} --username mia --query UserStatus"
    assert aws(asked).json == "CONFIRMED"


def test_the_password_is_proven_without_being_told(aws: Terminal, pool: Pool) -> None:
    _make(aws, pool)
    secret = 123456789
    theirs = pow(srp.G, secret, srp.N)
    start = f"cognito-idp initiate-auth --client-id {pool[1]} --auth-flow USER_SRP_AUTH"
    found = aws(f"{start} --auth-parameters USERNAME=mia,SRP_A={theirs:x}").json["ChallengeParameters"]
    name, stamp = pool[0].split("_")[1], "Sat Nov 28 10:00:00 UTC 2026"
    inner = hashlib.sha256(f"{name}mia:Secret-99".encode()).digest()
    x = srp._hash(srp._padded(int(found["SALT"], 16)), inner)
    ours = int(found["SRP_B"], 16)
    mixed = srp._hash(srp._padded(theirs), srp._padded(ours))
    shared = pow((ours - srp.K * pow(srp.G, x, srp.N)) % srp.N, secret + mixed * x, srp.N)
    message = f"{name}mia".encode() + base64.b64decode(found["SECRET_BLOCK"]) + stamp.encode()
    claim = base64.b64encode(hmac.digest(srp._key(shared, mixed), message, "sha256")).decode()
    answers = {
        "USERNAME": "mia",
        "PASSWORD_CLAIM_SECRET_BLOCK": found["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": claim,
        "TIMESTAMP": stamp,
    }
    respond = f"cognito-idp respond-to-auth-challenge --client-id {pool[1]} --challenge-name PASSWORD_VERIFIER"
    wrong = json.dumps({**answers, "PASSWORD_CLAIM_SIGNATURE": "x"})
    aws.refused(respond, "NotAuthorizedException", WRONG, ChallengeResponses=wrong)
    assert "AuthenticationResult" in aws(respond, ChallengeResponses=json.dumps(answers)).json


def test_tokens_end_with_their_session(aws: Terminal, pool: Pool, clock: Clock) -> None:
    _make(aws, pool)
    tokens = _sign_in(aws, pool, "Secret-99")["AuthenticationResult"]
    renew = f"cognito-idp initiate-auth --client-id {pool[1]} --auth-flow REFRESH_TOKEN_AUTH --auth-parameters"
    clock.advance(3601)
    told = "Access Token has expired"
    aws.refused("cognito-idp get-user", "NotAuthorizedException", told, AccessToken=tokens["AccessToken"])
    again = aws(f"{renew} REFRESH_TOKEN={tokens['RefreshToken']}").json["AuthenticationResult"]
    assert "RefreshToken" not in again
    aws(f"cognito-idp admin-user-global-sign-out --user-pool-id {pool[0]} --username mia")
    told = "Access Token has been revoked"
    aws.refused("cognito-idp get-user", "NotAuthorizedException", told, AccessToken=again["AccessToken"])
    gone = f"{renew} REFRESH_TOKEN={tokens['RefreshToken']}"
    aws.refused(gone, "NotAuthorizedException", "Invalid Refresh Token")


def test_a_device_shows_codes_for_a_second_factor(aws: Terminal, pool: Pool, clock: Clock) -> None:
    config = f"cognito-idp set-user-pool-mfa-config --user-pool-id {pool[0]} --mfa-configuration OPTIONAL"
    aws(f"{config} --software-token-mfa-configuration Enabled=true")
    _make(aws, pool)
    token = _sign_in(aws, pool, "Secret-99")["AuthenticationResult"]["AccessToken"]
    seed = aws("cognito-idp associate-software-token", AccessToken=token).json["SecretCode"]
    code = totp.code(seed, 1_800_000_000 // totp.STEP)
    aws.refused(
        "cognito-idp verify-software-token --user-code 000000", "EnableSoftwareTokenMFAException", AccessToken=token
    )
    aws(f"cognito-idp verify-software-token --user-code {code}", AccessToken=token)
    aws(
        "cognito-idp set-user-mfa-preference --software-token-mfa-settings Enabled=true,PreferredMfa=true",
        AccessToken=token,
    )
    challenge = _sign_in(aws, pool, "Secret-99")
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    respond = f"cognito-idp respond-to-auth-challenge --client-id {pool[1]} --challenge-name SOFTWARE_TOKEN_MFA"
    answers = f"--challenge-responses USERNAME=mia,SOFTWARE_TOKEN_MFA_CODE={code}"
    assert "AuthenticationResult" in aws(f"{respond} {answers}", Session=challenge["Session"]).json


def test_a_forgotten_password_is_replaced_with_a_code(aws: Terminal, pool: Pool, home: Path) -> None:
    _make(aws, pool)
    forgot = f"cognito-idp forgot-password --client-id {pool[1]} --username mia"
    told = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    aws.refused(forgot, "InvalidParameterException", told)
    verified = "--user-attributes Name=email,Value=mia@example.com Name=email_verified,Value=true"
    aws(f"cognito-idp admin-update-user-attributes --user-pool-id {pool[0]} --username mia {verified}")
    assert aws(forgot).json["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    confirm = f"cognito-idp confirm-forgot-password --client-id {pool[1]} --username mia --password Newer-999"
    aws(f"{confirm} --confirmation-code {_code(home, 'password')}")
    assert "AuthenticationResult" in _sign_in(aws, pool, "Newer-999")


def test_groups_stand_in_the_tokens(aws: Terminal, pool: Pool) -> None:
    _make(aws, pool)
    group = f"--user-pool-id {pool[0]} --group-name staff"
    aws(f"cognito-idp create-group {group}")
    aws(f"cognito-idp admin-add-user-to-group {group} --username mia")
    aws.refused(f"cognito-idp admin-add-user-to-group {group} --username bo", "UserNotFoundException")
    assert aws(f"cognito-idp list-users-in-group {group} --query Users[].Username").json == ["mia"]
    token = _sign_in(aws, pool, "Secret-99")["AuthenticationResult"]["AccessToken"]
    assert _claims(token)["cognito:groups"] == ["staff"]
    aws(f"cognito-idp delete-group {group}")
    listed = f"cognito-idp admin-list-groups-for-user --user-pool-id {pool[0]} --username mia"
    assert aws(listed).json["Groups"] == []


def test_users_are_listed_by_a_filter(aws: Terminal, pool: Pool) -> None:
    for name in ("mia", "max", "bo"):
        _make(aws, pool, name)
    aws(f"cognito-idp admin-disable-user --user-pool-id {pool[0]} --username bo")
    listed = f"cognito-idp list-users --user-pool-id {pool[0]} --query Users[].Username"
    assert aws(listed, Filter='username ^= "m"').json == ["max", "mia"]
    assert aws(listed, Filter='status = "Disabled"').json == ["bo"]
    assert aws(f"{listed} --limit 2 --no-paginate").json == ["bo", "max"]


def test_a_pool_of_addresses_names_its_users_itself(aws: Terminal) -> None:
    made = "cognito-idp create-user-pool --pool-name mail --username-attributes email --query UserPool.Id"
    named = f"--user-pool-id {aws(made).json} --username"
    create = f"cognito-idp admin-create-user {named}"
    aws.refused(f"{create} mia", "InvalidParameterException", "Username should be an email.")
    user = aws(f"{create} mia@example.com").json["User"]
    assert {"Name": "sub", "Value": user["Username"]} in user["Attributes"]
    assert aws(f"cognito-idp admin-get-user {named} mia@example.com").json["Username"] == user["Username"]


def test_attributes_of_a_pools_own_are_added(aws: Terminal, pool: Pool) -> None:
    update = f"cognito-idp admin-update-user-attributes --user-pool-id {pool[0]} --username mia"
    update += " --user-attributes Name=custom:size,Value=xl"
    _make(aws, pool)
    aws.refused(update, "InvalidParameterException")
    custom = "Name=size,AttributeDataType=String"
    aws(f"cognito-idp add-custom-attributes --user-pool-id {pool[0]} --custom-attributes {custom}")
    aws(update)
    named = f"--user-pool-id {pool[0]} --username mia --user-attribute-names custom:size"
    aws(f"cognito-idp admin-delete-user-attributes {named}")


def test_a_client_with_a_secret_proves_it(aws: Terminal, pool: Pool) -> None:
    made = f"cognito-idp create-user-pool-client --user-pool-id {pool[0]} --client-name app --generate-secret"
    client = aws(made).json["UserPoolClient"]
    sign_up = f"cognito-idp sign-up --client-id {client['ClientId']} --username mia --password Secret-99"
    told = f"Client {client['ClientId']} is configured with secret but SECRET_HASH was not received"
    aws.refused(sign_up, "NotAuthorizedException", told)
    digest = hmac.digest(client["ClientSecret"].encode(), f"mia{client['ClientId']}".encode(), "sha256")
    aws(sign_up, SecretHash=base64.b64encode(digest).decode())
