"""Cycles as curators see them: open one, look at all. Closing is in `closing`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.ledger.models import CycleCheckpoint
from omnisonic.core.money import BadMoney, parse_currency
from omnisonic.core.royalties import changes
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.cycle_schemas import CheckpointView, CycleDraft, CycleList, CycleView
from omnisonic.core.royalties.cycles import OPENING_LOCK, add_cycle
from omnisonic.core.royalties.errors import CycleOverlap
from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page, fetch_page

CYCLES_CHANNEL = "royalties:cycles"
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
MAX_DAYS = 3660


def create_cycle(uow: UnitOfWork, actor: Actor, *, draft: CycleDraft) -> Cycle:
    """Open a cycle with the next number.

    Raises `Forbidden` unless a curator, `InvalidFields`, `CycleOverlap` where an event could belong to two.
    """
    require_curator(actor)
    currencies = sorted({_currency(code, "currencies") for code in draft.currencies})
    currency = _currency(draft.currency, "currency")
    _check_period(draft)
    if currencies and currency not in currencies:
        message = f"A cycle is reported in one of its own currencies; {currency} is not among them."
        raise InvalidFields(errors=[FieldError("currency", "not-in-currencies", message)])
    take_lock(uow.session, OPENING_LOCK)
    _refuse_overlap(uow.session, draft, currencies)
    cycle = add_cycle(
        uow,
        name=draft.name,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        currency=currency,
        currencies=currencies,
        created_by=actor.user_id,
    )
    announce(uow, cycle)
    return cycle


def announce(uow: UnitOfWork, cycle: Cycle) -> None:
    """Tell pages that a cycle was opened or changed its state."""
    told = {"id": str(cycle.id), "status": str(cycle.status), "version": cycle.version}
    uow.publish(CYCLES_CHANNEL, "cycleChanged", told)
    changes.announce(uow)


def list_cycles(
    session: Session, actor: Actor, *, page: Page, status: CycleStatus | None = None
) -> CycleList:
    """Cycles, newest first. Raises `Forbidden` unless a curator."""
    require_curator(actor)
    statement = select(Cycle)
    if status is not None:
        statement = statement.where(Cycle.status == status)
    rows, cursor = fetch_page(session, statement, Cycle, page=page)
    return CycleList(cycles=views_of(session, rows), next_cursor=cursor)


def get_cycle(session: Session, actor: Actor, *, cycle_id: UUID) -> Cycle:
    """One cycle. Raises `Forbidden` unless a curator, `NotFound`."""
    require_curator(actor)
    found = session.get(Cycle, cycle_id)
    if found is None:
        raise NotFound(f"There is no cycle with the id {cycle_id}.")
    return found


def view_of(session: Session, cycle: Cycle) -> CycleView:
    """A cycle with its checkpoint."""
    return views_of(session, [cycle])[0]


def views_of(session: Session, cycles: list[Cycle]) -> list[CycleView]:
    """Cycles with their checkpoints, by two statements for any number."""
    wanted = col(CycleCheckpoint.cycle_id).in_([cycle.id for cycle in cycles])
    found = {
        row.cycle_id: checkpoint_view(row) for row in session.exec(select(CycleCheckpoint).where(wanted))
    }
    fields = [name for name in CycleView.model_fields if name != "checkpoint"]
    return [
        CycleView(**{name: getattr(cycle, name) for name in fields}, checkpoint=found.get(cycle.id))
        for cycle in cycles
    ]


def checkpoint_view(row: CycleCheckpoint) -> CheckpointView:
    """A checkpoint as programs get it."""
    return CheckpointView(
        id=row.id,
        number=row.number,
        tree_size=str(row.tree_size),
        merkle_root=row.root.hex(),
        signed_note=row.note,
        closed_at=row.closed_at,
    )


def _currency(code: str, field: str) -> str:
    try:
        return parse_currency(code)
    except BadMoney as error:
        raise InvalidFields(errors=[FieldError(field, str(error.problem), error.message)]) from error


def _check_period(draft: CycleDraft) -> None:
    if draft.ends_on <= draft.starts_on:
        message = "endsOn is the first day after the cycle and must be later than startsOn."
        raise InvalidFields(errors=[FieldError("endsOn", "range", message)])
    if draft.starts_on < FIRST_DAY or draft.ends_on > LAST_DAY:
        message = f"Use days between {FIRST_DAY} and {LAST_DAY}."
        raise InvalidFields(errors=[FieldError("startsOn", "range", message)])
    if (draft.ends_on - draft.starts_on).days > MAX_DAYS:
        raise InvalidFields(errors=[FieldError("endsOn", "range", "A cycle lasts ten years at most.")])


def _refuse_overlap(session: Session, draft: CycleDraft, currencies: list[str]) -> None:
    overlapping = session.exec(
        select(Cycle).where(
            Cycle.status != CycleStatus.CLOSED,
            Cycle.starts_on < draft.ends_on,
            Cycle.ends_on > draft.starts_on,
        )
    ).all()
    for other in overlapping:
        # One for some currencies beside one for all is clear: the one that names the currency wins.
        if set(other.currencies) & set(currencies) or not (other.currencies or currencies):
            raise CycleOverlap(
                f"Cycle {other.number} “{other.name}” holds {other.starts_on} to {other.ends_on} already.",
                current={"id": str(other.id), "number": other.number},
            )
