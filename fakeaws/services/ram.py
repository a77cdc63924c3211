"""AWS Resource Access Manager: what an account shares, with whom, and who has accepted.

What a share allows to whom is kept beside it as a policy a resource (`Shared`), which authorisation reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.places import store_of
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.organization import NOTE

Document = dict[str, Any]
OPEN_SECONDS = 7 * 86400
"""How long an invitation can be accepted."""
ACTIONS = {
    "ec2:subnet": ("ec2:CreateNetworkInterface", "ec2:Describe*", "ec2:RunInstances", "ec2:CreateTags"),
    "ec2:transit-gateway": (
        "ec2:CreateTransitGatewayVpcAttachment",
        "ec2:DescribeTransitGateway*",
        "ec2:DeleteTransitGatewayVpcAttachment",
        "ec2:ModifyTransitGatewayVpcAttachment",
    ),
    "ec2:prefix-list": ("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"),
    "ec2:image": ("ec2:DescribeImages", "ec2:RunInstances"),
    "route53resolver:resolver-rule": (
        "route53resolver:Get*",
        "route53resolver:List*",
        "route53resolver:AssociateResolverRule",
        "route53resolver:DisassociateResolverRule",
    ),
    "ssm:parameter": (
        "ssm:DescribeParameters",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
        "ssm:ListTagsForResource",
    ),
    "codebuild:project": ("codebuild:BatchGetProjects", "codebuild:ListBuildsForProject"),
    "codebuild:report-group": ("codebuild:BatchGetReportGroups", "codebuild:ListReportsForReportGroup"),
    "glue:database": ("glue:GetDatabase", "glue:GetTables", "glue:GetTable", "glue:SearchTables"),
    "glue:table": ("glue:GetTable", "glue:GetTableVersion", "glue:GetPartitions"),
    "license-manager:license-configuration": ("license-manager:Get*", "license-manager:List*"),
    "imagebuilder:image": ("imagebuilder:GetImage", "imagebuilder:ListImages"),
    "resource-groups:group": ("resource-groups:GetGroup", "resource-groups:ListGroupResources"),
    "acm-pca:certificate-authority": ("acm-pca:IssueCertificate", "acm-pca:Get*", "acm-pca:Describe*", "acm-pca:List*"),
    "network-firewall:firewall-policy": ("network-firewall:DescribeFirewallPolicy", "network-firewall:CreateFirewall"),
    "rds:cluster": ("rds:DescribeDBClusters", "rds:RestoreDBClusterToPointInTime"),
}
"""What AWS's default permission for a type of resource allows, by the service and the type in its ARN."""


def create_resource_share(call: Call) -> Document:
    about = {"name": call["name"], "creationTime": call.now, "lastUpdatedTime": call.now, "tags": call.get("tags", [])}
    arn = arn_for(call, "ResourceShare")
    about |= {"owningAccountId": call.account, "status": "ACTIVE", "featureSet": "STANDARD", "resourceShareArn": arn}
    about["allowExternalPrincipals"] = call.get("allowExternalPrincipals", True)
    share = call.keep("ResourceShare", {**about, "resources": {}, "principals": {}})
    _associate(call, share)
    return {"resourceShare": share, **_token(call)}


def _token(call: Call) -> Document:
    return {"clientToken": call["clientToken"]} if "clientToken" in call else {}


def associate_resource_share(call: Call) -> Document:
    share = _own(call)
    _associate(call, share)
    entities = {*call.get("resourceArns", ()), *call.get("principals", ())}
    found = [each for each in _associations(share) if each["associatedEntity"] in entities]
    return {"resourceShareAssociations": found, **_token(call)}


def _own(call: Call) -> Resource:
    if not re.fullmatch(r"arn:[\w-]+:ram:[\w-]+:\d{12}:resource-share/[\w-]+", call["resourceShareArn"]):
        raise AwsError("MalformedArnException", f"The specified resource ARN {call['resourceShareArn']} is not valid.")
    return call.read("ResourceShare", call["resourceShareArn"])


def _associate(call: Call, share: Resource) -> None:
    """Share more, or with more; who is outside of the organization has to accept."""
    for arn in call.get("resourceArns", ()):
        _check_resource(call, arn)
        share["resources"].setdefault(arn, call.now)
    for principal in call.get("principals", ()):
        if principal not in share["principals"]:
            external = _is_external(call, principal)
            if external and not share["allowExternalPrincipals"]:
                text = f"The resource share does not allow principals outside of the organization: {principal}"
                raise AwsError("OperationNotPermittedException", text)
            is_invited = external and principal.isdecimal()
            status = "ASSOCIATING" if is_invited else "ASSOCIATED"
            share["principals"][principal] = {"since": call.now, "status": status, "external": external}
            if is_invited:
                _invite(call, share, principal)
    _keep(call, share)


def _check_resource(call: Call, arn: str) -> None:
    parts = arns.parsed(arn)
    if parts is None:
        raise AwsError("MalformedArnException", f"The specified resource ARN {arn} is not valid.")
    if parts.account != call.account:
        raise AwsError("OperationNotPermittedException", f"You do not own the resource {arn}.")
    if _type(arn) not in ACTIONS:
        raise AwsError("InvalidParameterException", f"The resource type of {arn} cannot be shared.")


