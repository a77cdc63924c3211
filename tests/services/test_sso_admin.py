"""Permission sets become roles where they are assigned."""

from __future__ import annotations

from tests.conftest import Terminal


def test_a_permission_set_is_a_role_in_the_accounts_it_is_assigned_in(terminal: Terminal) -> None:
    instance = terminal("sso-admin create-instance --name home --query InstanceArn").json
    make = "sso-admin create-permission-set --name Admins --query PermissionSet.PermissionSetArn"
    admins = terminal(make, InstanceArn=instance).json
    place = {"InstanceArn": instance, "PermissionSetArn": admins}
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    terminal(f"sso-admin attach-managed-policy-to-permission-set --managed-policy-arn {arn}", **place)
    who = "--target-id 444455556666 --target-type AWS_ACCOUNT --principal-type USER"
    who += " --principal-id 906754b8-30a1-7018-0000-1d3c0b2ae3a5"
    done = terminal(f"sso-admin create-account-assignment {who}", **place).json["AccountAssignmentCreationStatus"]
    assert done["Status"] == "SUCCEEDED"
    there = terminal.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x")
    roles = there("iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/ --query Roles[].RoleName").json
    assert len(roles) == 1
    assert roles[0].startswith("AWSReservedSSO_Admins_")
    held = there(f"iam list-attached-role-policies --role-name {roles[0]} --query AttachedPolicies[].PolicyArn").json
    assert held == [arn]
    terminal(f"sso-admin delete-account-assignment {who}", **place)
    assert there("iam list-roles --query Roles").json == []
