"""Statements as payees and curators see them: those of closed cycles, a payee only their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, func, select

from omnisonic.core import money
from omnisonic.core.catalog.repository import contributors_by_ids
from omnisonic.core.ledger.models import CycleCheckpoint
from omnisonic.core.royalties.access import party_ids, visible_parties
from omnisonic.core.royalties.models import Cycle, CycleStatus, Statement, StatementLine
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statements_schemas import StatementList, StatementView
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import NotFound
from omnisonic.platform.pagination import Page, fetch_page

_PREVIOUS = text("""
    SELECT s.id, found.id AS previous_id, found.total_nano
    FROM statements s
    JOIN cycles c ON c.id = s.cycle_id
    CROSS JOIN LATERAL (
        SELECT p.id, p.total_nano
        FROM statements p JOIN cycles before ON before.id = p.cycle_id
        WHERE p.contributor_id = s.contributor_id AND p.currency = s.currency
          AND before.status = 'closed' AND before.ends_on <= c.starts_on
        ORDER BY before.starts_on DESC, before.number DESC LIMIT 1
    ) AS found
    WHERE s.id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True)
class Previous:
    """The statement before another one."""

    id: UUID
    total_nano: int


def list_statements(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    contributor_id: UUID | None = None,
    cycle_id: UUID | None = None,
    currency: str | None = None,
) -> StatementList:
    """Statements the caller may see, newest first; of a contributor under every id it has had."""
    statement = (
        select(Statement).join(Cycle, col(Cycle.id) == col(Statement.cycle_id)).where(*_visible(actor))
    )
    if contributor_id is not None:
        statement = statement.where(col(Statement.contributor_id).in_(party_ids(session, contributor_id)))
    if cycle_id is not None:
        statement = statement.where(Statement.cycle_id == cycle_id)
    if currency is not None:
        statement = statement.where(Statement.currency == currency)
    rows, cursor = fetch_page(session, statement, Statement, page=page)
    return StatementList(statements=views_of(session, rows), next_cursor=cursor)


def list_currencies(session: Session, actor: Actor) -> list[str]:
    """Currencies in which the caller may see statements, by code."""
    statement = select(Statement.currency).join(Cycle, col(Cycle.id) == col(Statement.cycle_id))
    return sorted(session.exec(statement.where(*_visible(actor)).distinct()))


def get_statement(session: Session, actor: Actor, *, statement_id: UUID) -> Statement:
    """One statement. Raises `NotFound` where there is none that the caller may see."""
    found = session.exec(
        select(Statement)
        .join(Cycle, col(Cycle.id) == col(Statement.cycle_id))
        .where(Statement.id == statement_id, *_visible(actor))
    ).first()
    if found is None:
        raise NotFound(f"There is no statement with the id {statement_id}, or it is not yours.")
    return found


def find_statements(
    session: Session, actor: Actor, *, contributor_id: UUID, cycle_id: UUID
) -> list[Statement]:
    """A contributor's statements of a cycle, one per currency, that the caller may see; by currency."""
    statement = (
        select(Statement)
        .join(Cycle, col(Cycle.id) == col(Statement.cycle_id))
        .where(
            col(Statement.contributor_id).in_(party_ids(session, contributor_id)),
            Statement.cycle_id == cycle_id,
            *_visible(actor),
        )
    )
    return list(session.exec(statement.order_by(col(Statement.currency), col(Statement.id))))


def previous_statements(session: Session, statement_ids: Sequence[UUID]) -> dict[UUID, Previous]:
    """For statements the contributor's one before in the same currency, of the last closed cycle with one."""
    rows = session.execute(_PREVIOUS, {"ids": [str(one) for one in statement_ids]})
    return {row.id: Previous(row.previous_id, int(row.total_nano)) for row in rows}


def view_of(session: Session, statement: Statement) -> StatementView:
    """A statement as programs get it."""
    return views_of(session, [statement])[0]


def views_of(session: Session, statements: Sequence[Statement]) -> list[StatementView]:
    """Statements as programs get them."""
    cycle_ids = {one.cycle_id for one in statements}
    cycles = {row.id: row for row in session.exec(select(Cycle).where(col(Cycle.id).in_(cycle_ids)))}
    names = contributors_by_ids(session, {one.contributor_id for one in statements})
    numbers = _checkpoint_numbers(session, cycle_ids)
    ids = [one.id for one in statements]
    lines, previous = _line_counts(session, ids), previous_statements(session, ids)
    views = []
    for one in statements:
        cycle, named = cycles[one.cycle_id], names.get(one.contributor_id)
        before = previous.get(one.id)
        balance = one.carried_nano + one.total_nano
        rounded = money.round_to_minor(balance, one.currency)
        views.append(
            StatementView(
                id=one.id,
                contributor_id=one.contributor_id,
                contributor_name=named.name if named else str(one.contributor_id),
                cycle_id=cycle.id,
                cycle_number=cycle.number,
                cycle_name=cycle.name,
                starts_on=cycle.starts_on,
                ends_on=cycle.ends_on,
                currency=one.currency,
                total=money_view(one.total_nano, one.currency),
                carried=money_view(one.carried_nano, one.currency),
                balance=money_view(balance, one.currency),
                payable=money_view(max(balance - rounded.residue_nano, 0), one.currency),
                residue=money_view(rounded.residue_nano, one.currency),
                previous_total=money_view(before.total_nano, one.currency) if before else None,
                line_count=lines.get(one.id, 0),
                checkpoint_number=numbers.get(cycle.id),
                closed_at=cycle.closed_at,
                created_at=one.created_at,
            )
        )
    return views


def _visible(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """A statement is out once its checkpoint is signed."""
    return visible_parties(actor, Statement.contributor_id), col(Cycle.status) == CycleStatus.CLOSED


def _checkpoint_numbers(session: Session, cycle_ids: set[UUID]) -> dict[UUID, int]:
    wanted = col(CycleCheckpoint.cycle_id).in_(cycle_ids)
    rows = session.exec(select(CycleCheckpoint.cycle_id, CycleCheckpoint.number).where(wanted))
    return dict(rows.all())


def _line_counts(session: Session, statement_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.exec(
        select(StatementLine.statement_id, func.count())
        .where(col(StatementLine.statement_id).in_(statement_ids))
        .group_by(col(StatementLine.statement_id))
    )
    return dict(rows.all())
