"""`--emrfs`: the settings of the file system on S3."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.commands._emr import steps
from fakeaws.cli.commands._emr.instances import bootstrap
from fakeaws.cli.errors import CliError

Document = dict[str, Any]

_KMS_PROVIDER = "com.amazon.ws.emr.hadoop.fs.cse.KMSEncryptionMaterialsProvider"


def configuration(given: Document) -> Document:
    """The classification for clusters with a release label."""
    _check(given)
    properties = _properties(given)
    if _encrypts(given, "CUSTOM"):
        properties["fs.s3.cse.encryptionMaterialsProvider.uri"] = given["CustomProviderLocation"]
    return {"Classification": "emrfs-site", "Properties": properties}


def actions(given: Document, region: str | None) -> list[Document]:
    """The bootstrap actions for clusters with an AMI version."""
    _check(given)
    found: list[Document] = []
    if _encrypts(given, "CUSTOM"):
        args = ["-s", given["CustomProviderLocation"], "-d", "/usr/share/aws/emr/auxlib", "-f"]
        found.append(bootstrap("S3 get", "file:/usr/share/aws/emr/scripts/s3get", args))
    pairs = [f"{key}={value}" if value else key for key, value in _properties(given).items()]
    args = [word for pair in pairs for word in ("-e", pair)]
    found.append(bootstrap("Setup EMRFS", steps.link("/bootstrap-actions/configure-hadoop", region), args))
    return found


def _encrypts(given: Document, provider: str) -> bool:
    client_side = str(given.get("Encryption", "")).upper() == "CLIENTSIDE"
    return client_side and str(given.get("ProviderType", "")).upper() == provider


def _check(given: Document) -> None:
    encryption = given.get("Encryption")
    if encryption is not None and encryption.upper() not in ("CLIENTSIDE", "SERVERSIDE"):
        raise CliError(
            f'The encryption type "{encryption}" is invalid. You must specify either ServerSide or ClientSide'
        )
    if encryption is not None and "SSE" in given:
        raise CliError(
            f"Both SSE={given['SSE']} and Encryption={encryption} are configured for --emrfs. You must specify only "
            "one of the two."
        )
    if encryption is not None and encryption.upper() == "CLIENTSIDE":
        _check_client_side(given)
    if "Consistent" not in given:
        _refuse(given, ("RetryCount", "RetryPeriod"), "--emrfs Consistent=true/false")
    for provider, keys in _PROVIDERS.items():
        if not _encrypts(given, provider.upper()):
            _refuse(given, keys, f"--emrfs Encryption=ClientSide,ProviderType={provider}")


_PROVIDERS = {"KMS": ("KMSKeyId",), "Custom": ("CustomProviderClass", "CustomProviderLocation")}


def _check_client_side(given: Document) -> None:
    if "ProviderType" not in given:
        raise CliError("The following required parameters are missing for --emrfs Encryption=ClientSide: ProviderType.")
    provider = next((name for name in _PROVIDERS if name.upper() == given["ProviderType"].upper()), None)
    if provider is None:
        raise CliError(
            f'The client side encryption type "{given["ProviderType"]}" is not supported. You must specify either KMS '
            "or Custom"
        )
    missing = [key for key in _PROVIDERS[provider] if key not in given]
    if missing:
        option = f"--emrfs Encryption=ClientSide,ProviderType={provider}"
        raise CliError(f"The following required parameters are missing for {option}: {' and '.join(missing)}.")


def _refuse(given: Document, keys: tuple[str, ...], option: str) -> None:
    wrong = [key for key in keys if key in given]
    if wrong:
        raise CliError(f"{option} is not specified. Thus,  following parameters are invalid: {' and '.join(wrong)}")


def _properties(given: Document) -> Document:
    found: Document = {}
    if "Consistent" in given:
        found["fs.s3.consistent"] = str(given["Consistent"]).lower()
        if "RetryCount" in given:
            found["fs.s3.consistent.retryCount"] = str(given["RetryCount"])
        if "RetryPeriod" in given:
            found["fs.s3.consistent.retryPeriodSeconds"] = str(given["RetryPeriod"])
    if "SSE" in given or given.get("Encryption", "").upper() == "SERVERSIDE":
        found["fs.s3.enableServerSideEncryption"] = str(given.get("SSE", True)).lower()
    if _encrypts(given, "KMS"):
        found["fs.s3.cse.enabled"] = "true"
        found["fs.s3.cse.encryptionMaterialsProvider"] = _KMS_PROVIDER
        found["fs.s3.cse.kms.keyId"] = given["KMSKeyId"]
    if _encrypts(given, "CUSTOM"):
        found["fs.s3.cse.enabled"] = "true"
        found["fs.s3.cse.encryptionMaterialsProvider"] = given["CustomProviderClass"]
    for pair in given.get("Args", ()):
        key, _, value = pair.partition("=")
        found[key] = value
    return found
