"""Writes the credited performers of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from omnisonic.core.catalog import repository
from omnisonic.core.catalog.credits import MAX_CREDITS, split_artist_line
from omnisonic.core.catalog.fields import clean_line, refuse
from omnisonic.core.catalog.models import MAX_NAME_CHARS, Recording, RecordingCredit
from omnisonic.core.catalog.names import find_or_make_contributors, fold_names
from omnisonic.core.catalog.schemas import CreditDraft, Unset
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

ROLES = ("performer",)


def write_credits(
    uow: UnitOfWork,
    actor: Actor,
    recording: Recording,
    drafts: Sequence[CreditDraft] | Unset,
    source: str | None = None,
) -> None:
    """Replace the credits by the given ones, or by those that the artist line names.

    A performer already credited under the same folded name stays the same contributor. Raises
    `InvalidFields` for too many or unknown contributors.
    """
    chosen = _read_line(uow, actor, recording, source) if isinstance(drafts, Unset) else _given(uow, drafts)
    uow.session.execute(delete(RecordingCredit).where(col(RecordingCredit.recording_id) == recording.id))
    for position, (contributor_id, credited_as) in enumerate(chosen):
        uow.session.add(
            RecordingCredit(
                recording_id=recording.id,
                position=position,
                contributor_id=contributor_id,
                credited_as=credited_as,
            )
        )
    uow.session.flush()


def _given(uow: UnitOfWork, drafts: Sequence[CreditDraft]) -> list[tuple[UUID, str]]:
    if len(drafts) > MAX_CREDITS:
        raise refuse("credits", "too-many", f"At most {MAX_CREDITS} performers are credited.")
    known = repository.contributors_by_ids(uow.session, [draft.contributor_id for draft in drafts])
    chosen = []
    for draft in drafts:
        contributor = known.get(draft.contributor_id)
        if contributor is None:
            raise refuse("credits", "unknown", f"There is no contributor {draft.contributor_id}.")
        spelled = draft.credited_as or contributor.name
        chosen.append((contributor.id, clean_line(spelled, field="credits", max_chars=MAX_NAME_CHARS)))
    return chosen


def _read_line(
    uow: UnitOfWork, actor: Actor, recording: Recording, source: str | None
) -> list[tuple[UUID, str]]:
    names = [
        clean_line(part.credited_as, field="primaryArtist", max_chars=MAX_NAME_CHARS)
        for part in split_artist_line(recording.primary_artist)
    ]
    former = repository.credits_of(uow.session, [recording.id]).get(recording.id, [])
    kept_keys = fold_names(uow.session, [credit.credited_as for credit in former])
    kept = {key: credit.contributor_id for key, credit in zip(kept_keys, former, strict=True)}
    keys = fold_names(uow.session, names)
    new = [name for key, name in zip(keys, names, strict=True) if key not in kept]
    made = find_or_make_contributors(uow, actor, names=new, roles=ROLES, source=source) if new else []
    for name, contributor in zip(new, made, strict=True):
        kept[keys[names.index(name)]] = contributor.id
    return [(kept[key], name) for key, name in zip(keys, names, strict=True)]
