"""Disputes, claims and exchange rates out of put-back leaves.

Leaves have what people wrote and which account acted as a salted hash: words are lost, accounts come back
where one that may have acted (the payee's own, a curator's) gives that hash. Tables of the royalties are
known here by name only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.audit_facts import LOST_WORDS
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.salted import ACCOUNT_TAG

_FACTS = """
    SELECT r.subject_id, convert_from(l.leaf, 'UTF8')::jsonb -> 'facts' AS f
    FROM log_leaves AS l JOIN log_records AS r ON r.id = l.row_id
    WHERE l.leaf_index >= :start AND l.kind = :kind AND l.leaf IS NOT NULL
"""
_PARTIES = """
    SELECT contributor_id, salt, encode(sha256(salt || uuid_send(contributor_id)), 'hex') AS party
    FROM party_salts
"""
_IS_ACCOUNT = f"""
    encode(sha256(p.salt || convert_to('{ACCOUNT_TAG.decode()}', 'UTF8') || uuid_send(u.id)), 'hex')
    = f ->> 'by'
"""
_RATES = text(f"""
    INSERT INTO fx_rates (id, created_at, base, quote, day, rate, source)
    SELECT subject_id, (f ->> 'entered')::timestamptz, f ->> 'base', f ->> 'quote', (f ->> 'day')::date,
           (f ->> 'rate')::numeric, f ->> 'source'
    FROM ({_FACTS}) AS told
    ON CONFLICT DO NOTHING
""")  # noqa: S608  (our own names only, here and below)


def _opened(table: str, columns: str, values: str, known: str) -> Any:
    return text(f"""
        INSERT INTO {table} (id, created_at, {columns}, contributor_id, user_id, reason, status, version)
        SELECT subject_id, (f ->> 'opened')::timestamptz, {values}, p.contributor_id, u.id, :words, 'open', 1
        FROM ({_FACTS}) AS told JOIN ({_PARTIES}) AS p ON p.party = f ->> 'party'
        LEFT JOIN contributors AS c ON c.id = p.contributor_id
        LEFT JOIN users AS u ON u.id = c.user_id AND {_IS_ACCOUNT}
        WHERE f ->> 'change' = 'opened' AND EXISTS ({known})
        ON CONFLICT DO NOTHING
    """)  # noqa: S608


def _answered(table: str) -> Any:
    return text(f"""
        UPDATE {table} AS t SET status = f ->> 'change', decided_at = (f ->> 'decided')::timestamptz,
               version = version + 1, answer = CASE WHEN f ->> 'answer' IS NULL THEN NULL ELSE :words END,
               decided_by = (
                   SELECT u.id FROM users AS u WHERE u.role IN ('curator', 'admin') AND {_IS_ACCOUNT}
               )
        FROM ({_FACTS}) AS told JOIN ({_PARTIES}) AS p ON p.party = f ->> 'party'
        WHERE f ->> 'change' <> 'opened' AND t.id = told.subject_id AND t.status = 'open'
    """)  # noqa: S608


_DISPUTES = (
    LeafKind.DISPUTE,
    _opened(
        "line_disputes",
        "line_id",
        "(f ->> 'line')::uuid",
        "SELECT 1 FROM statement_lines AS s WHERE s.id = (f ->> 'line')::uuid",
    ),
    _answered("line_disputes"),
)
_CLAIMS = (
    LeafKind.CLAIM,
    _opened(
        "share_claims",
        "work_id, share_ppm, role, valid_from",
        "(f ->> 'work')::uuid, (f ->> 'ppm')::int, f ->> 'role', (f ->> 'from')::date",
        "SELECT 1 FROM works AS w WHERE w.id = (f ->> 'work')::uuid",
    ),
    _answered("share_claims"),
)


def restore_rates(session: Session, *, start: int) -> int:
    """Rates that leaves from `start` on tell of and the database lacks; how many."""
    return _run(session, _RATES, {"start": start, "kind": LeafKind.RATE})


def restore_cases(session: Session, *, start: int) -> tuple[int, int]:
    """Disputes and claims that leaves from `start` on tell of, and how they ended; how many of each.

    What a leaf does not name any more (a party whose salt is gone, a work that is not there) stays a leaf.
    """
    disputes, claims = (_restore(session, *cases, start) for cases in (_DISPUTES, _CLAIMS))
    return disputes, claims


def _restore(session: Session, kind: LeafKind, opened: Any, answered: Any, start: int) -> int:
    asked = {"start": start, "kind": kind, "words": LOST_WORDS}
    count = _run(session, opened, asked)
    _run(session, answered, asked)
    return count


def _run(session: Session, statement: Any, asked: dict[str, Any]) -> int:
    return int(session.execute(statement, asked).rowcount)  # type: ignore[attr-defined]
