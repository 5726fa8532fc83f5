"""From the rows of the performers editor to credits: people who are new are made in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from omnisonic.core.catalog.credits import MAX_CREDITS
from omnisonic.core.catalog.fields import clean_line, refuse
from omnisonic.core.catalog.models import MAX_NAME_CHARS, Recording
from omnisonic.core.catalog.names import find_or_make_contributors
from omnisonic.core.catalog.performers import ROLES
from omnisonic.core.catalog.recordings import get_recording, upsert_recording
from omnisonic.core.catalog.schemas import CreditDraft, RecordingDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import parse_id


class CreditRow(NamedTuple):
    """One performer of the editor; without `contributor_id` someone new is meant."""

    contributor_id: UUID | None
    credited_as: str


def read_credit_rows(rows: Sequence[Any]) -> list[CreditRow]:
    """Rows as the browser sent them, checked. Raises `InvalidFields`."""
    if not rows:
        raise refuse("credits", "required", "Name at least one performer.")
    if len(rows) > MAX_CREDITS:
        raise refuse("credits", "too-many", f"At most {MAX_CREDITS} performers are credited.")
    return [_read_row(row) for row in rows]


def write_performers(
    uow: UnitOfWork, actor: Actor, *, recording_id: UUID, rows: Sequence[CreditRow], line: str, version: int
) -> Recording:
    """Make these the performers of a recording, and `line` how they read together.

    Errors as `upsert_recording`.
    """
    found = get_recording(uow.session, actor, recording_id=recording_id)
    names = list(dict.fromkeys(row.credited_as for row in rows if row.contributor_id is None))
    people = find_or_make_contributors(uow, actor, names=names, roles=ROLES) if names else []
    made = {name: person.id for name, person in zip(names, people, strict=True)}
    draft = RecordingDraft(
        title=found.title,
        primary_artist=line,
        recording_id=found.id,
        credits=[
            CreditDraft(
                contributor_id=row.contributor_id or made[row.credited_as], credited_as=row.credited_as
            )
            for row in rows
        ],
        version=version,
    )
    return upsert_recording(uow, actor, draft=draft)


def _read_row(row: Any) -> CreditRow:
    given = row if isinstance(row, dict) else {}
    spelled = clean_line(str(given.get("creditedAs") or ""), field="credits", max_chars=MAX_NAME_CHARS)
    return CreditRow(parse_id(str(given.get("contributorId") or "")), spelled)
