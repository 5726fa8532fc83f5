"""Lines of a statement in words and numbers: names, rate, share, and the statement before beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, and_, col, desc, func, or_, select

from omnisonic.core import money
from omnisonic.core.catalog.repository import recordings_by_ids, works_by_ids
from omnisonic.core.royalties.access import visible_parties
from omnisonic.core.royalties.models import Statement, StatementLine, UsageType
from omnisonic.core.royalties.money_words import month_words
from omnisonic.core.royalties.policy import RIGHT_OF_USAGE
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statements import previous_statements
from omnisonic.core.royalties.statements_schemas import LineOrder, LineView, proof_path
from omnisonic.platform.actor import Actor
from omnisonic.platform.pagination import Page, encode_cursor

RATE_DECIMALS = 9
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
LineKey = tuple[UUID | None, UUID | None, str, UsageType | None, str | None]

# One use per line is enough for the share that counted: the newest that the index of its recording gives.
_BASES = text("""
    SELECT l.id, basis.policy_digest, basis.share_ppm
    FROM statement_lines l
    JOIN statements s ON s.id = l.statement_id
    JOIN party_salts salt ON salt.contributor_id = s.contributor_id
    CROSS JOIN LATERAL (
        SELECT j.policy_digest,
               (convert_from(j.leaf, 'UTF8')::jsonb #>> ARRAY['facts', 'shares', encode(
                   sha256(salt.salt || uuid_send(s.contributor_id)), 'hex')])::int AS share_ppm
        FROM (
            SELECT * FROM royalty_events WHERE recording_id = l.recording_id
            UNION ALL
            SELECT late.* FROM unmatched_usage u JOIN royalty_events late ON late.unmatched_id = u.id
            WHERE u.recording_id = l.recording_id AND u.status = 'matched' AND late.recording_id IS NULL
        ) AS ev
        JOIN journals j ON j.event_id = ev.id AND j.cycle_id = s.cycle_id AND j.kind IN ('usage', 'release')
        JOIN ledger_entries e ON e.journal_id = j.id AND e.contributor_id = s.contributor_id
        WHERE ev.source = l.source AND ev.usage_type = l.usage_type
          AND ev.territory IS NOT DISTINCT FROM l.territory AND e.work_id IS NOT DISTINCT FROM l.work_id
          AND to_char(ev.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') = l.period
        LIMIT 1
    ) AS basis
    WHERE l.id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True)
class _Basis:
    policy_digest: str | None
    share_ppm: int | None


def find_line(session: Session, actor: Actor, *, line_id: UUID) -> tuple[StatementLine, Statement] | None:
    """A line with its statement; None where it is not there or not the caller's to see."""
    return session.exec(
        select(StatementLine, Statement)
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(StatementLine.id == line_id, visible_parties(actor, Statement.contributor_id))
    ).first()


def line_names(session: Session, line_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What lines are about, by three statements for any number: `Slow Machines, DE, Mar 2026`."""
    lines = session.exec(select(StatementLine).where(col(StatementLine.id).in_(line_ids))).all()
    works = works_by_ids(session, {one.work_id for one in lines if one.work_id})
    recordings = recordings_by_ids(session, {one.recording_id for one in lines if one.recording_id})
    names = {}
    for one in lines:
        recording = recordings.get(one.recording_id) if one.recording_id else None
        work = works.get(one.work_id) if one.work_id else None
        title = recording.title if recording else work.title if work else one.source
        names[one.id] = ", ".join(part for part in (title, one.territory, month_words(one.period)) if part)
    return names


def list_lines(
    session: Session, statement: Statement, *, page: Page, order: LineOrder = LineOrder.POSITION
) -> tuple[list[LineView], str | None]:
    """A page of a statement's lines and the cursor of the next. The caller has checked who may see it."""
    size = func.abs(StatementLine.amount_nano)
    wanted = select(StatementLine).where(StatementLine.statement_id == statement.id)
    last = session.get(StatementLine, page.after.id) if page.after else None
    if last is not None:
        later = col(StatementLine.position) > last.position
        if order is LineOrder.AMOUNT:
            later = or_(size < abs(last.amount_nano), and_(size == abs(last.amount_nano), later))
        wanted = wanted.where(later)
    by_size = (desc(size),) if order is LineOrder.AMOUNT else ()
    ordered = wanted.order_by(*by_size, col(StatementLine.position)).limit(page.limit + 1)
    rows = list(session.exec(ordered))
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].created_at, shown[-1].id) if len(rows) > page.limit else None
    return line_views(session, statement, shown), cursor


