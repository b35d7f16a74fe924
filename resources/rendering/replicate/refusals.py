"""What a refusal of the API means: whether to come back, when, and whether something may have been ordered."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

LONGEST_DETAIL = 300
LEAST_PAUSE_SECONDS = 0.02
_RESETS_IN = re.compile(r"(?:in|after)\s*~?\s*(\d+(?:\.\d+)?)\s*s", re.IGNORECASE)
_NOTHING_WAS_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class ApiRefusal(Exception):
    """The API said no, or nothing; the text is for a person, and holds no secret.

    Args:
        text: what happened.
        sure: nothing was ordered by the request. Else it may have been.
        passing: another try may help.
        retry_after: seconds after which the API wants it, where it says so.
        status: of the HTTP response.
    """

    def __init__(
        self,
        text: str,
        *,
        sure: bool = False,
        passing: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(text)
        self.sure, self.passing, self.retry_after, self.status = sure, passing, retry_after, status


def pause_after(refusal: ApiRefusal, pauses: Iterator[float]) -> float | None:
    """Seconds until another try: as the API tells, else the next of `pauses` with jitter; None: no other try.

    Only tries that nobody told us to wait for use up the pauses.
    """
    if not refusal.passing:
        return None
    if refusal.retry_after is not None:
        return max(refusal.retry_after, LEAST_PAUSE_SECONDS)
    pause = next(pauses, None)
    return None if pause is None else pause * random.uniform(1.0, 1.5)


def transport_refusal(fault: httpx.HTTPError, token: str) -> ApiRefusal:
    """What it means that there was no answer."""
    words = str(fault).split("\n")[0][:LONGEST_DETAIL].replace(token, "***") or type(fault).__name__
    return ApiRefusal(f"the API cannot be reached ({words})", sure=isinstance(fault, _NOTHING_WAS_SENT), passing=True)


def refusal_of(response: httpx.Response, token: str) -> ApiRefusal:
    """What it means that there was another answer than success.

    A 4xx is given before anything is ordered; a 5xx may come from what stands before the API.
    """
    status = response.status_code
    try:
        body = response.json()
    except ValueError:
        body = None
    detail = _detail(body).replace(token, "***")
    text = f"the API says HTTP {status}" + (f": {detail}" if detail else "")
    if status == httpx.codes.UNAUTHORIZED:
        text = "the API does not know the token in REPLICATE_API_TOKEN (HTTP 401)"
    elif status == httpx.codes.PAYMENT_REQUIRED:
        text = f"the account at Replicate has no credit left (HTTP 402){f': {detail}' if detail else ''}"
    retry_after = None
    if status == httpx.codes.TOO_MANY_REQUESTS:
        retry_after = _retry_after(response.headers.get("retry-after", ""), body)
    passing = status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT) or status >= 500
    sure = 400 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT
    return ApiRefusal(text, sure=sure, passing=passing, retry_after=retry_after, status=status)


def _detail(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    return " ".join(str(body.get("detail") or body.get("title") or "").split())[:LONGEST_DETAIL]


def _retry_after(header: str, body: Any) -> float | None:
    """Seconds, from the header (RFC 9110, section 10.2.3), else from the body, by a number or in words."""
    if header.strip().isdecimal():
        return float(header)
    if header:
        try:
            when = parsedate_to_datetime(header)
            return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
        except ValueError:
            pass
    told = body.get("retry_after") if isinstance(body, dict) else None
    if isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told < 86_400:
        return float(told)
    found = _RESETS_IN.search(_detail(body))
    return float(found[1]) if found else None
