"""The entries that a statement line adds up: each use, and how the payee's part of it came about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.royalties.models import Statement, StatementLine
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statements_schemas import LineEntryList, LineEntryView, proof_path
from omnisonic.platform.pagination import Page, encode_cursor

# The key of a line, as closing groups by it.
_ENTRIES = text("""
    SELECT e.id, e.created_at, e.journal_id, e.event_id, e.amount_nano, e.leaf_hash, log.leaf_index,
           j.kind, j.policy_digest, ev.occurred_at, coalesce(ev.quantity, 0) AS quantity,
           ev.amount_nano AS event_nano,
           convert_from(j.leaf, 'UTF8')::jsonb -> 'facts' AS facts,
           encode(sha256(salt.salt || uuid_send(e.contributor_id)), 'hex') AS party
    FROM ledger_entries e
    JOIN journals j ON j.id = e.journal_id
    JOIN party_salts salt ON salt.contributor_id = e.contributor_id
    LEFT JOIN log_leaves log ON log.row_id = e.id
    LEFT JOIN journals reversed ON reversed.id = j.reverses_id
    LEFT JOIN royalty_events ev ON ev.id = e.event_id
    LEFT JOIN unmatched_usage matched ON matched.id = ev.unmatched_id AND matched.status = 'matched'
    WHERE e.contributor_id = :contributor_id AND e.cycle_id = :cycle_id AND e.currency = :currency
      AND coalesce(reversed.kind, j.kind) NOT IN ('payout', 'exchange')
      AND e.work_id IS NOT DISTINCT FROM CAST(:work_id AS uuid)
      AND coalesce(ev.recording_id, matched.recording_id) IS NOT DISTINCT FROM CAST(:recording_id AS uuid)
      AND coalesce(ev.source, j.kind) = :source
      AND ev.usage_type IS NOT DISTINCT FROM CAST(:usage_type AS text)
      AND ev.territory IS NOT DISTINCT FROM CAST(:territory AS text)
      AND to_char(coalesce(ev.occurred_at, j.created_at) AT TIME ZONE 'UTC', 'YYYY-MM') = :period
      AND (CAST(:after_at AS timestamptz) IS NULL
           OR (e.created_at, e.id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
    ORDER BY e.created_at, e.id
    LIMIT :limit
""")


def list_line_entries(
    session: Session, statement: Statement, line: StatementLine, *, page: Page
) -> LineEntryList:
    """A page of a line's entries, oldest first. The caller has checked who may see the statement."""
    asked = {
        "contributor_id": statement.contributor_id,
        "cycle_id": statement.cycle_id,
        "currency": statement.currency,
        "work_id": line.work_id,
        "recording_id": line.recording_id,
        "source": line.source,
        "usage_type": line.usage_type,
        "territory": line.territory,
        "period": line.period,
        "after_at": page.after.created_at if page.after else None,
        "after_id": page.after.id if page.after else None,
        "limit": page.limit + 1,
    }
    rows = session.execute(_ENTRIES, asked).all()
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].created_at, shown[-1].id) if len(rows) > page.limit else None
    return LineEntryList(entries=[_view(row, statement.currency) for row in shown], next_cursor=cursor)


def _view(row: Any, currency: str) -> LineEntryView:
    share = row.facts.get("shares", {}).get(row.party)
    digest = bytes(row.leaf_hash)
    return LineEntryView(
        id=row.id,
        journal_id=row.journal_id,
        event_id=row.event_id,
        kind=row.kind,
        occurred_at=row.occurred_at,
        quantity=str(row.quantity),
        event_amount=money_view(row.event_nano, currency) if row.event_nano is not None else None,
        amount=money_view(-row.amount_nano, currency),
        share_ppm=share,
        right=row.facts.get("right"),
        policy_digest=row.policy_digest,
        leaf_hash=digest.hex(),
        leaf_index=row.leaf_index,
        proof=proof_path(digest),
        created_at=row.created_at,
    )
