"""Reported usage: divided, booked once, refused as a whole."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from omnisonic.core.ledger.leaves import canonical
from omnisonic.core.royalties.models import Cycle, CycleStatus, RoyaltyEvent
from omnisonic.core.royalties.usage import BATCH_MAX, RecordedUsage
from omnisonic.core.royalties.usage_errors import UsageBatchTooLarge, UsageInvalid, UsageKeyConflict
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden
from omnisonic.platform.ids import utc_now
from tests.integration.core.royalties.books import (
    NANO,
    UNKNOWN_ISRC,
    balances,
    count,
    make_song,
    owed,
    report,
    usage,
)


def test_usage_is_divided_by_the_shares_of_its_day_and_booked_once(curator: Actor) -> None:
    song = make_song(curator)
    first = report(
        curator, usage("one"), usage("two", amount="0.0000000019"), usage("three", isrc=UNKNOWN_ISRC)
    )
    assert owed(song) == {song.ann.id: 6_666_670_001, song.bob.id: 3_333_330_000}
    assert balances() == {
        "Streamly": -20 * NANO - 1,
        "unmatched": 10 * NANO,
        str(song.ann.id): 6_666_670_001,
        str(song.bob.id): 3_333_330_000,
    }
    assert [one.event.recording_id for one in first] == [song.recording.id, song.recording.id, None]
    with read_session() as session:
        (cycle,) = session.exec(select(Cycle)).all()
    assert (cycle.name, cycle.starts_on, cycle.ends_on) == ("March 2026", date(2026, 3, 1), date(2026, 4, 1))

    again = report(curator, usage("two", amount="0.00000000190"), usage("four"), usage("four"))
    assert [one.is_repeated for one in again] == [True, False, True]
    assert again[0].event.id == first[1].event.id
    assert count("royalty_events") == count("journals") == 4


def test_another_body_under_a_booked_key_books_nothing(curator: Actor) -> None:
    make_song(curator)
    report(curator, usage("one"))
    for batch in ([usage("new"), usage("one", amount="11")], [usage("new"), usage("new", territory="FR")]):
        with pytest.raises(UsageKeyConflict, match=r"one|new"):
            report(curator, *batch)
    assert count("royalty_events") == 1
    report(curator, replace(usage("one", amount="11"), source="Another"))
    assert count("royalty_events") == 2


def test_bad_usage_is_refused_by_event_and_field(curator: Actor, mara: Actor) -> None:
    make_song(curator)
    bad = [
        usage("a", amount="NaN"),
        usage("b", amount="-1"),
        usage("c", currency="XAU"),
        usage("d", isrc="GB-AYC-17"),
        usage("e", territory="UK"),
        usage("f", occurred_at=utc_now() + timedelta(days=40)),
        usage("g", quantity=-1),
        usage("h", usage_type="lending"),
        usage(" ", source=""),
        usage("j", isrc=None),
    ]
    with pytest.raises(UsageInvalid) as refused:
        report(curator, usage("fine"), *bad)
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("events.1.amount", "not-a-number"),
        ("events.2.amount", "negative"),
        ("events.3.amount.currency", "not-payable"),
        ("events.4.isrc", "bad-isrc"),
        ("events.5.territory", "unknown-territory"),
        ("events.6.occurredAt", "future"),
        ("events.7.quantity", "range"),
        ("events.8.usageType", "choice"),
        ("events.9.source", "name"),
        ("events.9.idempotencyKey", "bad-key"),
        ("events.10.isrc", "required"),
    ]
    with pytest.raises(UsageInvalid, match="no recording"):
        report(curator, usage("k", recording_id=uuid4()))
    with pytest.raises(UsageBatchTooLarge):
        report(curator, *[usage(str(number)) for number in range(BATCH_MAX + 1)])
    with pytest.raises(Forbidden):
        report(mara, usage("one"))
    assert count("royalty_events") == 0


def test_usage_of_a_closed_cycle_goes_to_the_next_and_says_so(curator: Actor) -> None:
    make_song(curator)
    report(curator, usage("one"))
    with unit_of_work() as uow:
        uow.session.exec(select(Cycle)).one().status = CycleStatus.CLOSED
    (late,) = report(curator, usage("late"))
    assert late.moved_from_day == date(2026, 3, 15)
    (again,) = report(curator, usage("late"))
    assert (again.is_repeated, again.moved_from_day) == (True, late.moved_from_day)
    with read_session() as session:
        cycle = session.get_one(Cycle, late.event.cycle_id)
    assert (cycle.name, cycle.number) == ("April 2026", 2)
    (other,) = report(curator, usage("april", occurred_at=usage().occurred_at + timedelta(days=20)))
    assert (other.event.cycle_id, other.moved_from_day) == (cycle.id, None)


def test_conflicts_and_missing_parts_wait(curator: Actor) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    report(curator, usage("short"))
    assert balances()["unclaimed"] == 2 * NANO
    make_song(curator, isrc=UNKNOWN_ISRC, ann_ppm=700_000, bob_ppm=500_000)
    report(curator, usage("over", isrc=UNKNOWN_ISRC))
    assert balances()["conflict"] == 10 * NANO
    assert owed(song) == {song.ann.id: 5 * NANO, song.bob.id: 3 * NANO}


def test_the_same_events_from_several_at_once_are_booked_once(curator: Actor) -> None:
    song = make_song(curator)
    batches = [[usage(str(number)) for number in order] for order in ((1, 2, 3), (3, 2, 1), (2, 3, 4))]
    answers: list[list[RecordedUsage]] = []
    writers = [
        threading.Thread(target=lambda batch=batch: answers.append(report(curator, *batch)))
        for batch in batches
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(answers) == 3
    assert sum(not one.is_repeated for batch in answers for one in batch) == count("royalty_events") == 4
    assert sum(owed(song).values()) == 40 * NANO


def test_metadata_is_hashed_as_postgresql_gives_it_back(curator: Actor) -> None:
    """Each number in the spelling that survives the table, or the audit would see a change."""
    told = {
        "zero": -0.0,
        "large": 1e22,
        "edge": 1e16,
        "small": 1e-7,
        "part": 0.1,
        "whole": 2.0,
        "deep": [-0.0],
    }
    (recorded,) = report(curator, usage("one", details=told))
    with read_session() as session:
        stored = session.exec(select(RoyaltyEvent)).one()
    assert stored.details is not None
    assert recorded.event.details is not None
    assert canonical(stored.details) == canonical(recorded.event.details)
