"""What the books know beside journals, out of put-back leaves: usage, statements, payouts, disputes.

Leaves say what was booked and only the hash of what people wrote: a rebuilt event has the hash of its key, a
rebuilt payout no reference. Disputes, claims, rates: `replay_facts.py`. Tables of the royalties are known
here by name only. Every statement looks at leaves from `start` on, whose bytes the replay has checked against
the signed root.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.audit_carried import Left, carried_before
from omnisonic.core.ledger.leaves import KEY_HASH
from omnisonic.core.ledger.replay_facts import restore_cases, restore_rates

_LEAF = "convert_from(l.leaf, 'UTF8')::jsonb"
_JOURNALS = f"""
    SELECT j.id AS journal_id, j.kind, j.created_at, j.cycle_id, j.idempotency_key, {_LEAF} -> 'facts' AS f
    FROM log_leaves AS l JOIN journals AS j ON j.id = l.row_id
    WHERE l.leaf_index >= :start AND l.kind = 'journal' AND l.leaf IS NOT NULL
"""  # noqa: S608  (our own names only, here and below)
_PARTIES = """
    SELECT contributor_id, encode(sha256(salt || uuid_send(contributor_id)), 'hex') AS party FROM party_salts
"""
# Opened after the dump and not closed: the months of what was booked in it, for nothing else says its period.
_CYCLES = text(f"""
    INSERT INTO cycles (id, created_at, number, name, starts_on, ends_on, currency, status, version)
    SELECT lost.cycle_id, lost.at, known.newest + lost.nth, 'Restored cycle ' || known.newest + lost.nth,
           lost.first, (date_trunc('month', lost.last) + interval '1 month')::date, lost.currency, 'open', 1
    FROM (SELECT coalesce(max(number), 0) AS newest FROM cycles) AS known, (
        SELECT cycle_id, min(at) AS at, date_trunc('month', min(day))::date AS first, max(day) AS last,
               coalesce(min(currency), 'EUR') AS currency, row_number() OVER (ORDER BY min(at)) AS nth
        FROM (
            SELECT cycle_id, created_at AS at, f -> 'event' ->> 'currency' AS currency,
                   (coalesce((f -> 'event' ->> 'occurred')::timestamptz, created_at)
                    AT TIME ZONE 'UTC')::date AS day
            FROM ({_JOURNALS}) AS journals
        ) AS booked
        WHERE NOT EXISTS (SELECT 1 FROM cycles AS c WHERE c.id = booked.cycle_id)
        GROUP BY cycle_id
    ) AS lost
""")  # noqa: S608
_EVENTS = text(f"""
    INSERT INTO royalty_events (
        id, created_at, source, idempotency_key, fingerprint, cycle_id, recording_id, work_id, isrc,
        usage_type, quantity, amount, amount_nano, currency, territory, occurred_at, statement_id,
        row_number, unmatched_id
    )
    SELECT (e ->> 'id')::uuid, (e ->> 'at')::timestamptz, e ->> 'source', '{KEY_HASH}' || (e ->> 'key'),
           decode(e ->> 'fingerprint', 'hex'), (e ->> 'cycle')::uuid, (e ->> 'recording')::uuid,
           (e ->> 'work')::uuid, e ->> 'isrc', e ->> 'usage', (e ->> 'quantity')::bigint,
           (e ->> 'amount')::numeric, (e ->> 'nano')::bigint, e ->> 'currency', e ->> 'territory',
           (e ->> 'occurred')::timestamptz, (e ->> 'statement')::uuid, (e ->> 'row')::int,
           (e ->> 'unmatched')::uuid
    FROM (SELECT f -> 'event' AS e FROM ({_JOURNALS}) AS journals WHERE kind = 'usage') AS told
    WHERE e ->> 'fingerprint' IS NOT NULL
      AND EXISTS (SELECT 1 FROM cycles AS c WHERE c.id = (e ->> 'cycle')::uuid)
    ON CONFLICT DO NOTHING
""")  # noqa: S608
_LINES = f"""
    SELECT l.row_id, l.leaf, l.leaf_hash, {_LEAF} AS f FROM log_leaves AS l
    WHERE l.leaf_index >= :start AND l.kind = 'line' AND l.leaf IS NOT NULL
"""  # noqa: S608
_STATEMENTS = text(f"""
    SELECT f ->> 'statement' AS id, min((f ->> 'at')::timestamptz) AS created_at, p.contributor_id,
           f ->> 'cycle' AS cycle_id, f ->> 'currency' AS currency,
           sum((f ->> 'amount')::numeric) AS total_nano, max(r.created_at) AS ended
    FROM ({_LINES}) AS lines JOIN ({_PARTIES}) AS p ON p.party = f ->> 'party'
    JOIN cycles AS c ON c.id = (f ->> 'cycle')::uuid
    JOIN log_records AS r ON r.subject_id = c.id AND r.kind = 'cycle'
    WHERE NOT EXISTS (SELECT 1 FROM statements AS s WHERE s.id = (f ->> 'statement')::uuid)
    GROUP BY 1, 3, 4, 5 ORDER BY 2, 1
