"""Short ways to report usage and to read where its money stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.royalties.usage import RecordedUsage, record_usage
from omnisonic.core.royalties.usage_rules import UsageDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.conftest import make_contributor, make_recording, make_work, set_shares, share

ISRC = "GBAYC1700598"
UNKNOWN_ISRC = "USWB11700001"
MARCH = datetime(2026, 3, 15, 12, tzinfo=UTC)
NANO = 10**9


@dataclass(frozen=True)
class Song:
    """A work with a recording, two thirds Ann's and one third Bob's."""

    work: Work
    recording: Recording
    ann: Contributor
    bob: Contributor


def make_song(actor: Actor, *, isrc: str = ISRC, ann_ppm: int = 666_667, bob_ppm: int = 333_333) -> Song:
    """A song with shares from always on."""
    work = make_work(actor, "Northern Lights")
    recording = make_recording(actor, "Northern Lights", "Mara", isrc=isrc, work_id=work.id)
    ann, bob = make_contributor(actor, "Ann"), make_contributor(actor, "Bob")
    set_shares(actor, work, share(ann, ann_ppm), share(bob, bob_ppm, "lyricist"))
    return Song(work, recording, ann, bob)


def usage(key: str = "one", **changes: Any) -> UsageDraft:
    """Ten euros of streams in March."""
    fields: dict[str, Any] = {
        "source": "Streamly",
        "idempotency_key": key,
        "usage_type": "stream",
        "quantity": 1200,
        "amount": "10",
        "currency": "EUR",
        "occurred_at": MARCH,
        "isrc": ISRC,
        "territory": "DE",
    }
    return UsageDraft(**(fields | changes))


def report(actor: Actor, *events: UsageDraft) -> list[RecordedUsage]:
    """Book these."""
    with unit_of_work() as uow:
        return record_usage(uow, actor, events=events)


def balances(currency: str = "EUR") -> dict[str, int]:
    """What stands on every account with something on it, credits above zero, by owner."""
    statement = text(
        "SELECT a.kind, a.owner, -sum(e.amount_nano) AS nano FROM ledger_entries e "
        "JOIN ledger_accounts a ON a.id = e.account_id WHERE a.currency = :currency "
        "GROUP BY a.kind, a.owner HAVING sum(e.amount_nano) <> 0"
    )
    with read_session() as session:
        return {row.owner: int(row.nano) for row in session.execute(statement, {"currency": currency})}


def count(table: str) -> int:
    """Rows of a table."""
    with read_session() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def owed(song: Song) -> dict[UUID, int]:
    """What Ann and Bob have."""
    standing = balances()
    return {one.id: standing.get(str(one.id), 0) for one in (song.ann, song.bob)}
