"""AWS Identity Store: the users and groups of an instance of IAM Identity Center, and who is in which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import table
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
TITLES = {"User": "USER", "Group": "GROUP", "GroupMembership": "GROUP_MEMBERSHIP"}
UNIQUE = {"User": ("UserName",), "Group": ("DisplayName",)}
NAMES = {"User": "UserName", "Group": "GroupDisplayName"}


def _store(call: Call) -> str:
    """The store that the call names; its instance may be in any region of the account."""
    name = str(call["IdentityStoreId"]).rpartition("/")[2]
    instances = everywhere(call.of("sso-admin"), "Instance")
    if not any(row.get("IdentityStoreId") == name and row.scope[0] == call.account for row in instances):
        raise _missing("IDENTITY_STORE")
    return name


def _missing(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{what} not found.", ResourceType=what)


def _read(call: Call, kind: str, key: str) -> Resource:
    found = call.find(kind, key, _store(call))
    if found is None:
        raise _missing(TITLES[kind])
    return found


def _make(call: Call, kind: str, document: Document) -> Resource:
    """Keep a new resource, unless another has its name."""
    store = _store(call)
    _refuse_twice(call, kind, document, store)
    identifier = kinds.kind("identitystore", kind).id
    what = TITLES[kind].lower().replace("_", "")
    arn = call.make("arn:{partition}:identitystore:::{what}/{key}", what=what, key=document[identifier])
    about = {"IdentityStoreId": store, identifier.replace("Id", "Arn"): arn}
    times = {"CreatedAt": call.now, "UpdatedAt": call.now, "CreatedBy": call.caller.arn, "UpdatedBy": call.caller.arn}
    return call.keep(kind, {**document, **about, **times}, store)


def _refuse_twice(call: Call, kind: str, document: Document, store: str, own: str = "") -> None:
    for name in UNIQUE.get(kind, ()):
        value = document.get(name)
        if value is not None and any(r.key != own for r in _all(call, kind, store) if _same(r.get(name), value)):
            raise AwsError("ConflictException", f"Duplicate {NAMES[kind]}", Reason="UNIQUENESS_CONSTRAINT_VIOLATION")


def _same(one: Any, other: Any) -> bool:
    return str(one).lower() == str(other).lower()


def _all(call: Call, kind: str, store: str) -> Iterator[Resource]:
    return table(call, kinds.kind("identitystore", kind)).list((call.account, call.region), store)


# Users and groups


def create_user(call: Call) -> Document:
    given = {name: value for name, value in call.params.items() if name != "Extensions"}
    return _answer("User", _make(call, "User", {**given, "UserId": call.make("{uuid}"), "UserStatus": "ENABLED"}))


def create_group(call: Call) -> Document:
    return _answer("Group", _make(call, "Group", {**call.params, "GroupId": call.make("{uuid}")}))


def _answer(kind: str, row: Document) -> Document:
    return {name: row[name] for name in ("IdentityStoreId", f"{kind}Id", f"{kind}Arn")}


def describe_user(call: Call) -> Document:
    return _read(call, "User", call["UserId"])


def describe_group(call: Call) -> Document:
    return _read(call, "Group", call["GroupId"])


def list_users(call: Call) -> Document:
    return {"Users": _listed(call, "User", ("UserName", "ExternalIds"))}


def list_groups(call: Call) -> Document:
    return {"Groups": _listed(call, "Group", ("DisplayName", "ExternalIds"))}


def _listed(call: Call, kind: str, paths: tuple[str, ...]) -> list[Resource]:
    """A page of what the filters let through."""
    filters = call.get("Filters") or []
    for each in filters:
        if each["AttributePath"].lower() not in [path.lower() for path in paths]:
            raise AwsError("ValidationException", f"Invalid AttributePath: {each['AttributePath']}")
    wanted = [(_pascal(each["AttributePath"]), each["AttributeValue"]) for each in filters]
    rows = call.list(kind, _store(call))
    return call.page(row for row in rows if all(_same(row.get(name), value) for name, value in wanted))


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def get_user_id(call: Call) -> Document:
    return _found(call, "User", {"UserName": "UserName", "Emails.Value": "Emails"})


def get_group_id(call: Call) -> Document:
    return _found(call, "Group", {"DisplayName": "DisplayName"})


def _found(call: Call, kind: str, paths: dict[str, str]) -> Document:
    """The ids of what has a unique attribute, or an id elsewhere."""
    store, given = _store(call), call["AlternateIdentifier"]
    attribute = given.get("UniqueAttribute") or {}
    path = ".".join(_pascal(step) for step in attribute.get("AttributePath", "").split("."))
    if attribute and path not in paths:
        text = f"The attribute path {attribute['AttributePath']} is not supported for this operation."
        raise AwsError("ValidationException", text)
    for row in _all(call, kind, store):
        held = row.get(paths.get(path, "ExternalIds")) or []
        if attribute:
            values = [each.get("Value") for each in held] if isinstance(held, list) else [held]
            fits = any(_same(value, attribute["AttributeValue"]) for value in values)
        else:
            fits = given.get("ExternalId") in held
        if fits:
            return _answer(kind, row)
    raise _missing(TITLES[kind])


def update_user(call: Call) -> Document:
    return _updated(call, "User", call["UserId"])


def update_group(call: Call) -> Document:
    return _updated(call, "Group", call["GroupId"])


def _updated(call: Call, kind: str, key: str) -> Document:
    """Set attributes by their paths; one without a value is taken away."""
    row = _read(call, kind, key)
    for operation in call["Operations"]:
        *steps, last = (_pascal(step) for step in operation["AttributePath"].split("."))
        place: Document = row
        for step in steps:
            place = place.setdefault(step, {})
        value = operation.get("AttributeValue")
        if value is None:
            place.pop(last, None)
        else:
            place[last] = _members(value)
    _refuse_twice(call, kind, row, row.parent, row.key)
    row |= {"UpdatedAt": call.now, "UpdatedBy": call.caller.arn}
    return _answer(kind, call.keep(kind, row))


def _members(value: Any) -> Any:
    """A value of an update, whose members may be spelled as attributes are."""
    if isinstance(value, dict):
        return {_pascal(name): _members(item) for name, item in value.items()}
    return [_members(item) for item in value] if isinstance(value, list) else value


def delete_user(call: Call) -> Document:
    """What is in groups leaves them; what is gone already is no error."""
    return _deleted(call, "User", call["UserId"], lambda row: row["MemberId"].get("UserId"))


def delete_group(call: Call) -> Document:
    return _deleted(call, "Group", call["GroupId"], lambda row: row["GroupId"])


def _deleted(call: Call, kind: str, key: str, of: Any) -> Document:
    row = _read(call, kind, key)
    for membership in [each for each in _all(call, "GroupMembership", row.parent) if of(each) == key]:
        call.drop("GroupMembership", membership)
    call.drop(kind, row)
    return {}


# Who is in which group


def create_group_membership(call: Call) -> Document:
    _read(call, "Group", call["GroupId"])
    _read(call, "User", call["MemberId"]["UserId"])
    if next(_memberships(call), None) is not None:
        text = "Member and Group relationship already exists"
        raise AwsError("ConflictException", text, Reason="UNIQUENESS_CONSTRAINT_VIOLATION")
    given = {"GroupId": call["GroupId"], "MemberId": call["MemberId"], "MembershipId": call.make("{uuid}")}
    return _answer("Membership", _make(call, "GroupMembership", given))


def _memberships(call: Call) -> Iterator[Resource]:
    """Those of the group and the member that the call names, as far as it does."""
    for row in call.list("GroupMembership", _store(call)):
        same_member = "MemberId" not in call or row["MemberId"] == call["MemberId"]
        if same_member and call.get("GroupId") in (None, row["GroupId"]):
            yield row


def describe_group_membership(call: Call) -> Document:
    return _read(call, "GroupMembership", call["MembershipId"])


def delete_group_membership(call: Call) -> Document:
    call.drop("GroupMembership", _read(call, "GroupMembership", call["MembershipId"]))
    return {}


def get_group_membership_id(call: Call) -> Document:
    found = next(_memberships(call), None)
    if found is None:
        raise _missing("GROUP_MEMBERSHIP")
    return _answer("Membership", found)


def list_group_memberships(call: Call) -> Document:
    _read(call, "Group", call["GroupId"])
    return {"GroupMemberships": call.page(_memberships(call))}


def list_group_memberships_for_member(call: Call) -> Document:
    _read(call, "User", call["MemberId"]["UserId"])
    return {"GroupMemberships": call.page(_memberships(call))}


def is_member_in_groups(call: Call) -> Document:
    _read(call, "User", call["MemberId"]["UserId"])
    held = {row["GroupId"] for row in _memberships(call)}
    results = [{"GroupId": g, "MemberId": call["MemberId"], "MembershipExists": g in held} for g in call["GroupIds"]]
    return {"Results": results}
