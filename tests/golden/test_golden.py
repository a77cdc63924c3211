"""The recorded behaviour of the AWS CLI: no case that passed may fail again."""

from __future__ import annotations

import json

import pytest

from tests.golden import cases, report, transcripts


@pytest.mark.parametrize("name", cases.FILES)
def test_no_recorded_case_is_lost(name):
    options = report._parser().parse_args(["--only", name])
    tally = report._count(cases.DEFAULT_FOLDER, name, options)
    first = "\n".join(f"{cases.title(case)}: {text}" for _, case, text in tally.failures[:5])
    assert tally.passed >= json.loads(report.BASELINE.read_text())[name], first


def test_what_is_left_out_is_short_and_has_a_reason():
    listed = report.left_out_cases()
    assert len(listed) <= 40
    assert all(entry["reason"] for entry in listed)


def test_a_placeholder_of_a_session_keeps_its_value(tmp_path):
    session = transcripts._Session(tmp_path, {"steps": []}, {})
    assert session._same("id 12 and 12", "id {{ID:1}} and {{ID:1}}", unordered=False)
    assert session._filled("{{ID:1}}") == "12"
    assert not session._same("id 12 and 13", "id {{ID:2}} and {{ID:2}}", unordered=False)
