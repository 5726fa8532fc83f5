"""What waits is the same however much of it is added up already: nothing is missing, nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from sqlalchemy import text

from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.royalties.overview import waiting_money
from omnisonic.core.royalties.suspense import release_resolved
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.core.royalties.waiting import list_waiting
from omnisonic.core.royalties.waiting_sums import add_up
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.conftest import make_recording, set_shares, share
from tests.integration.core.royalties.books import UNKNOWN_ISRC, Song, make_song, report, usage

Waiting = tuple[set[tuple[str, str, str, int]], set[tuple[str, str, int]]]

# Out of every entry, one by one.
OF_ALL = text("""
    SELECT a.owner, a.currency, coalesce(r.title, ''), -sum(e.amount_nano) AS nano, count(DISTINCT e.event_id)
    FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'suspense'
    JOIN (SELECT event_id, account_id FROM ledger_entries GROUP BY 1, 2 HAVING sum(amount_nano) <> 0) AS left_
      ON left_.event_id = e.event_id AND left_.account_id = e.account_id
    JOIN royalty_events ev ON ev.id = e.event_id LEFT JOIN recordings r ON r.id = ev.recording_id
    GROUP BY 1, 2, 3
""")


def counted() -> Waiting:
    """What the entries say."""
    with read_session() as session:
        rows = session.execute(OF_ALL).all()
    listed = {
        (reason, currency, f"{title}:{int(nano)}", uses)
        for reason, currency, title, nano, uses in rows
        if reason != "unmatched"
    }
    reasons = {(reason, currency) for reason, currency, *_ in rows}
    sums = {(one, code, sum(int(r[3]) for r in rows if (r[0], r[1]) == (one, code))) for one, code in reasons}
    return listed, {one for one in sums if one[2]}


def told(actor: Actor) -> Waiting:
    """What the pages say. Each entry is of one recording here, and of one currency."""
    with read_session() as session:
        listed = list_waiting(session, actor, limit=50).waiting
        money = waiting_money(session, actor)
    return (
        {
            (str(one.reason), amount.currency, f"{one.title}:{amount.amount}", one.events)
            for one in listed
            for amount in one.waiting
        },
        {(str(one.reason), one.amount.currency, int(one.amount.amount)) for one in money},
    )


def take_in(at_once: int) -> int:
    with unit_of_work() as uow:
        return add_up(uow, at_once=at_once)


def test_sums_and_what_was_booked_since_are_what_the_entries_say(curator: Actor) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    make_recording(curator, "Fog", "Mara", isrc="USWB11700001")
    keys = (f"key-{number}" for number in count())

    def book() -> None:
        report(
            curator,
            usage(next(keys)),
            usage(next(keys), amount="3.5"),
            usage(next(keys), isrc="USWB11700001"),
            usage(next(keys), isrc="GBAYC1799999", currency="USD", title="Unheard"),
        )

    def release() -> None:
        with unit_of_work() as uow:
            assert release_resolved(uow, curator, work_id=song.work.id).events

    def take_back() -> None:
        (one,) = report(curator, usage(next(keys), amount="7"))
        with unit_of_work() as uow:
            reverse_events(uow, [one.event.id], reason={"reason": "test"})

    steps: list[Callable[[], None]] = [book, take_back, lambda: widen(curator, song), release, book]
    for at_once, step in enumerate(steps, start=1):
        step()
        assert told(curator) == counted()  # nothing has a place in the log yet
        sequence_all()
        assert told(curator) == counted()
        assert take_in(at_once) == at_once  # some of it
        assert told(curator) == counted()
    while take_in(1000):
        assert told(curator) == counted()
    assert told(curator)[0]


def widen(actor: Actor, song: Song) -> None:
    """Less is nobody's from now on, for the day of the usage."""
    first = usage().occurred_at.replace(day=1)
    set_shares(
        actor,
        song.work,
        share(song.ann, 500_000, valid_from=first),
        share(song.bob, 400_000, "lyricist", valid_from=first),
    )


def test_many_at_once_add_each_leaf_once(curator: Actor) -> None:
    make_song(curator, ann_ppm=500_000, bob_ppm=300_000)

    def add_all(_: int) -> int:
        added = 0
        while step := take_in(2):
            added += step
        return added

    def book(number: int) -> int:
        report(curator, usage(f"{number}"), usage(f"{number}:unknown", isrc=UNKNOWN_ISRC))
        sequence_all()
        return add_all(number)

    with ThreadPoolExecutor(4) as pool:
        added = sum(pool.map(book, range(8)))
    with read_session() as session:
        leaves = session.execute(text("SELECT count(*) FROM log_leaves")).scalar_one()
    assert added == leaves
    assert told(curator) == counted()
