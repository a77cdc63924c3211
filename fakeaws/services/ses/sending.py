"""Sending: mail of verified senders, in the sandbox only to verified receivers, is kept as `ses.Mail`."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterable
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ses.identities import known

Document = dict[str, Any]
SIMULATOR = "simulator.amazonses.com"
DAY = 86400.0
DAILY = 200.0


def send_email(call: Call) -> Document:
    to = _receivers(call["Destination"])
    return _send(call, call["Source"], to, call["Message"])


def _receivers(destination: Document) -> list[str]:
    return [one for name in ("ToAddresses", "CcAddresses", "BccAddresses") for one in destination.get(name, ())]


def _send(call: Call, source: str, receivers: list[str], message: Document) -> Document:
    if not receivers:
        raise AwsError("InvalidParameterValue", "Missing required header 'To'.")
    _check(call, [source, *(one for one in receivers if not one.rstrip(">").endswith(SIMULATOR))])
    if _sent(call) + len(receivers) > DAILY:
        raise AwsError("Throttling", "Daily message quota exceeded.")
    number = call.make("0100{hex12}-{uuid}-000000")
    call.keep("Mail", {"MessageId": number, "at": call.now, "from": source, "to": receivers, "message": message})
    return {"MessageId": number}


def _check(call: Call, addresses: Iterable[str]) -> None:
    wrong = [one for one in dict.fromkeys(addresses) if not known(call, one)]
    if wrong:
        text = "Email address is not verified. The following identities failed the check in region"
        raise AwsError("MessageRejected", f"{text} {call.region.upper()}: {', '.join(wrong)}")


def _sent(call: Call) -> float:
    return float(sum(len(row["to"]) for row in call.list("Mail") if row["at"] > call.now - DAY))


def send_raw_email(call: Call) -> Document:
    """Sender and receivers stand in the message, unless they are said."""
    data = call["RawMessage"]["Data"]
    found = email.message_from_bytes(data)
    source = call.get("Source") or str(found.get("From", ""))
    if not source:
        raise AwsError("InvalidParameterValue", "Missing required header 'From'.")
    headers = [str(value) for name in ("To", "Cc", "Bcc") for value in found.get_all(name, [])]
    receivers = call.get("Destinations") or [one.strip() for text in headers for one in text.split(",")]
    return _send(call, source, receivers, {"Raw": data.decode(errors="replace")})


# Templates


def send_templated_email(call: Call) -> Document:
    data = call["TemplateData"]
    return _send(call, call["Source"], _receivers(call["Destination"]), _rendered(call, call["Template"], data))


def send_bulk_templated_email(call: Call) -> Document:
    """Each destination has its own data, and succeeds or fails by itself."""
    _check(call, [call["Source"]])
    done = []
    for one in call["Destinations"]:
        data = {
            **json.loads(call.get("DefaultTemplateData") or "{}"),
            **json.loads(one.get("ReplacementTemplateData") or "{}"),
        }
        try:
            message = _rendered(call, call["Template"], json.dumps(data))
            sent = _send(call, call["Source"], _receivers(one["Destination"]), message)
            done.append({"Status": "Success", **sent})
        except AwsError as error:
            done.append({"Status": error.code, "Error": error.message})
    return {"Status": done}


def _rendered(call: Call, name: str, data: str) -> Document:
    """A template's parts with the data in the place of its fields: `{{name}}`."""
    template = call.find("Template", name)
    if template is None:
        raise AwsError("TemplateDoesNotExist", f"Template {name} does not exist.")
    try:
        values = json.loads(data)
    except ValueError as error:
        raise AwsError("InvalidRenderingParameter", "Template rendering data is invalid") from error
    parts = {"Subject": "SubjectPart", "Text": "TextPart", "Html": "HtmlPart"}
    return {member: _filled(template[part], values) for member, part in parts.items() if template.get(part)}


def _filled(text: str, values: Document) -> str:
    if "{{#" in text:
        raise AwsError(
            "NotImplemented", "fakeaws fills fields of templates, but does not run their blocks.", status=501
        )

    def value(found: re.Match[str]) -> str:
        held: Any = values
        for step in found[1].split("."):
            if not isinstance(held, dict) or step not in held:
                message = f"Attribute '{found[1]}' is not present in the rendering data."
                raise AwsError("MissingRenderingAttribute", message)
            held = held[step]
        return str(held)

    return re.sub(r"\{\{\s*([\w.]+)\s*\}\}", value, text)


# Quotas


def get_send_quota(call: Call) -> Document:
    """Those of the sandbox."""
    return {"Max24HourSend": DAILY, "MaxSendRate": 1.0, "SentLast24Hours": _sent(call)}


def get_send_statistics(call: Call) -> Document:
    """What was sent in the last two weeks, by quarters of an hour."""
    counts: dict[float, int] = {}
    for row in call.list("Mail"):
        if row["at"] > call.now - 14 * DAY:
            start = row["at"] // 900 * 900
            counts[start] = counts.get(start, 0) + len(row["to"])
    none = {"Bounces": 0, "Complaints": 0, "Rejects": 0}
    return {"SendDataPoints": [{"Timestamp": at, "DeliveryAttempts": n, **none} for at, n in sorted(counts.items())]}
