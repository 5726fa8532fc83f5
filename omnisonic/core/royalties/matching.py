"""The matching queue: which recording is meant, decided once by a curator, and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.posting import post
from omnisonic.core.royalties import matching_repository as repository
from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.cycles import CycleFinder, hold_open_cycles
from omnisonic.core.royalties.matching_schemas import Decision, ReleaseView, ReportedList, ReportedView
from omnisonic.core.royalties.models import MatchStatus, UnmatchedUsage
from omnisonic.core.royalties.policy import UNMATCHED_PLAN
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.suspense import (
    CORRECTIONS_LOCK,
    Released,
    chunks_of,
    read_standings,
    release_events,
)
from omnisonic.core.royalties.usage import require_bookkeeper
from omnisonic.core.royalties.usage_booking import usage_journals
from omnisonic.core.royalties.usage_catalog import recordings_by_id
from omnisonic.core.royalties.usage_errors import MatchState
from omnisonic.core.royalties.usage_events import UsageEvent, events_by_ids
from omnisonic.core.royalties.usage_jobs import RELEASE_MATCH
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page

AT_ONCE = 2000  # events that are released while somebody waits


def list_reported(
    session: Session, actor: Actor, *, page: Page, status: MatchStatus | None = None
) -> ReportedList:
    """The queue with the money that waits, newest first. Raises `Forbidden`."""
    require_bookkeeper(actor, scope=Scope.ROYALTIES_READ)
    rows, cursor = repository.reported_page(session, page=page, status=status)
    return ReportedList(matching=views_of(session, rows), next_cursor=cursor)


def get_reported(session: Session, actor: Actor, *, reported_id: UUID) -> UnmatchedUsage:
    """One row. Raises `Forbidden` and `NotFound`."""
    require_bookkeeper(actor, scope=Scope.ROYALTIES_READ)
    found = repository.find_reported(session, reported_id)
    if found is None:
        raise NotFound("There is no such reported recording.")
    return found


def confirm_match(
    uow: UnitOfWork, actor: Actor, *, reported_id: UUID, recording_id: UUID, version: int | None = None
) -> Decision:
    """This is the recording: what waits goes to its parties by the shares of each event's day.

    Events to come are booked at once. Repeating it changes nothing. Raises `Forbidden`, `NotFound`,
    `MatchState` when another recording was confirmed, `VersionConflict`, `InvalidFields`.
    """
    row = _locked(uow, actor, reported_id, version)
    recording = recordings_by_id(uow.session, [recording_id]).get(recording_id)
    if recording is None:
        message = "There is no such recording in the catalog."
        raise InvalidFields(message, errors=[FieldError("recordingId", "unknown", message)])
    if row.status is MatchStatus.MATCHED and row.recording_id != recording.id:
        raise MatchState("Another recording was confirmed for this. Take that match back first.")
    if row.status is not MatchStatus.MATCHED:
        _decide(row, actor, MatchStatus.MATCHED, recording.id)
        uow.session.flush()
    released, is_complete = release_match(uow, reported_id=row.id)
    if not is_complete:
        uow.enqueue(RELEASE_MATCH, reported_id=str(row.id))
    return _decision(uow, row, released, is_complete=is_complete)


def dismiss(uow: UnitOfWork, actor: Actor, *, reported_id: UUID, version: int | None = None) -> Decision:
    """Not ours, or not to be found: out of the open queue, its money stays in suspense.

    Raises as `confirm_match`; a confirmed match is taken back first.
    """
    row = _locked(uow, actor, reported_id, version)
    if row.status is MatchStatus.MATCHED:
        raise MatchState
    if row.status is MatchStatus.OPEN:
        _decide(row, actor, MatchStatus.DISMISSED, None)
    return _decision(uow, row, Released(), is_complete=True)


def reopen(uow: UnitOfWork, actor: Actor, *, reported_id: UUID, version: int | None = None) -> Decision:
    """Take a decision back: what a wrong match gave out is reversed and waits again.

    Raises `Forbidden`, `NotFound`, `VersionConflict`.
    """
    row = _locked(uow, actor, reported_id, version)
    if row.status is MatchStatus.MATCHED:
        _take_back(uow, row)
    if row.status is not MatchStatus.OPEN:
        _decide(row, actor, MatchStatus.OPEN, None)
    return _decision(uow, row, Released(), is_complete=True)


def release_match(uow: UnitOfWork, *, reported_id: UUID, limit: int = AT_ONCE) -> tuple[Released, bool]:
    """Release what waits for a confirmed row, at most `limit` events; and whether that was all."""
    take_lock(uow.session, CORRECTIONS_LOCK)
    row = repository.find_reported(uow.session, reported_id, for_update=True)
    if row is None or row.status is not MatchStatus.MATCHED or row.recording_id is None:
        return Released(), True
    recording = recordings_by_id(uow.session, [row.recording_id])[row.recording_id]
    waiting = repository.waiting_events(uow.session, row.id, limit=limit + 1)
    released = release_events(uow, waiting[:limit], lambda _: recording)
    has_moved = released.events > 0  # else the rest cannot be moved either, and asking again is in vain
    return released, len(waiting) <= limit or not has_moved


def views_of(session: Session, rows: Sequence[UnmatchedUsage]) -> list[ReportedView]:
    """Rows with their events and money, by two statements for any number."""
    ids = [row.id for row in rows]
    waiting, events = repository.waiting_of(session, ids), repository.event_counts(session, ids)
    names = [one for one in ReportedView.model_fields if one not in ("events", "waiting")]
    return [
        ReportedView(
            **{name: getattr(row, name) for name in names},
            events=events.get(row.id, 0),
            waiting=[money_view(nano, currency) for currency, nano in waiting.get(row.id, [])],
        )
        for row in rows
    ]


def release_view(released: Released) -> ReleaseView:
    """What was moved, as programs get it."""
    return ReleaseView(
        events=released.events,
        released=[money_view(nano, currency) for currency, nano in sorted(released.nano.items())],
        unresolved=released.unresolved,
    )


def _locked(uow: UnitOfWork, actor: Actor, reported_id: UUID, version: int | None) -> UnmatchedUsage:
    require_bookkeeper(actor)
    take_lock(uow.session, CORRECTIONS_LOCK)
    row = repository.find_reported(uow.session, reported_id, for_update=True)
    if row is None:
        raise NotFound("There is no such reported recording.")
    if version is not None and version != row.version:
        raise VersionConflict(current=views_of(uow.session, [row])[0].model_dump(mode="json", by_alias=True))
    return row


def _decide(row: UnmatchedUsage, actor: Actor, status: MatchStatus, recording_id: UUID | None) -> None:
    row.status, row.recording_id = status, recording_id
    row.decided_by, row.decided_at = actor.user_id, utc_now()
    row.version += 1


def _decision(uow: UnitOfWork, row: UnmatchedUsage, released: Released, *, is_complete: bool) -> Decision:
    uow.session.flush()
    announce(uow)
    (view,) = views_of(uow.session, [row])
    return Decision(reported=view, release=release_view(released), is_complete=is_complete)


def _take_back(uow: UnitOfWork, row: UnmatchedUsage) -> None:
    reason = {"reason": "match taken back", "unmatched": str(row.id)}
    for part in chunks_of(repository.events_of(uow.session, row.id)):
        reverse_events(uow, part, reason=reason, kinds=("release",))
        standings = read_standings(uow.session, part)
        direct = [
            event
            for event in events_by_ids(uow.session, list(standings)).values()
            if event.recording_id is not None and standings[event.id].total == event.amount_nano
        ]
        reverse_events(uow, [event.id for event in direct], reason=reason, kinds=("usage",))
        _book_as_unmatched(uow, direct, round_number=row.version)


def _book_as_unmatched(uow: UnitOfWork, events: Sequence[UsageEvent], *, round_number: int) -> None:
    open_ids = {cycle.id for cycle in hold_open_cycles(uow)}
    finder, today = CycleFinder(uow), utc_now().date()
    drafts = usage_journals(
        uow.session, [(event, UNMATCHED_PLAN) for event in events], suffix=f":{round_number}"
    )
    currencies = {event.id: event.currency for event in events}
    post(
        uow,
        [
            draft
            if draft.cycle_id in open_ids or draft.event_id is None
            else replace(draft, cycle_id=finder.cycle_for(today, currencies[draft.event_id]).cycle.id)
            for draft in drafts
        ],
    )
