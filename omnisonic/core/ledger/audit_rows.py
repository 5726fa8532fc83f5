"""Audits rows: every audited column against the leaf, the leaf against its hash, the hash against the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from omnisonic.core.ledger.audit_carried import audit_carried
from omnisonic.core.ledger.audit_cases import audit_disputes, audit_payouts, audit_rates
from omnisonic.core.ledger.audit_facts import audit_facts
from omnisonic.core.ledger.audit_tables import (
    ENTRIES,
    EVENT_COLUMNS,
    EVENT_FACTS,
    EVENTS,
    LINES,
    ROW_FIELDS,
    TABLES,
    AuditedTable,
    stream,
)
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.leaves import KEY_HASH, canonical, party_hash, text_hash
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import AccountKind

KEY_AT = EVENT_FACTS.index("key")
LARGE_DIGITS = 16  # a number of more digits may have been a float, which JSON in PostgreSQL forgets

_NO_ROW = text("""
    SELECT l.leaf_index FROM log_leaves AS l
    WHERE l.leaf IS NULL AND NOT EXISTS (SELECT 1 FROM journals WHERE id = l.row_id)
      AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE id = l.row_id)
      AND NOT EXISTS (SELECT 1 FROM statement_lines WHERE id = l.row_id)
      AND NOT EXISTS (SELECT 1 FROM log_records WHERE id = l.row_id)
    ORDER BY l.leaf_index LIMIT 500
""")
_PUT_BACK = "SELECT row_id::text FROM log_leaves WHERE leaf IS NOT NULL AND kind = 'journal'"
_PLACE_OF = text("SELECT leaf_index, row_id::text FROM log_leaves WHERE leaf_hash = :leaf_hash LIMIT 1")
_UNEVEN = text("""
    SELECT journal_id, currency, sum(amount_nano) AS rest FROM ledger_entries
    GROUP BY journal_id, currency HAVING sum(amount_nano) <> 0 LIMIT 500
""")
_UNEVEN_STATEMENTS = text("""
    SELECT s.id, s.total_nano, coalesce(l.total, 0) AS lines FROM statements AS s
    LEFT JOIN (SELECT statement_id, sum(amount_nano) AS total FROM statement_lines GROUP BY 1) AS l
      ON l.statement_id = s.id
    WHERE s.total_nano <> coalesce(l.total, 0) LIMIT 500
