"""Roles for identities that others vouch for: web identities, SAML, and tokens for the world outside."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from fakeaws.core.pipeline import issuers
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools import tokens
from tests.conftest import Terminal

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"
URL = "https://token.example.com"
ASSUME = f"sts assume-role-with-web-identity --role-arn {IAM}:role/ci --role-session-name ss"


def trust(federated: str, action: str, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": federated}, "Action": action, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def ci(aws: Terminal) -> Terminal:
    """A role `ci` for one subject of an issuer outside of the cloud."""
    aws(f"iam create-open-id-connect-provider --url {URL} --client-id-list sts.amazonaws.com")
    only = {"StringEquals": {"token.example.com:sub": "repo:me/app", "token.example.com:aud": "sts.amazonaws.com"}}
    document = trust(f"{IAM}:oidc-provider/token.example.com", "sts:AssumeRoleWithWebIdentity", **only)
    aws("iam create-role --role-name ci", AssumeRolePolicyDocument=document)
    return aws


def unsigned(**claims: Any) -> str:
    usual = {"iss": URL, "aud": "sts.amazonaws.com", "sub": "repo:me/app", "exp": 4_000_000_000}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, {**usual, **claims})]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "x"])


def test_a_workload_proves_itself_with_a_token(ci: Terminal) -> None:
    found = ci(ASSUME, WebIdentityToken=unsigned()).json
    assert found["Provider"] == f"{IAM}:oidc-provider/token.example.com"
    assert (found["Audience"], found["SubjectFromWebIdentityToken"]) == ("sts.amazonaws.com", "repo:me/app")
    assert found["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/ss"


@pytest.mark.parametrize(
    ("claims", "code", "message"),
    [
        ({"sub": "repo:eve/app"}, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        ({"aud": "another"}, "InvalidIdentityToken", "Incorrect token audience"),
        (
            {"iss": "https://other.example.com"},
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://other.example.com",
        ),
        ({"exp": 1_000_000_000}, "ExpiredTokenException", None),
        ({"exp": "never"}, "InvalidIdentityToken", "Missing a required claim: exp"),
    ],
)
def test_a_token_that_is_not_good_enough(ci: Terminal, claims: dict[str, Any], code: str, message: str) -> None:
    ci.refused(ASSUME, code, message, WebIdentityToken=unsigned(**claims))


def test_what_is_no_token_is_refused(ci: Terminal) -> None:
    said = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    ci.refused(ASSUME, "InvalidIdentityToken", said, WebIdentityToken="not.a-token")


def test_an_issuer_of_this_cloud_must_have_signed(ci: Terminal, home: Any) -> None:
    cloud = Cloud(home)
    claims = {"iss": URL, "aud": "sts.amazonaws.com", "sub": "repo:me/app", "exp": 4_000_000_000}
    with cloud.database.transaction(write=True):
        token = issuers.issue(cloud.database, lambda count: b"k" * count, URL, claims)
    ci(ASSUME, WebIdentityToken=token)
    said = "Couldn't verify the signature of the ID token"
    ci.refused(ASSUME, "InvalidIdentityToken", said, WebIdentityToken=unsigned())
    head, _, signature = token.split(".")
    forged = json.dumps({**claims, "sub": "repo:you/app"}).encode()
    forged_token = f"{head}.{base64.urlsafe_b64encode(forged).decode().rstrip('=')}.{signature}"
    ci.refused(ASSUME, "InvalidIdentityToken", said, WebIdentityToken=forged_token)


def test_a_user_of_a_pool_comes_to_a_role(aws: Terminal) -> None:
    pool = aws("cognito-idp create-user-pool --pool-name app --query UserPool.Id").json
    create = f"cognito-idp create-user-pool-client --user-pool-id {pool} --client-name web"
    client = aws(f"{create} --explicit-auth-flows ALLOW_USER_PASSWORD_AUTH --query UserPoolClient.ClientId").json
    aws(f"cognito-idp admin-create-user --user-pool-id {pool} --username bob --message-action SUPPRESS")
    password = f"cognito-idp admin-set-user-password --user-pool-id {pool} --username bob --permanent --password"
    aws(f"{password} Correct-Horse-9")
    issuer = f"cognito-idp.us-east-1.amazonaws.com/{pool}"
    aws(f"iam create-open-id-connect-provider --url https://{issuer} --client-id-list {client}")
    document = trust(f"{IAM}:oidc-provider/{issuer}", "sts:AssumeRoleWithWebIdentity")
    aws("iam create-role --role-name ci", AssumeRolePolicyDocument=document)
    said = "Couldn't verify the signature of the ID token"
    forged = unsigned(iss=f"https://{issuer}", aud=client)
    aws.refused(ASSUME, "InvalidIdentityToken", said, WebIdentityToken=forged)
    flow = f"cognito-idp initiate-auth --auth-flow USER_PASSWORD_AUTH --client-id {client}"
    signed_in = aws(f"{flow} --auth-parameters USERNAME=bob,PASSWORD=Correct-Horse-9").json
    token = signed_in["AuthenticationResult"]["IdToken"]
    assert aws(ASSUME, WebIdentityToken=token).json["Audience"] == client
    aws.refused(ASSUME, "InvalidIdentityToken", said, WebIdentityToken=forged)


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_an_account_vouches_for_its_callers_outside(aws: Terminal, home: Any, algorithm: str) -> None:
    get = f"sts get-web-identity-token --audience api.example.com --signing-algorithm {algorithm}"
    aws.refused(get, "OutboundWebIdentityFederationDisabledException")
    issuer = aws("iam enable-outbound-web-identity-federation --query IssuerIdentifier").json
    token = aws(f"{get} --tags Key=team,Value=red --query WebIdentityToken").json
    claims = tokens.claims(token)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (issuer, "api.example.com", f"{IAM}:root")
    assert claims["https://sts.amazonaws.com/"]["request_tags"] == {"team": "red"}
    database = Cloud(home).database
    assert issuers.is_signed(database, issuer, token)
    assert not issuers.is_signed(database, issuer, token[:-6] + "AAAAAA")
    assert issuers.published(database, issuer)["keys"][0]["alg"] == algorithm


# SAML


@cache
def idp() -> tuple[Any, str]:
    """The key and the certificate of an identity provider."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
    return key, made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def metadata() -> str:
    body = "".join(idp()[1].splitlines()[1:-1])
    return (
        '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">'
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
        '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        ' Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>' + " " * 1000
    )


