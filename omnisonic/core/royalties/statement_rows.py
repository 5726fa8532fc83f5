"""Statements as GraphQL serves them: curators all, payees their own; each list is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import desc, func, select
from sqlmodel import Session, col

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.models import CycleCheckpoint, LogLeaf
from omnisonic.core.royalties.access import visible_parties
from omnisonic.core.royalties.models import Statement, StatementLine
from omnisonic.core.royalties.statements_lines import rate_of
from omnisonic.platform.actor import Actor


class StatementRow(NamedTuple):
    """What a contributor earned in a cycle, and the balance brought forward; nano-units of `currency`."""

    id: str
    contributor_id: str
    cycle_id: str
    currency: str
    total_nano: int
    carried_nano: int


class LineRow(NamedTuple):
    """One line of a statement and the place of its leaf in the log."""

    statement_id: str
    work_id: str | None
    recording_id: str | None
    territory: str | None
    period: str
    quantity: int
    amount_nano: int
    currency: str
    leaf_index: int

    @property
    def rate(self) -> str | None:
        """What one use brought, in the currency; None where nothing was counted."""
        return rate_of(self.amount_nano, self.quantity)


def find_statement(
    session: Session, actor: Actor, *, contributor_id: UUID, cycle_id: UUID
) -> StatementRow | None:
    """A contributor's statement of a closed cycle; of several, that in the currency the cycle reports.

    None where there is none, or none that the caller may see. Merged contributors are followed.
    """
    survivor = (
        select(func.coalesce(col(Contributor.merged_into), col(Contributor.id)))
        .where(col(Contributor.id) == contributor_id)
        .scalar_subquery()
    )
    parties = select(col(Contributor.id)).where(
        (col(Contributor.id) == survivor) | (col(Contributor.merged_into) == survivor)
    )
    statement = (
        select(Statement)
        .join(CycleCheckpoint, col(CycleCheckpoint.cycle_id) == col(Statement.cycle_id))
        .where(
            col(Statement.contributor_id).in_(parties),
            col(Statement.cycle_id) == cycle_id,
            visible_parties(actor, Statement.contributor_id),
        )
        .order_by(
            desc(col(Statement.contributor_id) == contributor_id),
            desc(col(Statement.currency) == col(CycleCheckpoint.currency)),
            col(Statement.currency),
        )
        .limit(1)
    )
    found = session.execute(statement).scalars().first()
    if found is None:
        return None
    return StatementRow(
        str(found.id),
        str(found.contributor_id),
        str(found.cycle_id),
        found.currency,
        found.total_nano,
        found.carried_nano,
    )


def lines_of_statements(session: Session, statement_ids: Sequence[str]) -> dict[str, list[LineRow]]:
    """The lines of each statement, in order. The caller has read the statement itself."""
    statement = (
        select(
            col(StatementLine.statement_id),
            col(StatementLine.work_id),
            col(StatementLine.recording_id),
            col(StatementLine.territory),
            col(StatementLine.period),
            col(StatementLine.quantity),
            col(StatementLine.amount_nano),
            col(Statement.currency),
            col(LogLeaf.leaf_index),
        )
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .join(LogLeaf, col(LogLeaf.row_id) == col(StatementLine.id))
        .where(col(StatementLine.statement_id).in_([UUID(one) for one in statement_ids]))
        .order_by(col(StatementLine.statement_id), col(StatementLine.position))
    )
    found: dict[str, list[LineRow]] = {}
    for statement_id, work_id, recording_id, *rest in session.execute(statement):
        row = LineRow(str(statement_id), _text(work_id), _text(recording_id), *rest)
        found.setdefault(row.statement_id, []).append(row)
    return found


def _text(found: UUID | None) -> str | None:
    return str(found) if found else None
