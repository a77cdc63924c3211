"""The names of operations and members, taken apart: verbs, nouns and what members identify.

AWS names its operations as a verb and a noun (`BatchGetImage`, `AssociateRouteTable`), and the members that identify a
resource after its noun (`clusterName`, `DBInstanceIdentifier`, `FunctionArn`).
"""

from __future__ import annotations

import re
from functools import cache

VERBS = {
    "create": "Create Register Import Request Allocate Purchase Define Provision Issue Initiate Schedule Order Build",
    "make": "Start Run Submit Copy Restore Clone Generate Upload Invite Subscribe Launch Replicate Open Begin Export"
    " Buy Publish Execute Claim Prepare Add Sign Send Deploy Grant",
    "put": "Put",
    "update": "Update Modify Set Change Edit Rename Reset Configure Rotate Replace Extend Upgrade Apply Move Renew"
    " Increase Decrease Merge Alter Adjust Refresh Rebuild Override Swap Migrate Transfer Convert",
    "read": "Get Describe Head Retrieve Fetch Read View Poll",
    "list": "List Search Find Lookup Filter",
    "delete": "Delete Deregister Release Terminate Destroy Purge Unsubscribe Deprovision Clear Forget Abort Close",
    "link": "Associate Attach Assign Authorize Join Allow Include Bind Connect",
    "unlink": "Disassociate Detach Remove Unassign Revoke Leave Deny Exclude Dissociate Unbind Disconnect Unlink",
    "turn": "Stop Pause Resume Suspend Reboot Restart Cancel Activate Deactivate Enable Disable Accept Reject Archive"
    " Unarchive Deprecate Undeprecate Complete Promote Failover Approve Decline Acknowledge Confirm Lock Unlock"
    " Retry Resend Finalize Continue Switchover Recover Rollback Redrive Reload Dismiss Skip Respond Withdraw"
    " Unsuspend Quarantine Reopen Refuse Retire Reactivate End Finish Wait Advance Drain",
}
"""What an operation does, by its first word. `make` creates where the noun has no better creator, else it turns."""

ACTS = (
    "Execute Export Publish Send Generate Deploy Prepare Build Sign Replicate Launch Convert Migrate Merge Swap"
    " Transfer Promote Failover Switchover Rollback Redrive Retry Rebuild Upgrade Apply Refresh Reload Resend Rotate"
    " Renew Extend Drain Dismiss Respond Wait Poll Clone Copy Restore Submit Invite Alter Resync Recover"
)
"""Verbs of operations that do more than keep, change or remove a resource: no declaration can answer them honestly,
unless a shape says that it does."""
DONE = "create link put read list update turn delete batch-read batch-delete tag untag list-tags"
"""What `core/resources/declared.py` and `core/resources/tagging.py` carry out."""
MAKES = ("Create", "Import", "Register", "Request", "Allocate", "Run", "Issue", "Upload", "Purchase", "Put")
"""Verbs that make another resource of a type that has a Create operation; others only seem to (`AddUserToGroup`)."""

