"""Permissions on QuickSight's resources."""

from __future__ import annotations

from tests.conftest import Terminal

ACCOUNT = "--aws-account-id 123456789012"
MIA = "arn:aws:quicksight:us-east-1:123456789012:user/default/mia"
BO = "arn:aws:quicksight:us-east-1:123456789012:user/default/bo"


def test_actions_are_granted_to_principals_and_taken_back(aws: Terminal) -> None:
    folder = f"{ACCOUNT} --folder-id shared"
    made = f"--permissions Principal={MIA},Actions=quicksight:DescribeFolder"
    aws(f"quicksight create-folder {folder} --name Shared {made}")
    update = f"quicksight update-folder-permissions {folder}"
    grants = f"Principal={BO},Actions=quicksight:DescribeFolder,quicksight:DeleteFolder"
    aws(f"{update} --grant-permissions {grants}")
    aws(f"{update} --revoke-permissions Principal={MIA},Actions=quicksight:DescribeFolder")
    found = aws(f"quicksight describe-folder-permissions {folder}").json
    assert found["Permissions"] == [
        {"Principal": BO, "Actions": ["quicksight:DescribeFolder", "quicksight:DeleteFolder"]}
    ]
    assert found["Arn"] == "arn:aws:quicksight:us-east-1:123456789012:folder/shared"
    aws.refused(f"{update[:-6]}other --grant-permissions {grants}", "ResourceNotFoundException")
