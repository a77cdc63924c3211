"""The SQL of S3 Select, made into functions of a record: columns or aggregates, a condition, a limit.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-select-sql-reference.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.wildcards import Syntax, compiled

Record = dict[str, Any]
Value = Callable[[Record], Any]
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.\d*|\.\d+|\d+)|'(?P<text>(?:[^']|'')*)'|"(?P<quoted>(?:[^"]|"")*)"
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign><=|>=|<>|!=|\|\||[-+*/%=<>(),.\[\]]))""",
    re.VERBOSE,
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
}  # fmt: skip
LONGEST = 256 * 1024
RECORD = 1024 * 1024
"""The most bytes of an expression and of a record (S3 User Guide, "Selecting objects", requirements and limits)."""
_DEEPEST = 40
_STEPS = 50_000_000
"""How much of a text one LIKE may compare, which takes about a tenth of a second."""
_CLAUSES = ("FROM", "WHERE", "LIMIT", "AS", "AND", "OR", "THEN", "ELSE", "END", "WHEN")


def wrong(message: str) -> AwsError:
    """The refusal of an expression."""
    return AwsError("ParseUnexpectedToken", message, status=400)


def too_large() -> AwsError:
    text = "The length of a record in the input or result is greater than maxCharsPerRecord of 1 MB."
    return AwsError("OverMaxRecordSize", text, status=400)


class Aggregate:
    """A function of all records: COUNT, SUM, AVG, MIN, MAX."""

    def __init__(self, name: str, value: Value | None) -> None:
        self.name = name
        self.value = value
        self.count = 0
        self.total: Any = None

    def add(self, record: Record) -> None:
        found = 1 if self.value is None else self.value(record)
        if found is None:
            return
        self.count += 1
        if self.name == "COUNT":
            return
        found = number(found)
        if self.total is None:
            self.total = found
        elif self.name in ("SUM", "AVG"):
            self.total += found
        else:
            self.total = (min if self.name == "MIN" else max)(self.total, found)

    def result(self) -> Any:
        if self.name == "COUNT":
            return self.count
        return self.total / self.count if self.name == "AVG" and self.count else self.total


