"""Whatever is reported, reversed, matched and merged: statement = lines = ledger, to the nano-unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import TextClause, text
from sqlmodel import col, select

from omnisonic.core import money
from omnisonic.core.catalog.merge import merge_entities
from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger import copying_arrays
from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.royalties import closing_entries, closing_sql, matching
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.closing_rounding import carried_rests
from omnisonic.core.royalties.models import Statement, StatementLine
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.conftest import (
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
)
from tests.integration.core.royalties.books import Song, make_song, report, usage

ISRCS = ("GBAYC1700001", "GBAYC1700002", "GBAYC1700003")  # shares complete, short, above the whole


@dataclass(frozen=True)
class Made:
    """One made-up usage; `song` 3 is a recording that is matched to the first song afterwards."""

    song: int
    amount: Decimal
    currency: str
    usage_type: str
    territory: str | None
    quantity: int
    is_reversed: bool


MADE = st.builds(
    Made,
    song=st.integers(0, 3),
    amount=st.integers(1, 10**19).map(lambda number: Decimal(number).scaleb(-14)),
    currency=st.sampled_from(["EUR", "JPY"]),
    usage_type=st.sampled_from(["stream", "broadcast"]),
    territory=st.sampled_from(["DE", None]),
    quantity=st.integers(0, 10**6),
    is_reversed=st.booleans(),
)


def test_statements_add_up_whatever_happens(
    curator: Actor, cosigner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_entries, "SORTED_JOURNALS", 3)  # several parts in one closing
    monkeypatch.setattr(copying_arrays, "PIECE_BYTES", 250)  # and several pieces in each
    monkeypatch.setattr(closing_sql, "SORT_JOURNALS", all_alike_at_first())
    songs = [
        make_song(curator, isrc=ISRCS[0]),
        make_short_song(curator),
        make_song(curator, isrc=ISRCS[2], bob_ppm=700_000),
    ]
    merged: list[Contributor] = []
    months, reported, carried = count(), Counter[tuple[str, str]](), Counter[tuple[UUID, str]]()

    # Not made smaller when it fails: each try closes one more cycle of the same books.
    @settings(
        max_examples=4,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(events=st.lists(MADE, min_size=4, max_size=16), merges=st.booleans())
    def check(events: list[Made], merges: bool) -> None:
        month = next(months)
        cycle_id = book(curator, songs, events, month, reported)
        if merges and not merged:
            merged.append(merge_lyricists(curator, songs))
        close_cycle(curator, cycle_id=cycle_id)
        require_same_lines(cycle_id, carried)
        require_nothing_lost(reported)

    check()


def all_alike_at_first() -> tuple[TextClause, ...]:
    """With the first seed all places have one hash."""
    return tuple(
        text(str(one).replace("hash_record_extended", ":seed * hash_record_extended"))
        for one in closing_sql.SORT_JOURNALS
    )


def book(
    actor: Actor, songs: list[Song], events: list[Made], month: int, reported: Counter[tuple[str, str]]
) -> UUID:
    """Report the events in a month of their own, match the unknown recording, reverse what is to be."""
    at = datetime(2015 + month // 12, month % 12 + 1, 20, tzinfo=UTC)
    unknown = f"USWB117{month:05}"
    booked = report(
        actor,
        *(
            usage(
                f"{month}-{number}",
                isrc=unknown if one.song == 3 else ISRCS[one.song],
                amount=format(one.amount, "f"),
                currency=one.currency,
                usage_type=one.usage_type,
                territory=one.territory,
                quantity=one.quantity,
                occurred_at=at,
            )
            for number, one in enumerate(events)
        ),
    )
    with unit_of_work() as uow:
        waiting = {one.event.unmatched_id for one in booked if one.event.unmatched_id}
        for reported_id in waiting:
            matching.confirm_match(uow, actor, reported_id=reported_id, recording_id=songs[0].recording.id)
    taken_back = []
    for one, made in zip(booked, events, strict=True):
        if made.is_reversed and one.event.amount_nano:
            taken_back.append(one.event.id)
        else:
            reported[one.event.source, one.event.currency] += made.amount
    with unit_of_work() as uow:
        reverse_events(uow, taken_back, reason={"why": "test"})
    return booked[0].event.cycle_id


def make_short_song(actor: Actor) -> Song:
    """Of this one a part is nobody's, and its lyricist goes by another name."""
    work = make_work(actor, "Southern Cross")
    recording = make_recording(actor, "Southern Cross", "Mara", isrc=ISRCS[1], work_id=work.id)
    ann, robert = make_contributor(actor, "Ann"), make_contributor(actor, "Robert")
    set_shares(actor, work, share(ann, 666_667), share(robert, 100_001, "lyricist"))
    return Song(work, recording, ann, robert)


