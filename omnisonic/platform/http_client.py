"""Outgoing HTTP to addresses that other people chose, without reaching into our own network.

The host is resolved here, every address is checked, and the connection goes to the checked address, so
that a name cannot be one thing when it is checked and another when it is used. Redirects are checked
again, hop by hop.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from omnisonic import __version__
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.http_limits import (
    ACCEPTED_ENCODINGS,
    Deadline,
    FetchFailed,
    TimedStream,
    read_body,
)
from omnisonic.platform.settings import get_settings
from omnisonic.platform.tls import client_tls

REDIRECTS_MAX = 5
RESPONSE_MAX_BYTES = 5 * 1024 * 1024
RATIO_MAX = 100
TOTAL_S = 20.0
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
PERMANENT = {301, 308}
DEFAULT_PORTS = {"http": 80, "https": 443}
USER_AGENT = f"Omnisonic/{__version__}"
# Addresses that hold another one inside; the inner one decides (RFC 6052, RFC 3056, RFC 4380).
NAT64 = ip_network("64:ff9b::/96")
IPV6_UNICAST = ip_network("2000::/3")  # all that IANA has given out
# Not everywhere part of what Python calls special (RFC 6890, RFC 2928, RFC 7526).
SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23")))

Address = IPv4Address | IPv6Address

__all__ = ["FetchFailed", "FetchRefused", "Fetched", "fetch", "is_public", "make_client"]


class FetchRefused(OmnisonicError):
    """An outgoing request to a place that this installation may not be sent to."""

    slug, title, status = "fetch-refused", "This address may not be fetched", 422
    advice = "Use a public http(s) address. Operators allow private ones in FETCH_ALLOWED_PRIVATE_HOSTS."


@dataclass(frozen=True)
class Fetched:
    """What came back. `url` is where the last redirect led, `moved_to` where the permanent ones led.

    A temporary redirect makes everything behind it temporary; without a permanent one before it `moved_to`
    is None.
    """

    status: int
    url: str
    headers: httpx.Headers
    content: bytes
    moved_to: str | None = None


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int = RESPONSE_MAX_BYTES,
    timeout: httpx.Timeout = TIMEOUT,
    total_s: float = TOTAL_S,
) -> Fetched:
    """Request `url`, following up to five checked redirects (GET and HEAD only), reading at most `max_bytes`.

    All of it, redirects included, takes at most `total_s` seconds. Raises `FetchRefused` for a scheme, name
    or address that is not allowed, `FetchFailed` when the other side is unreachable, too slow, redirects in
    circles, sends more, or what it sends unpacks to more than 100 times its size.
    """
    follow = method in {"GET", "HEAD"}
    sent = {"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED_ENCODINGS, **(headers or {})}
    moved_to, is_permanent = None, True
    with make_client(timeout=timeout, deadline=Deadline.after(total_s)) as client:
        for _hop in range(REDIRECTS_MAX + 1):
            answer, body = _request(client, method, url, headers=sent, content=content, max_bytes=max_bytes)
            if not (follow and answer.has_redirect_location):
                return Fetched(answer.status_code, str(answer.url), answer.headers, body, moved_to)
            sent = _headers_for_next(sent, answer)
            url = _next_address(answer)
            is_permanent = is_permanent and answer.status_code in PERMANENT
            moved_to = url if is_permanent else moved_to
    raise FetchFailed(f"More than {REDIRECTS_MAX} redirects.")


def make_client(*, timeout: httpx.Timeout = TIMEOUT, deadline: Deadline | None = None) -> httpx.Client:
    """An httpx client that checks every address it connects to; environment proxies are not used.

    It follows no redirect by itself, and a refused address surfaces as `FetchRefused`. With a deadline
    nothing on its connections is waited for after it.
    """
    transport = httpx.HTTPTransport(verify=client_tls(), retries=0, trust_env=False)
    # httpx has no public way to hand httpcore another network backend.
    transport._pool = httpcore.ConnectionPool(
        ssl_context=client_tls(),
        max_connections=10,
        network_backend=CheckedNetwork(get_settings().fetch_allowed_private_hosts, deadline),
    )
    hooks: dict[str, list[Any]] = {"request": [_check_request]}
    return httpx.Client(
        transport=transport, timeout=timeout, follow_redirects=False, trust_env=False, event_hooks=hooks
    )


class CheckedNetwork(httpcore.NetworkBackend):
    """Resolves, checks, and connects to what was checked. TLS still sees the name, not the address."""

    def __init__(self, allowed_private_hosts: Iterable[str], deadline: Deadline | None = None) -> None:
        self.allowed = frozenset(host.lower() for host in allowed_private_hosts)
        self.plain = httpcore.SyncBackend()
        self.deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that works. Raises `FetchRefused` if any is private."""
        failure: Exception | None = None
        for address in self.checked_addresses(host, port):
            wait_s = self.deadline.left_s(timeout) if self.deadline else timeout
            try:
                stream = self.plain.connect_tcp(str(address), port, wait_s, local_address, socket_options)
                return TimedStream(stream, self.deadline) if self.deadline else stream
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def checked_addresses(self, host: str, port: int) -> list[Address]:
        """All addresses of `host`, each one public (or the host allowed by the operator)."""
        name = host.lower().rstrip(".").strip("[]")
        addresses = resolve(name, port)
        if self.allowed & {name, f"{name}:{port}", f"[{name}]:{port}"}:
            return addresses
        for address in addresses:
            if not is_public(address):
                raise FetchRefused(f"{host} is not a public address. {FetchRefused.advice}")
        return addresses

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """Never."""
        raise FetchRefused


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a name, as the system's resolver orders them. Raises `FetchFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchFailed(f"There is no server named {host}.") from error
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether the address is a unicast one of the public internet, looking into those that hold another."""
    inner = _inner_address(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and address not in IPV6_UNICAST:
        return False
    if any(address in network for network in SPECIAL if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner_address(address: Address) -> Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None


def _check_request(request: httpx.Request) -> None:
    parts = urlsplit(str(request.url))
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchRefused("Only http and https addresses are fetched.")
    if parts.username or parts.password:
        raise FetchRefused("An address with a password in it is not fetched.")


def _request(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None,
    max_bytes: int,
) -> tuple[httpx.Response, bytes]:
    try:
        with client.stream(method, url, headers=headers, content=content) as answer:
            return answer, read_body(answer, max_bytes=max_bytes, max_ratio=RATIO_MAX)
    except httpx.InvalidURL as error:
        raise FetchRefused(f"This is no address: {error}.") from error
    except httpx.UnsupportedProtocol as error:
        raise FetchRefused("Only http and https addresses are fetched.") from error
    except httpx.HTTPError as error:
        host = urlsplit(url).hostname
        raise FetchFailed(
            f"{host} could not be read ({type(error).__name__}). {FetchFailed.advice}"
        ) from error


def _next_address(answer: httpx.Response) -> str:
    try:
        return str(answer.url.join(answer.headers["location"]))
    except httpx.InvalidURL as error:
        raise FetchRefused(f"A redirect leads to what is no address: {error}.") from error


def _headers_for_next(sent: dict[str, str], answer: httpx.Response) -> dict[str, str]:
    target = httpx.URL(_next_address(answer))
    same_origin = (target.scheme, target.host, target.port) == (
        answer.url.scheme,
        answer.url.host,
        answer.url.port,
    )
    if same_origin:
        return sent
    return {name: value for name, value in sent.items() if name.lower() not in {"authorization", "cookie"}}
