"""Keys encrypt, sign and authenticate for real, as long as their state lets them."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode

import pytest

from tests.conftest import Clock, Terminal

MISSING = "Key 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000' does not exist"
OTHER = "The key ID in the request does not identify a CMK that can perform this operation."


def _make(aws: Terminal, options: str = "") -> str:
    return str(aws(f"kms create-key {options} --query KeyMetadata.KeyId").json)


@pytest.fixture
def key(aws: Terminal) -> str:
    return _make(aws)


def _encrypt(aws: Terminal, key: str, options: str = "") -> str:
    return str(aws(f"kms encrypt --plaintext aGVsbG8= --query CiphertextBlob {options}", KeyId=key).json)


def test_what_is_encrypted_comes_back_only_with_its_context(aws: Terminal, key: str) -> None:
    blob = _encrypt(aws, key, "--encryption-context app=shop")
    found = aws("kms decrypt --encryption-context app=shop", CiphertextBlob=blob).json
    assert (found["Plaintext"], found["KeyId"].rsplit("/", 1)[1]) == ("aGVsbG8=", key)
    aws.refused("kms decrypt --encryption-context app=other", "InvalidCiphertextException", CiphertextBlob=blob)
    damaged = b64encode(b64decode(blob)[:-1] + b"x").decode()
    for wrong in (damaged, "AAAA"):
        aws.refused("kms decrypt", "InvalidCiphertextException", CiphertextBlob=wrong)
    aws.refused("kms decrypt", "IncorrectKeyException", OTHER, CiphertextBlob=blob, KeyId=_make(aws))


def test_an_alias_an_arn_and_an_id_name_the_same_key(aws: Terminal, key: str) -> None:
    aws("kms create-alias --alias-name alias/app", TargetKeyId=key)
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{key}"
    for name in (key, arn, "alias/app", "arn:aws:kms:us-east-1:123456789012:alias/app"):
        assert aws("kms describe-key --query KeyMetadata.Arn", KeyId=name).json == arn
    aws.refused("kms describe-key --key-id app", "NotFoundException", "Invalid keyId 'app'")
    aws.refused("kms describe-key", "NotFoundException", MISSING, KeyId="00000000-0000-4000-8000-000000000000")
    aws.refused("kms create-alias --alias-name alias/app", "AlreadyExistsException", TargetKeyId=key)
    aws.refused("kms create-alias --alias-name app", "ValidationException", TargetKeyId=key)
    aws("kms update-alias --alias-name alias/app", TargetKeyId=_make(aws))
    assert aws("kms list-aliases", KeyId=key).json["Aliases"] == []
    aws("kms delete-alias --alias-name alias/app")
    aws.refused("kms describe-key --key-id alias/app", "NotFoundException")


def test_a_disabled_key_does_nothing_until_it_is_enabled(aws: Terminal, key: str) -> None:
    blob = _encrypt(aws, key)
    aws("kms disable-key", KeyId=key)
    text = f"arn:aws:kms:us-east-1:123456789012:key/{key} is disabled."
    aws.refused("kms decrypt", "DisabledException", text, CiphertextBlob=blob)
    aws("kms enable-key", KeyId=key)
    aws("kms decrypt", CiphertextBlob=blob)


def test_a_key_can_be_kept_until_its_last_day(aws: Terminal, key: str, clock: Clock) -> None:
    blob = _encrypt(aws, key)
    aws("kms schedule-key-deletion --pending-window-in-days 7", KeyId=key)
    aws.refused("kms decrypt", "KMSInvalidStateException", CiphertextBlob=blob)
    aws("kms cancel-key-deletion", KeyId=key)
    assert aws("kms describe-key --query KeyMetadata.KeyState", KeyId=key).json == "Disabled"
    aws("kms schedule-key-deletion --pending-window-in-days 7", KeyId=key)
    clock.advance(7 * 86400)
    aws.refused("kms describe-key", "NotFoundException", KeyId=key)
    assert aws("kms list-keys").json["Keys"] == []


def test_a_data_key_is_the_same_in_clear_and_decrypted(aws: Terminal, key: str) -> None:
    made = aws("kms generate-data-key --key-spec AES_256", KeyId=key).json
    assert len(b64decode(made["Plaintext"])) == 32
    assert aws("kms decrypt --query Plaintext", CiphertextBlob=made["CiphertextBlob"]).json == made["Plaintext"]
    aws.refused("kms generate-data-key", "ValidationException", KeyId=key)
    assert "Plaintext" not in aws("kms generate-data-key-without-plaintext --number-of-bytes 8", KeyId=key).json
    dry = "kms generate-data-key --key-spec AES_128 --dry-run"
    aws.refused(dry, "DryRunOperationException", KeyId=key)


def test_a_rotated_key_still_decrypts_what_it_encrypted_before(aws: Terminal, key: str) -> None:
    blob = _encrypt(aws, key)
    aws("kms rotate-key-on-demand", KeyId=key)
    assert aws("kms decrypt --query Plaintext", CiphertextBlob=blob).json == "aGVsbG8="
    assert len(aws("kms list-key-rotations", KeyId=key).json["Rotations"]) == 1
    aws("kms enable-key-rotation --rotation-period-in-days 180", KeyId=key)
    assert aws("kms get-key-rotation-status", KeyId=key).json["RotationPeriodInDays"] == 180


def test_a_ciphertext_moves_to_another_key(aws: Terminal, key: str) -> None:
    other = _make(aws)
    moved = aws("kms re-encrypt", CiphertextBlob=_encrypt(aws, key), DestinationKeyId=other).json
    found = aws("kms decrypt", CiphertextBlob=moved["CiphertextBlob"]).json
    assert (found["Plaintext"], found["KeyId"]) == ("aGVsbG8=", moved["KeyId"])


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [("RSA_2048", "RSASSA_PSS_SHA_256"), ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512"), ("ECC_NIST_P256", "ECDSA_SHA_256")],
)
def test_a_signature_holds_for_its_message_only(aws: Terminal, spec: str, algorithm: str) -> None:
    key = _make(aws, f"--key-spec {spec} --key-usage SIGN_VERIFY")
    signed = f"--signing-algorithm {algorithm}"
    signature = aws(f"kms sign --message aGk= {signed} --query Signature", KeyId=key).json
    assert aws(f"kms verify --message aGk= {signed}", KeyId=key, Signature=signature).json["SignatureValid"] is True
    verify = f"kms verify --message aGs= {signed}"
    aws.refused(verify, "KMSInvalidSignatureException", KeyId=key, Signature=signature)
    aws.refused("kms encrypt --plaintext aGk=", "InvalidKeyUsageException", KeyId=key)
    assert aws("kms get-public-key", KeyId=key).json["KeySpec"] == spec


def test_rsa_keys_encrypt_and_hmac_keys_authenticate(aws: Terminal) -> None:
    key = _make(aws, "--key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT")
    way = "--encryption-algorithm RSAES_OAEP_SHA_256"
    blob = _encrypt(aws, key, way)
    assert aws(f"kms decrypt {way} --query Plaintext", CiphertextBlob=blob, KeyId=key).json == "aGVsbG8="
    key = _make(aws, "--key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC")
    mac = aws("kms generate-mac --message aGk= --mac-algorithm HMAC_SHA_256 --query Mac", KeyId=key).json
    assert len(b64decode(mac)) == len(hmac.digest(b"k", b"hi", hashlib.sha256))
    aws("kms verify-mac --message aGk= --mac-algorithm HMAC_SHA_256", KeyId=key, Mac=mac)
    wrong = "kms verify-mac --message aGs= --mac-algorithm HMAC_SHA_256"
    aws.refused(wrong, "KMSInvalidMacException", KeyId=key, Mac=mac)


def test_both_sides_come_to_the_same_secret(aws: Terminal) -> None:
    ours, theirs = (_make(aws, "--key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT") for _ in range(2))
    public = {key: aws("kms get-public-key --query PublicKey", KeyId=key).json for key in (ours, theirs)}
    derive = "kms derive-shared-secret --key-agreement-algorithm ECDH --query SharedSecret"
    one = aws(derive, KeyId=ours, PublicKey=public[theirs]).json
    assert aws(derive, KeyId=theirs, PublicKey=public[ours]).json == one


def test_use_and_spec_have_to_fit(aws: Terminal) -> None:
    text = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    aws.refused("kms create-key --key-spec RSA_2048", "ValidationException", text)
    aws.refused("kms create-key --key-spec HMAC_256 --key-usage SIGN_VERIFY", "ValidationException")
    imported = _make(aws, "--origin EXTERNAL")
    aws.refused("kms encrypt --plaintext aGk=", "KMSInvalidStateException", KeyId=imported)


def test_grants_are_listed_until_they_are_retired_or_revoked(aws: Terminal, key: str) -> None:
    role = "arn:aws:iam::123456789012:role/r"
    create = f"kms create-grant --grantee-principal {role} --retiring-principal {role} --operations Encrypt --name g"
    grant = aws(create, KeyId=key).json
    assert aws(create, KeyId=key).json == grant
    assert [g["Name"] for g in aws("kms list-grants", KeyId=key).json["Grants"]] == ["g"]
    assert len(aws("kms list-retirable-grants", RetiringPrincipal=role).json["Grants"]) == 1
    aws("kms retire-grant", GrantToken=grant["GrantToken"])
    aws.refused("kms revoke-grant", "NotFoundException", KeyId=key, GrantId=grant["GrantId"])
    assert aws("kms list-grants", KeyId=key).json["Grants"] == []


def test_a_key_has_the_usual_policy_until_another_is_put(aws: Terminal, key: str) -> None:
    usual = aws("kms get-key-policy --query Policy", KeyId=key).json
    assert '"Statement" : [ {\n    "Sid" : "Enable IAM User Permissions"' in usual
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}'
    aws("kms put-key-policy", KeyId=key, Policy=policy)
    assert aws("kms get-key-policy --query Policy", KeyId=key).json == policy
    aws.refused("kms put-key-policy --policy nonsense", "MalformedPolicyDocumentException", KeyId=key)


def test_tags_come_and_go_and_those_of_aws_are_reserved(aws: Terminal, key: str) -> None:
    aws("kms tag-resource --tags TagKey=a,TagValue=1 TagKey=b,TagValue=2", KeyId=key)
    aws("kms untag-resource --tag-keys a", KeyId=key)
    assert aws("kms list-resource-tags", KeyId=key).json["Tags"] == [{"TagKey": "b", "TagValue": "2"}]
    reserved = "Tags beginning with aws: are reserved"
    aws.refused("kms tag-resource --tags TagKey=aws:a,TagValue=1", "TagException", reserved, KeyId=key)


def test_the_keys_of_services_are_made_when_they_are_first_used(aws: Terminal) -> None:
    first = aws("kms describe-key --key-id alias/aws/ebs").json["KeyMetadata"]
    assert (first["KeyManager"], first["KeyState"]) == ("AWS", "Enabled")
    assert aws("kms describe-key --key-id alias/aws/ebs").json["KeyMetadata"] == first
    aws.refused("kms create-alias --alias-name alias/aws/own", "NotAuthorizedException", TargetKeyId=first["KeyId"])
