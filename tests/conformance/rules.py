"""Every rule that a model has for an operation's parameters, broken one at a time: what must be refused."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from tests.conformance.samples import Sampler, Unsampled

Broken = tuple[str, str, str, str, str]
CODES = {
    "query": {"ValidationError"},
    "ec2": {"MissingParameter", "InvalidParameterValue"},
    "json": {"ValidationException"},
    "rest-json": {"ValidationException"},
    "smithy-rpc-v2-cbor": {"ValidationException"},
    "rest-xml": {"InvalidInput", "InvalidArgument", "InvalidRequest", "MalformedXML"},
}
"""The codes that a protocol family has for parameters that break a rule."""


def broken(service: str) -> tuple[int, list[Broken]]:
    """How many violations were tried, and those that were not refused as they should be."""
    model, cloud, found, count = models.service(service), Cloud(None), [], 0
    for name in model.operation_names:
        operation = model.operation(name)
        for what, member, params in _violations(operation):
            count += 1
            fault = _fault(cloud, operation, member, params)
            if fault:
                found.append((service, name, what, member, fault))
    cloud.close()
    return count, found


def _violations(operation: Operation) -> Any:
    sampler = Sampler(operation.name)
    try:
        yield from sampler.violations(operation.input)
    except Unsampled:
        return


def _fault(cloud: Cloud, operation: Operation, member: str, params: dict[str, Any]) -> str:
    """What is wrong with how the parameters were refused; "" if nothing is."""
    model = operation.service
    try:
        cloud.perform(model.name, operation.name, params)
    except AwsError as error:
        codes = CODES[model.protocol] | {model.facts.get("validation", "ValidationException")}
        codes |= CODES["query"] if "awsQueryCompatible" in model.metadata else set()
        if member == (operation.pages or {}).get("input_token"):
            return ""  # tokens are refused when they are read, each service with a code of its own
        if member in model.facts.get("judged", ()):
            return ""  # the service itself says what it thinks of such a value, when it gets to it
        if error.code not in codes:
            return f"refused with {error.code}: {error.message}"
        named = member.lower() in (error.message + str(error.fields)).lower() or error.code == "MalformedXML"
        return "" if named and error.status in (400, None) else f"does not name {member}: {error.message}"
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        return f"crashed: {error!r}"
    return "accepted"
