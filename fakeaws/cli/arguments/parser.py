"""A small option parser with the habits of the AWS CLI's: options anywhere, prefixes, lists by spaces, its messages.

`click` carries the tree of commands; within a command the AWS CLI follows the rules of Python's argparse, which scripts
have come to rely on: `--opt=value`, unambiguous prefixes, a value may not start with `-` unless it is a number or
holds a space, what is not known is collected and reported at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fakeaws.cli.errors import CliError

Values = dict[str, Any]

USAGE = (
    "usage: {0} [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n\n"
    "  {0} help\n"
    "  {0} <command> help\n"
    "  {0} <command> <subcommand> help\n"
)


class UsageError(CliError):
    """A command line that the parser refuses: the message, to which `complete` adds the usage."""

    def complete(self, program: str) -> UsageError:
        """The error with the usage of `program` (`aws`, `fakeaws`) after its message."""
        message = f"{self.message}\n\n{USAGE.format(program)}"
        return UsageError(message, self.code, self.exit_code, structured=self.structured)


class UnknownOptions(CliError):
    """Arguments that an operation of a service does not have: the usage comes first, and no code."""

    def __init__(self, unknown: Sequence[str], program: str) -> None:
        usage = USAGE.format(program)
        super().__init__(f"Unknown options: {', '.join(unknown)}", None, preface=usage, structured=False)


class Option:
    """One option or positional.

    `nargs`: None takes one value, "?" at most one, "*" and "+" as many as follow, 2 two, 0 none (a flag, which sets
    `const`).
    A name that does not start with `--` is a positional. `dest` is the key in the parsed values. `repeats`: given
    several times, the values of all count, as a list; else those of the last.
    """

    __slots__ = (
        "choices",
        "const",
        "convert",
        "default",
        "dest",
        "help",
        "name",
        "nargs",
        "positional",
        "repeats",
        "required",
    )

    def __init__(
        self,
        name: str,
        *,
        nargs: str | int | None = None,
        dest: str | None = None,
        default: Any = None,
        const: Any = True,
        required: bool = False,
        choices: Sequence[str] | None = None,
        convert: Callable[[str], Any] | None = None,
        repeats: bool = False,
        help: str = "",
    ) -> None:
        self.name = name
        self.positional = not name.startswith("--")
        self.nargs = nargs
        self.dest = dest or name.removeprefix("--").replace("-", "_")
        self.default = default
        self.const = const
        self.required = required or (self.positional and nargs in (None, "+", "*"))
        self.choices = choices
        self.convert = convert
        self.repeats = repeats
        self.help = help


def parse_known(options: Sequence[Option], argv: Sequence[str]) -> tuple[Values, list[str]]:
    """The values of `options` in `argv` by `dest`, and the arguments that belong to none of them, in order."""
    parser = _Parser(options)
    return parser.parse(list(argv))


def parse_command(options: Sequence[Option], argv: Sequence[str]) -> Values:
    """The values of a command that is not an operation of a service; unknown arguments are an error without usage."""
    values, unknown = parse_known(options, argv)
    if unknown:
        raise CliError(f"Unknown options: {','.join(unknown)}")
    return values


def choice_error(argument: str, value: str, choices: Sequence[str]) -> CliError:
    """`Found invalid choice`, with up to three choices that look like the value."""
    from difflib import get_close_matches

    message = f"argument {argument}: Found invalid choice '{value}'\n"
    similar = get_close_matches(value, choices, cutoff=0.8)
    if similar:
        message += "\nMaybe you meant:\n\n" + "\n".join(f"  * {word}" for word in similar)
    return UsageError(message)


class _Parser:
    def __init__(self, options: Sequence[Option]) -> None:
        self._by_name = {option.name: option for option in options if not option.positional}
        self._positionals = [option for option in options if option.positional]
        self._options = options
        self._values: Values = {}
        self._seen: set[str] = set()
        self._extras: list[str] = []

    def parse(self, argv: list[str]) -> tuple[Values, list[str]]:
        self._argv = argv
        for option in self._options:
            self._values.setdefault(option.dest, option.default)
        self._pattern, found = self._classify()
        position = 0
        last = max(found, default=-1)
        while position <= last:
            following = min(index for index in found if index >= position)
            if position != following:
                reached = self._take_positionals(position)
                if reached > position:
                    position = reached
                    continue
                self._extras += argv[position:following]
                position = following
            position = self._take_option(position, *found[position])
        position = self._take_positionals(position)
        self._extras += argv[position:]
        self._check_required()
        return self._values, self._extras

    def _classify(self) -> tuple[str, dict[int, tuple[Option | None, str, str | None]]]:
        """`A` for a value, `O` for an option, `-` for the first `--`, after which all are values."""
        pattern: list[str] = []
        found: dict[int, tuple[Option | None, str, str | None]] = {}
        for index, text in enumerate(self._argv):
            if text == "--":
                pattern += ["-", *"A" * (len(self._argv) - index - 1)]
                break
            option = self._option_of(text) if text[:1] == "-" and len(text) > 1 else None
            if option is None:
                pattern.append("A")
            else:
                found[index] = option
                pattern.append("O")
        return "".join(pattern), found

    def _option_of(self, text: str) -> tuple[Option | None, str, str | None] | None:
        """The option that `text` names with the value after its `=`; (None, …) for an unknown one; None for a value."""
        if text in self._by_name:
            return self._by_name[text], text, None
        name, equals, value = text.partition("=")
        explicit = value if equals else None
        if equals and name in self._by_name:
            return self._by_name[name], name, explicit
        matches = [known for known in self._by_name if known.startswith(name)] if text.startswith("--") else []
        if len(matches) > 1:
            raise UsageError(f"ambiguous option: {text} could match {', '.join(matches)}")
        if matches:
            return self._by_name[matches[0]], matches[0], explicit
        if " " in text or _is_negative_number(text):
            return None
        return None, text, None

    def _take_option(self, position: int, option: Option | None, name: str, explicit: str | None) -> int:
        if option is None:
            self._extras.append(self._argv[position])
            return position + 1
        if explicit is not None:
            if option.nargs == 0:
                raise self._refused(option, f"ignored explicit argument {explicit!r}")
            self._store(option, [explicit])
            return position + 1
        start = position + 1
        end = start
        count = option.nargs if isinstance(option.nargs, int) else 0
        limit = count if isinstance(option.nargs, int) else 1 if option.nargs in (None, "?") else len(self._argv)
        while end < len(self._argv) and end - start < limit and self._pattern[end] == "A":
            end += 1
        if end == start and option.nargs in (None, "+"):
            wanted = "one argument" if option.nargs is None else "at least one argument"
            raise self._refused(option, f"expected {wanted}")
        if end - start < count:
            raise self._refused(option, f"expected {count} arguments")
        self._store(option, self._argv[start:end])
        return end

    def _take_positionals(self, start: int) -> int:
        """Assign the values that begin at `start` to as many of the remaining positionals as possible."""
        end = start
        while end < len(self._argv) and self._pattern[end] in "A-":
            end += 1
        available = self._pattern.count("A", start, end)
        count = len(self._positionals)
        while count and sum(_least(p) for p in self._positionals[:count]) > available:
            count -= 1
        taken = self._positionals[:count]
        self._positionals = self._positionals[count:]
        position = start
        for index, option in enumerate(taken):
            spare = available - sum(_least(p) for p in taken[index + 1 :])
            size = min(spare, 1) if option.nargs in (None, "?") else spare
            available -= size
            position = self._take_positional(option, position, size)
        return position

    def _take_positional(self, option: Option, position: int, size: int) -> int:
        end = position
        while size or (end < len(self._argv) and self._pattern[end] == "-"):
            size -= self._pattern[end] == "A"
            end += 1
        values = self._argv[position:end]
        if "--" in values:
            values.remove("--")
        if values or option.nargs == "*":
            self._store(option, values)
        return end

    def _store(self, option: Option, texts: list[str]) -> None:
        self._seen.add(option.name)
        if option.nargs == 0:
            self._values[option.dest] = option.const
            return
        values = [self._convert(option, text) for text in texts]
        if option.repeats:
            self._values[option.dest] = [*(self._values[option.dest] or ()), *values]
            return
        single = option.nargs in (None, "?")
        self._values[option.dest] = (values[0] if values else option.const) if single else values

    def _convert(self, option: Option, text: str) -> Any:
        value: Any = text
        if option.convert is not None:
            try:
                value = option.convert(text)
            except ValueError as error:
                raise self._refused(option, f"invalid {option.convert.__name__} value: {text!r}") from error
        if option.choices is not None and value not in option.choices:
            raise choice_error(option.name, text, option.choices)
        return value

    def _refused(self, option: Option, why: str) -> CliError:
        return UsageError(f"argument {option.name}: {why}")

    def _check_required(self) -> None:
        missing = [option.name for option in self._options if option.required and option.name not in self._seen]
        if missing:
            raise UsageError(f"the following arguments are required: {', '.join(missing)}")


def _least(option: Option) -> int:
    return 1 if option.nargs in (None, "+") else 0


def _is_negative_number(text: str) -> bool:
    digits = text[1:]
    if digits.isdecimal():
        return True
    whole, dot, fraction = digits.partition(".")
    return bool(dot) and fraction.isdecimal() and (not whole or whole.isdecimal())