def _type(arn: str) -> str:
    parts = arns.parsed(arn)
    return f"{parts.service}:{re.split('[/:]', parts.resource)[0]}" if parts is not None else ""


def _is_external(call: Call, principal: str) -> bool:
    """Whether a principal is outside of the account's organization."""
    note = store_of(call).note(NOTE.format(account=call.account))
    if ":organizations:" in principal:
        number = note["id"] if note else ""
        if f"/{number}" not in principal or not number:
            text = f"The organization or unit {principal} could not be found."
            raise AwsError("UnknownResourceException", text)
        return False
    arn = arns.parsed(principal)
    account = arn.account if arn is not None else principal
    if not re.fullmatch(r"\d{12}", account):
        raise AwsError(
            "InvalidParameterException", f"Principal ID {principal} is malformed. Verify the ID and try again."
        )
    other = store_of(call).note(NOTE.format(account=account))
    return account != call.account and (note is None or other is None or other["id"] != note["id"])


def _invite(call: Call, share: Resource, account: str) -> None:
    """The receiver finds the invitation in its own account."""
    elsewhere = call.of(account=account)
    arn = arn_for(call, "ResourceShareInvitation")
    about = {"resourceShareInvitationArn": arn, "resourceShareName": share["name"]}
    about |= {"resourceShareArn": share["resourceShareArn"], "senderAccountId": call.account}
    about |= {"receiverAccountId": account, "invitationTimestamp": call.now, "status": "PENDING"}
    elsewhere.keep("Invitation", about)


def disassociate_resource_share(call: Call) -> Document:
    share = _own(call)
    gone = {*call.get("resourceArns", ()), *call.get("principals", ())}
    found = [{**e, "status": "DISASSOCIATED"} for e in _associations(share) if e["associatedEntity"] in gone]
    for name in ("resources", "principals"):
        share[name] = {key: value for key, value in share[name].items() if key not in gone}
    _keep(call, share, gone)
    return {"resourceShareAssociations": found, **_token(call)}


def update_resource_share(call: Call) -> Document:
    share = _own(call)
    share |= {name: call[name] for name in ("name", "allowExternalPrincipals") if name in call}
    _keep(call, share)
    return {"resourceShare": share, **_token(call)}


def delete_resource_share(call: Call) -> Document:
    share = _own(call)
    gone = set(share["resources"])
    share |= {"status": "DELETED", "resources": {}, "principals": {}}
    _keep(call, share, gone)
    return {"returnValue": True, **_token(call)}


# What it comes to


def _keep(call: Call, share: Resource, gone: set[str] | None = None) -> None:
    share["lastUpdatedTime"] = call.now
    call.keep("ResourceShare", share)
    shares = list(call.list("ResourceShare"))
    for arn in {*share["resources"], *(gone or ())}:
        statements = [s for each in shares if arn in each["resources"] for s in _statements(each, arn)]
        call.keep("Shared", {"arn": arn, "Policy": json.dumps({"Version": "2012-10-17", "Statement": statements})})


def _statements(share: Document, arn: str) -> Iterator[Document]:
    for principal, about in share["principals"].items():
        if about["status"] == "ASSOCIATED":
            yield {"Effect": "Allow", **_whom(principal), "Action": list(ACTIONS.get(_type(arn), ())), "Resource": arn}