class Query:
    """One SELECT. `path` is what follows `S3Object` in FROM: the members on the way to the records."""

    def __init__(self, text: str) -> None:
        if len(text.encode()) > LONGEST:
            text = "The SQL expression is too long: The maximum byte-length for the SQL expression is 256 KB."
            raise AwsError("ExpressionTooLong", text, status=400)
        parser = _Parser(text)
        parser.need("SELECT")
        self.aggregates = parser.aggregates
        self.columns = parser.columns()
        parser.need("FROM")
        self.path = parser.source()
        self.where = parser.expression() if parser.takes("WHERE") else None
        self.limit = int(parser.number()) if parser.takes("LIMIT") else None
        parser.end()

    def run(self, records: Iterator[Record]) -> Iterator[Record]:
        """The records that are selected, or the one of the aggregates."""
        count = 0
        for record in records:
            if self.limit is not None and count >= self.limit and not self.aggregates:
                return
            if self.where is not None and self.where(record) is not True:
                continue
            count += 1
            for each in self.aggregates:
                each.add(record)
            if not self.aggregates:
                yield self._shown(record)
        if self.aggregates:
            yield self._shown({})

    def _shown(self, record: Record) -> Record:
        if not self.columns:
            return {name: value for name, value in record.items() if not name.startswith("\0")}
        return {name: value(record) for name, value in self.columns}


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0
        self.alias = ""
        self.aggregates: list[Aggregate] = []
        self._find_alias()

    def _find_alias(self) -> None:
        """Columns come before the FROM that names their record, so its alias is looked for first."""
        words = [value.upper() if kind == "word" else value for kind, value in self.tokens]
        if "FROM" in words:
            for kind, value in self.tokens[words.index("FROM") + 1 :]:
                if value.upper() in ("WHERE", "LIMIT"):
                    break
                self.alias = value.lower() if kind == "word" else self.alias

    # Tokens

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        found = self.peek()
        self.at += 1
        return found

    def takes(self, *wanted: str) -> bool:
        """Go on behind a word or sign, if it is next."""
        kind, value = self.peek()
        is_next = kind in ("word", "sign") and value.upper() in wanted
        self.at += is_next
        return is_next

    def need(self, wanted: str) -> None:
        if not self.takes(wanted):
            raise wrong(f"Expected {wanted}, found {self.peek()[1]!r}")

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise wrong(f"Unexpected {self.peek()[1]!r}")

    def number(self) -> str:
        kind, value = self.take()
        if kind != "number":
            raise wrong(f"Expected a number, found {value!r}")
        return value

    # Clauses

    def columns(self) -> list[tuple[str, Value]]:
        """The columns, by name; none for `*`."""
        if self.takes("*"):
            return []
        out: list[tuple[str, Value]] = []
        while True:
            start = self.at
            if self._takes_all():
                return []
            value = self.expression()
            name = self._name(start, len(out) + 1)
            out.append((name, value))
            if not self.takes(","):
                return out

    def _takes_all(self) -> bool:
        """`s.*` is all columns."""
        rest = [value for _, value in self.tokens[self.at : self.at + 3]]
        is_all = len(rest) == 3 and rest[0].lower() == self.alias and rest[1:] == [".", "*"]
        self.at += 3 if is_all else 0
        return is_all

    def _name(self, start: int, number: int) -> str:
        if self.takes("AS"):
            return self.take()[1]
        kind, value = self.peek()
        if kind in ("word", "quoted") and value.upper() not in _CLAUSES:
            return self.take()[1]
        said = self.tokens[start : self.at]
        is_path = all(kind in ("word", "quoted") or value == "." for kind, value in said)
        return said[-1][1] if is_path else f"_{number}"

    def source(self) -> list[str]:
        kind, value = self.take()
        if value.lower() != "s3object":
            raise wrong("FROM must name S3Object")
        path: list[str] = []
        while True:
            if self.takes("["):
                self.need("*")
                self.need("]")
                path.append("*")
            elif self.takes("."):
                path.append(self.take()[1])
            else:
                break
        self.takes("AS")
        kind, value = self.peek()
        if kind == "word" and value.upper() not in _CLAUSES:
            self.take()
        return path

    # Expressions, from the weakest binding to the strongest

    def expression(self) -> Value:
        parts = [self._conjunction()]
        while self.takes("OR"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else _any(parts)

    def _conjunction(self) -> Value:
        parts = [self._negated()]
        while self.takes("AND"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else _all(parts)

    def _negated(self) -> Value:
        if self.takes("NOT"):
            value = self._nested(self._negated)
            return lambda record: not value(record)
        return self._compared()

    def _nested(self, part: Callable[[], Value]) -> Value:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise wrong("The expression nests too deeply")
        value = part()
        self.depth -= 1
        return value

    def _compared(self) -> Value:
        left = self._summed()
        kind, sign = self.peek()
        if kind == "sign" and sign in _COMPARISONS:
            self.take()
            return _comparison(_COMPARISONS[sign], left, self._summed())
        if self.takes("IS"):
            is_not = self.takes("NOT")
            if not self.takes("NULL", "MISSING"):
                raise wrong("Expected NULL or MISSING behind IS")
            return lambda record: (left(record) in (None, "")) != is_not
        is_not = self.takes("NOT")
        test = self._test(left)
        if test is None:
            return left
        return (lambda record: not test(record)) if is_not else test

    def _test(self, left: Value) -> Value | None:
        if self.takes("LIKE"):
            return self._like(left)
        if self.takes("BETWEEN"):
            low = self._summed()
            self.need("AND")
            high = self._summed()
            return _all([_comparison(operator.ge, left, low), _comparison(operator.le, left, high)])
        if self.takes("IN"):
            self.need("(")
            among = [self._summed()]
            while self.takes(","):
                among.append(self._summed())
            self.need(")")
            tests = [_comparison(operator.eq, left, each) for each in among]
            return lambda record: any(test(record) for test in tests)
        return None

    def _like(self, left: Value) -> Value:
        wanted = self._summed()
        syntax = Syntax("%", "_", self.take()[1] if self.takes("ESCAPE") else "")

        def test(record: Record) -> bool:
            value = left(record)
            return value is not None and _is_like(str(value), str(wanted(record)), syntax)

        return test

    def _summed(self) -> Value:
        return self._chained(self._multiplied, ("+", "-", "||"))

    def _multiplied(self) -> Value:
        return self._chained(self._single, ("*", "/", "%"))

    def _chained(self, part: Callable[[], Value], signs: tuple[str, ...]) -> Value:
        """Parts with signs of one strength between them, worked out from left to right."""
        first = part()
        others: list[tuple[Callable[[Any, Any], Any], Value]] = []
        while self.peek()[0] == "sign" and self.peek()[1] in signs:
            sign = self.take()[1]
            others.append((_joined if sign == "||" else _SUMS[sign], part()))
        return _chain(first, others) if others else first

    def _single(self) -> Value:
        if self.takes("-"):
            value = self._nested(self._single)
            return lambda record: -number(value(record))
        if self.takes("("):
            value = self._nested(self.expression)
            self.need(")")
            return value
        kind, text = self.take()
        if kind == "number":
            constant = number(text)
            return lambda record: constant
        if kind == "text":
            return lambda record: text
        if kind == "word" and text.upper() in ("TRUE", "FALSE", "NULL"):
            fixed = {"TRUE": True, "FALSE": False, "NULL": None}[text.upper()]
            return lambda record: fixed
        if kind not in ("word", "quoted"):
            raise wrong(f"Unexpected {text!r}")
        return self._call(text.upper()) if kind == "word" and self.takes("(") else self._path(kind, text)

    def _path(self, kind: str, text: str) -> Value:
        steps: list[str] = [] if kind == "word" and text.lower() in (self.alias, "s3object") else [text]
        while self.takes("."):
            steps.append(self.take()[1])
        return lambda record: _found(record, steps)

    def _call(self, name: str) -> Value:
        if name in ("COUNT", "SUM", "AVG", "MIN", "MAX"):
            aggregate = Aggregate(name, None if self.takes("*") else self._nested(self.expression))
            self.need(")")
            self.aggregates.append(aggregate)
            return lambda record: aggregate.result()
        value = self._nested(self.expression)
        if name == "CAST":
            self.need("AS")
            kind = self.take()[1].upper()
            while not self.takes(")"):
                self.take()
            return lambda record: _cast(value(record), kind)
        more = []
        while self.takes(",", "FROM", "FOR"):
            more.append(self._nested(self.expression))
        self.need(")")
        return _function(name, [value, *more])


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.strip().rstrip(";").rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise wrong(f"Unexpected {text[at : at + 10]!r}")
        value = found[found.lastgroup]
        mark = {"text": "'", "quoted": '"'}.get(found.lastgroup)
        yield found.lastgroup, value.replace(mark * 2, mark) if mark else value
        at = found.end()


def _found(record: Record, steps: list[str]) -> Any:
    value: Any = record
    for step in steps:
        if not isinstance(value, dict):
            return None
        value = value[step] if step in value else _as_position(value, step)
    return value


def _as_position(record: Record, step: str) -> Any:
    """A column by its number (`_2`), or by its name in another case."""
    if step[:1] == "_" and step[1:].isdecimal():
        return record.get(f"\0{step}")
    return next((value for name, value in record.items() if name.lower() == step.lower()), None)


def number(value: Any) -> Any:
    """A value as a number where it can be read as one."""
    if not isinstance(value, str):
        return value
    try:
        return float(value) if re.search("[.eE]", value) else int(value)
    except ValueError:
        raise AwsError("CastFailed", f"Attempt to convert from one data type to another failed: {value}") from None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) != isinstance(right, str):
        try:
            return number(left), number(right)
        except AwsError:
            return str(left), str(right)
    return left, right


def _comparison(test: Callable[[Any, Any], bool], left: Value, right: Value) -> Value:
    def compare(record: Record) -> bool | None:
        one, other = left(record), right(record)
        return None if one is None or other is None else test(*_alike(one, other))

    return compare


def _all(parts: list[Value]) -> Value:
    return lambda record: all(part(record) is True for part in parts)


def _any(parts: list[Value]) -> Value:
    return lambda record: any(part(record) is True for part in parts)


def _chain(first: Value, others: list[tuple[Callable[[Any, Any], Any], Value]]) -> Value:
    def value(record: Record) -> Any:
        found = first(record)
        for work, other in others:
            right = other(record)
            found = work(found, right) if work is _joined else _worked_out(work, number(found), number(right))
        return found

    return value


def _worked_out(work: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    try:
        found = work(left, right)
    except ArithmeticError as error:
        text = "The query cannot be evaluated. Check the file and try again."
        raise AwsError("ExternalEvalException", text, status=400) from error
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise AwsError("IntegerOverflow", "Int overflow or underflow in the SQL expression.", status=400)
    return found


def _joined(left: Any, right: Any) -> str:
    text = f"{left}{right}"
    if len(text) > RECORD:
        raise too_large()
    return text


def _is_like(text: str, like: str, syntax: Syntax) -> bool:
    pattern = compiled(like, syntax)
    if pattern.cost * len(text) > _STEPS:
        text = "Invalid argument given to the LIKE clause in the SQL expression."
        raise AwsError("LikeInvalidInputs", text, status=400)
    return pattern.fits(text)


def _cast(value: Any, kind: str) -> Any:
    if value is None or kind in ("STRING", "VARCHAR", "CHAR", "TIMESTAMP"):
        return value if value is None else str(value)
    if kind in ("INT", "INTEGER"):
        return int(number(value))
    if kind in ("FLOAT", "DECIMAL", "NUMERIC", "DOUBLE", "REAL"):
        return float(number(value))
    if kind in ("BOOL", "BOOLEAN"):
        return str(value).lower() in ("true", "1")
    raise wrong(f"Unknown type {kind}")


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "LOWER": lambda text: text.lower(),
    "UPPER": lambda text: text.upper(),
    "TRIM": lambda text: text.strip(),
    "CHAR_LENGTH": len,
    "CHARACTER_LENGTH": len,
    "SUBSTRING": lambda text, start, size=None: text[start - 1 :] if size is None else text[start - 1 :][:size],
    "NULLIF": lambda one, other: None if one == other else one,
}


def _function(name: str, values: list[Value]) -> Value:
    if name == "COALESCE":
        return lambda record: next((found for value in values if (found := value(record)) is not None), None)
    work = _FUNCTIONS.get(name)
    if work is None:
        raise AwsError("UnsupportedFunction", f"Encountered an unsupported SQL function: {name}", status=400)

    def call(record: Record) -> Any:
        given = [value(record) for value in values]
        return None if given[0] is None else work(*given)

    return call
