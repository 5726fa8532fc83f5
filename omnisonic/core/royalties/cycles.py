"""Cycles: which one an event belongs to, and opening one, by hand or because no other takes the event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import col, func, select

from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.named_locks import take_lock

OPENING_LOCK = "royalties:cycles:open"  # numbers are given one after the other


@dataclass(frozen=True)
class CycleChoice:
    """The cycle an event goes to; `moved_from_day` where that cycle does not hold the event's day."""

    cycle: Cycle
    moved_from_day: date | None


@dataclass
class CycleFinder:
    """Cycles for many events of one transaction: the open ones are read, and held open, once."""

    uow: UnitOfWork
    _open: list[Cycle] | None = None
    _chosen: dict[tuple[date, str], CycleChoice] = field(default_factory=dict)

    def cycle_for(self, day: date, currency: str) -> CycleChoice:
        """The cycle for an event of a UTC day, opening the calendar month where no open one takes it."""
        key = (day, currency)
        if key not in self._chosen:
            self._chosen[key] = self._choose(day, currency)
        return self._chosen[key]

    def _choose(self, day: date, currency: str) -> CycleChoice:
        if self._open is None:
            self._open = hold_open_cycles(self.uow)
        found = choose_cycle(self._open, day, currency)
        if found is None:
            take_lock(self.uow.session, OPENING_LOCK)
            self._open = hold_open_cycles(self.uow)  # another transaction may have opened it meanwhile
            found = choose_cycle(self._open, day, currency) or self._open_month(day, currency)
        holds_day = found.starts_on <= day < found.ends_on
        return CycleChoice(found, None if holds_day else day)

    def _open_month(self, day: date, currency: str) -> Cycle:
        ended = self.uow.session.exec(
            select(Cycle).where(Cycle.status != CycleStatus.OPEN, col(Cycle.ends_on) > day.replace(day=1))
        ).all()
        starts_on, ends_on = free_month([one for one in ended if takes_currency(one, currency)], day)
        cycle = add_cycle(
            self.uow,
            name=f"{starts_on:%B %Y}",
            starts_on=starts_on,
            ends_on=ends_on,
            currency=currency,
        )
        self._open = [*(self._open or []), cycle]
        return cycle


def cycle_for(uow: UnitOfWork, day: date, currency: str) -> CycleChoice:
    """The open cycle for one event; see `choose_cycle`. It cannot close before this transaction ends."""
    return CycleFinder(uow).cycle_for(day, currency)


def hold_open_cycles(uow: UnitOfWork) -> list[Cycle]:
    """Every open cycle by number. They stay open until this transaction ends: whoever closes one waits."""
    statement = (
        select(Cycle)
        .where(Cycle.status == CycleStatus.OPEN)
        .order_by(col(Cycle.number))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return list(uow.session.exec(statement))


def choose_cycle(cycles: Iterable[Cycle], day: date, currency: str) -> Cycle | None:
    """The cycle that holds the day, else the first one that starts after it; None when there is neither.

    Only cycles that take the currency count; one that names it comes before one for every currency, then
    the lower number.
    """
    fitting = [one for one in cycles if takes_currency(one, currency)]
    holding = [one for one in fitting if one.starts_on <= day < one.ends_on]
    if holding:
        return min(holding, key=lambda one: (not one.currencies, one.number))
    later = [one for one in fitting if one.starts_on > day]
    return min(later, key=lambda one: (one.starts_on, not one.currencies, one.number), default=None)


def takes_currency(cycle: Cycle, currency: str) -> bool:
    """Whether events in this currency can belong to the cycle."""
    return not cycle.currencies or currency in cycle.currencies


def free_month(ended: Iterable[Cycle], day: date) -> tuple[date, date]:
    """The calendar month of the day, or of the first day after it that no ended cycle holds.

    It is cut where it would overlap an ended cycle.
    """
    ended = sorted(ended, key=lambda one: one.starts_on)
    for cycle in ended:
        if cycle.starts_on <= day < cycle.ends_on:
            day = cycle.ends_on
    starts_on, ends_on = day.replace(day=1), _next_month(day)
    for cycle in ended:
        if cycle.ends_on <= day:
            starts_on = max(starts_on, cycle.ends_on)
        elif cycle.starts_on > day:
            ends_on = min(ends_on, cycle.starts_on)
    return starts_on, ends_on


def add_cycle(
    uow: UnitOfWork,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    currency: str,
    currencies: Sequence[str] = (),
    created_by: UUID | None = None,
) -> Cycle:
    """A new open cycle with the next number; the caller has checked its fields."""
    take_lock(uow.session, OPENING_LOCK)
    last = uow.session.exec(select(func.max(Cycle.number))).one()
    cycle = Cycle(
        number=(last or 0) + 1,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        currencies=list(currencies),
        currency=currency,
        created_by=created_by,
    )
    uow.session.add(cycle)
    uow.session.flush()
    return cycle


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
