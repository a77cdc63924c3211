"""Instances beyond the usual: replaced root volumes, event windows, allowed images, where images come from."""

from __future__ import annotations

import json

from tests.conftest import Terminal


def test_a_root_volume_is_replaced(aws: Terminal, instance: str) -> None:
    query = "--query Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId"
    old = aws(f"ec2 describe-instances --instance-ids {instance} {query}").json
    create = f"ec2 create-replace-root-volume-task --instance-id {instance}"
    assert aws(create).json["ReplaceRootVolumeTask"]["TaskState"] == "pending"
    [task] = aws("ec2 describe-replace-root-volume-tasks").json["ReplaceRootVolumeTasks"]
    assert task["TaskState"] == "succeeded"
    new = aws(f"ec2 describe-instances --instance-ids {instance} {query}").json
    assert new != old
    states = "--query Volumes[].[VolumeId,State,SnapshotId]"
    shown = {key: (state, snapshot) for key, state, snapshot in aws(f"ec2 describe-volumes {states}").json}
    assert (shown[old][0], shown[new][0]) == ("available", "in-use")
    assert shown[old][1] == shown[new][1]
    aws(f"{create} --delete-replaced-root-volume")
    assert new not in aws(f"ec2 describe-volumes {states}")
    aws(f"ec2 stop-instances --instance-ids {instance}")
    aws.refused(create, "IncorrectInstanceState")


def test_an_event_window_is_for_instances(aws: Terminal, instance: str) -> None:
    create = "ec2 create-instance-event-window --name nights"
    aws.refused(create, "MissingParameter")
    made = aws(f"{create} --cron-expression '* 21-23 * * 2,3'").json["InstanceEventWindow"]
    assert (made["State"], made["InstanceEventWindowId"][:4]) == ("creating", "iew-")
    window = f"--instance-event-window-id {made['InstanceEventWindowId']}"
    aws(f"ec2 associate-instance-event-window {window} --association-target InstanceIds={instance}")
    find = f"--filters Name=instance-id,Values={instance}"
    [shown] = aws(f"ec2 describe-instance-event-windows {find}").json["InstanceEventWindows"]
    assert (shown["State"], shown["AssociationTarget"]["InstanceIds"]) == ("active", [instance])
    aws.refused(f"ec2 delete-instance-event-window {window}", "InstanceEventWindowAssociated")
    aws(f"ec2 disassociate-instance-event-window {window} --association-target InstanceIds={instance}")
    aws(f"ec2 delete-instance-event-window {window}")


def test_only_allowed_images_are_launched(aws: Terminal, image: str, instance: str) -> None:
    own = aws(f"ec2 create-image --instance-id {instance} --name golden").json["ImageId"]
    criteria = json.dumps([{"ImageProviders": ["999999999999"]}])
    aws(f"ec2 replace-image-criteria-in-allowed-images-settings --image-criteria '{criteria}'")
    aws("ec2 enable-allowed-images-settings --allowed-images-settings-state audit-mode")
    aws(f"ec2 run-instances --image-id {image} --instance-type t3.micro")
    aws("ec2 enable-allowed-images-settings --allowed-images-settings-state enabled")
    assert aws("ec2 get-allowed-images-settings").json["State"] == "enabled"
    aws.refused(f"ec2 run-instances --image-id {image} --instance-type t3.micro", "InvalidAMIID.NotFound")
    aws(f"ec2 run-instances --image-id {own} --instance-type t3.micro")
    query = f"--filters Name=instance-id,Values={instance} --query InstanceImageMetadata[].ImageMetadata"
    [metadata] = aws(f"ec2 describe-instance-image-metadata {query}").json
    assert (metadata["ImageId"], metadata["ImageAllowed"], metadata["IsPublic"]) == (image, False, True)
    aws("ec2 disable-allowed-images-settings")
    aws(f"ec2 run-instances --image-id {image} --instance-type t3.micro")


def test_an_image_tells_what_it_was_copied_from(aws: Terminal, instance: str) -> None:
    own = aws(f"ec2 create-image --instance-id {instance} --name golden").json["ImageId"]
    copy = f"ec2 copy-image --name copied --source-image-id {own} --source-region us-east-1 --region eu-west-1"
    copied = aws(copy).json["ImageId"]
    rows = aws(f"ec2 get-image-ancestry --image-id {copied} --region eu-west-1").json["ImageAncestryEntries"]
    assert [(row["ImageId"], row.get("SourceImageId")) for row in rows][:1] == [(copied, own)]


def test_ids_are_long(aws: Terminal) -> None:
    assert aws("ec2 describe-id-format --resource vpc").json["Statuses"] == [{"Resource": "vpc", "UseLongIds": True}]
    aws("ec2 modify-id-format --resource vpc --use-long-ids")
    aws.refused("ec2 modify-id-format --resource vpc --no-use-long-ids", "UnsupportedOperation")
    [vpc] = aws("ec2 describe-vpc-classic-link").json["Vpcs"]
    assert vpc["ClassicLinkEnabled"] is False
