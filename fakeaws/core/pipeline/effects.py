"""Effects: what a call does outside of its transaction, such as running a user's code or asking another process.

`call.outside(function, *arguments)` ends the transaction, and nothing of it is stored. The function runs while no lock
is held; then the call is carried out again from its beginning, and the same line answers with what the function
answered. A call may have several effects: each is remembered, in their order, for as long as the call lasts. What is
asked for by a call within another one belongs to the outermost, which is carried out again as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.core.store.interface import Store
from fakeaws.core.tools.errors import AwsError, CloudError


class Outside(Exception):
    """What a call needs next has to run outside of its transaction."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        super().__init__(_name(function))
        self.function = function
        self.arguments = arguments


class Effects:
    """What one outermost call has done outside of its transaction."""

    def __init__(self) -> None:
        self._done: list[tuple[str, Any, AwsError | CloudError | None]] = []
        self._next = 0

    def begin_again(self) -> None:
        """The call is carried out from its beginning."""
        self._next = 0

    def result(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """What `function` has answered or raised; Outside if it has yet to run. Where the call takes another way than
        before, since the cloud has changed meanwhile, what it did on the former one is forgotten."""
        if self._next < len(self._done) and self._done[self._next][0] != _name(function):
            del self._done[self._next :]
        if self._next == len(self._done):
            raise Outside(function, arguments)
        _, answer, error = self._done[self._next]
        self._next += 1
        if error is not None:
            raise error
        return answer

    def run(self, effect: Outside) -> None:
        """Run what a call asked for, and remember what came of it; AwsError and CloudError are for the call to see."""
        answer, error = None, None
        try:
            answer = effect.function(*effect.arguments)
        except (AwsError, CloudError) as problem:
            error = problem
        self._done.append((_name(effect.function), answer, error))


def completed(effects: Effects, store: Store, function: Callable[[], Any]) -> Any:
    """What `function` answers in the transaction in which it has all of its effects' results."""
    while True:
        try:
            with store.transaction(write=True, scratch=True):
                effects.begin_again()
                return function()
        except Outside as effect:
            effects.run(effect)


def _name(function: Callable[..., Any]) -> str:
    """What tells a function from others in each pass: methods and functions within functions are made anew."""
    return f"{function.__module__}.{getattr(function, '__qualname__', function)}"
