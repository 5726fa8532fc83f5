"""What the list of sessions shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.studio.sessions import members
from omnisonic.studio.sessions.cards import SessionCard, list_cards
from omnisonic.studio.sessions.schemas import InviteCreate
from tests.integration.studio.conftest import Person, create_session, sine_wav


def cards_of(person: Person, *, limit: int = 50, cursor: str | None = None) -> list[SessionCard]:
    with read_session() as session:
        return list_cards(session, person.actor, page=Page(limit=limit, after=decode_cursor(cursor)))[0]


def test_a_card_has_faces_tracks_and_length(
    mara: Person, teo: Person, add_take: Callable[..., dict[str, Any]]
) -> None:
    session_id = create_session(mara)["id"]
    add_take(mara, session_id, sine_wav(seconds=2))
    add_take(mara, session_id, sine_wav(seconds=1), offsetSamples=96_000, trimStartSamples=12_000)
    with unit_of_work() as uow:
        invite = members.create_invite(uow, mara.actor, session_id=UUID(session_id), request=InviteCreate())
        members.accept_invite(uow, teo.actor, secret=str(invite.url).rpartition("/")[2])

    (card,) = cards_of(teo)

    assert [face.display_name for face in card.members] == ["Mara", "Teo"]
    assert [(one.start_samples, one.length_samples) for one in card.tracks] == [(0, 96_000), (96_000, 36_000)]
    assert card.length_samples == 132_000
    assert [one.color for one in card.tracks] == ["track-1", "track-2"]


def test_a_stranger_has_no_card(mara: Person, teo: Person) -> None:
    create_session(mara)
    assert cards_of(teo) == []


def test_an_empty_session_has_no_length(mara: Person) -> None:
    create_session(mara)
    (card,) = cards_of(mara)
    assert (card.tracks, card.length_samples) == ([], 0)


def test_pages_follow_each_other(mara: Person) -> None:
    made = [create_session(mara, name)["id"] for name in ("One", "Two", "Three")]
    with read_session() as session:
        first, cursor = list_cards(session, mara.actor, page=Page(limit=2))
    rest = cards_of(mara, limit=2, cursor=cursor)
    assert [str(card.session.id) for card in [*first, *rest]] == list(reversed(made))
