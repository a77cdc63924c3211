"""Tags, search and Cloud Control, over whatever the account has."""

import json

ECR = "arn:aws:ecr:us-east-1:123456789012:repository/app"


def test_resources_of_several_services_are_found_by_tag(aws):
    aws("ecr create-repository --repository-name app --tags Key=team,Value=blue")
    aws("logs create-log-group --log-group-name jobs --tags team=red")
    blue = aws("resourcegroupstaggingapi get-resources --tag-filters Key=team,Values=blue").json
    assert blue["ResourceTagMappingList"] == [{"ResourceARN": ECR, "Tags": [{"Key": "team", "Value": "blue"}]}]
    assert aws("resourcegroupstaggingapi get-tag-values --key team").json["TagValues"] == ["blue", "red"]


def test_tagging_several_resources_reports_those_that_it_cannot(aws):
    aws("ecr create-repository --repository-name app")
    missing = ECR.replace("app", "none")
    failed = aws(f"resourcegroupstaggingapi tag-resources --resource-arn-list {ECR} {missing} --tags env=test").json
    assert list(failed["FailedResourcesMap"]) == [missing]
    assert aws(f"ecr list-tags-for-resource --resource-arn {ECR}").json["tags"] == [{"Key": "env", "Value": "test"}]


def test_resource_explorer_searches_by_service_and_tag(aws):
    aws("ecr create-repository --repository-name app --tags Key=team,Value=blue")
    aws("logs create-log-group --log-group-name jobs --tags team=red")

    def found(query):
        answer = aws("resource-explorer-2 search", QueryString=query).json
        return [resource["Arn"] for resource in answer["Resources"]]

    assert found("service:ecr") == [ECR]
    assert found("tag:team=blue") == [ECR]
    assert found("app") == [ECR]
    assert ECR not in found("tag.key:team -service:ecr")


def test_cloud_control_makes_reads_and_removes_what_a_service_declares(aws):
    state = json.dumps({"RepositoryName": "app", "Tags": [{"Key": "team", "Value": "blue"}]})
    event = aws("cloudcontrol create-resource --type-name AWS::ECR::Repository", DesiredState=state).json[
        "ProgressEvent"
    ]
    assert (event["OperationStatus"], event["Identifier"]) == ("IN_PROGRESS", "app")
    status = aws(f"cloudcontrol get-resource-request-status --request-token {event['RequestToken']}").json
    assert status["ProgressEvent"]["OperationStatus"] == "SUCCESS"
    read = aws("cloudcontrol get-resource --type-name AWS::ECR::Repository --identifier app").json
    properties = json.loads(read["ResourceDescription"]["Properties"])
    assert properties["RepositoryName"] == "app"
    assert properties["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert aws("ecr describe-repositories").json["repositories"][0]["repositoryName"] == "app"
    aws("cloudcontrol delete-resource --type-name AWS::ECR::Repository --identifier app")
    aws.refused(
        "cloudcontrol get-resource --type-name AWS::ECR::Repository --identifier app",
        "ResourceNotFoundException",
        "Resource of type 'AWS::ECR::Repository' with identifier 'app' was not found.",
    )


def test_cloud_control_reports_a_failed_request_in_its_event(aws):
    aws("ecr create-repository --repository-name app")
    state = json.dumps({"RepositoryName": "app"})
    event = aws("cloudcontrol create-resource --type-name AWS::ECR::Repository", DesiredState=state).json[
        "ProgressEvent"
    ]
    status = aws(f"cloudcontrol get-resource-request-status --request-token {event['RequestToken']}").json
    assert status["ProgressEvent"]["OperationStatus"] == "FAILED"
    assert status["ProgressEvent"]["ErrorCode"] == "AlreadyExists"