def response(sign: bool = True, **said: str) -> str:
    """A SAML response in base64."""
    until = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {
        "issuer": "https://idp.example.com",
        "audience": "https://signin.aws.amazon.com/saml",
        "until": until,
        "role": f"{IAM}:role/sso,{IAM}:saml-provider/idp",
        "session": "bob@example.com",
        **said,
    }
    attribute = (
        '<Attribute Name="https://aws.amazon.com/SAML/Attributes/{}"><AttributeValue>{}</AttributeValue></Attribute>'
    )
    attributes = {"Role": told["role"], "RoleSessionName": told["session"], "PrincipalTag:team": "red"}
    assertion = (
        '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0"'
        f' IssueInstant="2026-01-01T00:00:00Z"><Issuer>{told["issuer"]}</Issuer>'
        '<Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">bob</NameID>'
        '<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData'
        f' Recipient="https://signin.aws.amazon.com/saml" NotOnOrAfter="{told["until"]}"/></SubjectConfirmation>'
        "</Subject>"
        f'<Conditions NotOnOrAfter="{told["until"]}"><AudienceRestriction><Audience>{told["audience"]}</Audience>'
        "</AudienceRestriction></Conditions><AttributeStatement>"
        + "".join(attribute.format(name, value) for name, value in attributes.items() if value)
        + "</AttributeStatement></Assertion>"
    )
    if sign:
        from lxml import etree
        from signxml.signer import XMLSigner

        key, certificate = idp()
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        signed = signer.sign(etree.fromstring(assertion), key=key, cert=[certificate], reference_uri="_a1")
        assertion = etree.tostring(signed).decode()
    whole = f'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1">{assertion}</p:Response>'
    return base64.b64encode(whole.encode()).decode()


WITH_SAML = f"sts assume-role-with-saml --role-arn {IAM}:role/sso --principal-arn {IAM}:saml-provider/idp"


