"""Update expressions: SET, REMOVE, ADD and DELETE, all computed from the item as it was."""

from __future__ import annotations

import copy
from typing import Any

from fakeaws.services.dynamodb.conditions import at, operand
from fakeaws.services.dynamodb.expressions import Names, Parser, Path, Tree
from fakeaws.services.dynamodb.values import EXACT, SETS, Item, Value, invalid, kind, number, shown

WHAT = "UpdateExpression"
Action = tuple[str, Path, Tree | None]


def parse(text: str, names: Names) -> list[Action]:
    """The actions of an update expression: (clause, path, operand)."""
    parser = Parser(WHAT, text, names)
    actions: list[Action] = []
    seen: set[str] = set()
    while parser.next:
        clause = parser.accept("SET", "REMOVE", "ADD", "DELETE")
        if not clause:
            raise parser.refusal()
        if clause in seen:
            raise invalid(f'Invalid {WHAT}: The "{clause}" section can only be used once in an update expression;')
        seen.add(clause)
        actions.append(_action(parser, clause))
        while parser.next == ",":
            parser.take()
            actions.append(_action(parser, clause))
    _refuse_overlaps([path for _, path, _ in actions])
    return actions


def _action(parser: Parser, clause: str) -> Action:
    path = parser.path()
    if clause == "SET":
        parser.take("=")
        return clause, path, _sum(parser)
    return clause, path, None if clause == "REMOVE" else ("value", parser.value())


def _sum(parser: Parser) -> Tree:
    left = _term(parser)
    if parser.next in ("+", "-"):
        return (parser.take(), left, _term(parser))
    return left


def _term(parser: Parser) -> Tree:
    name = parser.next.lower()
    if name in ("if_not_exists", "list_append") and parser.tokens[parser.position + 1 : parser.position + 2] == ["("]:
        parser.take()
        parser.take("(")
        first = _term(parser)
        parser.take(",")
        second = _term(parser)
        parser.take(")")
        return (name, first, second)
    return parser.operand()


def _refuse_overlaps(paths: list[Path]) -> None:
    for number_, one in enumerate(paths):
        for other in paths[number_ + 1 :]:
            short = min(len(one), len(other))
            if one[:short] == other[:short]:
                raise invalid(
                    f"Invalid {WHAT}: Two document paths overlap with each other; must remove or rewrite one of these"
                    f" paths; path one: {_written(one)}, path two: {_written(other)}"
                )


def _written(path: Path) -> str:
    return "[" + ", ".join(f"[{step}]" if isinstance(step, int) else step for step in path) + "]"


def applied(actions: list[Action], item: Item) -> Item:
    """The item with the actions done."""
    changed = copy.deepcopy(item)
    removed: list[Path] = []
    for clause, path, tree in actions:
        if clause == "SET":
            assert tree is not None
            _set(changed, path, copy.deepcopy(_computed(tree, item)))
        elif clause == "REMOVE":
            removed.append(path)
        else:
            assert tree is not None
            _combine(changed, path, clause, tree[1], at(item, path))
    for path in sorted(removed, key=lambda p: [step if isinstance(step, int) else -1 for step in p], reverse=True):
        _remove(changed, path)
    return changed


def _computed(tree: Tree, item: Item) -> Value:
    operator = tree[0]
    if operator == "if_not_exists":
        found = operand(tree[1], item)
        return found if found is not None else _computed(tree[2], item)
    if operator in ("list_append", "+", "-"):
        return _joined(operator, _computed(tree[1], item), _computed(tree[2], item))
    value = operand(tree, item)
    if value is None:
        raise invalid("The provided expression refers to an attribute that does not exist in the item")
    return value


def _joined(operator: str, one: Value, other: Value) -> Value:
    wanted = "L" if operator == "list_append" else "N"
    for value in (one, other):
        if kind(value) != wanted:
            raise invalid(
                f"Invalid {WHAT}: Incorrect operand type for operator or function; operator or function: {operator},"
                f" operand type: {kind(value)}"
            )
    if wanted == "L":
        return {"L": [*one["L"], *other["L"]]}
    left, right = number(one["N"]), number(other["N"])
    return {"N": shown((EXACT.add if operator == "+" else EXACT.subtract)(left, right))}


def _holder(item: Item, path: Path) -> Any:
    """What holds the last step of a path; refused where it is not there."""
    holder: Value | None = {"M": item} if len(path) == 1 else at(item, path[:-1])
    member = "M" if isinstance(path[-1], str) else "L"
    if holder is None or member not in holder:
        raise invalid("The document path provided in the update expression is invalid for update")
    return holder[member]


def _set(item: Item, path: Path, value: Value) -> None:
    holder, last = _holder(item, path), path[-1]
    if isinstance(last, int) and last >= len(holder):
        holder.append(value)
    else:
        holder[last] = value


def _remove(item: Item, path: Path) -> None:
    if at(item, path) is not None:
        del _holder(item, path)[path[-1]]


def _combine(item: Item, path: Path, clause: str, given: Value, elsewhere: Value | None) -> None:
    """ADD sums numbers and joins sets; DELETE takes elements out of a set, and an emptied set goes."""
    name = kind(given)
    allowed = ("N", *SETS) if clause == "ADD" else SETS
    if name not in allowed:
        raise invalid(
            f"Invalid {WHAT}: Incorrect operand type for operator or function; operator: {clause}, operand type:"
            f" {_TYPE_NAMES.get(name, name)}, typeSet: ALLOWED_FOR_{clause}_OPERAND"
        )
    if elsewhere is not None and kind(elsewhere) != name:
        raise invalid("An operand in the update expression has an incorrect data type")
    if name == "N":
        _set(item, path, {"N": shown(EXACT.add(number((elsewhere or {"N": "0"})["N"]), number(given["N"])))})
        return
    held = list((elsewhere or {name: []})[name])
    what: Any = number if name == "NS" else lambda element: element
    if clause == "ADD":
        known = set(map(what, held))
        _set(item, path, {name: [*held, *(one for one in given[name] if what(one) not in known)]})
        return
    unwanted = set(map(what, given[name]))
    left = [one for one in held if what(one) not in unwanted]
    if left:
        _set(item, path, {name: left})
    elif elsewhere is not None:
        _remove(item, path)


_TYPE_NAMES = {"S": "STRING", "N": "NUMBER", "B": "BINARY", "BOOL": "BOOLEAN", "L": "LIST", "M": "MAP", "NULL": "NULL"}
