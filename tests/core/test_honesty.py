"""Declared operations never say that something was done which was not."""

import pytest

from fakeaws.core.cloud import Cloud
from fakeaws.core.errors import AwsError


@pytest.fixture
def aws():
    cloud = Cloud(None)
    yield lambda service, operation, **params: cloud.perform(service, operation, params)
    cloud.close()


def refused(call, *args, **params):
    with pytest.raises(AwsError) as caught:
        call(*args, **params)
    return caught.value.code


def test_work_that_nobody_does_stays_in_its_first_state(aws):
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
    assert refused(aws, "rds", "ResetDBParameterGroup", DBParameterGroupName="g") == "NotImplemented"
    assert refused(aws, "lightsail", "ResetDistributionCache") == "NotImplemented"


def test_a_new_name_among_the_parameters_of_an_update_is_taken(aws):
    made = {"MLModelId": "m", "MLModelType": "BINARY", "TrainingDataSourceId": "d"}
    aws("machinelearning", "CreateMLModel", **made)
    aws("machinelearning", "UpdateMLModel", MLModelId="m", MLModelName="better")
    assert aws("machinelearning", "GetMLModel", MLModelId="m")["Name"] == "better"


def test_a_database_stops_starts_and_reboots(aws):
    aws("rds", "CreateDBInstance", DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="mysql")

    def status():
        return aws("rds", "DescribeDBInstances")["DBInstances"][0]["DBInstanceStatus"]

    stopping = aws("rds", "StopDBInstance", DBInstanceIdentifier="db")["DBInstance"]
    assert (stopping["DBInstanceStatus"], status()) == ("stopping", "stopped")
    aws("rds", "StartDBInstance", DBInstanceIdentifier="db")
    assert status() == "available"
    rebooting = aws("rds", "RebootDBInstance", DBInstanceIdentifier="db")["DBInstance"]
    assert (rebooting["DBInstanceStatus"], status()) == ("rebooting", "available")