def _whom(principal: str) -> Document:
    if ":organizations:" not in principal:
        return {"Principal": {"AWS": principal}}
    parts = principal.rpartition(":")[2].split("/")
    if parts[0] == "ou":
        path = f"{parts[1]}/*/{parts[2]}/*"
        return {"Principal": "*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path}}}
    return {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": parts[1]}}}


# Looking


def _shares(call: Call, owner: str) -> list[Resource]:
    """The account's own shares, or those that others share with it."""
    if owner == "SELF":
        return list(call.list("ResourceShare"))
    rows = everywhere(call, "ResourceShare")
    return [row for row in rows if row.scope != (call.account, call.region) and _reaches(call, row)]


def _reaches(call: Call, share: Resource) -> bool:
    note = store_of(call).note(NOTE.format(account=call.account))
    for principal, about in share["principals"].items():
        held = principal == call.account or (f":{call.account}:" in principal and ":iam:" in principal)
        whole = note is not None and principal.endswith(f":organization/{note['id']}")
        if about["status"] == "ASSOCIATED" and share.scope[1] == call.region and (held or whole):
            return True
    return False


def get_resource_shares(call: Call) -> Document:
    wanted = call.get("resourceShareArns")
    rows = [row for row in _shares(call, call["resourceOwner"]) if not wanted or row["resourceShareArn"] in wanted]
    if wanted and len(rows) < len(wanted):
        missing = next(arn for arn in wanted if arn not in [row["resourceShareArn"] for row in rows])
        raise AwsError("UnknownResourceException", f"ResourceShare {missing} could not be found.")
    status, name = call.get("resourceShareStatus"), call.get("name")
    found = [r for r in rows if status in (None, r["status"]) and name in (None, r["name"])]
    return {"resourceShares": found}


def _associations(share: Document) -> Iterator[Document]:
    common = {"resourceShareArn": share["resourceShareArn"], "resourceShareName": share["name"]}
    for arn, since in share["resources"].items():
        times = {"creationTime": since, "lastUpdatedTime": since, "external": False}
        yield {**common, "associatedEntity": arn, "associationType": "RESOURCE", "status": "ASSOCIATED", **times}
    for principal, about in share["principals"].items():
        times = {"creationTime": about["since"], "lastUpdatedTime": about["since"], "external": about["external"]}
        kind = {"associatedEntity": principal, "associationType": "PRINCIPAL", "status": about["status"]}
        yield {**common, **kind, **times}


def get_resource_share_associations(call: Call) -> Document:
    wanted = call.get("resourceShareArns")
    rows = [row for row in _shares(call, "SELF") if not wanted or row["resourceShareArn"] in wanted]
    entity = call.get("principal") if call["associationType"] == "PRINCIPAL" else call.get("resourceArn")
    found = [each for row in rows for each in _associations(row) if each["associationType"] == call["associationType"]]
    found = [e for e in found if entity in (None, e["associatedEntity"])]
    return {"resourceShareAssociations": [e for e in found if call.get("associationStatus") in (None, e["status"])]}


def list_resources(call: Call) -> Document:
    found = []
    for share in _shares(call, call["resourceOwner"]):
        for arn, since in share["resources"].items():
            about = {"arn": arn, "type": _title(arn), "resourceShareArn": share["resourceShareArn"]}
            times = {"status": "AVAILABLE", "creationTime": since, "lastUpdatedTime": since}
            found.append({**about, **times, "resourceRegionScope": "REGIONAL"})
    kind = call.get("resourceType")
    return {"resources": [each for each in found if kind in (None, each["type"])]}


def _title(arn: str) -> str:
    """`ec2:Subnet`, as RAM writes types."""
    service, _, kind = _type(arn).partition(":")
    return f"{service}:{''.join(word.title() for word in kind.split('-'))}"


def list_principals(call: Call) -> Document:
    found = []
    for share in _shares(call, call["resourceOwner"]):
        others = share["principals"] if call["resourceOwner"] == "SELF" else {share["owningAccountId"]: None}
        for principal, about in others.items():
            since = about["since"] if about else share["creationTime"]
            times = {"creationTime": since, "lastUpdatedTime": since, "external": bool(about and about["external"])}
            found.append({"id": principal, "resourceShareArn": share["resourceShareArn"], **times})
    return {"principals": found}


# Invitations


def get_resource_share_invitations(call: Call) -> Document:
    wanted, shares = call.get("resourceShareInvitationArns"), call.get("resourceShareArns")
    rows = [_aged(call, row) for row in call.list("Invitation")]
    found = [r for r in rows if not wanted or r["resourceShareInvitationArn"] in wanted]
    return {"resourceShareInvitations": [r for r in found if not shares or r["resourceShareArn"] in shares]}


def _aged(call: Call, invitation: Resource) -> Resource:
    if invitation["status"] == "PENDING" and call.now - invitation["invitationTimestamp"] > OPEN_SECONDS:
        invitation["status"] = "EXPIRED"
    return invitation


def accept_resource_share_invitation(call: Call) -> Document:
    return _answered(call, "ACCEPTED")


def reject_resource_share_invitation(call: Call) -> Document:
    return _answered(call, "REJECTED")


def _answered(call: Call, answer: str) -> Document:
    arn = call["resourceShareInvitationArn"]
    found = call.find("Invitation", arn)
    if found is None:
        raise AwsError("ResourceShareInvitationArnNotFoundException", f"The invitation {arn} was not found.")
    status = _aged(call, found)["status"]
    if status != "PENDING":
        text = f"The invitation {arn} was already {status.lower()}."
        raise AwsError(
            f"ResourceShareInvitation{'' if status == 'EXPIRED' else 'Already'}{status.title()}Exception", text
        )
    found["status"] = answer
    call.keep("Invitation", found)
    sender = call.of(account=found["senderAccountId"])
    share = sender.find("ResourceShare", found["resourceShareArn"])
    if share is not None and call.account in share["principals"]:
        share["principals"][call.account]["status"] = "ASSOCIATED" if answer == "ACCEPTED" else "FAILED"
        _keep(sender, share)
    return {"resourceShareInvitation": found, **_token(call)}


def enable_sharing_with_aws_organization(call: Call) -> Document:
    """Only the management account can, and with all features."""
    try:
        call.perform("organizations", "EnableAWSServiceAccess", {"ServicePrincipal": "ram.amazonaws.com"})
    except AwsError as refused:
        text = "RAM was unable to verify your organization's information."
        raise AwsError("OperationNotPermittedException", text) from refused
    return {"returnValue": True}
