"""The structured arguments of the `emr` commands, as the AWS CLI describes them."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
DOUBLE: Schema = {"type": "double"}
BOOLEAN: Schema = {"type": "boolean"}


def needed(schema: Schema) -> Schema:
    """A property that must be given."""
    return {**schema, "required": True}


def structure(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def mapping(value: Schema) -> Schema:
    return {"type": "map", "key": STRING, "value": value}


def _texts(*names: str) -> Schema:
    """Properties that are texts."""
    return dict.fromkeys(names, STRING)


_INNER = structure(Classification=STRING, Properties=mapping(STRING))
_CONFIGURATIONS = array(structure(Classification=STRING, Properties=mapping(STRING), Configurations=array(_INNER)))
_VOLUME = structure(VolumeType=needed(STRING), SizeInGB=needed(INTEGER), Iops=INTEGER, Throughput=INTEGER)
_EBS = structure(
    EbsOptimized=BOOLEAN,
    EbsBlockDeviceConfigs=array(structure(VolumeSpecification=_VOLUME, VolumesPerInstance=INTEGER)),
)
_ALARM = structure(
    **_texts("ComparisonOperator", "MetricName", "Namespace", "Statistic", "Unit"),
    EvaluationPeriods=INTEGER,
    Period=INTEGER,
    Threshold=DOUBLE,
    Dimensions=array(structure(Key=STRING, Value=STRING)),
)
_SCALING = structure(AdjustmentType=STRING, ScalingAdjustment=INTEGER, CoolDown=INTEGER)
_RULE = structure(
    Name=STRING,
    Description=STRING,
    Action=structure(Market=STRING, SimpleScalingPolicyConfiguration=_SCALING),
    Trigger=structure(CloudWatchAlarmDefinition=_ALARM),
)
_RESERVATION = structure(
    **_texts("UsageStrategy", "CapacityReservationPreference", "CapacityReservationResourceGroupArn")
)

INSTANCE_GROUPS = array(
    structure(
        Name=STRING,
        InstanceGroupType=needed(STRING),
        BidPrice=STRING,
        InstanceType=needed(STRING),
        InstanceCount=needed(INTEGER),
        CustomAmiId=STRING,
        EbsConfiguration=_EBS,
        AutoScalingPolicy=structure(
            Constraints=structure(MinCapacity=INTEGER, MaxCapacity=INTEGER), Rules=array(_RULE)
        ),
        Configurations=_CONFIGURATIONS,
    )
)
_FLEET_TYPE = structure(
    InstanceType=needed(STRING),
    WeightedCapacity=INTEGER,
    BidPrice=STRING,
    BidPriceAsPercentageOfOnDemandPrice=DOUBLE,
    CustomAmiId=STRING,
    Priority=DOUBLE,
    EbsConfiguration=_EBS,
    Configurations=_CONFIGURATIONS,
)
_SPOT = structure(
    TimeoutDurationMinutes=INTEGER, TimeoutAction=STRING, BlockDurationMinutes=INTEGER, AllocationStrategy=STRING
)
_ON_DEMAND = structure(AllocationStrategy=STRING, CapacityReservationOptions=_RESERVATION)
_SPOT_RESIZE = structure(TimeoutDurationMinutes=INTEGER, AllocationStrategy=STRING)
_ON_DEMAND_RESIZE = structure(
    TimeoutDurationMinutes=INTEGER, AllocationStrategy=STRING, CapacityReservationOptions=_RESERVATION
)
INSTANCE_FLEETS = array(
    structure(
        Name=STRING,
        InstanceFleetType=needed(STRING),
        TargetOnDemandCapacity=INTEGER,
        TargetSpotCapacity=INTEGER,
        InstanceTypeConfigs=array(_FLEET_TYPE),
        LaunchSpecifications=structure(OnDemandSpecification=_ON_DEMAND, SpotSpecification=_SPOT),
        ResizeSpecifications=structure(
            SpotResizeSpecification=_SPOT_RESIZE, OnDemandResizeSpecification=_ON_DEMAND_RESIZE
        ),
        Context=STRING,
    )
)
EC2_ATTRIBUTES = structure(
    KeyName=STRING,
    SubnetId=STRING,
    SubnetIds=array(STRING),
    AvailabilityZone=STRING,
    AvailabilityZones=array(STRING),
    **_texts(
        "InstanceProfile",
        "EmrManagedMasterSecurityGroup",
        "EmrManagedSlaveSecurityGroup",
        "ServiceAccessSecurityGroup",
    ),
    AdditionalMasterSecurityGroups=array(STRING),
    AdditionalSlaveSecurityGroups=array(STRING),
)
APPLICATIONS = array(structure(Name=needed(STRING), Args=array(STRING)))
BOOTSTRAP_ACTIONS = array(structure(Name=STRING, Path=needed(STRING), Args=array(STRING)))
EMRFS = structure(
    Consistent=BOOLEAN,
    SSE=BOOLEAN,
    RetryCount=INTEGER,
    RetryPeriod=INTEGER,
    Args=array(STRING),
    **_texts("Encryption", "ProviderType", "KMSKeyId", "CustomProviderLocation", "CustomProviderClass"),
)
STEPS = array(
    structure(
        **_texts("Type", "Name", "ActionOnFailure", "Jar"),
        Args=array(STRING),
        **_texts("MainClass", "Properties", "LogUri", "EncryptionKeyArn"),
    )
)
HBASE_BACKUP = structure(Dir=STRING, BackupVersion=STRING)
KERBEROS = structure(
    **_texts(
        "Realm",
        "KdcAdminPassword",
        "CrossRealmTrustPrincipalPassword",
        "ADDomainJoinUser",
        "ADDomainJoinPassword",
    )
)
MANAGED_SCALING = structure(
    ComputeLimits=structure(
        MinimumCapacityUnits=needed(INTEGER),
        MaximumCapacityUnits=needed(INTEGER),
        MaximumOnDemandCapacityUnits=INTEGER,
        UnitType=needed(STRING),
        MaximumCoreCapacityUnits=INTEGER,
    ),
    ScalingStrategy=STRING,
    UtilizationPerformanceIndex=INTEGER,
)
PLACEMENT_GROUPS = array(structure(InstanceRole=needed(STRING), PlacementStrategy=STRING))
AUTO_TERMINATION = structure(IdleTimeout={"type": "long"})
MONITORING = structure(
    CloudWatchLogConfiguration=structure(
        Enabled=needed(BOOLEAN),
        **_texts("LogGroupName", "LogStreamNamePrefix", "EncryptionKeyArn"),
        LogTypes=mapping(array(STRING)),
    ),
    S3LoggingConfiguration=structure(LogTypeUploadPolicy=mapping(STRING)),
)
