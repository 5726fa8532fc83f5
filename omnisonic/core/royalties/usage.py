"""Taking usage in: checked, never counted twice, given a cycle, divided and booked, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.ledger.posting import post
from omnisonic.core.royalties.cycles import CycleFinder
from omnisonic.core.royalties.matching_keys import hold_reported
from omnisonic.core.royalties.models import Cycle
from omnisonic.core.royalties.policy import compute_amount
from omnisonic.core.royalties.usage_booking import usage_journals
from omnisonic.core.royalties.usage_catalog import (
    KnownRecording,
    SharePlans,
    recordings_by_id,
    recordings_by_isrc,
)
from omnisonic.core.royalties.usage_errors import UsageBatchTooLarge, UsageInvalid, UsageKeyConflict
from omnisonic.core.royalties.usage_events import UsageEvent, find_events, insert_events
from omnisonic.core.royalties.usage_rules import CheckedUsage, UsageDraft, check_usage
from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError
from omnisonic.platform.ids import new_id, utc_now

BATCH_MAX = 1000
ERRORS_SHOWN_MAX = 200


@dataclass(frozen=True)
class RecordedUsage:
    """A booked event. `is_repeated`: booked before; `moved_from_day`: the cycle of its day was closed."""

    event: UsageEvent
    is_repeated: bool = False
    moved_from_day: date | None = None


@dataclass(frozen=True)
class Origin:
    """Where events of a file come from: the statement, and the row of each event by its key."""

    statement_id: UUID
    rows: Mapping[str, int]


@dataclass(frozen=True)
class _Resolved:
    usage: CheckedUsage
    recording: KnownRecording | None
    unmatched_id: UUID | None


def require_bookkeeper(actor: Actor, *, scope: Scope = Scope.ROYALTIES_WRITE) -> None:
    """Usage, suspense and matching are the curators'. Raises `Forbidden`."""
    actor.require_scope(scope)
    actor.require_role(Role.CURATOR)


def record_usage(uow: UnitOfWork, actor: Actor, *, events: Sequence[UsageDraft]) -> list[RecordedUsage]:
    """Book up to 1,000 events, all or none, in the order given.

    An event that was booked before is answered as it was. Raises `Forbidden`, `UsageBatchTooLarge`,
    `UsageInvalid` (each error names `events.<n>.<field>`), `UsageKeyConflict`.
    """
    require_bookkeeper(actor)
    if len(events) > BATCH_MAX:
        raise UsageBatchTooLarge(f"These are {len(events):,} events. {UsageBatchTooLarge.advice}")
    return book_usage(uow, _checked(events))


def book_usage(
    uow: UnitOfWork, usages: Sequence[CheckedUsage], *, origin: Origin | None = None
) -> list[RecordedUsage]:
    """Book checked events with a constant number of statements. Raises as `record_usage`."""
    known = find_events(uow.session, {(one.source, one.idempotency_key) for one in usages})
    fresh: dict[tuple[str, str], tuple[int, CheckedUsage]] = {}
    for at, usage in enumerate(usages):
        key = usage.source, usage.idempotency_key
        if key in known:
            _require_same(usage, known[key].fingerprint)
        elif key in fresh:
            _require_same(usage, fresh[key][1].fingerprint)
        else:
            fresh[key] = at, usage
    booked = _book_fresh(uow, list(fresh.values()), origin)
    repeated = _repeated(uow.session, known)
    first_places = {at for at, _ in fresh.values()}
    answers = []
    for at, usage in enumerate(usages):
        key = usage.source, usage.idempotency_key
        if key in known:
            answers.append(repeated[key])
        elif at in first_places:
            answers.append(booked[key])
        else:
            answers.append(replace(booked[key], is_repeated=True))
    return answers


def _checked(events: Sequence[UsageDraft]) -> list[CheckedUsage]:
    now, usages, errors = utc_now(), [], []
    for at, draft in enumerate(events):
        checked = check_usage(draft, now=now)
        if isinstance(checked, CheckedUsage):
            usages.append(checked)
        else:
            errors += [FieldError(f"events.{at}.{one.field}", one.code, one.message) for one in checked]
    if errors:
        raise UsageInvalid(f"Nothing was booked. {errors[0].message}", errors=errors[:ERRORS_SHOWN_MAX])
    return usages


def _require_same(usage: CheckedUsage, fingerprint: bytes) -> None:
    if usage.fingerprint != fingerprint:
        message = (
            f"“{usage.idempotency_key}” of {usage.source} was booked with another content. "
            "Nothing of this call was booked."
        )
        raise UsageKeyConflict(message, errors=[FieldError("idempotencyKey", "used", message)])


