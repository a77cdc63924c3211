"""Room for instances: reservations, placement groups, spot requests and fleets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Terminal


def _run(aws: Terminal, image: str, more: str = "") -> str:
    command = f"ec2 run-instances --image-id {image} --instance-type t3.micro {more} --query Instances[0].InstanceId"
    return str(aws(command).json)


def test_a_reservation_keeps_room_until_instances_take_it(aws: Terminal, image: str) -> None:
    create = "ec2 create-capacity-reservation --instance-type t3.micro --instance-platform Linux/UNIX"
    made = aws(f"{create} --availability-zone us-east-1a --instance-count 1").json["CapacityReservation"]
    key = made["CapacityReservationId"]
    assert (made["State"], made["AvailableInstanceCount"]) == ("active", 1)
    machine = _run(aws, image)
    shown = aws(f"ec2 describe-instances --instance-ids {machine}").json["Reservations"][0]["Instances"][0]
    assert shown["CapacityReservationId"] == key
    usage = aws(f"ec2 get-capacity-reservation-usage --capacity-reservation-id {key}").json
    assert (usage["AvailableInstanceCount"], usage["InstanceUsages"][0]["UsedInstanceCount"]) == (0, 1)
    target = f"--capacity-reservation-specification CapacityReservationTarget={{CapacityReservationId={key}}}"
    run = f"ec2 run-instances --image-id {image} --instance-type t3.micro {target}"
    aws.refused(run, "ReservationCapacityExceeded")
    aws(f"ec2 stop-instances --instance-ids {machine}")
    assert aws(run).json["Instances"][0]["CapacityReservationId"] == key
    aws(f"ec2 cancel-capacity-reservation --capacity-reservation-id {key}")
    aws.refused(f"ec2 cancel-capacity-reservation --capacity-reservation-id {key}", "InvalidCapacityReservationState")


def test_a_reservation_ends_at_its_date(aws: Terminal, clock: object) -> None:
    create = "ec2 create-capacity-reservation --instance-type t3.micro --instance-platform Linux/UNIX"
    where = "--availability-zone us-east-1a --instance-count 1"
    aws.refused(f"{create} {where} --end-date-type limited", "InvalidParameterCombination")
    made = aws(f"{create} {where} --end-date 2100-01-01T00:00:00Z").json["CapacityReservation"]
    assert (made["EndDateType"], made["EndDate"]) == ("limited", "2100-01-01T00:00:00+00:00")


def test_partitions_fill_evenly_and_a_group_in_use_stays(aws: Terminal, image: str) -> None:
    made = aws("ec2 create-placement-group --group-name far --strategy partition --partition-count 2").json
    assert made["PlacementGroup"]["State"] == "available"
    machines = [_run(aws, image, "--placement GroupName=far") for _ in range(3)]
    places = aws("ec2 describe-instances --query Reservations[].Instances[].Placement.PartitionNumber").json
    assert sorted(places) == [1, 1, 2]
    aws.refused("ec2 delete-placement-group --group-name far", "InvalidPlacementGroup.InUse")
    aws(f"ec2 terminate-instances --instance-ids {' '.join(machines)}")
    aws("ec2 delete-placement-group --group-name far")
    aws.refused(f"ec2 run-instances --image-id {image} --placement GroupName=far", "InvalidPlacementGroup.Unknown")


def test_a_request_that_pays_too_little_stays_open(aws: Terminal, image: str) -> None:
    request = f"ec2 request-spot-instances --launch-specification ImageId={image},InstanceType=t3.micro"
    [low] = aws(f"{request} --spot-price 0.001").json["SpotInstanceRequests"]
    assert (low["State"], low["Status"]["Code"]) == ("open", "price-too-low")
    [high] = aws(f"{request} --spot-price 0.01").json["SpotInstanceRequests"]
    assert (high["State"], high["Status"]["Code"]) == ("active", "fulfilled")
    market = "--instance-market-options MarketType=spot,SpotOptions={MaxPrice=0.001}"
    aws.refused(f"ec2 run-instances --image-id {image} --instance-type t3.micro {market}", "SpotMaxPriceTooLow")
    aws(f"ec2 cancel-spot-instance-requests --spot-instance-request-ids {low['SpotInstanceRequestId']}")


def test_a_spot_fleet_grows_and_shrinks(aws: Terminal, image: str, tmp_path: Path) -> None:
    specifications = [
        {"ImageId": image, "InstanceType": "m5.large", "WeightedCapacity": 2},
        {"ImageId": image, "InstanceType": "m5.xlarge", "WeightedCapacity": 1},
    ]
    config = {"IamFleetRole": "arn:aws:iam::123456789012:role/fleet", "TargetCapacity": 4}
    (tmp_path / "config.json").write_text(json.dumps({**config, "LaunchSpecifications": specifications}))
    request = f"ec2 request-spot-fleet --spot-fleet-request-config file://{tmp_path}/config.json"
    key = aws(request).json["SpotFleetRequestId"]

    def types() -> list[str]:
        show = f"ec2 describe-spot-fleet-instances --spot-fleet-request-id {key} --query ActiveInstances[].InstanceType"
        return list(aws(show).json)

    assert types() == ["m5.large"] * 2
    aws(f"ec2 modify-spot-fleet-request --spot-fleet-request-id {key} --target-capacity 6")
    assert types() == ["m5.large"] * 3
    aws(f"ec2 modify-spot-fleet-request --spot-fleet-request-id {key} --target-capacity 2")
    assert types() == ["m5.large"]
    [shown] = aws("ec2 describe-spot-fleet-requests").json["SpotFleetRequestConfigs"]
    assert (shown["ActivityStatus"], shown["SpotFleetRequestConfig"]["FulfilledCapacity"]) == ("fulfilled", 2.0)
    cancel = f"ec2 cancel-spot-fleet-requests --spot-fleet-request-ids {key} --terminate-instances"
    assert aws(cancel).json["SuccessfulFleetRequests"][0]["CurrentSpotFleetRequestState"] == "cancelled_terminating"
    assert types() == []
    aws.refused(
        f"ec2 modify-spot-fleet-request --spot-fleet-request-id {key} --target-capacity 3",
        "fleetRequestNotInModifiableState",
    )


def test_a_fleet_takes_what_launches_and_tells_what_does_not(aws: Terminal, image: str, tmp_path: Path) -> None:
    data = json.dumps({"ImageId": image})
    aws(f"ec2 create-launch-template --launch-template-name web --launch-template-data '{data}'")
    overrides = [
        {"InstanceType": "t4g.micro"},
        {"InstanceRequirements": {"VCpuCount": {"Min": 2, "Max": 2}, "MemoryMiB": {"Min": 4000, "Max": 4100}}},
    ]
    template = {"LaunchTemplateName": "web", "Version": "$Latest"}
    (tmp_path / "fleet.json").write_text(
        json.dumps([{"LaunchTemplateSpecification": template, "Overrides": overrides}])
    )
    target = "TotalTargetCapacity=2,DefaultTargetCapacityType=spot"
    create = f"ec2 create-fleet --launch-template-configs file://{tmp_path}/fleet.json"
    fleet = aws(f"{create} --target-capacity-specification {target} --type instant").json
    assert fleet["Errors"][0]["LaunchTemplateAndOverrides"]["Overrides"]["InstanceType"] == "t4g.micro"
    [row] = fleet["Instances"]
    assert (len(row["InstanceIds"]), row["Lifecycle"]) == (2, "spot")
    find = f"ec2 describe-instance-types --instance-types {row['InstanceType']} --query InstanceTypes[0].MemoryInfo"
    assert aws(find).json == {"SizeInMiB": 4096}


@pytest.mark.parametrize(("size", "count"), [("4xlarge", 1), ("48xlarge", 8)])
def test_accelerators_are_told(aws: Terminal, size: str, count: int) -> None:
    query = "--query InstanceTypes[0].GpuInfo.Gpus[0].[Name,Count]"
    assert aws(f"ec2 describe-instance-types --instance-types g5.{size} {query}").json == ["A10G", count]


def test_an_offering_is_bought_for_its_term(aws: Terminal) -> None:
    choice = "--instance-type m5.large --product-description Linux/UNIX --offering-class standard"
    find = f"ec2 describe-reserved-instances-offerings {choice} --max-duration 31536000"
    offered = {row["OfferingType"]: row for row in aws(find).json["ReservedInstancesOfferings"]}
    assert set(offered) == {"No Upfront", "Partial Upfront", "All Upfront"}
    assert offered["No Upfront"]["FixedPrice"] == 0.0
    assert offered["All Upfront"]["RecurringCharges"] == [{"Amount": 0.0, "Frequency": "Hourly"}]
    buy = "ec2 purchase-reserved-instances-offering --instance-count 2 --reserved-instances-offering-id"
    key = offered["All Upfront"]["ReservedInstancesOfferingId"]
    aws.refused(f"{buy} 438012d3-4052-4cc7-b2e3-8d3372e0e706", "InvalidReservedInstancesOfferingId")
    aws.refused(f"{buy} {key} --limit-price Amount=1,CurrencyCode=USD", "InvalidParameterValue")
    bought = aws(f"{buy} {key}").json["ReservedInstancesId"]
    [shown] = aws("ec2 describe-reserved-instances --filters Name=instance-type,Values=m5.large").json[
        "ReservedInstances"
    ]
    assert (shown["ReservedInstancesId"], shown["State"], shown["InstanceCount"]) == (bought, "active", 2)
    aws.refused("ec2 describe-reserved-instances --reserved-instances-ids none", "InvalidReservedInstancesId")