""")  # noqa: S608
_EARNED = text("""
    SELECT coalesce(sum(total_nano), 0) FROM statements
    WHERE contributor_id = :contributor_id AND currency = :currency
""")
_LEFT = text("""
    SELECT j.created_at, sum(e.amount_nano) FROM journals AS j JOIN ledger_entries AS e ON e.journal_id = j.id
    WHERE j.kind IN ('payout', 'exchange') AND e.contributor_id = :contributor_id AND e.currency = :currency
    GROUP BY j.id, j.created_at ORDER BY 1
""")
_ADD_STATEMENT = text("""
    INSERT INTO statements (id, created_at, contributor_id, cycle_id, currency, total_nano, carried_nano)
    VALUES (:id, :created_at, :contributor_id, :cycle_id, :currency, :total_nano, :carried_nano)
""")
_ADD_LINES = text(f"""
    INSERT INTO statement_lines (
        id, created_at, statement_id, position, work_id, recording_id, source, usage_type, territory, period,
        quantity, entry_count, amount_nano, entries_root, leaf, leaf_hash
    )
    SELECT row_id, (f ->> 'at')::timestamptz, (f ->> 'statement')::uuid, (f ->> 'position')::int,
           (f ->> 'work')::uuid, (f ->> 'recording')::uuid, f ->> 'source', f ->> 'usage', f ->> 'territory',
           f ->> 'period', (f ->> 'quantity')::numeric, (f ->> 'count')::bigint, (f ->> 'amount')::numeric,
           decode(f ->> 'root', 'hex'), leaf, leaf_hash
    FROM ({_LINES}) AS lines
    WHERE EXISTS (SELECT 1 FROM statements AS s WHERE s.id = (f ->> 'statement')::uuid)
    ON CONFLICT (id) DO NOTHING
""")  # noqa: S608
_PAYOUTS = text(f"""
    INSERT INTO payouts (
        id, created_at, number, contributor_id, cycle_id, currency, amount_minor, residue_nano, status,
        journal_id, exchange, paid_at, version
    )
    SELECT (f ->> 'payout')::uuid, paid.created_at, (f ->> 'number')::int, p.contributor_id,
           (f ->> 'of')::uuid, f ->> 'currency', (f ->> 'minor')::bigint, (f ->> 'residue')::bigint, 'paid',
           paid.journal_id,
           (SELECT convert_from(x.leaf, 'UTF8')::jsonb -> 'facts' -> 'exchange' FROM journals AS x
            WHERE x.idempotency_key = 'exchange' || chr(58) || (f ->> 'payout')),
           (f ->> 'paid')::timestamptz, 2
    FROM ({_JOURNALS}) AS paid JOIN ({_PARTIES}) AS p ON p.party = f ->> 'party'
    WHERE kind = 'payout'
      AND NOT EXISTS (SELECT 1 FROM payouts AS o WHERE o.number = (f ->> 'number')::int
                                                   AND o.id <> (f ->> 'payout')::uuid)
    ON CONFLICT (id) DO UPDATE SET status = 'paid', journal_id = excluded.journal_id,
        paid_at = excluded.paid_at, version = payouts.version + 1
        WHERE payouts.status <> 'paid'
""")  # noqa: S608


@dataclass(frozen=True)
class RestoredBooks:
    """How many rows came back."""

    cycles: int = 0
    events: int = 0
    statements: int = 0
    lines: int = 0
    payouts: int = 0
    disputes: int = 0
    claims: int = 0
    rates: int = 0


def restore_books(session: Session, *, start: int) -> RestoredBooks:
    """Rows of the royalties that leaves from `start` on tell of and the database lacks.

    Journals, records and closed cycles are there already. What a leaf does not name any more (a party whose
    salt is gone) stays a leaf.
    """

    def run(statement: Any) -> int:
        return int(session.execute(statement, {"start": start}).rowcount)  # type: ignore[attr-defined]

    cycles, events = run(_CYCLES), run(_EVENTS)
    statements = _add_statements(session, session.execute(_STATEMENTS, {"start": start}).mappings().all())
    rates = restore_rates(session, start=start)
    lines, payouts = run(_ADD_LINES), run(_PAYOUTS)
    disputes, claims = restore_cases(session, start=start)
    return RestoredBooks(cycles, events, statements, lines, payouts, disputes, claims, rates)


def _add_statements(session: Session, found: Sequence[Any]) -> int:
    """In the order they were made: each carries what those before it earned, less what had left."""
    for row in found:
        payee = {"contributor_id": row["contributor_id"], "currency": row["currency"]}
        earned = int(session.execute(_EARNED, payee).scalar_one())
        left = [Left(at, int(nano)) for at, nano in session.execute(_LEFT, payee)]
        carried = carried_before(earned, left, began=row["created_at"], ended=row["ended"])[0]
        session.execute(_ADD_STATEMENT, dict(row) | {"carried_nano": carried})
    return len(found)