def get_line(session: Session, statement: Statement, line_id: UUID) -> StatementLine | None:
    """A line of this statement, or None."""
    found = session.get(StatementLine, line_id)
    return found if found is not None and found.statement_id == statement.id else None


def line_views(session: Session, statement: Statement, lines: Sequence[StatementLine]) -> list[LineView]:
    """Lines as programs get them, with a constant number of statements."""
    works = works_by_ids(session, {one.work_id for one in lines if one.work_id})
    recordings = recordings_by_ids(session, {one.recording_id for one in lines if one.recording_id})
    bases = _bases(session, lines)
    before = _amounts_before(session, statement, lines)
    views = []
    for one in lines:
        work = works.get(one.work_id) if one.work_id else None
        recording = recordings.get(one.recording_id) if one.recording_id else None
        basis = bases.get(one.id)
        earlier = before.get(_key(one))
        views.append(
            LineView(
                id=one.id,
                position=one.position,
                work_id=one.work_id,
                work_title=work.title if work else None,
                recording_id=one.recording_id,
                recording_title=recording.title if recording else None,
                isrc=recording.isrc if recording else None,
                source=one.source,
                usage_type=one.usage_type,
                right=RIGHT_OF_USAGE[one.usage_type] if one.usage_type else None,
                territory=one.territory,
                period=one.period,
                quantity=str(one.quantity),
                entry_count=str(one.entry_count),
                amount=money_view(one.amount_nano, statement.currency),
                rate=rate_of(one.amount_nano, one.quantity),
                share_ppm=basis.share_ppm if basis else None,
                policy_digest=basis.policy_digest if basis else None,
                previous_amount=money_view(earlier, statement.currency) if earlier is not None else None,
                entries_root=one.entries_root.hex(),
                leaf_hash=one.leaf_hash.hex(),
                proof=proof_path(one.leaf_hash),
            )
        )
    return views


def rate_of(amount_nano: int, quantity: int) -> str | None:
    """What one use came to, in units of the currency to nine decimals; None without uses."""
    if quantity == 0:
        return None
    units = _EXACT.divide(money.from_nano(amount_nano), Decimal(quantity))
    return format(units.quantize(Decimal(1).scaleb(-RATE_DECIMALS), context=_EXACT), "f")


def _bases(session: Session, lines: Sequence[StatementLine]) -> dict[UUID, _Basis]:
    rows = session.execute(_BASES, {"ids": [str(one.id) for one in lines]})
    return {row.id: _Basis(row.policy_digest, row.share_ppm) for row in rows}


def _amounts_before(
    session: Session, statement: Statement, lines: Sequence[StatementLine]
) -> dict[LineKey, int]:
    """What the statement before had for the same work, recording, source, use and territory, any month."""
    previous = previous_statements(session, [statement.id]).get(statement.id)
    if previous is None:
        return {}
    key = (
        col(StatementLine.work_id),
        col(StatementLine.recording_id),
        col(StatementLine.source),
        col(StatementLine.usage_type),
        col(StatementLine.territory),
    )
    recordings = {one.recording_id for one in lines if one.recording_id}
    wanted = or_(col(StatementLine.recording_id).in_(recordings), col(StatementLine.recording_id).is_(None))
    rows = session.execute(
        select(*key, func.sum(StatementLine.amount_nano))  # type: ignore[call-overload]
        .where(StatementLine.statement_id == previous.id, wanted)
        .group_by(*key)
    )
    return {tuple(row[:5]): int(row[5]) for row in rows}


def _key(line: StatementLine) -> LineKey:
    return line.work_id, line.recording_id, line.source, line.usage_type, line.territory
