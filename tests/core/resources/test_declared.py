"""What declared operations do, on services that have no code of their own."""

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.resources.caller import root
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Terminal

VPC = {"subnetIds": ["subnet-1", "subnet-2"]}
ROLE = "arn:aws:iam::123456789012:role/eks"


@pytest.fixture
def aws():
    cloud = Cloud(None)
    yield lambda service, operation, **params: cloud.perform(service, operation, params)
    cloud.close()


def refused(call, *args, **params):
    with pytest.raises(AwsError) as caught:
        call(*args, **params)
    return caught.value.code, caught.value.message


def test_a_cluster_comes_back_as_given_and_becomes_active(aws):
    made = aws("eks", "CreateCluster", name="prod", roleArn=ROLE, resourcesVpcConfig=VPC)["cluster"]
    assert made["status"] == "CREATING"
    assert made["arn"] == "arn:aws:eks:us-east-1:123456789012:cluster/prod"
    read = aws("eks", "DescribeCluster", name="prod")["cluster"]
    assert read["status"] == "ACTIVE"
    assert read["resourcesVpcConfig"]["subnetIds"] == VPC["subnetIds"]
    assert aws("eks", "ListClusters") == {"clusters": ["prod"]}


def test_a_cluster_that_is_there_missing_or_in_use_is_refused_in_its_own_words(aws):
    aws("eks", "CreateCluster", name="prod", roleArn=ROLE, resourcesVpcConfig=VPC)
    again = refused(aws, "eks", "CreateCluster", name="prod", roleArn=ROLE, resourcesVpcConfig=VPC)
    assert again == ("ResourceInUseException", "Cluster already exists with name: prod")
    missing = refused(aws, "eks", "DescribeCluster", name="test")
    assert missing == ("ResourceNotFoundException", "No cluster found for name: test.")
    aws("eks", "CreateNodegroup", clusterName="prod", nodegroupName="a", subnets=["subnet-1"], nodeRole=ROLE)
    held = refused(aws, "eks", "DeleteCluster", name="prod")
    assert held == ("ResourceInUseException", "Cluster has nodegroups attached")


def test_a_child_stands_within_its_parent(aws):
    assert refused(aws, "eks", "ListNodegroups", clusterName="prod")[0] == "ResourceNotFoundException"
    for name in ("prod", "test"):
        aws("eks", "CreateCluster", name=name, roleArn=ROLE, resourcesVpcConfig=VPC)
    aws("eks", "CreateNodegroup", clusterName="prod", nodegroupName="a", subnets=["subnet-1"], nodeRole=ROLE)
    assert aws("eks", "ListNodegroups", clusterName="prod")["nodegroups"] == ["a"]
    assert aws("eks", "ListNodegroups", clusterName="test")["nodegroups"] == []


def test_a_repository_goes_with_all_that_belongs_to_it(aws):
    aws("ecr", "CreateRepository", repositoryName="team/app")
    aws("ecr", "SetRepositoryPolicy", repositoryName="team/app", policyText="{}")
    assert aws("ecr", "GetRepositoryPolicy", repositoryName="team/app")["policyText"] == "{}"
    aws("ecr", "DeleteRepository", repositoryName="team/app")
    aws("ecr", "CreateRepository", repositoryName="team/app")
    code, text = refused(aws, "ecr", "GetRepositoryPolicy", repositoryName="team/app")
    assert code == "RepositoryPolicyNotFoundException"
    assert text.startswith("Repository policy does not exist for the repository with name 'team/app' in the registry")


def test_tags_are_kept_in_the_forms_of_the_service(aws):
    arn = aws("ecr", "CreateRepository", repositoryName="app", tags=[{"Key": "env", "Value": "test"}])["repository"]
    arn = arn["repositoryArn"]
    aws("ecr", "TagResource", resourceArn=arn, tags=[{"Key": "team", "Value": "a"}])
    aws("ecr", "UntagResource", resourceArn=arn, tagKeys=["env"])
    assert aws("ecr", "ListTagsForResource", resourceArn=arn) == {"tags": [{"Key": "team", "Value": "a"}]}


def test_another_account_and_another_region_do_not_see_a_resource(aws):
    cloud = Cloud(None)
    cloud.perform("iot", "CreateThing", {"thingName": "lamp"})
    assert cloud.perform("iot", "ListThings", {})["things"] != []
    for stranger in (root("210987654321"), root(region="eu-west-1")):
        assert cloud.perform("iot", "ListThings", {}, stranger)["things"] == []


def test_what_nothing_keeps_is_not_made_up(aws):
    assert refused(aws, "rekognition", "DetectFaces", Image={"Bytes": b"x"})[0] == "NotImplemented"
    assert refused(aws, "translate", "TranslateText", Text="a", SourceLanguageCode="de", TargetLanguageCode="en")[
        0
    ] == ("NotImplemented")


def test_who_changes_a_resource_says_which_state_of_it_is_meant(aws):
    comment = {"CallerReference": "one", "Comment": "first"}
    made = aws(
        "cloudfront",
        "CreateCloudFrontOriginAccessIdentity",
        CloudFrontOriginAccessIdentityConfig=comment,
    )
    named = {"Id": made["CloudFrontOriginAccessIdentity"]["Id"]}
    found = aws("cloudfront", "GetCloudFrontOriginAccessIdentityConfig", **named)
    assert found["CloudFrontOriginAccessIdentityConfig"] == comment
    assert found["ETag"] == made["ETag"]
    update = {**named, "CloudFrontOriginAccessIdentityConfig": {**comment, "Comment": "second"}}
    operation = "UpdateCloudFrontOriginAccessIdentity"
    assert refused(aws, "cloudfront", operation, **update)[0] == "InvalidIfMatchVersion"
    assert refused(aws, "cloudfront", operation, **update, IfMatch="other")[0] == "PreconditionFailed"
    assert aws("cloudfront", operation, **update, IfMatch=made["ETag"])["ETag"] != made["ETag"]
    assert refused(aws, "cloudfront", "DeleteCloudFrontOriginAccessIdentity", **named, IfMatch=made["ETag"])


def test_what_a_service_sets_inside_of_what_is_given(cloud):
    """Defaults of members within a structure stand beside those that are given."""
    given = {"DomainName": "dom", "ClusterConfig": {"InstanceCount": 3}}
    made = cloud.perform("opensearch", "CreateDomain", given)["DomainStatus"]
    assert made["ClusterConfig"]["InstanceCount"] == 3
    assert made["ClusterConfig"]["InstanceType"] == "m4.large.search"
    assert made["DomainEndpointOptions"]["EnforceHTTPS"] is False


def test_an_error_names_what_is_missing_and_not_the_key_that_it_is_stored_under(terminal: Terminal) -> None:
    terminal("ses create-receipt-rule-set --rule-set-name set")
    missing = "ses describe-receipt-rule --rule-set-name set --rule-name rule"
    terminal.refused(missing, "RuleDoesNotExist", "Receipt rule not found: rule")
