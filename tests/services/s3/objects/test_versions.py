"""Versions: none is lost, a delete marker hides, locks bind."""

from __future__ import annotations

from tests.conftest import Clock, Terminal
from tests.services.s3.conftest import Files


def _put(aws: Terminal, bucket: str, files: Files, content: str, options: str = "") -> str:
    put = f"s3api put-object --bucket {bucket} --key a --body {files('in', content)} {options}"
    return str(aws(put).json.get("VersionId"))


def _got(aws: Terminal, bucket: str, files: Files, options: str = "") -> str:
    aws(f"s3api get-object --bucket {bucket} --key a {options} {files('out')}")
    return files.text("out")


def test_every_version_can_be_read(aws: Terminal, versioned: str, files: Files) -> None:
    first, second = (_put(aws, versioned, files, content) for content in ("one", "two"))
    assert _got(aws, versioned, files) == "two"
    assert _got(aws, versioned, files, f"--version-id {first}") == "one"
    listed = aws(f"s3api list-object-versions --bucket {versioned}").json["Versions"]
    assert [(v["VersionId"], v["IsLatest"]) for v in listed] == [(second, True), (first, False)]


def test_a_delete_marker_hides_until_it_is_deleted(aws: Terminal, versioned: str, files: Files) -> None:
    first = _put(aws, versioned, files, "one")
    marker = aws(f"s3api delete-object --bucket {versioned} --key a").json
    assert marker["DeleteMarker"] is True
    get = f"s3api get-object --bucket {versioned} --key a {files('out')}"
    aws.refused(get, "NoSuchKey")
    aws.refused(f"{get} --version-id {marker['VersionId']}", "MethodNotAllowed")
    assert _got(aws, versioned, files, f"--version-id {first}") == "one"
    [shown] = aws(f"s3api list-object-versions --bucket {versioned}").json["DeleteMarkers"]
    assert shown["IsLatest"] is True
    aws(f"s3api delete-object --bucket {versioned} --key a --version-id {marker['VersionId']}")
    assert _got(aws, versioned, files) == "one"


def test_deleting_the_newest_version_brings_the_one_before_back(aws: Terminal, versioned: str, files: Files) -> None:
    first, second = (_put(aws, versioned, files, content) for content in ("one", "two"))
    aws(f"s3api delete-object --bucket {versioned} --key a --version-id {second}")
    assert _got(aws, versioned, files) == "one"
    aws.refused(f"s3api get-object --bucket {versioned} --key a --version-id {second} {files('out')}", "NoSuchVersion")
    aws(f"s3api delete-object --bucket {versioned} --key a --version-id {first}")
    aws(f"s3api delete-bucket --bucket {versioned}")


def test_what_was_there_before_versioning_is_the_null_version(aws: Terminal, bucket: str, files: Files) -> None:
    assert _put(aws, bucket, files, "before") == "None"
    configure = f"s3api put-bucket-versioning --bucket {bucket} --versioning-configuration"
    aws(f"{configure} Status=Enabled")
    _put(aws, bucket, files, "after")
    assert _got(aws, bucket, files, "--version-id null") == "before"
    aws(f"{configure} Status=Suspended")
    assert _put(aws, bucket, files, "null again") == "null"
    assert _got(aws, bucket, files, "--version-id null") == "null again"
    assert len(aws(f"s3api list-object-versions --bucket {bucket}").json["Versions"]) == 2


def test_lists_of_versions_page(aws: Terminal, versioned: str, files: Files) -> None:
    ids = [_put(aws, versioned, files, str(number)) for number in range(5)]
    listed = aws(f"s3api list-object-versions --bucket {versioned} --page-size 2").json["Versions"]
    assert [v["VersionId"] for v in listed] == ids[::-1]


def test_a_locked_version_cannot_be_deleted_until_its_date(aws: Terminal, files: Files, clock: Clock) -> None:
    aws("s3api create-bucket --bucket vault --object-lock-enabled-for-bucket")
    lock = "--object-lock-mode COMPLIANCE --object-lock-retain-until-date 2027-01-16T00:00:00Z"
    version = _put(aws, "vault", files, "one", lock)
    delete = f"s3api delete-object --bucket vault --key a --version-id {version}"
    text = "Access Denied because object protected by object lock."
    aws.refused(f"{delete} --bypass-governance-retention", "AccessDenied", text)
    retention = aws("s3api get-object-retention --bucket vault --key a").json["Retention"]
    assert retention["Mode"] == "COMPLIANCE"
    clock.advance(86400)
    aws(delete)


def test_governance_can_be_bypassed_and_a_hold_cannot(aws: Terminal, files: Files, clock: Clock) -> None:
    aws("s3api create-bucket --bucket vault --object-lock-enabled-for-bucket")
    rule = "ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=GOVERNANCE,Days=1}}"
    aws(f"s3api put-object-lock-configuration --bucket vault --object-lock-configuration {rule}")
    version = _put(aws, "vault", files, "one")
    delete = f"s3api delete-object --bucket vault --key a --version-id {version}"
    aws.refused(delete, "AccessDenied")
    aws("s3api put-object-legal-hold --bucket vault --key a --legal-hold Status=ON")
    aws.refused(f"{delete} --bypass-governance-retention", "AccessDenied")
    aws("s3api put-object-legal-hold --bucket vault --key a --legal-hold Status=OFF")
    aws(f"{delete} --bypass-governance-retention")


def test_replicas_are_the_same_versions(aws: Terminal, versioned: str, files: Files) -> None:
    aws("s3api create-bucket --bucket mirror")
    rule = (
        '{"Role": "arn:aws:iam::123456789012:role/r", "Rules": [{"Status": "Enabled", "Priority": 1, "Filter": {},'
        ' "DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": "arn:aws:s3:::mirror"}}]}'
    )
    put = f"s3api put-bucket-replication --bucket {versioned}"
    aws.refused(put, "InvalidRequest", ReplicationConfiguration=rule)
    aws("s3api put-bucket-versioning --bucket mirror --versioning-configuration Status=Enabled")
    aws(put, ReplicationConfiguration=rule)
    version = _put(aws, versioned, files, "one")
    assert _got(aws, "mirror", files, f"--version-id {version}") == "one"
    assert aws("s3api head-object --bucket mirror --key a").json["ReplicationStatus"] == "REPLICA"
    assert aws(f"s3api head-object --bucket {versioned} --key a").json["ReplicationStatus"] == "COMPLETED"
    aws(f"s3api put-object-tagging --bucket {versioned} --key a --tagging TagSet=[{{Key=t,Value=1}}]")
    tags = aws(f"s3api get-object-tagging --bucket mirror --key a --version-id {version}").json["TagSet"]
    assert tags == [{"Key": "t", "Value": "1"}]
    marker = aws(f"s3api delete-object --bucket {versioned} --key a").json["VersionId"]
    aws.refused("s3api head-object --bucket mirror --key a", "404")
    markers = aws("s3api list-object-versions --bucket mirror --query DeleteMarkers[].VersionId").json
    assert markers == [marker]
    aws(f"s3api delete-object --bucket {versioned} --key a --version-id {marker}")
    assert aws("s3api list-object-versions --bucket mirror --query DeleteMarkers[].VersionId").json == [marker]
