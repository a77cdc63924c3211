"""Pages turned, cut and resumed by the client."""

from __future__ import annotations

import base64
import json

import pytest

from fakeaws.cli.calls.paging import Pages, find, is_paged
from fakeaws.cli.errors import GeneralError

PAGINATOR = {"input_token": "Start", "output_token": "Next", "limit_key": "Limit", "result_key": "Names"}


class Names:
    """Nine names, three a page, and the requests for them."""

    def __init__(self, size=3):
        self.names = [f"n{number}" for number in range(1, 10)]
        self.size = size
        self.requests = []

    def __call__(self, params):
        self.requests.append(dict(params))
        start = self.names.index(params["Start"]) + 1 if params.get("Start") else 0
        page = {"Names": self.names[start : start + params.get("Limit", self.size)]}
        if start + len(page["Names"]) < len(self.names):
            page["Next"] = page["Names"][-1]
        return page


def pages(names, **options):
    return Pages(names, PAGINATOR, {}, **options)


def test_pages_are_put_together():
    assert pages(Names()).merged() == {"Names": [f"n{number}" for number in range(1, 10)]}


def test_a_cut_page_is_resumed_where_it_was_cut():
    shown, token = [], None
    for _ in range(3):
        part = pages(Names(), max_items=4, starting_token=token).merged()
        shown += part["Names"]
        token = part.get("NextToken")
    assert shown == [f"n{number}" for number in range(1, 10)]
    assert token is None


def test_the_token_is_the_one_of_botocore():
    token = pages(Names(), max_items=4).merged()["NextToken"]
    assert json.loads(base64.b64decode(token)) == {"Start": "n3", "boto_truncate_amount": 1}


def test_a_cut_at_the_end_of_a_page_needs_no_further_call():
    names = Names()
    assert pages(names, max_items=3).merged()["NextToken"]
    assert names.requests == [{}]


def test_the_page_size_is_asked_for():
    names = Names()
    list(pages(names, page_size=5))
    assert names.requests == [{"Limit": 5}, {"Limit": 5, "Start": "n5"}]


def test_the_service_s_own_token_resumes_too():
    assert pages(Names(), starting_token="n7").merged()["Names"] == ["n8", "n9"]


def test_binary_keys_survive_a_token():
    def request(params):
        start = params.get("Start")
        return {"Names": ["a", "b"], "Next": {"id": {"B": b"\x00"}}} if start is None else {"Names": [start]}

    token = Pages(request, PAGINATOR, {}, max_items=2).merged()["NextToken"]
    assert Pages(request, PAGINATOR, {}, starting_token=token).merged()["Names"] == [{"id": {"B": b"\x00"}}]


def test_members_of_the_first_page_only_come_after_the_results():
    paginator = {**PAGINATOR, "non_aggregate_keys": ["Owner.Id"]}
    answer = Pages(lambda params: {"Owner": {"Id": "o"}, "Names": ["a"]}, paginator, {}).merged()
    assert list(answer.items()) == [("Names", ["a"]), ("Owner", {"Id": "o"})]


def test_a_token_that_comes_twice_ends_it():
    with pytest.raises(GeneralError, match="The same next token was received twice"):
        list(pages(lambda params: {"Names": ["a"], "Next": "same"}))


@pytest.mark.parametrize(
    ("expression", "found"),
    [("A.B", 1), ("Missing.B", None), ("C[-1].D", 3), ("Missing || A.B", 1), ("Missing[-1].D", None)],
)
def test_expressions_of_paginators(expression, found):
    assert find({"A": {"B": 1}, "C": [{"D": 2}, {"D": 3}]}, expression) == found


def test_the_service_s_own_tokens_turn_paging_off():
    assert is_paged(PAGINATOR, {}, paginate=True)
    assert not is_paged(PAGINATOR, {"Limit": 1}, paginate=True)
    assert not is_paged(PAGINATOR, {}, paginate=False)
    assert not is_paged(None, {}, paginate=True)
