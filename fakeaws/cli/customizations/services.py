"""Which services the AWS CLI calls by another name, and which have one endpoint for all regions."""

from __future__ import annotations

SERVICES = {"s3api": "s3", "configservice": "config", "deploy": "codedeploy"}
"""Command → service, where they differ."""

_COMMANDS = {service: command for command, service in SERVICES.items()}

_OF_ALL_REGIONS = """
    account budgets ce chime cloudfront cur globalaccelerator iam importexport networkmanager organizations
    route53 route53domains s3 savingsplans shield sts support trustedadvisor waf wafv2-global"""


def service_of(command: str) -> str:
    """The service (`codedeploy`) behind a command (`deploy`)."""
    return SERVICES.get(command, command)


def command_of(service: str) -> str:
    """The command (`deploy`) of a service (`codedeploy`)."""
    return _COMMANDS.get(service, service)


def needs_region(service: str) -> bool:
    """Whether a region must be set for a service; those with one endpoint for all regions need none."""
    return service not in _OF_ALL_REGIONS.split()