""")


def audit_rows(connection: Connection, findings: Findings) -> None:
    """Look at every row of every audited table; in one snapshot, which the caller has opened."""
    parties = _Parties(connection)
    for table in TABLES:
        for row in stream(connection, table.statement):
            leaf = _check_leaf(connection, table, row, findings)
            if leaf is None:
                continue
            _check_columns(table, row, leaf, findings)
            if table is ENTRIES:
                _check_account(row, leaf, parties, findings)
            elif table is LINES:
                _check_statement(row, leaf, parties, findings)
    put_back = _put_back(connection)
    audit_payouts(connection, parties, put_back, findings)
    audit_rates(connection, put_back, findings)
    audit_disputes(connection, parties.may_be, findings)
    audit_facts(connection, parties, findings)
    parties.find_strayed_salts(findings)
    for (index,) in connection.execute(_NO_ROW):
        findings.add("log_leaves", index, "row_id", "no row with this id: it was changed here or removed")
    for journal_id, currency, rest in connection.execute(_UNEVEN):
        findings.add("journals", journal_id, "entries", f"does not balance: {rest} nano-units of {currency}")
    for statement_id, total, lines in connection.execute(_UNEVEN_STATEMENTS):
        findings.add("statements", statement_id, "total_nano", f"is {total}, its lines give {lines}")
    audit_carried(connection, findings)
    _check_events(connection, put_back, findings)


def _put_back(connection: Connection) -> frozenset[str]:
    """Journals whose leaves a replay put back: what people wrote to them is known by its hash only."""
    return frozenset(row[0] for row in stream(connection, _PUT_BACK))


def _check_leaf(
    connection: Connection, table: AuditedTable, row: Any, findings: Findings
) -> Mapping[str, Any] | None:
    row_id, raw, own, index, logged, kind, cycle_id = row[:ROW_FIELDS]
    raw, own, logged = bytes(raw), bytes(own), None if logged is None else bytes(logged)
    digest = leaf_hash(raw)
    log_table, log_row = ("pending_leaves", row_id) if index is None else ("log_leaves", index)
    if digest != own and own != logged and digest == logged:
        findings.add(table.name, row_id, "leaf_hash", "is not the hash of the leaf")
    elif digest != own:
        findings.add(table.name, row_id, "leaf", "does not hash to what the log says")
        return None
    elif logged is not None and logged != own:
        findings.add(log_table, log_row, "leaf_hash", f"is not that of the row in {table.name}")
    leaf: Mapping[str, Any] = json.loads(raw.decode())  # text: guessing its encoding would cost a fifth
    if logged is None:
        _blame_unlogged(connection, table, row_id, digest, leaf, findings)
        return leaf
    if kind != leaf["kind"]:
        findings.add(log_table, log_row, "kind", f"is {kind}, the leaf is of kind {leaf['kind']}")
    expected = leaf["subject"] if leaf["kind"] == "cycle" else leaf.get("cycle")
    if cycle_id != expected:
        findings.add(log_table, log_row, "cycle_id", f"is {cycle_id}, the leaf says {expected}")
    return leaf


def _blame_unlogged(
    connection: Connection,
    table: AuditedTable,
    row_id: str,
    digest: bytes,
    leaf: Mapping[str, Any],
    findings: Findings,
) -> None:
    place = connection.execute(_PLACE_OF, {"leaf_hash": digest}).first()
    if leaf["id"] != row_id:
        return  # its id is wrong, which the columns tell
    if place is not None:
        findings.add("log_leaves", place[0], "row_id", f"is {place[1]}, the leaf is of {row_id}")
    else:
        findings.add(table.name, row_id, "id", "the row has no leaf in the log: it was written past it")


def _check_columns(table: AuditedTable, row: Any, leaf: Mapping[str, Any], findings: Findings) -> None:
    end = ROW_FIELDS + len(table.columns)
    expected = table.expected(leaf)
    found = tuple(row[ROW_FIELDS:end])
    if found == expected:
        return
    for column, is_now, was in zip(table.columns, found, expected, strict=True):
        if is_now != was:
            findings.add(table.name, row[0], column, f"is {is_now}, the leaf says {was}")


def _check_account(
    row: Any,
    leaf: Mapping[str, Any],
    parties: _Parties,
    findings: Findings,
) -> None:
    contributor_id, account_id, kind, owner, currency, journal_hash = row[ROW_FIELDS + len(ENTRIES.columns) :]
    said = leaf["account"]
    if journal_hash is not None and journal_hash != leaf["journalHash"]:
        findings.add(
            "journals", leaf["journal"], "leaf_hash", f"the entry {row[0]} says {leaf['journalHash']}"
        )
    holder = said["owner"]
    if said["kind"] == AccountKind.PAYEE:
        holder = _holder(row[0], contributor_id, owner, said["owner"], parties, findings)
    elif contributor_id is not None:
        findings.add("ledger_entries", row[0], "contributor_id", "the leaf is of no payee")
    if (kind, owner, currency) == (said["kind"], holder, leaf["currency"]):
        return
    if account_id is None or parties.has_account(said["kind"], holder, leaf["currency"]):
        findings.add("ledger_entries", row[0], "account_id", f"the leaf says {said['kind']} {said['owner']}")
        return
    for column, is_now, was in (
        ("kind", kind, said["kind"]),
        ("owner", owner, holder),
        ("currency", currency, leaf["currency"]),
    ):
        if is_now != was:
            findings.add("ledger_accounts", account_id, column, f"is {is_now}, the entries say {was}")


def _holder(
    entry_id: str,
    contributor_id: str | None,
    owner: str | None,
    said: str,
    parties: _Parties,
    findings: Findings,
) -> str | None:
    """Whose account a payee's entry must stand on; blames its column or the salt where they differ."""
    if contributor_id == owner:
        if parties.contradicts(contributor_id, said):
            problem = f"does not give the party of the entry {entry_id}"
            findings.add("party_salts", contributor_id, "salt", problem)
        return owner
    if parties.confirms(contributor_id, said):
        return contributor_id
    findings.add(
        "ledger_entries", entry_id, "contributor_id", "is neither its account's nor its leaf's party"
    )
    return owner


def _check_statement(row: Any, leaf: Mapping[str, Any], parties: _Parties, findings: Findings) -> None:
    statement_id, cycle_id, currency, contributor_id, at = row[ROW_FIELDS + len(LINES.columns) :]
    if statement_id is None:
        findings.add("statements", leaf["statement"], "id", "its row is gone, its lines are there")
        return
    for column, is_now, was in (
        ("cycle_id", cycle_id, leaf["cycle"]),
        ("currency", currency, leaf["currency"]),
        ("created_at", at, leaf["at"]),
    ):
        if is_now != was:
            findings.add("statements", leaf["statement"], column, f"is {is_now}, its lines say {was}")
    is_payee = parties.has_account(AccountKind.PAYEE, contributor_id, leaf["currency"])
    if parties.contradicts(contributor_id, leaf["party"]) or not is_payee:
        findings.add("statements", leaf["statement"], "contributor_id", "is not the party of its lines")