_VERB_OF = {word: verb for verb, words in VERBS.items() for word in words.split()}
_OPPOSITES = {
    "Disassociate": "Associate",
    "Dissociate": "Associate",
    "Detach": "Attach",
    "Remove": "Add",
    "Unassign": "Assign",
    "Revoke": "Authorize",
    "Leave": "Join",
    "Unsubscribe": "Subscribe",
    "Disconnect": "Connect",
    "Exclude": "Include",
    "Unbind": "Bind",
}
SETTLED = (
    "ACTIVE AVAILABLE ENABLED READY IN_SERVICE INSERVICE RUNNING CREATED CREATE_COMPLETE CREATION_COMPLETE ASSOCIATED"
    " ATTACHED ISSUED DEPLOYED PUBLISHED ONLINE OPERATIONAL CONNECTED REGISTERED SUCCEEDED SUCCESSFUL SUCCESS COMPLETED"
    " COMPLETE FINISHED DONE VERIFIED HEALTHY STARTED ON OK UPDATED CONFIRMED APPROVED ACCEPTED PENDING OPEN NEW VALID"
    " OPENED STANDARD CURRENT CREATE_COMPLETED ENABLED_ACTIVE"
)
"""The states that a resource comes to rest in after it was made, the likelier first."""
WORKED = "SUCCEEDED COMPLETED COMPLETE SUCCESSFUL SUCCESS FINISHED DONE EXPORTED IMPORTED"
"""The states that a job comes to rest in."""
JOBS = (
    "Job Execution Task Run Build Query Evaluation Analysis Assessment Scan Import Export Report Search Migration"
    " Simulation Refresh Review Prediction Invoke Preview Iteration Calculation Generation Training Benchmark Replay"
    " Deployment Statement Experiment Investigation Validation Estimation Audit Batch Model Estimate Order"
)
"""The last words of types that are work to be done: none of it is done here, so none of it comes to an end."""
TRANSIENT = (
    "CREATING PENDING CREATE_IN_PROGRESS CREATION_IN_PROGRESS PROVISIONING STARTING IN_PROGRESS INPROGRESS QUEUED"
    " SUBMITTED INITIALIZING REQUESTED CREATE_PENDING PENDING_CREATION ASSOCIATING ATTACHING REGISTERING RUNNING"
)
WAITING = f"SUBMITTED QUEUED CREATED PENDING STARTING SCHEDULED DEPLOYING {TRANSIENT} PREPARING NEW"
"""The states that work waits in, the likelier first."""
LEAVING = "DELETING DELETE_IN_PROGRESS DELETION_IN_PROGRESS TERMINATING SHUTTING_DOWN DELETE_PENDING"
TURNED = {
    "Start": "RUNNING STARTED ACTIVE AVAILABLE IN_PROGRESS INPROGRESS ENABLED ONLINE INSERVICE SCHEDULED ACTIVATED"
    " PROCESSING",
    "Stop": "STOPPED STOPPING INACTIVE CANCELLED CANCELED ABORTED OFFLINE DEACTIVATED TERMINATED SUSPENDED ROLLED_BACK"
    " DISABLED",
    "Pause": "PAUSED SUSPENDED STOPPED",
    "Suspend": "SUSPENDED PAUSED",
    "Resume": "RUNNING ACTIVE AVAILABLE IN_PROGRESS ENABLED",
    "Unsuspend": "ACTIVE AVAILABLE",
    "Cancel": "CANCELLED CANCELED CANCELLING CANCELING ABORTED STOPPED TERMINATED FAILED",
    "Activate": "ACTIVE ACTIVATED ENABLED",
    "Reactivate": "ACTIVE ACTIVATED ENABLED",
    "Deactivate": "INACTIVE DEACTIVATED DISABLED",
    "Enable": "ENABLED ACTIVE ON OPERATIONAL ENABLE_COMPLETE",
    "Disable": "DISABLED INACTIVE OFF",
    "Accept": "ACCEPTED ACTIVE ASSOCIATED AVAILABLE ENABLED APPROVED CONNECTED",
    "Reject": "REJECTED DECLINED DENIED",
    "Decline": "DECLINED REJECTED",
    "Refuse": "REFUSED DECLINED REJECTED",
    "Archive": "ARCHIVED",
    "Unarchive": "ACTIVE",
    "Approve": "APPROVED ACTIVE",
    "Complete": "COMPLETED COMPLETE SUCCEEDED",
    "Finish": "COMPLETED FINISHED",
    "Finalize": "COMPLETED FINALIZED ACTIVE",
    "Confirm": "CONFIRMED AVAILABLE ACTIVE",
    "Deprecate": "DEPRECATED",
    "Undeprecate": "REGISTERED ACTIVE",
    "Acknowledge": "ACKNOWLEDGED",
    "Retire": "RETIRED",
    "Close": "CLOSED",
    "Withdraw": "WITHDRAWN READY PROVISIONED",
    "End": "ENDED",
}
"""The state that an operation of each verb leaves a resource in: the first of these that its status knows."""
_PREPOSITIONS = ("From", "To", "With", "For", "By", "In", "On", "Of", "At", "Into", "Using", "As", "Via", "And", "Per")
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z][a-z0-9]*|[a-z0-9]+|_")


@cache
def split(operation: str) -> tuple[str, str, str]:
    """The verb's class, the verb and the rest: `BatchGetImage` → ("batch-read", "BatchGet", "Image")."""
    parts = words(operation)
    batch = parts[0] == "Batch" and len(parts) > 2
    word = parts[1] if batch else parts[0]
    verb = _VERB_OF.get(word, "")
    if batch and verb:
        return f"batch-{verb}", "Batch" + word, operation[len("Batch" + word) :]
    return verb, word, operation[len(word) :]


@cache
def words(name: str) -> tuple[str, ...]:
    """`DescribeDBInstances` → Describe, DB, Instances; a plural acronym (`ListVPCs`) keeps its s."""
    found: list[str] = []
    for word in _WORD.findall(name):
        if word == "s" and found:
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