def _book_fresh(
    uow: UnitOfWork, fresh: Sequence[tuple[int, CheckedUsage]], origin: Origin | None
) -> dict[tuple[str, str], RecordedUsage]:
    if not fresh:
        return {}
    resolved = _resolve(uow.session, fresh)
    finder, moved = CycleFinder(uow), {}
    events = []
    for one in resolved:
        choice = finder.cycle_for(one.usage.day, one.usage.currency)
        event = _event(one, choice.cycle.id, origin)
        moved[event.id] = choice.moved_from_day
        events.append((event, one.recording))
    new_ids = insert_events(uow.session, (event for event, _ in events))
    plans = SharePlans(
        uow.session,
        ((event.work_id, event.occurred_at.date()) for event, _ in events if event.work_id),
    )
    booked = [
        (event, plans.plan_for(recording, event.occurred_at.date(), event.usage_type))
        for event, recording in events
        if event.id in new_ids
    ]
    post(uow, usage_journals(uow.session, booked))
    answers = {event.key: RecordedUsage(event, moved_from_day=moved[event.id]) for event, _ in booked}
    return answers | _written_meanwhile(uow.session, fresh, answers)


def _written_meanwhile(
    session: Session,
    fresh: Sequence[tuple[int, CheckedUsage]],
    answers: Mapping[tuple[str, str], RecordedUsage],
) -> dict[tuple[str, str], RecordedUsage]:
    """Events that another transaction booked between our look and our writing."""
    others = {(one.source, one.idempotency_key): one for _, one in fresh}
    missing = others.keys() - answers.keys()
    if not missing:
        return {}
    found = find_events(session, missing)
    for key, event in found.items():
        _require_same(others[key], event.fingerprint)
    return _repeated(session, found)


def _repeated(
    session: Session, found: Mapping[tuple[str, str], UsageEvent]
) -> dict[tuple[str, str], RecordedUsage]:
    """Events booked before, with the answer that they had then."""
    if not found:
        return {}
    ids = {event.cycle_id for event in found.values()}
    cycles = {one.id: one for one in session.exec(select(Cycle).where(col(Cycle.id).in_(ids)))}

    def moved_from(event: UsageEvent) -> date | None:
        day, cycle = event.occurred_at.astimezone(UTC).date(), cycles[event.cycle_id]
        return None if cycle.starts_on <= day < cycle.ends_on else day

    return {key: RecordedUsage(event, True, moved_from(event)) for key, event in found.items()}


def _resolve(session: Session, fresh: Sequence[tuple[int, CheckedUsage]]) -> list[_Resolved]:
    by_id = recordings_by_id(session, {one.recording_id for _, one in fresh if one.recording_id})
    by_isrc = recordings_by_isrc(session, {one.isrc for _, one in fresh if one.isrc and not one.recording_id})
    _require_known(fresh, by_id)
    unknown = [one for _, one in fresh if not one.recording_id and (one.isrc or "") not in by_isrc]
    reported = dict(zip(map(id, unknown), hold_reported(session, unknown), strict=True))
    matched = recordings_by_id(
        session, {one.recording_id for one in reported.values() if one.recording_id is not None}
    )
    resolved = []
    for _, usage in fresh:
        row = reported.get(id(usage))
        if row is not None:
            recording = matched.get(row.recording_id) if row.recording_id else None
            resolved.append(_Resolved(usage, recording, row.id))
        else:
            known = by_id[usage.recording_id] if usage.recording_id else by_isrc[usage.isrc or ""]
            resolved.append(_Resolved(usage, known, None))
    return resolved


def _require_known(fresh: Sequence[tuple[int, CheckedUsage]], by_id: Mapping[UUID, KnownRecording]) -> None:
    errors = [
        FieldError(f"events.{at}.recordingId", "unknown", f"There is no recording {usage.recording_id}.")
        for at, usage in fresh
        if usage.recording_id and usage.recording_id not in by_id
    ]
    if errors:
        raise UsageInvalid(f"Nothing was booked. {errors[0].message}", errors=errors[:ERRORS_SHOWN_MAX])


def _event(one: _Resolved, cycle_id: UUID, origin: Origin | None) -> UsageEvent:
    usage = one.usage
    return UsageEvent(
        id=new_id(),
        created_at=utc_now(),
        source=usage.source,
        idempotency_key=usage.idempotency_key,
        fingerprint=usage.fingerprint,
        cycle_id=cycle_id,
        recording_id=one.recording.id if one.recording else None,
        work_id=one.recording.work_id if one.recording else None,
        isrc=usage.isrc,
        usage_type=usage.usage_type,
        quantity=usage.quantity,
        amount=usage.amount,
        amount_nano=compute_amount(usage.amount).nano,
        currency=usage.currency,
        territory=usage.territory,
        occurred_at=usage.occurred_at,
        statement_id=origin.statement_id if origin else None,
        row_number=origin.rows[usage.idempotency_key] if origin else None,
        unmatched_id=one.unmatched_id,
        details=dict(usage.details) if usage.details is not None else None,
    )
