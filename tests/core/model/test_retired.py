"""Services that AWS has retired, whose models stand in shapes/."""


def test_a_ledger_is_made_described_and_removed(aws):
    aws("qldb create-ledger --name cars --permissions-mode STANDARD --no-deletion-protection")
    ledger = aws("qldb describe-ledger --name cars").json
    assert ledger["State"] == "ACTIVE"
    assert ledger["Arn"] == "arn:aws:qldb:us-east-1:123456789012:ledger/cars"
    aws("qldb delete-ledger --name cars")
    aws.refused(
        "qldb describe-ledger --name cars", "ResourceNotFoundException", "The Ledger with name cars is not found"
    )


def test_a_project_has_a_team_and_tags(aws):
    aws("codestar create-project --name Demo --id demo")
    jane = "arn:aws:iam::123456789012:user/jane"
    aws(f"codestar associate-team-member --project-id demo --user-arn {jane} --project-role Owner")
    team = aws("codestar list-team-members --project-id demo").json["teamMembers"]
    assert team == [{"userArn": jane, "projectRole": "Owner"}]
    aws("codestar tag-project --id demo --tags env=test")
    assert aws("codestar list-tags-for-project --id demo").json["tags"] == {"env": "test"}
