"""A parsed command line: the operation, its parameters, and how the answer is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
Perform = Callable[[str, str, Document], Document]
"""(service, operation, params) → the answer; raises AwsError. A local cloud, a recording, or a client of a server."""


class Globals:
    """The global options as given; None where the environment and the profile decide."""

    def __init__(self) -> None:
        self.output: str | None = None
        self.query: str | None = None
        self.region: str | None = None
        self.profile: str | None = None
        self.endpoint_url: str | None = None
        self.color: str = "auto"
        self.paginate: bool = True
        self.sign_request: bool = True
        self.verify_ssl: bool = True
        self.ca_bundle: str | None = None
        self.cli_read_timeout: str | None = None
        self.cli_connect_timeout: str | None = None
        self.cli_binary_format: str | None = None
        self.cli_pager: bool = True
        self.cli_auto_prompt: bool | None = None
        self.cli_error_format: str | None = None
        self.debug: bool = False
        self.most_items: int | None = None
        """How many items are to be shown (--max-items): a page of the service need not hold more."""
        self.cloud: Cloud | None = None
        """The local cloud, once the command has called it."""


class Invocation:
    """One modelled operation with its parameters, as given on the command line."""

    def __init__(self, command: str, operation: Operation, params: Document, options: Globals) -> None:
        self.command = command
        """The service's name on the command line: `s3api` for s3."""
        self.operation = operation
        self.params = params
        self.options = options
        self.max_items: int | None = None
        self.starting_token: str | None = None
        self.page_size: int | None = None
        self.outfile: str | None = None
        """Where a streamed body goes, for the operations that have one."""
        self.skeleton: str | None = None
        """`input`, `yaml-input` or `output`, with --generate-cli-skeleton."""
        self.waiter: str | None = None
        """The waiter's name in the model (`InstanceRunning`) for `wait`; the operation is then what it polls."""
        self.before: Callable[[Perform], None] | None = None
        """Called first, to complete the parameters."""
        self.after: list[Callable[[Document], Document]] = []
        """Applied to each answer before it is shown."""


class Streams:
    """Where a command reads and writes, and its environment: the process's own, or a test's."""

    def __init__(self, stdin: Any, stdout: Any, stderr: Any, env: Mapping[str, str], program: str) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.env = env
        self.program = program
        """How the program was called: `aws` through the shim, else `fakeaws`."""
