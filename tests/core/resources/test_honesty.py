"""Declared operations never say that something was done which was not."""

import pytest

from fakeaws.core.model import models
from fakeaws.core.model.compiler import declared
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError


@pytest.fixture
def aws():
    cloud = Cloud(None)
    yield lambda service, operation, **params: cloud.perform(service, operation, params)
    cloud.close()


def refused(call, *args, **params):
    with pytest.raises(AwsError) as caught:
        call(*args, **params)
    return caught.value.code


def make_project(aws):
    image = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}
    nowhere = {"type": "NO_SOURCE"}, {"type": "NO_ARTIFACTS"}
    role = "arn:aws:iam::123456789012:role/r"
    made = {"source": nowhere[0], "artifacts": nowhere[1], "environment": image, "serviceRole": role}
    aws("codebuild", "CreateProject", name="app", **made)


def test_work_that_nobody_does_stays_in_its_first_state(aws):
    make_project(aws)
    started = aws("codebuild", "StartBuild", projectName="app")["build"]
    assert aws("codebuild", "BatchGetBuilds", ids=[started["id"]])["builds"][0]["buildStatus"] == "IN_PROGRESS"
    place = {"s3Uri": "s3://bucket/out"}
    job = {
        "jobName": "j",
        "roleArn": "arn:aws:iam::123456789012:role/r",
        "modelId": "amazon.titan",
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": "s3://bucket/in"}},
        "outputDataConfig": {"s3OutputDataConfig": place},
    }
    arn = aws("bedrock", "CreateModelInvocationJob", **job)["jobArn"]
    assert aws("bedrock", "GetModelInvocationJob", jobIdentifier=arn)["status"] in ("Submitted", "InProgress")


def test_an_update_that_nobody_could_see_is_missing(aws):
    assert refused(aws, "elasticache", "ResetCacheParameterGroup", CacheParameterGroupName="g") == "NotImplemented"
    assert refused(aws, "lightsail", "ResetDistributionCache") == "NotImplemented"


def test_a_new_name_among_the_parameters_of_an_update_is_taken(aws):
    made = {"MLModelId": "m", "MLModelType": "BINARY", "TrainingDataSourceId": "d"}
    aws("machinelearning", "CreateMLModel", **made)
    aws("machinelearning", "UpdateMLModel", MLModelId="m", MLModelName="better")
    assert aws("machinelearning", "GetMLModel", MLModelId="m")["Name"] == "better"


def test_targets_of_a_rule_are_kept_one_by_one(aws):
    aws("events", "PutRule", Name="r", ScheduleExpression="rate(1 hour)")
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    targets = [{"Id": "a", "Arn": arn + "a"}, {"Id": "b", "Arn": arn + "b"}]
    assert aws("events", "PutTargets", Rule="r", Targets=targets) == {"FailedEntryCount": 0, "FailedEntries": []}
    assert aws("events", "ListTargetsByRule", Rule="r")["Targets"] == targets
    aws("events", "RemoveTargets", Rule="r", Ids=["a"])
    assert aws("events", "ListTargetsByRule", Rule="r")["Targets"] == targets[1:]


def test_resources_that_structures_name_are_told_apart(aws):
    for name in ("one", "two"):
        aws("glue", "CreateRegistry", RegistryName=name)
    assert aws("glue", "GetRegistry", RegistryId={"RegistryName": "two"})["RegistryName"] == "two"
    aws("glue", "DeleteRegistry", RegistryId={"RegistryName": "one"})
    assert [found["RegistryName"] for found in aws("glue", "ListRegistries")["Registries"]] == ["two"]


def test_a_list_gives_what_is_asked_for_or_refuses_to_guess(aws):
    for name in ("blue-1", "green-1"):
        aws("sagemaker", "CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName=name)

    def names(**asked):
        found = aws("sagemaker", "ListNotebookInstanceLifecycleConfigs", **asked)
        return [f["NotebookInstanceLifecycleConfigName"] for f in found["NotebookInstanceLifecycleConfigs"]]

    assert names(NameContains="green") == ["green-1"]
    assert names(CreationTimeAfter=4e9) == []
    assert names(SortBy="Name", SortOrder="Descending") == ["green-1", "blue-1"]
    for scope in ("REGIONAL", "CLOUDFRONT"):
        aws("wafv2", "CreateIPSet", Name=scope.lower(), Scope=scope, IPAddressVersion="IPV4", Addresses=[])
    assert [found["Name"] for found in aws("wafv2", "ListIPSets", Scope="CLOUDFRONT")["IPSets"]] == ["cloudfront"]


def test_a_filter_that_is_unsupported_matters_only_where_there_is_something_to_select_from(aws):
    asked = {"filters": [{"name": "nosuchthing", "values": ["x"]}]}
    assert aws("imagebuilder", "ListImagePipelines", **asked)["imagePipelineList"] == []
    infrastructure = "arn:aws:imagebuilder:us-east-1:123456789012:infrastructure-configuration/i"
    aws(
        "imagebuilder",
        "CreateImagePipeline",
        name="pipe",
        infrastructureConfigurationArn=infrastructure,
        clientToken="t",
    )
    assert refused(aws, "imagebuilder", "ListImagePipelines", **asked) == "NotImplemented"


def test_what_is_referred_to_has_to_be_there_and_stays(aws):
    given = {"CacheClusterId": "c", "Engine": "redis", "CacheNodeType": "cache.t3.micro", "NumCacheNodes": 1}
    subnets = {"CacheSubnetGroupName": "s"}
    missing = refused(aws, "elasticache", "CreateCacheCluster", **given, **subnets)
    assert missing == "CacheSubnetGroupNotFoundFault"
    aws("elasticache", "CreateCacheSubnetGroup", **subnets, CacheSubnetGroupDescription="d", SubnetIds=["subnet-1"])
    aws("elasticache", "CreateCacheCluster", **given, **subnets, CacheParameterGroupName="default.redis7")
    assert refused(aws, "elasticache", "DeleteCacheSubnetGroup", **subnets) == "CacheSubnetGroupInUse"
    aws("elasticache", "DeleteCacheCluster", CacheClusterId="c")
    aws("elasticache", "DeleteCacheSubnetGroup", **subnets)
    assert refused(aws, "codebuild", "StartBuild", projectName="nobody") == "ResourceNotFoundException"


def test_a_parameter_that_nothing_acts_on_is_refused_by_name(aws):
    with pytest.raises(AwsError, match="does not support the parameter XksKeyId of kms CreateKey"):
        aws("kms", "CreateKey", XksKeyId="key")


def test_only_parameters_that_there_are_can_be_unsupported():
    for service in models.services():
        for operation, members in declared(service).get("unsupported", {}).items():
            model = models.service(service).operation(operation)
            assert model.service.handler(operation), f"{service} {operation} is no function"
            assert [m for m in members if not model.input.has_member(m)] == []


def test_a_page_is_as_long_as_a_number_says(aws):
    assert refused(aws, "route53", "ListHostedZones", MaxItems="many") == "InvalidInput"
