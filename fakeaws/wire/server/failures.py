"""The last resort at the edge of HTTP: what nobody expected is answered as AWS answers its own faults, and written down
once, so that it can be mended.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import sys
import traceback

from fakeaws.core.tools import machine
from fakeaws.core.tools.errors import AwsError, CloudError
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages.traits import INTERNAL_ERRORS
from fakeaws.wire.server.endpoint import refusal, unroutable, without_body

USUAL = ("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.")


def answer(request: Request, problem: BaseException) -> Response:
    """`InternalFailure`, or what the service calls it, in the form of the protocol that was spoken; its request id is
    the one under which the fault is reported."""
    request_id = machine.request_id()
    report(problem, request_id)
    meant = request.meant
    code, text = USUAL if meant is None else INTERNAL_ERRORS.get(meant.service.name, USUAL)
    error = AwsError(code, text, status=500)
    response = unroutable(request, error, request_id) if meant is None else refusal(meant, error, request_id)
    return without_body(response) if request.method == "HEAD" else response


def report_aside(problem: BaseException) -> None:
    """Write what failed that no request asked for to stderr: a line for what users can mend, else the traceback."""
    is_expected = isinstance(problem, CloudError | AwsError)
    text = f"{problem}\n" if is_expected else "".join(traceback.format_exception(problem))
    sys.stderr.write(f"fakeaws: what is scheduled, or work that is left, could not be done: {text}")
    sys.stderr.flush()


def report(problem: BaseException, request_id: str = "") -> None:
    """Write the traceback to stderr, in one piece."""
    about = f"fakeaws: a fault of its own in request {request_id or '(its answer had begun)'}\n"
    sys.stderr.write(about + "".join(traceback.format_exception(problem)))
    sys.stderr.flush()
