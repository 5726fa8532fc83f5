"""The list of sessions as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.people import avatar_color, initials
from omnisonic.platform.ui.sound import Lane
from omnisonic.platform.ui.words import ago, clock, count
from omnisonic.studio.demo.service import find_demo, open_demo
from omnisonic.studio.sessions import service
from omnisonic.studio.sessions.cards import CardTrack, SessionCard, list_cards
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.schemas import SessionCreate

PAGE_ROWS = 24
MAX_ROWS = 192  # then the page says to look for older ones by name
MAX_LANES = 6
MAX_FACES = 4


@dataclass
class Face:
    """A person on a card."""

    name: str
    letters: str
    color: str
    picture: str


@dataclass
class Card:
    """One session in the list."""

    id: str
    href: str
    name: str
    changed: str
    facts: str
    faces: list[Face]
    more_faces: str
    lanes: list[Lane]
    is_mine: bool


class SessionsState(rx.State):
    """The caller's sessions, newest first."""

    is_loaded: bool = False
    load_problem: str = ""
    has_demo: bool = False
    cards: rx.Field[list[Card]] = rx.field(default_factory=list)
    cursor: str = ""
    removed_id: str = ""
    removed_name: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """The first page."""
        self.load_problem = ""
        self.removed_id = self.removed_name = ""
        self.cards, self.cursor = await in_thread(_fetch, current_actor(), "")
        self.has_demo = not self.cards and await in_thread(_has_demo)
        self.is_loaded = True

    @rx.event
    @guarded
    async def load_more(self) -> None:
        """The next page, below what is there."""
        if not self.cursor or len(self.cards) >= MAX_ROWS:
            return
        cards, self.cursor = await in_thread(_fetch, current_actor(), self.cursor)
        self.cards = [*self.cards, *cards]

    @rx.event
    @guarded
    async def create(self) -> EventSpec:
        """Make a session and open it."""
        return rx.redirect(f"/sessions/{await in_thread(_create, current_actor())}")

    @rx.event
    @guarded
    async def open_demo(self) -> EventSpec:
        """Give the caller a copy of the demo song, open it and let it play."""
        return rx.redirect(f"/sessions/{await in_thread(_open_demo, current_actor())}?play=1")

    @rx.event
    @guarded
    async def remove(self, session_id: str) -> None:
        """Put a session away; the page offers to bring it back."""
        await in_thread(_remove, current_actor(), UUID(session_id))
        self.removed_id = session_id
        self.removed_name = next((card.name for card in self.cards if card.id == session_id), "")
        self.cards = [card for card in self.cards if card.id != session_id]

    @rx.event
    @guarded
    async def restore(self) -> None:
        """Undo `remove`."""
        actor = current_actor()
        if self.removed_id:
            await in_thread(_restore, actor, UUID(self.removed_id))
        self.removed_id = self.removed_name = ""
        self.cards, self.cursor = await in_thread(_fetch, actor, "")

    @rx.event
    @guarded
    async def forget_removed(self) -> None:
        """Take the offer to undo away."""
        self.removed_id = self.removed_name = ""


def _fetch(actor: Actor, cursor: str) -> tuple[list[Card], str]:
    with read_session() as session:
        cards, after = list_cards(session, actor, page=Page(limit=PAGE_ROWS, after=decode_cursor(cursor)))
    now = utc_now()
    return [_card(card, now=now) for card in cards], after or ""


def _create(actor: Actor) -> UUID:
    with unit_of_work() as uow:
        return service.create_session(uow, actor, request=SessionCreate()).id


def _has_demo() -> bool:
    with read_session() as session:
        return find_demo(session) is not None


def _open_demo(actor: Actor) -> UUID:
    with unit_of_work() as uow:
        return open_demo(uow, actor).id


def _remove(actor: Actor, session_id: UUID) -> None:
    with unit_of_work() as uow:
        service.delete_session(uow, actor, session_id=session_id)


def _restore(actor: Actor, session_id: UUID) -> None:
    with unit_of_work() as uow:
        service.restore_session(uow, actor, session_id=session_id)


def _card(card: SessionCard, *, now: datetime) -> Card:
    view = card.session
    tracks = count(view.track_count, "track")
    length = card.length_samples
    faces = [
        Face(
            name=one.display_name,
            letters=initials(one.display_name),
            color=avatar_color(one.user_id),
            picture=one.avatar_url or "",
        )
        for one in card.members[:MAX_FACES]
    ]
    more = len(card.members) - len(faces)
    return Card(
        id=str(view.id),
        href=f"/sessions/{view.id}",
        name=view.name,
        changed=f"Edited {ago(view.updated_at, now=now)}",
        facts=f"{tracks} · {clock(length)}" if length else tracks,
        faces=faces,
        more_faces=f"+{more}" if more else "",
        lanes=[_lane(track, length) for track in card.tracks[:MAX_LANES]],
        is_mine=view.role is MemberRole.OWNER,
    )


def _lane(track: CardTrack, whole_samples: int) -> Lane:
    name = track.color.removeprefix("track-")
    return Lane(
        upload_id=str(track.upload_id),
        color=int(name) if name.isdigit() else 8,
        start=round(track.start_samples / whole_samples, 4),
        length=round(track.length_samples / whole_samples, 4),
    )
