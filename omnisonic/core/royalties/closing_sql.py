"""The set-based half of a closing: what belongs to a line, what the ledger holds, and the comparison.

A use is counted once for each payee: by the journal that booked it, less its reversal. Money released
later to somebody who had a part of the same use already adds an amount and no quantity.
"""

from __future__ import annotations

from sqlalchemy import text

# Payouts and exchanges, and what took them back, are no earnings.
_APART = "('payout', 'exchange')"
# The kind of a journal, of a reversal the kind of what it took back.
_ORIGIN = (
    "CASE WHEN j.reverses_id IS NULL THEN j.kind "
    "ELSE (SELECT reversed.kind FROM journals reversed WHERE reversed.id = j.reverses_id) END"
)
_PLACE = "recording_id, source, usage_type, territory, period"

# One of several connections waits for another: that is no transaction that somebody forgot.
PATIENT = text("SET LOCAL idle_in_transaction_session_timeout = 0")

# Journals of the same recording, source, use, territory and month share a place, known by a hash.
SORT_JOURNALS = (
    text("DROP TABLE IF EXISTS closing_journals, closing_released"),
    text(f"""
        CREATE TEMP TABLE closing_journals ON COMMIT DROP AS
        SELECT found.*, hash_record_extended(ROW({_PLACE}), :seed) AS place
        FROM (
            SELECT j.id AS journal_id, j.event_id, {_ORIGIN} = 'release' AS is_release,
                   CASE j.kind WHEN 'dispute' THEN 0 WHEN 'reversal' THEN -1 ELSE 1 END
                       * coalesce(ev.quantity, 0) AS quantity,
                   coalesce(ev.recording_id, matched.recording_id) AS recording_id,
                   coalesce(ev.source, j.kind) AS source, ev.usage_type, ev.territory,
                   to_char(coalesce(ev.occurred_at, j.created_at) AT TIME ZONE 'UTC', 'YYYY-MM') AS period
            FROM journals j
            LEFT JOIN royalty_events ev ON ev.id = j.event_id
            LEFT JOIN unmatched_usage matched
                   ON matched.id = ev.unmatched_id AND matched.status = 'matched'
            WHERE j.cycle_id = :cycle_id AND j.kind <> 'rounding' AND {_ORIGIN} NOT IN {_APART}
        ) AS found
    """),  # noqa: S608
    text("""
        CREATE TEMP TABLE closing_released ON COMMIT DROP AS
        SELECT journal_id, event_id FROM closing_journals WHERE is_release
    """),
    text("ANALYZE closing_released"),
)
PLACES = f"""
    SELECT place, {_PLACE} FROM closing_journals GROUP BY place, {_PLACE}
    ORDER BY recording_id, source COLLATE "C", usage_type COLLATE "C", territory COLLATE "C",
             period COLLATE "C"
"""  # noqa: S608
COUNTED_BEFORE = text("""
    SELECT DISTINCT e.journal_id, e.account_id
    FROM closing_released c
    JOIN ledger_entries e ON e.journal_id = c.journal_id AND e.contributor_id IS NOT NULL
    JOIN journals first ON first.event_id = c.event_id AND first.kind = 'usage'
    JOIN ledger_entries o ON o.journal_id = first.id AND o.contributor_id = e.contributor_id
""")
PAYEES = text("SELECT id, owner, currency FROM ledger_accounts WHERE kind = 'payee' ORDER BY id")

# For COPY in binary: every column has one width.
JOURNALS = "SELECT journal_id, place, quantity FROM closing_journals"
# Who an entry names and whose account it is on are compared by `LEDGER`'s reader.
ENTRIES = """
    SELECT e.journal_id, e.account_id, coalesce(e.work_id, '00000000-0000-0000-0000-000000000000'::uuid),
           l.leaf_index, e.amount_nano, l.leaf_hash
    FROM ledger_entries e JOIN log_leaves l ON l.row_id = e.id
    WHERE e.cycle_id = '{cycle_id}' AND e.contributor_id IS NOT NULL
"""

# One look at every entry of the cycle, apart from the way that leads to the lines.
LEDGER = text(f"""
    WITH apart AS MATERIALIZED (
        SELECT j.id FROM journals j WHERE j.cycle_id = :cycle_id AND {_ORIGIN} IN {_APART}
    ), summed AS (
        SELECT e.account_id, e.contributor_id, e.currency, -sum(e.amount_nano) AS nano, count(*) AS entries
        FROM ledger_entries e
        WHERE e.cycle_id = :cycle_id AND NOT EXISTS (SELECT 1 FROM apart WHERE apart.id = e.journal_id)
        GROUP BY 1, 2, 3
    )
    SELECT a.kind, a.owner, a.currency, summed.contributor_id, summed.currency AS entry_currency,
           summed.nano, summed.entries
    FROM summed JOIN ledger_accounts a ON a.id = summed.account_id
    ORDER BY a.kind, a.owner, a.currency
""")  # noqa: S608

# Brought forward: what earlier statements credited, less what was paid out until now.
CARRIED = text("""
    WITH before AS (
        SELECT contributor_id, currency, sum(total_nano) AS nano FROM statements
        WHERE cycle_id <> :cycle_id GROUP BY 1, 2
    ), paid AS (
        SELECT e.contributor_id, e.currency, sum(e.amount_nano) AS nano
        FROM payouts p
        JOIN journals j ON j.idempotency_key IN ('payout:' || p.id, 'exchange:' || p.id)
        JOIN ledger_entries e ON e.journal_id = j.id AND e.contributor_id IS NOT NULL
        WHERE p.status = 'paid'
        GROUP BY 1, 2
    )
    SELECT contributor_id, currency, coalesce(before.nano, 0) - coalesce(paid.nano, 0) AS nano
    FROM before FULL JOIN paid USING (contributor_id, currency)
""")

WRITTEN = text("""
    SELECT s.contributor_id, s.currency, s.total_nano, coalesce(sum(l.amount_nano), 0) AS lines_nano,
           coalesce(sum(l.entry_count), 0) AS entries
    FROM statements s LEFT JOIN statement_lines l ON l.statement_id = s.id
    WHERE s.cycle_id = :cycle_id
    GROUP BY s.id ORDER BY 1, 2
""")
