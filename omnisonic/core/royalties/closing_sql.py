"""The set-based half of a closing: groups, totals, lines with their leaf hashes, and the comparison.

A use is counted once for each payee: by the journal that booked it, less its reversal. Money released
later to somebody who had a part of the same use already adds an amount and no quantity.
"""

from __future__ import annotations

from sqlalchemy import text

# Payouts and exchanges, and what took them back, are no earnings; rounding has no payee.
_EARNING = "NOT IN ('payout', 'exchange', 'rounding')"
_JOURNALS = text(f"""
    CREATE TEMP TABLE closing_journals ON COMMIT DROP AS
    SELECT found.id AS journal_id, found.event_id, found.is_release, found.quantity,
           dense_rank() OVER (
               ORDER BY found.recording_id, found.source COLLATE "C", found.usage_type COLLATE "C",
                        found.territory COLLATE "C", found.period COLLATE "C"
           ) AS place,
           found.recording_id, found.source, found.usage_type, found.territory, found.period
    FROM (
        SELECT j.id, j.event_id, coalesce(reversed.kind, j.kind) = 'release' AS is_release,
               CASE j.kind WHEN 'dispute' THEN 0 WHEN 'reversal' THEN -1 ELSE 1 END
                   * coalesce(ev.quantity, 0) AS quantity,
               coalesce(ev.recording_id, matched.recording_id) AS recording_id,
               coalesce(ev.source, j.kind) AS source, ev.usage_type, ev.territory,
               to_char(coalesce(ev.occurred_at, j.created_at) AT TIME ZONE 'UTC', 'YYYY-MM') AS period
        FROM journals j
        LEFT JOIN royalty_events ev ON ev.id = j.event_id
        LEFT JOIN unmatched_usage matched ON matched.id = ev.unmatched_id AND matched.status = 'matched'
        LEFT JOIN journals reversed ON reversed.id = j.reverses_id
        WHERE j.cycle_id = :cycle_id AND coalesce(reversed.kind, j.kind) {_EARNING}
    ) AS found
""")  # noqa: S608
_PLACES = text("""
    CREATE TEMP TABLE closing_places ON COMMIT DROP AS
    SELECT DISTINCT ON (place) place, recording_id, source, usage_type, territory, period
    FROM closing_journals ORDER BY place
""")
_COUNTED_BEFORE = text("""
    CREATE TEMP TABLE closing_counted ON COMMIT DROP AS
    SELECT DISTINCT e.id AS entry_id
    FROM closing_journals c
    JOIN ledger_entries e ON e.journal_id = c.journal_id AND e.contributor_id IS NOT NULL
    JOIN journals first ON first.event_id = c.event_id AND first.kind = 'usage'
    JOIN ledger_entries o ON o.journal_id = first.id AND o.contributor_id = e.contributor_id
    WHERE c.is_release
""")
PREPARE = (
    _JOURNALS,
    _PLACES,
    _COUNTED_BEFORE,
    text("ANALYZE closing_journals"),
    text("ANALYZE closing_places"),
    text("ANALYZE closing_counted"),
)

# Brought forward: what earlier statements credited, less what was paid out until now.
TOTALS = text("""
    WITH earned AS (
        SELECT e.contributor_id, e.currency, -sum(e.amount_nano) AS total_nano
        FROM ledger_entries e JOIN closing_journals c ON c.journal_id = e.journal_id
        WHERE e.cycle_id = :cycle_id AND e.contributor_id IS NOT NULL
        GROUP BY 1, 2
    ), before AS (
        SELECT contributor_id, currency, sum(total_nano) AS nano FROM statements GROUP BY 1, 2
    ), paid AS (
        SELECT e.contributor_id, e.currency, sum(e.amount_nano) AS nano
        FROM payouts p
        JOIN journals j ON j.idempotency_key IN ('payout:' || p.id, 'exchange:' || p.id)
        JOIN ledger_entries e ON e.journal_id = j.id AND e.contributor_id IS NOT NULL
        WHERE p.status = 'paid'
        GROUP BY 1, 2
    )
    SELECT contributor_id, currency, earned.total_nano,
           coalesce(before.nano, 0) - coalesce(paid.nano, 0) AS carried_nano
    FROM earned
    LEFT JOIN before USING (contributor_id, currency)
    LEFT JOIN paid USING (contributor_id, currency)
    ORDER BY contributor_id, currency
""")

# The hashes of a line's entries in leaf order, one after the other.
LINES = text("""
    WITH lines AS (
        SELECT e.contributor_id, e.currency, e.work_id, c.place,
               -sum(e.amount_nano) AS amount_nano, count(*) AS entry_count,
               sum(CASE WHEN counted.entry_id IS NULL THEN c.quantity ELSE 0 END) AS quantity,
               string_agg(l.leaf_hash, ''::bytea ORDER BY l.leaf_index) AS hashes
        FROM ledger_entries e
        JOIN closing_journals c ON c.journal_id = e.journal_id
        JOIN log_leaves l ON l.row_id = e.id
        LEFT JOIN closing_counted counted ON counted.entry_id = e.id
        WHERE e.cycle_id = :cycle_id AND e.contributor_id IS NOT NULL
        GROUP BY 1, 2, 3, 4
    )
    SELECT lines.*, p.recording_id, p.source, p.usage_type, p.territory, p.period
    FROM lines JOIN closing_places p USING (place)
    ORDER BY lines.contributor_id, lines.currency, lines.work_id, lines.place
""")

MISMATCHES = text(f"""
    WITH ledger AS (
        SELECT e.contributor_id, e.currency, -sum(e.amount_nano) AS nano, count(*) AS entries
        FROM ledger_entries e JOIN journals j ON j.id = e.journal_id
        LEFT JOIN journals reversed ON reversed.id = j.reverses_id
        WHERE e.cycle_id = :cycle_id AND e.contributor_id IS NOT NULL
          AND coalesce(reversed.kind, j.kind) {_EARNING}
        GROUP BY 1, 2
    ), told AS (
        SELECT s.contributor_id, s.currency, min(s.total_nano) AS statement_nano,
               sum(l.amount_nano) AS lines_nano, sum(l.entry_count) AS entries
        FROM statements s LEFT JOIN statement_lines l ON l.statement_id = s.id
        WHERE s.cycle_id = :cycle_id
        GROUP BY 1, 2
    )
    SELECT contributor_id, currency, ledger.nano AS ledger_nano, told.lines_nano, told.statement_nano
    FROM ledger FULL JOIN told USING (contributor_id, currency)
    WHERE ledger.nano IS DISTINCT FROM told.statement_nano
       OR ledger.nano IS DISTINCT FROM told.lines_nano
       OR ledger.entries IS DISTINCT FROM told.entries
    ORDER BY 1, 2 LIMIT 5
""")  # noqa: S608
