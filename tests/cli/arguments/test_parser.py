"""The option parser does what argparse does, which the AWS CLI uses: compared on random command lines."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeaws.cli.arguments.parser import Option, UsageError, parse_command, parse_known

OPTIONS: dict[str, dict[str, Any]] = {
    "--foo": {},
    "--foo-bar": {},
    "--needed": {"required": True},
    "--list": {"nargs": "*"},
    "--many": {"nargs": "+"},
    "--flag": {"nargs": 0},
    "--no-flag": {"nargs": 0, "const": False, "dest": "flag"},
    "--maybe": {"nargs": "?", "const": "c"},
    "--number": {"convert": int},
}
POSITIONALS: list[list[tuple[str, str | None]]] = [
    [],
    [("outfile", None)],
    [("help", "?")],
    [("outfile", None), ("help", "?")],
    [("paths", "+")],
    [("first", None), ("rest", "*")],
]
WORDS = (
    *(
        "--foo",
        "--foo-bar",
        "--fo",
        "--f",
        "--needed",
        "--need=x",
        "--list",
        "--list=x",
        "--many",
        "--flag",
        "--flag=1",
    ),
    *("--no-flag", "--maybe", "--maybe=", "--unknown", "--un=1", "-x", "-1", "-1.5", "--", "a", "b", "-", "--number"),
    *("3", "x", "help"),
)
ODD_WORDS = ["", "a b", "-a b", "--foo a"]


class _Argparse(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _expected(names: list[str], positionals: list[tuple[str, str | None]], argv: list[str]) -> Any:
    parser = _Argparse(add_help=False)
    for name in names:
        traits = dict(OPTIONS[name])
        if traits.pop("nargs", None) == 0:
            dest = traits.get("dest", name[2:].replace("-", "_"))
            parser.add_argument(name, action="store_const", const=traits.get("const", True), dest=dest)
        else:
            kind = traits.pop("convert", None)
            nargs = {"nargs": OPTIONS[name]["nargs"]} if "nargs" in OPTIONS[name] else {}
            parser.add_argument(name, **traits, **nargs, **({"type": kind} if kind else {}))
    for name, nargs_ in positionals:
        parser.add_argument(name, nargs=nargs_)
    try:
        found, rest = parser.parse_known_args(argv)
    except ValueError as error:
        return str(error)
    return vars(found), rest


def _found(names: list[str], positionals: list[tuple[str, str | None]], argv: list[str]) -> Any:
    options = [Option(name, **OPTIONS[name]) for name in names]
    options += [Option(name, nargs=nargs) for name, nargs in positionals]
    try:
        return parse_known(options, argv)
    except UsageError as error:
        return error.message


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="argparse of the Python that the AWS CLI ships with")
@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, max_size=9),
    st.sampled_from(POSITIONALS),
    st.lists(st.sampled_from([*WORDS, *ODD_WORDS]), max_size=7),
)
def test_like_argparse(names: list[str], positionals: list[tuple[str, str | None]], argv: list[str]) -> None:
    assert _found(names, positionals, argv) == _expected(names, positionals, argv)


def test_an_option_that_repeats_keeps_all_its_values() -> None:
    option = Option("--allow", repeats=True, default=())
    assert parse_command([option], ["--allow", "a", "--allow=b"])["allow"] == ["a", "b"]
    assert parse_command([option], [])["allow"] == ()