def merge_lyricists(actor: Actor, songs: list[Song]) -> Contributor:
    """Robert turns out to be Bob; what was booked stays where it is."""
    with unit_of_work() as uow:
        return merge_entities(
            uow, actor, table=Contributor, survivor_id=songs[0].bob.id, merged_id=songs[1].bob.id
        )


ENTRIES = text("""
    SELECT e.contributor_id, e.currency, e.work_id, coalesce(ev.recording_id, u.recording_id) AS recording_id,
           ev.source, ev.usage_type, ev.territory, to_char(ev.occurred_at, 'YYYY-MM') AS period,
           -e.amount_nano AS nano, l.leaf_hash, j.kind, origin.kind AS origin, ev.quantity, ev.id AS event_id
    FROM ledger_entries e
    JOIN journals j ON j.id = e.journal_id
    LEFT JOIN journals origin ON origin.id = j.reverses_id
    JOIN royalty_events ev ON ev.id = e.event_id
    LEFT JOIN unmatched_usage u ON u.id = ev.unmatched_id
    JOIN log_leaves l ON l.row_id = e.id
    WHERE e.cycle_id = :cycle_id AND e.contributor_id IS NOT NULL ORDER BY l.leaf_index
""")


def require_same_lines(cycle_id: UUID, carried: Counter[tuple[UUID, str]]) -> None:
    """The lines are the ledger's entries, grouped and hashed here without any of the closing's code."""
    with read_session() as session:
        entries = session.execute(ENTRIES, {"cycle_id": cycle_id}).all()
        statements = session.exec(select(Statement).where(Statement.cycle_id == cycle_id)).all()
        ids = {one.id: one for one in statements}
        lines = session.exec(select(StatementLine).where(col(StatementLine.statement_id).in_(ids))).all()
    expected: dict[Any, list[Any]] = defaultdict(list)
    totals: Counter[tuple[UUID, str]] = Counter()
    first = {(row.event_id, row.contributor_id) for row in entries if row.kind == "usage"}
    for row in entries:
        expected[tuple(row[:8])].append((row.nano, uses(row, first), bytes(row.leaf_hash)))
        totals[row.contributor_id, row.currency] += row.nano
    found = {
        (
            *(ids[one.statement_id].contributor_id, ids[one.statement_id].currency, one.work_id),
            *(one.recording_id, one.source, one.usage_type, one.territory, one.period),
        ): (one.amount_nano, one.quantity, one.entry_count, one.entries_root)
        for one in lines
    }
    assert found == {
        key: (
            sum(nano for nano, _, _ in rows),
            sum(quantity for _, quantity, _ in rows),
            len(rows),
            merkle_root([digest for _, _, digest in rows]),
        )
        for key, rows in expected.items()
    }
    assert len(found) == len(lines)
    assert {(one.contributor_id, one.currency): one.total_nano for one in statements} == dict(totals)
    for one in statements:
        assert one.carried_nano == carried[one.contributor_id, one.currency]
    carried.update(totals)


def uses(row: Any, first: set[tuple[UUID, UUID]]) -> int:
    """How often an entry counts its use: a part that is added later to somebody's share does not."""
    is_more = (row.origin or row.kind) == "release" and (row.event_id, row.contributor_id) in first
    return 0 if is_more else int(-row.quantity if row.kind == "reversal" else row.quantity)


def require_nothing_lost(reported: Counter[tuple[str, str]]) -> None:
    """Sources owe exactly what was reported: what is below a nano-unit is carried, and nothing is lost."""
    with read_session() as session:
        rows = session.execute(
            text(
                "SELECT a.owner, a.currency, sum(e.amount_nano) AS nano FROM ledger_entries e "
                "JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'source' GROUP BY 1, 2"
            )
        )
        owed = {(row.owner, row.currency): money.from_nano(int(row.nano)) for row in rows}
        rests = carried_rests(session)
        uneven = session.execute(
            text("SELECT currency FROM ledger_entries GROUP BY currency HAVING sum(amount_nano) <> 0")
        ).all()
    assert uneven == []
    for key in owed.keys() | reported.keys():
        assert owed.get(key, Decimal(0)) + rests.get(key, Decimal(0)) == reported[key]
