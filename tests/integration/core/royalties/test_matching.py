"""The matching queue: confirmed once, remembered, taken back; money moves from suspense by journals only."""

from __future__ import annotations

from uuid import UUID

import pytest

from omnisonic.core.royalties import matching
from omnisonic.core.royalties.matching_schemas import Decision
from omnisonic.core.royalties.matching_suggestions import suggest
from omnisonic.core.royalties.models import MatchStatus
from omnisonic.core.royalties.suspense import release_resolved
from omnisonic.core.royalties.usage_errors import MatchState
from omnisonic.core.royalties.waiting import list_waiting
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound
from omnisonic.platform.ids import new_id
from omnisonic.platform.pagination import Page
from tests.integration.core.conftest import make_recording, set_shares, share
from tests.integration.core.royalties.books import (
    NANO,
    Song,
    balances,
    count,
    make_song,
    owed,
    report,
    usage,
)

SLIPPED = "GBAYC1700589"  # the last digits exchanged


def confirm(actor: Actor, song: Song, reported_id: UUID) -> Decision:
    with unit_of_work() as uow:
        return matching.confirm_match(
            uow,
            actor,
            reported_id=reported_id,
            recording_id=song.recording.id,
        )


def test_a_match_releases_what_waits_is_remembered_and_can_be_taken_back(curator: Actor, mara: Actor) -> None:
    song = make_song(curator)
    reported = {"isrc": SLIPPED, "title": "Northern Light", "artist": "Mara"}
    report(
        curator, usage("one", **reported), usage("two", **reported), usage("other", isrc=None, title="Fog")
    )
    with read_session() as session:
        queue = matching.list_reported(session, curator, page=Page(), status=MatchStatus.OPEN).matching
        (row,) = [one for one in queue if one.isrc == SLIPPED]
        assert (len(queue), row.events, row.waiting[0].amount) == (2, 2, str(20 * NANO))
        best = suggest(session, curator, reported_id=row.id).suggestions[0]
        with pytest.raises(Forbidden):
            matching.list_reported(session, mara, page=Page())
    assert best.recording_id == song.recording.id
    assert "one slip" in best.reason
    assert best.score >= 80

    with pytest.raises(InvalidFields), unit_of_work() as uow:
        matching.confirm_match(uow, curator, reported_id=row.id, recording_id=new_id())
    with pytest.raises(NotFound), unit_of_work() as uow:
        matching.dismiss(uow, curator, reported_id=new_id())
    for moved in (2, 0):  # confirming again changes nothing
        decision = confirm(curator, song, row.id)
        assert (decision.release.events, decision.is_complete) == (moved, True)
    assert decision.reported.waiting == []
    assert sum(owed(song).values()) == 20 * NANO
    report(curator, usage("three", **reported))
    assert sum(owed(song).values()) == 30 * NANO
    assert balances()["unmatched"] == 10 * NANO

    with pytest.raises(MatchState), unit_of_work() as uow:
        matching.dismiss(uow, curator, reported_id=row.id)
    with unit_of_work() as uow:
        taken_back = matching.reopen(uow, curator, reported_id=row.id).reported
    assert (taken_back.status, taken_back.waiting[0].amount) == (MatchStatus.OPEN, str(30 * NANO))
    assert balances() == {"Streamly": -40 * NANO, "unmatched": 40 * NANO}
    confirm(curator, song, row.id)
    assert sum(owed(song).values()) == 30 * NANO


def test_what_waits_for_shares_is_released_once_they_are_right(curator: Actor, mara: Actor) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    make_recording(curator, "Fog", "Mara", isrc="USWB11700001")
    report(curator, usage("short"), usage("loose", isrc="USWB11700001"))
    assert balances()["unclaimed"] == 12 * NANO
    with read_session() as session:
        first = list_waiting(session, curator, limit=1)
        rest = list_waiting(session, curator, limit=1, cursor=first.next_cursor)
        with pytest.raises(Forbidden):
            list_waiting(session, mara, limit=1)
        for cursor in ("?", "AAAA"):
            with pytest.raises(InvalidFields):
                list_waiting(session, curator, limit=1, cursor=cursor)
    waiting = [*first.waiting, *rest.waiting]
    assert rest.next_cursor is None
    assert [(one.work_id, one.title, one.waiting[0].amount, one.events) for one in waiting] == [
        (None, "Fog", str(10 * NANO), 1),
        (song.work.id, "Northern Lights", str(2 * NANO), 1),
    ]
    set_shares(
        curator,
        song.work,
        *[
            share(song.ann, 500_000, valid_from=usage().occurred_at.replace(day=1)),
            share(song.bob, 500_000, "lyricist", valid_from=usage().occurred_at.replace(day=1)),
        ],
    )
    for moved in (1, 0):
        with unit_of_work() as uow:
            assert release_resolved(uow, curator, work_id=song.work.id).events == moved
    assert owed(song) == {song.ann.id: 5 * NANO, song.bob.id: 5 * NANO}

    make_recording(curator, "Fog", "Mara", isrc="USWB11700001", work_id=song.work.id)
    with unit_of_work() as uow:
        released = release_resolved(uow, curator, work_id=song.work.id)
    assert (released.events, released.nano["EUR"]) == (1, 10 * NANO)
    assert "unclaimed" not in balances()
    with read_session() as session:
        assert list_waiting(session, curator, limit=1).waiting == []

    set_shares(curator, song.work, share(song.ann, 1_000_000, valid_from=usage().occurred_at.replace(day=1)))
    journals = count("journals")
    with unit_of_work() as uow:  # nothing waits: what was given out is not touched
        assert release_resolved(uow, curator, work_id=song.work.id).events == 0
    assert count("journals") == journals


def test_a_conflict_is_released_only_where_nobody_would_lose(curator: Actor) -> None:
    song = make_song(curator, ann_ppm=700_000, bob_ppm=500_000)
    report(curator, usage("over"))
    with unit_of_work() as uow:
        assert release_resolved(uow, curator, work_id=song.work.id).events == 0
    start = usage().occurred_at.replace(day=1)
    set_shares(curator, song.work, share(song.ann, 700_000, valid_from=start))
    with unit_of_work() as uow:
        assert release_resolved(uow, curator, work_id=song.work.id).events == 1
    assert (owed(song)[song.ann.id], balances()["unclaimed"]) == (7 * NANO, 3 * NANO)
    set_shares(
        curator,
        song.work,
        share(song.ann, 600_000, valid_from=start),
        share(song.bob, 400_000, valid_from=start),
    )
    with unit_of_work() as uow:
        released = release_resolved(uow, curator, work_id=song.work.id)
    assert (released.events, released.unresolved) == (0, 1)
