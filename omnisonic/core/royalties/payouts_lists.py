"""Payouts and balances as their readers see them: curators all, payees their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from omnisonic.core import money
from omnisonic.core.catalog.models import Contributor
from omnisonic.core.catalog.repository import contributors_by_ids
from omnisonic.core.royalties.access import (
    is_curator,
    own_parties,
    party_ids,
    require_curator,
    visible_parties,
)
from omnisonic.core.royalties.models import Cycle, Payout, PayoutStatus
from omnisonic.core.royalties.payouts_balances import (
    Balance,
    cursor_after,
    decode_place,
    read_balances,
)
from omnisonic.core.royalties.payouts_schemas import (
    BalanceList,
    BalanceView,
    ExchangeView,
    PayoutList,
    PayoutView,
)
from omnisonic.core.royalties.shapes import money_view
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import NotFound
from omnisonic.platform.pagination import Page, fetch_page
from omnisonic.platform.settings import get_settings

FILE_HEADER = (
    *("number", "payee", "contributor id", "currency", "amount", "status", "cycle", "residue carried"),
    *("exchanged from", "exchanged amount", "rate", "rate source", "rate day", "reference", "paid at", "id"),
)
FILE_ROWS_AT_ONCE = 500


def list_payouts(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    status: PayoutStatus | None = None,
    contributor_id: UUID | None = None,
    cycle_id: UUID | None = None,
) -> PayoutList:
    """Payouts the caller may see, newest first."""
    statement = select(Payout).where(visible_parties(actor, Payout.contributor_id))
    if status is not None:
        statement = statement.where(Payout.status == status)
    if contributor_id is not None:
        statement = statement.where(col(Payout.contributor_id).in_(party_ids(session, contributor_id)))
    if cycle_id is not None:
        statement = statement.where(Payout.cycle_id == cycle_id)
    rows, cursor = fetch_page(session, statement, Payout, page=page)
    return PayoutList(payouts=views_of(session, rows), next_cursor=cursor)


def get_payout(session: Session, actor: Actor, *, payout_id: UUID) -> PayoutView:
    """One payout; raises `NotFound` also for one of others."""
    statement = select(Payout).where(Payout.id == payout_id, visible_parties(actor, Payout.contributor_id))
    row = session.exec(statement).first()
    if row is None:
        raise NotFound(f"There is no payout with the id {payout_id}.")
    return views_of(session, [row])[0]


def list_balances(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    cursor: str | None = None,
    contributor_id: UUID | None = None,
    currency: str | None = None,
) -> BalanceList:
    """Balances out of the ledger; a payee sees their own. Raises `InvalidFields` for a wrong cursor."""
    parties = None if is_curator(actor) else own_parties(session, actor)
    if contributor_id is not None:
        wanted = party_ids(session, contributor_id)
        parties = wanted if parties is None else parties & wanted
    found = read_balances(
        session, parties=parties, currency=currency, after=decode_place(cursor), limit=limit + 1
    )
    shown = found[:limit]
    return BalanceList(
        balances=_balance_views(session, shown),
        next_cursor=cursor_after(shown[-1]) if len(found) > limit else None,
    )


def file_rows(
    session: Session, actor: Actor, *, status: PayoutStatus | None, cycle_id: UUID | None
) -> Iterator[tuple[Any, ...]]:
    """Rows under `FILE_HEADER`, by number, for whoever makes the transfers. Raises `Forbidden`."""
    require_curator(actor)
    return _file_rows(session, status, cycle_id)


def views_of(session: Session, rows: Sequence[Payout]) -> list[PayoutView]:
    """Payouts with their payees' names, by one statement for any number."""
    names = names_of(session, [row.contributor_id for row in rows])
    return [_view(row, names) for row in rows]


def minor_nano(row: Payout) -> int:
    """The amount of a payout in nano-units."""
    return row.amount_minor * money.nano_per_minor(row.currency)


def exchange_view(told: Mapping[str, Any] | None) -> ExchangeView | None:
    """The facts of an exchange as programs get them."""
    if told is None:
        return None
    return ExchangeView(
        **{name: told[name] for name in ("base", "quote", "rate", "source", "day")},
        given=money_view(int(told["fromNano"]), told["fromCurrency"]),
        got=money_view(int(told["toNano"]), told["toCurrency"]),
    )