@pytest.fixture
def sso(terminal: Terminal) -> Terminal:
    terminal("iam create-saml-provider --name idp", SamlMetadataDocument=metadata())
    only = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    document = trust(f"{IAM}:saml-provider/idp", "sts:AssumeRoleWithSAML", **only)
    terminal("iam create-role --role-name sso", AssumeRolePolicyDocument=document)
    return terminal


def test_an_assertion_gives_a_session(sso: Terminal) -> None:
    found = sso(WITH_SAML, SamlAssertion=response()).json
    assert found["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/sso/bob@example.com"
    assert (found["Subject"], found["SubjectType"], found["Issuer"]) == ("bob", "persistent", "https://idp.example.com")
    assert found["Audience"] == "https://signin.aws.amazon.com/saml"


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ({"sign": False}, "InvalidIdentityToken", "Response signature invalid"),
        ({"issuer": "https://eve.example.com"}, "InvalidIdentityToken", "Issuer not present in specified provider"),
        ({"audience": "https://eve"}, "InvalidIdentityToken", "Response does not contain the required audience."),
        (
            {"until": "2026-01-01T00:05:00Z"},
            "ExpiredTokenException",
            "Token must be redeemed within 5 minutes of issuance",
        ),
        ({"session": ""}, "InvalidIdentityToken", "RoleSessionName is required in AuthnResponse"),
        (
            {"session": "b b"},
            "InvalidIdentityToken",
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        ),
        (
            {"role": f"{IAM}:role/admin,{IAM}:saml-provider/idp"},
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithSAML",
        ),
    ],
)
def test_an_assertion_that_is_not_to_be_believed(sso: Terminal, said: dict[str, Any], code: str, message: str) -> None:
    sso.refused(WITH_SAML, code, message, SamlAssertion=response(**said))


def test_what_stands_beside_the_signed_assertion_does_not_count(sso: Terminal) -> None:
    """An attacker who wraps a signed assertion into a response with another one is not heard."""
    signed = base64.b64decode(response()).decode()
    forged = base64.b64decode(response(sign=False, session="admin")).decode()
    start, end = forged.index("<Assertion"), forged.index("</p:Response>")
    wrapped = signed.replace('ID="_r1">', 'ID="_r1">' + forged[start:end].replace('ID="_a1"', 'ID="_a2"'))
    found = sso(WITH_SAML, SamlAssertion=base64.b64encode(wrapped.encode()).decode()).json
    assert found["AssumedRoleUser"]["Arn"].endswith("/bob@example.com")


def test_a_changed_assertion_is_not_signed(sso: Terminal) -> None:
    text = base64.b64decode(response()).decode().replace("bob@example.com", "eve@example.com")
    assertion = base64.b64encode(text.encode()).decode()
    sso.refused(WITH_SAML, "InvalidIdentityToken", "Response signature invalid", SamlAssertion=assertion)
    provider = f"{IAM}:saml-provider/none"
    command = f"sts assume-role-with-saml --role-arn {IAM}:role/sso --principal-arn {provider}"
    sso.refused(command, "InvalidIdentityToken", "Specified provider doesn't exist", SamlAssertion=response())


# The root users of members


def test_the_management_account_comes_to_a_member_s_root_user(aws: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    aws("organizations create-organization")
    aws("organizations create-account --email a@example.com --account-name a")
    account = aws("organizations list-accounts", Query="Accounts[?Name=='a'].Id|[0]").json
    assume = f"sts assume-root --target-principal {account} --task-policy-arn"
    task = "arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    aws.refused(f"{assume} {task}", "AccessDenied")
    aws("organizations enable-aws-service-access --service-principal iam.amazonaws.com")
    aws("iam enable-organizations-root-sessions")
    keys = aws(f"{assume} {task} --query Credentials").json
    aws.refused(f"{assume} arn=arn:aws:iam::aws:policy/AdministratorAccess", "ValidationError")
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    env = dict(
        zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), map(keys.get, names), strict=True)
    )
    root = aws.with_env(**env)
    assert root("sts get-caller-identity --query Arn").json == f"arn:aws:iam::{account}:root"
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    root("iam list-mfa-devices")
    assert "an explicit deny in a session policy" in root("s3api create-bucket --bucket x", code=254).stderr
