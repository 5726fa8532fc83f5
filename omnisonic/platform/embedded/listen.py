"""On which interface the web and the gateway listen."""

from __future__ import annotations

from urllib.parse import urlsplit

from omnisonic.platform.embedded.ports import LOOPBACK
from omnisonic.platform.settings import Settings

ANY = "0.0.0.0"  # noqa: S104 (only once PUBLIC_URL says that others are meant to reach us)
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def listen_host(settings: Settings) -> str:
    """Loopback while PUBLIC_URL is an address of this machine only, else every interface.

    So an installation for development, where anybody may sign in, is not open to the network.
    """
    return LOOPBACK if urlsplit(settings.public_url).hostname in LOCAL_NAMES else ANY
