"""An answer on stdout: --query, the format, the pager."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fakeaws.cli.output import formatter, plain
from fakeaws.cli.output.query import compiled
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Streams

Document = dict[str, Any]


class Presenter:
    """Shows answers on stdout with the format, query and colours of the command line."""

    def __init__(self, title: str, options: Globals, profile: Profile, streams: Streams) -> None:
        self._title = title
        self._options = options
        self._profile = profile
        self._streams = streams
        self._search = None if options.query is None else compiled(options.query)

    @property
    def format(self) -> str:
        """The output format (`json`, `text`, …)."""
        return self._profile.output

    def show(self, document: Any) -> None:
        """Show one answer; an empty one is nothing to show."""
        if document != {} or self._search is not None or self._profile.output == "off":
            self.show_each([document])

    def show_each(self, documents: Iterable[Any]) -> None:
        """Show several documents, one after the other."""
        write = formatter(self._profile.output)
        color = self._options.color
        with self._stdout() as stream:
            for document in documents:
                found = document if self._search is None else self._search(document)
                write(self._title, found, stream, color)

    def _stdout(self) -> Any:
        from fakeaws.cli.output.pager import paged

        return paged(self._streams, self._options, self._profile)


def write_document(title: str, document: Any, options: Globals, streams: Streams) -> None:
    """Show a document as an operation's answer is shown: for commands that put one together themselves."""
    Presenter(title, options, Profile(options, streams), streams).show(plain(document))
