"""One POST to an address that somebody chose: no redirect followed, little read, never longer than 20 s."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import httpx

from omnisonic.insight.alerts.delivery.outcome import RESPONSE_MAX_CHARS, excerpt
from omnisonic.platform.http_client import USER_AGENT, FetchFailed, FetchRefused, make_client
from omnisonic.platform.http_limits import Deadline

TOTAL_S = 20.0
READ_MAX_PIECES = 4
# Failures before a byte of the request left us.
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True)
class Answer:
    """The status, its Retry-After header and the beginning of the body."""

    status: int
    retry_after: str | None
    text: str


class NotSent(Exception):
    """The request never left: it can be repeated without a doubt."""


class NotAnswered(Exception):
    """The request left, and what became of it is not known."""


def post(url: str, body: bytes, *, headers: Mapping[str, str]) -> Answer:
    """Send `body`. Raises `FetchRefused`, `NotSent`, `NotAnswered`."""
    sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
    try:
        with (
            make_client(timeout=httpx.Timeout(TOTAL_S), deadline=Deadline.after(TOTAL_S)) as client,
            client.stream("POST", url, content=body, headers=sent) as answer,
        ):
            return Answer(answer.status_code, answer.headers.get("retry-after"), _beginning(answer))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise FetchRefused(f"This is no address: {error}.") from error
    except _BEFORE as error:
        raise NotSent(f"There is no connection ({type(error).__name__}).") from error
    except FetchFailed as error:
        if isinstance(error.__cause__, (socket.gaierror, UnicodeError)):
            raise NotSent(error.detail) from error
        raise NotAnswered(error.detail) from error
    except httpx.HTTPError as error:
        raise NotAnswered(f"No answer came ({type(error).__name__}).") from error


def _beginning(answer: httpx.Response) -> str:
    # The status has been decided: a body that stalls or breaks off changes nothing about it.
    try:
        pieces = b"".join(islice(answer.iter_raw(RESPONSE_MAX_CHARS), READ_MAX_PIECES))
    except (httpx.HTTPError, FetchFailed):
        return ""
    return excerpt(pieces)