def names_of(session: Session, contributor_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What payees are called, by one statement; an unknown one by its id."""
    known = contributors_by_ids(session, contributor_ids)
    return {one: known[one].name if one in known else str(one) for one in contributor_ids}


def reserved_of(row: Payout) -> tuple[str, int]:
    """Which balance a proposed payout waits to take, and how much: before an exchange where there is one."""
    if row.exchange is None:
        return row.currency, minor_nano(row)
    return row.exchange["fromCurrency"], int(row.exchange["fromNano"])


def open_proposals(session: Session, contributor_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """What proposed payouts wait to take, by payee (the survivor of merges) and currency."""
    survivor = func.coalesce(Contributor.merged_into, Payout.contributor_id)
    statement = (
        select(Payout, survivor)
        .join(Contributor, col(Contributor.id) == col(Payout.contributor_id), isouter=True)
        .where(survivor.in_(contributor_ids), Payout.status == PayoutStatus.PROPOSED)
    )
    reserved: dict[tuple[UUID, str], int] = defaultdict(int)
    for row, party in session.exec(statement):
        currency, nano = reserved_of(row)
        reserved[party, currency] += nano
    return reserved


def _view(row: Payout, names: dict[UUID, str]) -> PayoutView:
    plain = {name: getattr(row, name) for name in PayoutView.model_fields if hasattr(row, name)}
    return PayoutView(
        **plain
        | {
            "payee_name": names[row.contributor_id],
            "amount": money_view(minor_nano(row), row.currency),
            "amount_text": money.format_minor(row.amount_minor, row.currency),
            "residue": money_view(row.residue_nano, row.currency),
            "exchange": exchange_view(row.exchange),
        }
    )


def _balance_views(session: Session, found: Sequence[Balance]) -> list[BalanceView]:
    ids = [one.contributor_id for one in found]
    names, reserved = names_of(session, ids), open_proposals(session, ids)
    minimum = money.to_nano(get_settings().payout_minimum)
    return [
        BalanceView(
            contributor_id=one.contributor_id,
            payee_name=names[one.contributor_id],
            balance=money_view(one.nano, one.currency),
            proposed=money_view(reserved.get((one.contributor_id, one.currency), 0), one.currency),
            minimum=money_view(minimum, one.currency),
        )
        for one in found
    ]


def _file_rows(
    session: Session, status: PayoutStatus | None, cycle_id: UUID | None
) -> Iterator[tuple[Any, ...]]:
    after = 0
    while True:
        statement = select(Payout).where(Payout.number > after).order_by(col(Payout.number))
        if status is not None:
            statement = statement.where(Payout.status == status)
        if cycle_id is not None:
            statement = statement.where(Payout.cycle_id == cycle_id)
        rows = session.exec(statement.limit(FILE_ROWS_AT_ONCE)).all()
        wanted = {row.cycle_id for row in rows if row.cycle_id}
        cycles = {row.id: row.number for row in session.exec(select(Cycle).where(col(Cycle.id).in_(wanted)))}
        names = names_of(session, [row.contributor_id for row in rows])
        yield from (_file_row(row, names, cycles) for row in rows)
        if len(rows) < FILE_ROWS_AT_ONCE:
            return
        after = rows[-1].number


def _file_row(row: Payout, names: dict[UUID, str], cycles: dict[UUID, int]) -> tuple[Any, ...]:
    told = row.exchange or {}
    given = money.format_nano(int(told["fromNano"]), told["fromCurrency"]) if told else ""
    cycle = cycles.get(row.cycle_id, "") if row.cycle_id else ""
    return (
        *(row.number, names[row.contributor_id], str(row.contributor_id), row.currency),
        *(money.format_minor(row.amount_minor, row.currency), str(row.status), cycle),
        *(money.format_nano(row.residue_nano, row.currency), told.get("fromCurrency", ""), given),
        *(told.get("rate", ""), told.get("source", ""), told.get("day", ""), row.reference or ""),
        *(row.paid_at.isoformat() if row.paid_at else "", str(row.id)),
    )