def _check_events(connection: Connection, put_back: Collection[str], findings: Findings) -> None:
    start = 5
    for row in stream(connection, EVENTS):
        event_id, nano, journal_id, raw, details = row[:start]
        if journal_id is None:
            if nano:  # less than a nano-unit is booked when its cycle closes
                findings.add("royalty_events", event_id, "id", "no journal is about this event")
            continue
        try:
            facts = json.loads(bytes(raw).decode())["facts"]["event"]
        except (ValueError, KeyError):
            continue  # no usage journal, or its leaf is wrong, which is noted
        if facts["id"] != event_id:
            findings.add("royalty_events", event_id, "id", f"the journal {journal_id} says {facts['id']}")
        said = [None if facts[name] is None else str(facts[name]) for name in EVENT_FACTS]
        was_rebuilt = journal_id in put_back and row[start + KEY_AT] == text_hash(KEY_HASH + facts["key"])
        if was_rebuilt:
            said[KEY_AT] = row[start + KEY_AT]
        for column, is_now, was in zip(EVENT_COLUMNS, row[start:], said, strict=True):
            if is_now != was:
                findings.add("royalty_events", event_id, column, f"is {is_now}, the leaf says {was}")
        if not _is_details(details, facts["details"]) and not (was_rebuilt and details is None):
            findings.add("royalty_events", event_id, "details", "does not hash to what the leaf says")


def _is_details(details: str | None, digest: str | None) -> bool:
    if details is None or digest is None:
        return details is None and digest is None
    readings = (json.loads(details), json.loads(details, parse_int=_perhaps_float))
    return digest in {hashlib.sha256(canonical(one)).hexdigest() for one in readings}


def _perhaps_float(digits: str) -> int | float:
    return float(digits) if len(digits) > LARGE_DIGITS else int(digits)


class _Parties:
    """Salted hashes of contributors, and the accounts there are."""

    def __init__(self, connection: Connection) -> None:
        salts = connection.execute(text("SELECT contributor_id::text, salt FROM party_salts"))
        self._salts = {one: bytes(salt) for one, salt in salts}
        self._hashes = {one: party_hash(UUID(one), salt) for one, salt in self._salts.items()}
        accounts = connection.execute(text("SELECT kind, owner, currency FROM ledger_accounts"))
        self._accounts = {tuple(row) for row in accounts}
        self._holders = {owner for kind, owner, _ in self._accounts if kind == AccountKind.PAYEE}
        self._named = {said: self._salts[one] for one, said in self._hashes.items()}
        self._unsalted: dict[str, str] = {}  # contributors without a salt, and what leaves call them

    def confirms(self, contributor_id: str | None, said: str) -> bool:
        """Whether this is the party."""
        return contributor_id is not None and self._hashes.get(contributor_id) == said

    def contradicts(self, contributor_id: str | None, said: str) -> bool:
        """Whether this is certainly not the party. Without a salt (erased) nobody can tell."""
        if contributor_id is None:
            return True
        known = self._hashes.get(contributor_id)
        if known is None:
            self._unsalted[contributor_id] = said
        return known is not None and known != said

    def may_be(self, contributor_id: str | None, said: str) -> bool:
        """Whether this is the party, or one whose salt is erased and who has an account here."""
        if contributor_id in self._hashes:
            return self.confirms(contributor_id, said)
        return contributor_id in self._holders and not self.contradicts(contributor_id, said)

    def salt_of(self, said: str) -> bytes | None:
        """The salt of a party as leaves name it, while it is not erased."""
        return self._named.get(said)

    def has_account(self, kind: str, owner: str | None, currency: str) -> bool:
        """Whether there is such an account."""
        return (kind, owner, currency) in self._accounts

    def find_strayed_salts(self, findings: Findings) -> None:
        """Salts under an id that is not their contributor's: they give the party of one without a salt."""
        for salted in self._salts.keys() - self._holders if self._unsalted else ():
            for contributor_id, said in self._unsalted.items():
                if party_hash(UUID(contributor_id), self._salts[salted]) == said:
                    findings.add("party_salts", salted, "contributor_id", f"the salt is of {contributor_id}")
