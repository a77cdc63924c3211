"""Tables whose indexes come and go."""

import json

from tests.conftest import Terminal

UPDATE = "dynamodb update-table --table-name songs --query TableDescription.[AttributeDefinitions,{0}] --output json"
UNDEFINED = (
    "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions."
    " Keys: [genre, other, song], AttributeDefinitions: [genre, song]"
)
INDEXES = "GlobalSecondaryIndexes[].IndexName"


def _made(aws: Terminal) -> None:
    aws(
        "dynamodb create-table --table-name songs --billing-mode PAY_PER_REQUEST"
        " --attribute-definitions AttributeName=song,AttributeType=S --key-schema AttributeName=song,KeyType=HASH"
    )
    for song, genre in (("ebb", "S=sea"), ("flow", "S=sea"), ("solo", "N=1")):
        aws(f"dynamodb put-item --table-name songs --item song={{S={song}}},genre={{{genre}}}")


def _update(aws: Terminal, more: str) -> object:
    return json.loads(aws(UPDATE.format(INDEXES) + more))


def _index(aws: Terminal, kind: str) -> object:
    index = "IndexName=by-genre,KeySchema=[{AttributeName=genre,KeyType=HASH}],Projection={ProjectionType=ALL}"
    definition = f" --attribute-definitions AttributeName=genre,AttributeType={kind}"
    return _update(aws, f"{definition} --global-secondary-index-updates Create={{{index}}}")


def _scanned(aws: Terminal) -> list[str]:
    scan = "dynamodb scan --table-name songs --index-name by-genre --query Items[].song.S --output text"
    return sorted(aws(scan).split())


def test_an_index_that_is_made_later_has_the_items_that_are_there_and_those_that_come(aws: Terminal) -> None:
    _made(aws)
    genre, song = ({"AttributeName": name, "AttributeType": "S"} for name in ("genre", "song"))
    assert _index(aws, "S") == [[genre, song], ["by-genre"]]
    assert _scanned(aws) == ["ebb", "flow"]
    aws("dynamodb put-item --table-name songs --item song={S=tide},genre={S=sea}")
    assert _scanned(aws) == ["ebb", "flow", "tide"]


def test_an_index_that_is_made_again_by_another_type_has_the_items_of_that_type(aws: Terminal) -> None:
    _made(aws)
    _index(aws, "S")
    assert _scanned(aws) == ["ebb", "flow"]
    definitions = [{"AttributeName": "song", "AttributeType": "S"}]
    assert _update(aws, " --global-secondary-index-updates Delete={IndexName=by-genre}") == [definitions, None]
    _index(aws, "N")
    assert _scanned(aws) == ["solo"]


def test_an_index_that_cannot_be_made_or_removed_is_refused(aws: Terminal) -> None:
    _made(aws)
    _index(aws, "S")
    update = "dynamodb update-table --table-name songs --global-secondary-index-updates "
    aws.refused(update + "Delete={IndexName=none}", "ResourceNotFoundException", "Requested resource not found")
    schema = "KeySchema=[{AttributeName=other,KeyType=HASH}],Projection={ProjectionType=ALL}"
    exists = "Attempting to create an index which already exists"
    aws.refused(update + f"Create={{IndexName=by-genre,{schema}}}", "ValidationException", exists)
    aws.refused(update + f"Create={{IndexName=by-other,{schema}}}", "ValidationException", UNDEFINED)
