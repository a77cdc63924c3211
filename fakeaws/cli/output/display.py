"""One modelled operation from its parameters to stdout: the call or its pages, --query, the format, the pager."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from fakeaws.cli.calls.client import Client
from fakeaws.cli.calls.paging import Pages, find, is_paged, put
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output import formatter, plain
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Invocation, Perform, Streams

Document = dict[str, Any]


def run(invocation: Invocation, perform: Perform, streams: Streams) -> int:
    """Make the calls of `invocation` and show the answer; the exit code. Failures are raised as CliError.

    The files that its parameters opened (`--body`) are closed.
    """
    try:
        return _run(invocation, perform, streams)
    finally:
        for value in invocation.params.values():
            if hasattr(value, "close"):
                value.close()


def _run(invocation: Invocation, perform: Perform, streams: Streams) -> int:
    profile = Profile(invocation.options, streams)
    client = Client(perform, profile, invocation.options.sign_request)
    if invocation.waiter is not None:
        from fakeaws.cli.calls import waiters

        return waiters.run(invocation, client, streams)
    presenter = Presenter(invocation.operation.name, invocation.options, profile, streams)
    if is_paged(invocation.operation.paginator, invocation.params, invocation.options.paginate):
        presenter.show_pages(_pages(invocation, client, profile))
    else:
        answer = client.call(invocation.operation, invocation.params)
        presenter.show(_presented(invocation, answer, profile))
    return 0


def _pages(invocation: Invocation, client: Client, profile: Profile) -> Pages:
    operation = invocation.operation
    paginator = operation.paginator or {}
    size: Any = invocation.page_size
    if size is not None and operation.input is not None and operation.input.at(paginator["limit_key"]).type == "string":
        size = str(size)
    return Pages(
        lambda params: _presented(invocation, client.call(operation, params), profile),
        paginator,
        invocation.params,
        invocation.max_items,
        invocation.starting_token,
        size,
    )


def _presented(invocation: Invocation, answer: Document, profile: Profile) -> Document:
    """The answer with JSON's types only; a streamed body goes into the file that the command names."""
    if invocation.outfile is not None:
        from fakeaws.cli.output.streaming import save_body

        answer = save_body(invocation.operation, answer, invocation.outfile)
    if profile.get("cli_timestamp_format") == "wire":
        from fakeaws.cli.output.wire_times import wired

        answer = wired(invocation.operation, answer)
    shown: Document = plain(answer)
    return shown


class Presenter:
    """Shows answers on stdout in the format, query and colours that the command line asks for."""

    def __init__(self, title: str, options: Globals, profile: Profile, streams: Streams) -> None:
        self._title = title
        self._options = options
        self._profile = profile
        self._streams = streams
        self._search = compiled(options.query)

    def show(self, document: Any) -> None:
        """Show one answer; an empty one is nothing to show."""
        if document != {} or self._search is not None or self._profile.output == "off":
            self._show_each([document])

    def show_pages(self, pages: Pages) -> None:
        """Show a paged answer: text and yaml-stream page by page, the other formats as one."""
        if self._profile.output == "text":
            self._show_each(_text_pages(pages))
        elif self._profile.output == "yaml-stream":
            self._show_each(pages)
        else:
            self._show_each([pages.merged()])

    def _show_each(self, documents: Iterable[Any]) -> None:
        write = formatter(self._profile.output)
        color = self._options.color
        with self._stdout() as stream:
            for document in documents:
                found = document if self._search is None else self._search(document)
                write(self._title, found, stream, color)

    def _stdout(self) -> Any:
        from fakeaws.cli.output.pager import paged

        return paged(self._streams, self._options, self._profile)


def _text_pages(pages: Pages) -> Iterable[Document]:
    """What `--output text` shows of each page: its results, with the other members on the first one, then the token."""
    for index, page in enumerate(pages):
        shown: Document = dict(pages.non_aggregate) if index == 0 else {}
        for key in pages.result_keys:
            put(shown, key, find(page, key))
        yield shown
    if pages.resume_token is not None:
        yield {"NextToken": {"NextToken": pages.resume_token}}


def compiled(query: str | None) -> Callable[[Any], Any] | None:
    """--query as a function; None without one. What JMESPath cannot evaluate is a GeneralError."""
    if query is None:
        return None
    import jmespath

    expression = jmespath.compile(query)

    def search(document: Any) -> Any:
        try:
            return expression.search(document)
        except (jmespath.exceptions.JMESPathError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise GeneralError(str(error)) from error

    return search


def write_document(title: str, document: Any, options: Globals, streams: Streams) -> None:
    """Show a document as an operation's answer is shown: for commands that put one together themselves."""
    Presenter(title, options, Profile(options, streams), streams).show(plain(document))
