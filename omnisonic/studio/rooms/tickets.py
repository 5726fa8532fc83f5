"""Tickets: a short-lived key that tells the gateway who is dialing, so that no secret is in an address."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import redis.asyncio

from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.redis import get_redis
from omnisonic.platform.settings import get_settings
from omnisonic.studio.rooms.schemas import TicketAnswer

TICKET_LIFE_S = 60
TICKET_MAX_LENGTH = 200


@dataclass(frozen=True)
class Ticket:
    """What a redeemed ticket says."""

    session_id: UUID
    user_id: UUID
    display_name: str
    auth_session_id: UUID | None  # of the browser; None for a program with a token


def issue_ticket(actor: Actor, *, session_id: UUID, page_url: str) -> TicketAnswer:
    """A ticket for one dial into one room. The caller has checked the membership."""
    secret = secrets.token_urlsafe(32)
    content = {
        "session": str(session_id),
        "user": str(actor.user_id),
        "name": actor.display_name,
        "signIn": None if actor.auth_session_id is None else str(actor.auth_session_id),
    }
    expires_at = utc_now() + timedelta(seconds=TICKET_LIFE_S)
    get_redis().set(_key(secret), json.dumps(content), ex=TICKET_LIFE_S)
    return TicketAnswer(ticket=secret, url=gateway_url(page_url), expires_at=expires_at)


async def redeem_ticket(client: redis.asyncio.Redis, secret: str) -> Ticket | None:
    """The ticket behind a secret, once; None when it is unknown, used or expired."""
    if not secret or len(secret) > TICKET_MAX_LENGTH:
        return None
    content = await client.getdel(_key(secret))
    if content is None:
        return None
    fields = json.loads(content)
    sign_in = None if fields["signIn"] is None else UUID(fields["signIn"])
    return Ticket(UUID(fields["session"]), UUID(fields["user"]), fields["name"], sign_in)


def gateway_url(page_url: str) -> str:
    """Where browsers reach the gateway: GATEWAY_PUBLIC_URL, or the page's host at GATEWAY_PORT."""
    settings = get_settings()
    if settings.gateway_public_url is not None:
        parts = urlsplit(settings.gateway_public_url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        return parts._replace(scheme=scheme, path=parts.path or "/").geturl()
    page = urlsplit(page_url)
    host = page.hostname or "localhost"
    if ":" in host:
        host = f"[{host}]"
    return f"{'wss' if page.scheme == 'https' else 'ws'}://{host}:{settings.gateway_port}/"


def _key(secret: str) -> str:
    # Redis holds the digest: whoever reads its memory cannot dial with it.
    return f"ticket:{hashlib.sha256(secret.encode()).hexdigest()}"
