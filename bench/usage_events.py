"""Usage for the ledger's benchmark: made up from a seed, or read from a file, and the works it is of."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from omnisonic.core.royalties.usage_rules import UsageDraft
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id

SEED = 20_260_301
RECORDINGS = 1_000
PARTIES = 200
PAYEES_PER_WORK = 4
SHARES_PPM = (400_000, 300_000, 200_000, 100_000)
TERRITORIES = ("DE", "FR", "GB", "US", "JP", "BR")
SOURCES = ("Streamly", "Tunefall")
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
SHARES_FROM = datetime(2000, 1, 1, tzinfo=UTC)

_MAKE = (
    (
        "contributors",
        "INSERT INTO contributors (id, name, name_key, roles, version, created_at, updated_at) "
        "VALUES (:id, :name, :name, '{composer}', 1, :now, :now)",
    ),
    (
        "works",
        "INSERT INTO works (id, title, genres, version, created_at, updated_at) "
        "VALUES (:id, :name, '{}', 1, :now, :now)",
    ),
    (
        "recordings",
        "INSERT INTO recordings (id, title, isrc, work_id, primary_artist, genres, version, created_at, "
        "updated_at) VALUES (:id, :name, :isrc, :work, 'A Band', '{}', 1, :now, :now)",
    ),
    (
        "contributions",
        "INSERT INTO contributions (id, work_id, contributor_id, role, share_ppm, valid_from, created_at) "
        "VALUES (:id, :work, :who, 'composer', :ppm, :valid_from, :now)",
    ),
)


def make_recordings(events: Iterable[UsageDraft]) -> None:
    """Every recording that events name, with a work of four payees each among 200 contributors."""
    named = {(one.recording_id, None if one.recording_id else one.isrc) for one in events}
    now = datetime.now(UTC)
    people = [new_id() for _ in range(PARTIES)]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in _MAKE}
    rows["contributors"] = [{"id": one, "name": f"party {n}"} for n, one in enumerate(people)]
    for number, (recording_id, isrc) in enumerate(sorted(named, key=str)):
        work = new_id()
        rows["works"].append({"id": work, "name": f"Work {number}"})
        rows["recordings"].append(
            {
                "id": recording_id or new_id(),
                "name": f"Recording {number}",
                "isrc": isrc and isrc.replace("-", ""),
                "work": work,
            }
        )
        rows["contributions"] += [
            {
                "id": new_id(),
                "work": work,
                "who": people[(number * 11 + place) % PARTIES],
                "ppm": SHARES_PPM[place],
                "valid_from": SHARES_FROM,
            }
            for place in range(PAYEES_PER_WORK)
        ]
    with unit_of_work() as uow:
        for name, statement in _MAKE:
            if rows[name]:
                uow.session.execute(text(statement), [{**row, "now": now} for row in rows[name]])


def made_events(count: int) -> Iterator[UsageDraft]:
    """Streams of March 2026 in euros, the same for every run."""
    chance = random.Random(SEED)
    isrcs = [f"GBAYC26{number:05}" for number in range(RECORDINGS)]
    for number in range(count):
        amount = Decimal(chance.randrange(10**9, 10**12)).scaleb(-12)
        yield UsageDraft(
            source=SOURCES[number % len(SOURCES)],
            idempotency_key=f"made-{number}",
            usage_type="stream",
            quantity=chance.randrange(1, 10_000),
            amount=str(amount),
            currency="EUR",
            occurred_at=FIRST_DAY + timedelta(seconds=chance.randrange(31 * 86_400)),
            isrc=chance.choice(isrcs),
            territory=chance.choice(TERRITORIES),
        )


def read_events(path: Path) -> list[UsageDraft]:
    """Events of a file of JSON Lines, one `UsageInput` of the GraphQL schema a line.

    Raises SystemExit with the number of a line that is no such event.
    """
    events = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    events.append(_draft(json.loads(line)))
                except (KeyError, TypeError, ValueError) as error:
                    raise SystemExit(f"{path.name}, line {number}: no usage event ({error!r}).") from error
    if not events:
        raise SystemExit(f"{path.name} has no events.")
    return events


def _draft(row: dict[str, Any]) -> UsageDraft:
    return UsageDraft(
        source=row["source"],
        idempotency_key=row["idempotencyKey"],
        usage_type=row["usageType"],
        quantity=int(row["quantity"]),
        amount=row["amount"]["amount"],
        currency=row["amount"]["currency"],
        occurred_at=datetime.fromisoformat(row["occurredAt"]),
        recording_id=UUID(row["recordingId"]) if row.get("recordingId") else None,
        isrc=row.get("isrc"),
        territory=row.get("territory"),
        details=row.get("metadata"),
    )
