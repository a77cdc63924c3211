"""Services that AWS has retired, whose models stand in shapes/."""


def test_a_ledger_is_made_described_and_removed(terminal):
    terminal("qldb create-ledger --name cars --permissions-mode STANDARD --no-deletion-protection")
    ledger = terminal("qldb describe-ledger --name cars").json
    assert ledger["State"] == "ACTIVE"
    assert ledger["Arn"] == "arn:aws:qldb:us-east-1:123456789012:ledger/cars"
    terminal("qldb delete-ledger --name cars")
    terminal.refused(
        "qldb describe-ledger --name cars", "ResourceNotFoundException", "The Ledger with name cars is not found"
    )


def test_a_project_has_a_team_and_tags(terminal):
    terminal("codestar create-project --name Demo --id demo")
    jane = "arn:aws:iam::123456789012:user/jane"
    terminal(f"codestar associate-team-member --project-id demo --user-arn {jane} --project-role Owner")
    team = terminal("codestar list-team-members --project-id demo").json["teamMembers"]
    assert team == [{"userArn": jane, "projectRole": "Owner"}]
    terminal("codestar tag-project --id demo --tags env=test")
    assert terminal("codestar list-tags-for-project --id demo").json["tags"] == {"env": "test"}
