"""Who may enter which room: the ticket says who, the database says whether."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import redis.asyncio

from omnisonic.platform.auth.repository import list_ended_sessions
from omnisonic.platform.db import in_thread, unit_of_work
from omnisonic.platform.ids import new_id, parse_id, utc_now
from omnisonic.platform.names import tidy_name
from omnisonic.studio.rooms.connection import Identity
from omnisonic.studio.rooms.limits import CloseCode
from omnisonic.studio.rooms.repository import Roles, list_roles
from omnisonic.studio.rooms.tickets import redeem_ticket

NAME_MAX_LENGTH = 80


class Refused(Exception):
    """The socket is closed with `code`."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Admission:
    """Decides about every dial."""

    client: redis.asyncio.Redis
    allow_guests: bool

    async def admit(self, path: str, *, has_origin: bool) -> tuple[UUID, Identity]:
        """The room and the identity of a dial; raises `Refused`."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        ticket = query.get("ticket")
        if ticket is None and self.allow_guests and has_origin:
            return await self._admit_guest(query)
        redeemed = await redeem_ticket(self.client, ticket) if ticket else None
        if redeemed is None:
            raise Refused(CloseCode.TICKET, "a fresh ticket is needed")
        session_id = parse_id(query["roomId"]) if "roomId" in query else redeemed.session_id
        if session_id != redeemed.session_id:
            raise Refused(CloseCode.NOT_A_MEMBER, "the ticket is for another room")
        role = (await read_roles([session_id])).get(session_id, {}).get(redeemed.user_id)
        if role is None:
            raise Refused(CloseCode.NOT_A_MEMBER, "not a member, or no such room")
        sign_in = redeemed.auth_session_id
        if sign_in is not None and await read_ended_sign_ins([sign_in]):
            raise Refused(CloseCode.TICKET, "signed out")
        return session_id, Identity(str(redeemed.user_id), redeemed.display_name, role, sign_in)

    async def _admit_guest(self, query: dict[str, str]) -> tuple[UUID, Identity]:
        session_id = parse_id(query.get("roomId", ""))
        if session_id is None or session_id not in await read_roles([session_id]):
            raise Refused(CloseCode.NOT_A_MEMBER, "no such room")
        # The prefix keeps a guest from taking a member's id.
        member_id = f"guest-{clean_name(query.get('memberId', '')) or new_id().hex}"
        return session_id, Identity(member_id, clean_name(query.get("displayName", "")) or "Guest", None)


async def read_roles(session_ids: Collection[UUID]) -> Roles:
    """Roles in the sessions as the primary knows them: a replica may not yet know of a removal."""
    return await in_thread(_read_roles, session_ids)


async def read_ended_sign_ins(sign_in_ids: Collection[UUID]) -> set[UUID]:
    """Those of the browsers' sign-ins that are over."""
    return await in_thread(_read_ended_sign_ins, sign_in_ids) if sign_in_ids else set()


def clean_name(text: str) -> str:
    """A name that people typed, without what would disturb the page around it."""
    return tidy_name(text, max_chars=NAME_MAX_LENGTH)


def _read_ended_sign_ins(sign_in_ids: Collection[UUID]) -> set[UUID]:
    with unit_of_work() as uow:
        return list_ended_sessions(uow.session, sign_in_ids, now=utc_now())


def _read_roles(session_ids: Collection[UUID]) -> Roles:
    with unit_of_work() as uow:
        return list_roles(uow.session, session_ids=session_ids)
