"""Audits what journals say of rows: of paid payouts, of rates money was exchanged by, of money held back.

What a journal's leaf says must stand in the row, not the other way round: a proposal that is not paid has no
journal. Rows of the royalties are known here by table name only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from sqlalchemy import Connection, text

from omnisonic.core.ledger.audit_facts import Parties
from omnisonic.core.ledger.audit_tables import as_time, stream
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.leaves import text_hash
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.salted import salted_text

Facts = Mapping[str, Any]
IsParty = Callable[[str | None, str], bool]  # whether a contributor may be the party of a leaf

PAYOUT_COLUMNS: Final = {  # column -> its name in the facts of the journal that pays
    "number": "number",
    "amount_minor": "minor",
    "residue_nano": "residue",
    "currency": "currency",
    "cycle_id": "of",
    "paid_at": "paid",
}
_PAYOUTS = f"""
    SELECT j.id::text, j.leaf, j.leaf_hash, x.leaf, x.leaf_hash, p.id::text, p.contributor_id::text, p.status,
           p.journal_id::text, p.exchange::text, p.reference,
           p.number::text, p.amount_minor::text, p.residue_nano::text, p.currency, p.cycle_id::text,
           {as_time("p.paid_at")}
    FROM journals AS j
    LEFT JOIN payouts AS p ON j.idempotency_key = 'payout:' || p.id
    LEFT JOIN journals AS x ON x.idempotency_key = 'exchange:' || split_part(j.idempotency_key, ':', 2)
    WHERE j.kind = 'payout'
"""  # noqa: S608  (our own names only)
_PAID_ALONE = text("""
    SELECT p.id FROM payouts AS p WHERE p.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM journals AS j WHERE j.idempotency_key = 'payout:' || p.id
    ) LIMIT 500
""")
_EXCHANGES = "SELECT id::text, leaf, leaf_hash FROM journals WHERE kind = 'exchange'"
_RATES = text("""
    SELECT id::text, base, quote, day::text, trim_scale(rate)::text AS rate, source FROM fx_rates
    WHERE id = ANY(CAST(:ids AS uuid[]))
""")
RATE_COLUMNS: Final = ("base", "quote", "day", "rate", "source")
_DISPUTES = """
    SELECT held.leaf, held.leaf_hash, free.leaf, free.leaf_hash,
           d.id::text, d.line_id::text, d.contributor_id::text, d.status
    FROM journals AS held
    LEFT JOIN line_disputes AS d ON held.idempotency_key = 'dispute:' || d.id
    LEFT JOIN journals AS free ON free.idempotency_key = held.idempotency_key || chr(58) || 'free'
    WHERE held.kind = 'dispute' AND held.reverses_id IS NULL
"""
RATES_AT_ONCE = 1_000


def audit_payouts(
    connection: Connection, parties: Parties, put_back: Collection[str], findings: Findings
) -> None:
    """Paid payouts beside the journals that paid and exchanged them."""
    for journal_id, raw, own, raw_x, own_x, payout_id, party_id, status, said_id, exchange, *rest in stream(
        connection, _PAYOUTS
    ):
        facts = _facts(raw, own)
        if facts is None:
            continue
        if payout_id is None:
            findings.add(
                "payouts", facts["payout"], "id", f"the journal {journal_id} paid it, its row is gone"
            )
            continue
        reference, *columns = rest
        found = dict(zip(PAYOUT_COLUMNS, columns, strict=True))
        wanted = {column: facts[name] for column, name in PAYOUT_COLUMNS.items() if name in facts}
        wanted |= {"status": "paid", "journal_id": journal_id}
        if reference is not None or journal_id not in put_back:
            found["reference"], wanted["reference"] = _references(facts, reference, parties)
        _compare("payouts", payout_id, found | {"status": status, "journal_id": said_id}, wanted, findings)
        if "party" in facts and not parties.may_be(party_id, facts["party"]):
            findings.add("payouts", payout_id, "contributor_id", "is not the party that was paid")
        told = None if raw_x is None else (_facts(raw_x, own_x) or {}).get("exchange")
        if (json.loads(exchange) if exchange else None) != told:
            findings.add("payouts", payout_id, "exchange", f"is {exchange}, the leaf says {told}")
    for (payout_id,) in connection.execute(_PAID_ALONE):
        findings.add("payouts", payout_id, "status", "is paid, but no journal pays it")


def _references(facts: Facts, reference: str | None, parties: Parties) -> tuple[str | None, str | None]:
    """A payout's reference as its leaf names it, and what the leaf says; nothing where nobody can tell."""
    if "saltedReference" in facts:
        salt = parties.salt_of(facts["party"])
        return (None, None) if salt is None else (salted_text(salt, reference), facts["saltedReference"])
    if "reference" in facts:  # a leaf that was written before references were salted
        return text_hash(reference), facts["reference"]
    return None, None


def audit_rates(connection: Connection, put_back: Collection[str], findings: Findings) -> None:
    """Exchange rates that money was exchanged by, beside the journals that did it."""
    used: dict[str, Facts] = {}
    for journal_id, raw, own in stream(connection, _EXCHANGES):
        told = (_facts(raw, own) or {}).get("exchange", {})
        if told.get("rateId"):
            used[told["rateId"]] = told | {"lost": journal_id in put_back}
        if len(used) >= RATES_AT_ONCE:
            _check_rates(connection, used, findings)
            used = {}
    _check_rates(connection, used, findings)


def audit_disputes(connection: Connection, is_party: IsParty, findings: Findings) -> None:
    """Disputes that held money back, beside the journals that held it and gave it free."""
    for raw, own, raw_free, own_free, dispute_id, line_id, party_id, status in stream(connection, _DISPUTES):
        facts = _facts(raw, own)
        if facts is None:
            continue
        if dispute_id is None:
            findings.add("line_disputes", facts["dispute"], "id", "holds money back, and its row is gone")
            continue
        free = {"status": "open"} if raw_free is None else _facts(raw_free, own_free)
        wanted = {"line_id": facts["line"]} | ({"status": free["status"]} if free else {})
        _compare("line_disputes", dispute_id, {"line_id": line_id, "status": status}, wanted, findings)
        if "party" in facts and not is_party(party_id, facts["party"]):
            findings.add("line_disputes", dispute_id, "contributor_id", "is not whose money is held back")


def _check_rates(connection: Connection, used: Mapping[str, Facts], findings: Findings) -> None:
    found = connection.execute(_RATES, {"ids": list(used)}).mappings()
    stated = {str(row["id"]): {name: row[name] for name in RATE_COLUMNS} for row in found}
    for rate_id, facts in used.items():
        if rate_id not in stated:
            if facts["lost"]:
                continue  # entered after the dump, and again after the restore
            findings.add("fx_rates", rate_id, "id", "money was exchanged by this rate, and its row is gone")
            continue
        wanted = {column: facts[column] for column in RATE_COLUMNS}
        _compare("fx_rates", rate_id, stated[rate_id], wanted, findings)


def _compare(
    table: str, row: str, found: Mapping[str, Any], wanted: Mapping[str, Any], findings: Findings
) -> None:
    for column, was in wanted.items():
        if found[column] != was:
            findings.add(table, row, column, f"is {found[column]}, the leaf says {was}")


def _facts(raw: Any, own: Any) -> Facts | None:
    """What a journal's leaf says; None where the leaf is not what was logged, which is noted elsewhere."""
    leaf = bytes(raw)
    return json.loads(leaf)["facts"] if leaf_hash(leaf) == bytes(own) else None
