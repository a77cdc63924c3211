"""Handing something over to the resource that an ARN names, as one service of AWS does it to another.

What each service is asked to do is data: shapes/catalogue/targets.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue
from fakeaws.core.resources.caller import service_caller
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.pipeline.call import Call

Document = dict[str, Any]


def hand_over(call: Call, principal: str, arn: str, text: str, **more: Any) -> None:
    """Have the service of `arn` take `text`, called by `principal` (`events.amazonaws.com`) in the ARN's account.

    `more` are further parameters of what it is asked to do. Raises AwsError where nobody takes it.
    """
    parts = arns.parsed(arn)
    if parts is None:
        raise AwsError("ValidationException", f"{arn} is not a valid ARN.", status=400)
    _, service, region, account, rest = parts
    taker = catalogue.load("targets").get(service)
    if taker is None:
        raise AwsError("NotImplemented", f"fakeaws hands nothing over to {service} yet.", status=501)
    place = {"arn": arn, "region": region, "account": account, "name": rest.rpartition("/")[2], "text": text}
    params = _filled(taker[2], place, text.encode())
    caller = service_caller(principal, account or call.account, region or call.region)
    call.perform(taker[0], taker[1], {**params, **more}, caller)


def _filled(template: Document, place: dict[str, str], content: bytes) -> Document:
    return {
        name: _filled(value, place, content)
        if isinstance(value, dict)
        else content
        if value == "{bytes}"
        else value.format(**place)
        for name, value in template.items()
    }
