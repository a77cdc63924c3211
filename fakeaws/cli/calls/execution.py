"""One modelled operation from parameters to stdout: the call, its pages or its waiter, and what is shown of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from fakeaws.cli.calls.client import Client
from fakeaws.cli.calls.paging import Pages, find, is_paged, put
from fakeaws.cli.output import plain
from fakeaws.cli.output.display import Presenter
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Invocation, Perform, Streams

Document = dict[str, Any]


def run(invocation: Invocation, perform: Perform, streams: Streams) -> int:
    """Make the calls of `invocation` and show the answer; the exit code. Failures are raised as CliError."""
    if invocation.before is not None:
        invocation.before(Client(perform, Profile(invocation.options, streams), invocation.options.sign_request))
    return call_and_show(invocation, _followed(perform, invocation.after) if invocation.after else perform, streams)


def _followed(perform: Perform, after: list[Callable[[Document], Document]]) -> Perform:
    """`perform` with something done to each answer."""

    def followed(service: str, operation: str, params: Document) -> Document:
        answer = perform(service, operation, params)
        for follow in after:
            answer = follow(answer)
        return answer

    return followed


def call_and_show(invocation: Invocation, perform: Perform, streams: Streams) -> int:
    """The call itself, without what customizations do before and after it."""
    profile = Profile(invocation.options, streams)
    client = Client(perform, profile, invocation.options.sign_request)
    if invocation.waiter is not None:
        from fakeaws.cli.calls import waiters

        return waiters.run(invocation, client, streams)
    presenter = Presenter(invocation.operation.name, invocation.options, profile, streams)
    if is_paged(invocation.operation.paginator, invocation.params, invocation.options.paginate):
        _show_pages(_pages(invocation, client, profile), presenter)
    else:
        answer = client.call(invocation.operation, invocation.params)
        presenter.show(_presented(invocation, answer, profile))
    return 0


def _show_pages(pages: Pages, presenter: Presenter) -> None:
    """Show a paged answer: text and yaml-stream page by page, the other formats as one."""
    if presenter.format == "text":
        presenter.show_each(_text_pages(pages))
    elif presenter.format == "yaml-stream":
        presenter.show_each(pages)
    else:
        presenter.show_each([pages.merged()])


def _text_pages(pages: Pages) -> Iterable[Document]:
    """What `--output text` shows of each page: its results, with the other members on the first one, then the token."""
    for index, page in enumerate(pages):
        shown: Document = dict(pages.non_aggregate) if index == 0 else {}
        for key in pages.result_keys:
            put(shown, key, find(page, key))
        yield shown
    if pages.resume_token is not None:
        yield {"NextToken": {"NextToken": pages.resume_token}}


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
    """The answer with JSON's types only; a streamed body is written to the output file."""
    if invocation.outfile is not None:
        from fakeaws.cli.output.streaming import save_body

        answer = save_body(invocation.operation, answer, invocation.outfile)
    if profile.get("cli_timestamp_format") == "wire":
        from fakeaws.cli.output.wire_times import wired

        answer = wired(invocation.operation, answer)
    shown: Document = plain(answer)
    return shown
