"""S3 Control: access points, public access of an account."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Terminal

ACCOUNT = "--account-id 123456789012"


def test_an_access_point_is_a_way_into_its_bucket(terminal: Terminal, tmp_path: Path) -> None:
    terminal.refused(f"s3control create-access-point {ACCOUNT} --name door --bucket shelf", "InvalidRequest")
    terminal("s3api create-bucket --bucket shelf")
    arn = terminal(f"s3control create-access-point {ACCOUNT} --name door --bucket shelf").json["AccessPointArn"]
    assert arn == "arn:aws:s3:us-east-1:123456789012:accesspoint/door"
    terminal("s3api put-object --key a", Bucket=arn)
    terminal("s3api head-object --bucket shelf --key a")
    terminal(f"s3control delete-access-point {ACCOUNT} --name door")
    terminal.refused(f"s3control get-access-point {ACCOUNT} --name door", "NoSuchAccessPoint")


def test_public_access_of_an_account(aws: Terminal) -> None:
    get = f"s3control get-public-access-block {ACCOUNT}"
    aws.refused(get, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
    put = f"s3control put-public-access-block {ACCOUNT} --public-access-block-configuration BlockPublicAcls=true"
    aws(put)
    assert aws(get).json["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": False,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }
    aws(f"s3control delete-public-access-block {ACCOUNT}")
    aws.refused(get, "NoSuchPublicAccessBlockConfiguration")