@cache
def stem(noun: str) -> str:
    """What a noun and its plural have in common: `cach` for Cache and Caches. Only to compare nouns with."""
    lower = noun.lower()
    for irregular, plain in _IRREGULAR.items():
        if lower.endswith(irregular):
            lower = lower[: -len(irregular)] + plain
            break
    return lower.removesuffix("ies") + "y" if lower.endswith("ies") else lower.rstrip("es") or lower


_IRREGULAR = {"indices": "index", "analyses": "analysis", "matrices": "matrix", "data": "data", "media": "media"}


@cache
def singular(noun: str) -> str:
    """`ResourcePolicies` → ResourcePolicy; a word that is not a plural stays."""
    for irregular, plain in _IRREGULAR.items():
        if noun.lower().endswith(irregular):
            return noun[: -len(irregular) + 1] + plain[1:]
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes", "zzes")) and not noun.endswith("aches"):
        return noun[:-2]
    if noun.endswith(("ss", "us", "is", "ics", "ous", "Alias")) or not noun.endswith("s") or len(noun) < 3:
        return noun
    return noun[:-1]


def is_plural(noun: str) -> bool:
    return singular(noun) != noun


@cache
def head(noun: str) -> tuple[str, str]:
    """A noun before and after its preposition: `TagsForResource` → (Tags, Resource)."""
    parts = words(noun)
    for index, word in enumerate(parts[1:], 1):
        if word in _PREPOSITIONS:
            size = len("".join(parts[:index]))
            return noun[:size], noun[size + len(word) :]
    return noun, ""


def prefixes(noun: str) -> list[str]:
    """The noun without its last word, last two words, …: the longest first."""
    parts = words(noun)
    return ["".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def opposite(verb: str) -> str:
    """The verb that an operation undoes, or the verb itself."""
    return _OPPOSITES.get(verb, verb)


@cache
def role(member: str, noun: str) -> str:
    """What a member says of the noun's resource: "id", "name", "arn", "" for the noun itself (`cluster`), or its own
    name in lower case: `clusterName` of Cluster is "name", `vpcId` of Cluster is "vpcid"."""
    lower = member.replace("-", "").replace("_", "").lower()
    for spelling in stems(noun):
        if lower.startswith(spelling) and len(spelling) > 1:
            lower = lower[len(spelling) :]
            break
    return _ROLES.get(lower, lower)


_ROLES = {
    "identifier": "id",
    "ids": "id",
    "identifiers": "id",
    "arns": "arn",
    "names": "name",
    "resourcearn": "arn",
    "resourceid": "id",
    "resourceidentifier": "id",
    "s": "",
    "createtime": "createdat",
    "creationtime": "createdat",
    "createdtime": "createdat",
    "creationdate": "createdat",
    "createddate": "createdat",
    "creationdatetime": "createdat",
    "createddatetime": "createdat",
    "createdtimestamp": "createdat",
    "creationtimestamp": "createdat",
    "createtimestamp": "createdat",
    "createdon": "createdat",
    "createdatetime": "createdat",
    "datecreated": "createdat",
    "lastmodifiedtime": "updatedat",
    "lastmodified": "updatedat",
    "lastmodifieddate": "updatedat",
    "lastmodifieddatetime": "updatedat",
    "lastmodifiedat": "updatedat",
    "lastmodifiedon": "updatedat",
    "lastmodifiedtimestamp": "updatedat",
    "modifiedat": "updatedat",
    "modifiedtime": "updatedat",
    "lastupdatedat": "updatedat",
    "lastupdatedtime": "updatedat",
    "lastupdatetime": "updatedat",
    "lastupdated": "updatedat",
    "lastupdateddate": "updatedat",
    "lastupdatedatetime": "updatedat",
    "lastupdateddatetime": "updatedat",
    "lastupdatedon": "updatedat",
    "lastupdatedtimestamp": "updatedat",
    "lastupdatetimestamp": "updatedat",
    "lastupdatedate": "updatedat",
    "updatetime": "updatedat",
    "updatedtime": "updatedat",
    "updatedate": "updatedat",
    "updateddate": "updatedat",
    "updatedtimestamp": "updatedat",
    "updatetimestamp": "updatedat",
    "updateddatetime": "updatedat",
    "updatedatetime": "updatedat",
    "updatedon": "updatedat",
    "dateupdated": "updatedat",
    "datemodified": "updatedat",
    "modificationtime": "updatedat",
    "modificationdate": "updatedat",
    "modifieddate": "updatedat",
}


@cache
def stems(noun: str) -> tuple[str, ...]:
    """How members name the noun: whole, and by its last words (`MetricAlarm` is also an alarm)."""
    parts = words(noun)
    return tuple("".join(parts[start:]).lower() for start in range(len(parts)))
