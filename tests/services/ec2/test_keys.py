"""Key pairs: real keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.conftest import Terminal


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_created_key_is_real_and_its_public_half_is_kept(aws: Terminal, kind: str) -> None:
    made = aws(f"ec2 create-key-pair --key-name lab --key-type {kind}").json
    load = serialization.load_pem_private_key if kind == "rsa" else serialization.load_ssh_private_key
    key = load(made["KeyMaterial"].encode(), None)
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    [shown] = aws("ec2 describe-key-pairs --key-names lab --include-public-key").json["KeyPairs"]
    assert shown["PublicKey"] == f"{public.decode()} lab\n"
    assert shown["KeyFingerprint"] == made["KeyFingerprint"]
    assert "KeyMaterial" not in shown


def test_an_imported_key_keeps_its_fingerprint(aws: Terminal, tmp_path: Path) -> None:
    made = aws("ec2 create-key-pair --key-name one --key-type ed25519").json
    public = aws("ec2 describe-key-pairs --include-public-key --query KeyPairs[0].PublicKey").json
    (tmp_path / "key.pub").write_text(public)
    imported = aws(f"ec2 import-key-pair --key-name two --public-key-material fileb://{tmp_path}/key.pub").json
    assert imported["KeyFingerprint"] == made["KeyFingerprint"]
    (tmp_path / "bad.pub").write_text("ssh-rsa nonsense")
    aws.refused(
        f"ec2 import-key-pair --key-name three --public-key-material fileb://{tmp_path}/bad.pub",
        "InvalidKey.Format",
        "Key is not in valid OpenSSH public key format",
    )


def test_names_are_taken_once_and_deletion_is_idempotent(aws: Terminal) -> None:
    aws("ec2 create-key-pair --key-name lab")
    aws.refused("ec2 create-key-pair --key-name lab", "InvalidKeyPair.Duplicate", "The keypair already exists")
    assert aws("ec2 delete-key-pair --key-name lab").json["Return"] is True
    assert aws("ec2 delete-key-pair --key-name lab").json == {"Return": True}
    aws.refused(
        "ec2 describe-key-pairs --key-names lab", "InvalidKeyPair.NotFound", "The key pair 'lab' does not exist"
    )
