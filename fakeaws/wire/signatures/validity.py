"""When a Signature Version 4 holds: from its time, for some minutes or for as long as a presigned address says.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.signatures.signature import Credential, moment_of

SKEW = timedelta(minutes=5)
"""How far a signature's time may be off; a presigned request says itself how long it holds."""
S3_SKEW = timedelta(minutes=15)
WEEK = 7 * 24 * 3600
"""How many seconds a presigned request may hold."""


def check_time(request: Request, credential: Credential, now: datetime, is_s3: bool) -> None:
    """Refuse a signature that is too old, or not valid yet."""
    moment = moment_of(request, credential)
    signed = _read(moment)
    if signed is None:
        raise _no_date(moment, credential, is_s3)
    if credential.is_presigned:
        _check_expiry(request, signed, now, is_s3)
        return
    skew = S3_SKEW if is_s3 else SKEW
    if abs(now - signed) <= skew:
        return
    raise too_skewed(moment, now) if is_s3 else _expired(moment, signed, now, skew)


@lru_cache(maxsize=64)
def _read(moment: str) -> datetime | None:
    """What X-Amz-Date says; None where it says nothing."""
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def too_skewed(moment: str, now: datetime) -> AwsError:
    return AwsError(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        status=403,
        RequestTime=moment,
        ServerTime=_iso(now),
        MaxAllowedSkewMilliseconds=str(int(S3_SKEW.total_seconds() * 1000)),
    )


def expired(now: datetime, end: datetime, **fields: str) -> AwsError:
    """S3's refusal of a presigned request whose time is over."""
    return AwsError(
        "AccessDenied", "Request has expired", status=403, **fields, Expires=_iso(end), ServerTime=_iso(now)
    )


def _no_date(moment: str, credential: Credential, is_s3: bool) -> AwsError:
    if is_s3 and credential.is_presigned:
        text = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        return AwsError("AuthorizationQueryParametersError", text, status=400)
    if is_s3:
        text = "AWS authentication requires a valid Date or x-amz-date header"
        return AwsError("AccessDenied", text, status=403)
    text = f"Date must be in ISO-8601 'basic format'. Got '{moment}'. See http://en.wikipedia.org/wiki/ISO_8601"
    return AwsError("IncompleteSignature", text, status=400)


def _expired(moment: str, signed: datetime, now: datetime, skew: timedelta) -> AwsError:
    minutes = int(skew.total_seconds() // 60)
    if signed < now:
        text = f"Signature expired: {moment} is now earlier than {_basic(now - skew)} ({_basic(now)} - {minutes} min.)"
    else:
        later = f"{_basic(now + skew)} ({_basic(now)} + {minutes} min.)"
        text = f"Signature not yet current: {moment} is still later than {later}"
    return AwsError("SignatureDoesNotMatch", text, status=403)


def _check_expiry(request: Request, signed: datetime, now: datetime, is_s3: bool) -> None:
    seconds = _seconds(request.argument.get("X-Amz-Expires", "300"), is_s3)
    end = signed + timedelta(seconds=seconds)
    moment = _basic(signed)
    if signed > now + S3_SKEW:
        if not is_s3:
            raise _expired(moment, signed, now, S3_SKEW)
        raise AwsError(
            "AccessDenied",
            "Request is not yet valid",
            status=403,
            **{"X-Amz-Date": str(int(signed.timestamp() * 1000))},
            Expires=_iso(end),
            ServerTime=_iso(now),
        )
    if now > end:
        if is_s3:
            raise expired(now, end, **{"X-Amz-Expires": str(seconds)})
        text = f"Signature expired: {moment} is now earlier than {_basic(now - timedelta(seconds=seconds))}"
        raise AwsError("SignatureDoesNotMatch", text, status=403)


def _seconds(text: str, is_s3: bool) -> int:
    """How long a presigned request holds; at most a week."""
    number = text.removeprefix("-")
    if not (number.isascii() and number.isdecimal()):
        raise _bad_expiry("X-Amz-Expires should be a number", is_s3)
    if text.startswith("-"):
        raise _bad_expiry("X-Amz-Expires must be non-negative", is_s3)
    if len(text) > 9 or int(text) > WEEK:
        raise _bad_expiry(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{WEEK} seconds",
            is_s3,
        )
    return int(text)


def _bad_expiry(text: str, is_s3: bool) -> AwsError:
    return AwsError("AuthorizationQueryParametersError" if is_s3 else "IncompleteSignature", text, status=400)


def _basic(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
