"""Audits rows that have a leaf for each thing that happened to them: disputes, claims, exchange rates.

A row without a leaf was written past the log; a leaf without its row tells of one that was removed. Rows of
the royalties are known here by table name only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Connection

from omnisonic.core.ledger.audit_tables import as_text, as_time, stream
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.salted import salted_account, salted_text

LOST_WORDS: Final = "Restored from the log; the words were lost with the database."
OPENED: Final = "opened"

Facts = Mapping[str, Any]
Columns = dict[str, Any]


class Parties(Protocol):
    """What is known of salts."""

    def may_be(self, contributor_id: str | None, said: str) -> bool:
        """Whether a contributor may be the party of a leaf."""
        ...

    def salt_of(self, said: str) -> bytes | None:
        """The salt of a party as leaves name it, while it is not erased."""
        ...


@dataclass(frozen=True)
class _Logged:
    """A table whose rows are told by records of one kind; `plain` maps columns to names in the facts."""

    table: str
    kind: LeafKind
    columns: Mapping[str, str]
    plain: Mapping[str, str]

    @property
    def statement(self) -> str:
        """Rows with their records, and either alone."""
        columns = ", ".join(self.columns.values())
        return f"""
            SELECT t.id::text, r.subject_id::text, r.leaves, r.hashes, r.was_put_back, {columns}
            FROM {self.table} AS t FULL JOIN (
                SELECT r.subject_id, array_agg(r.leaf) AS leaves, array_agg(r.leaf_hash) AS hashes,
                       bool_or(l.leaf IS NOT NULL) AS was_put_back
                FROM log_records AS r LEFT JOIN log_leaves AS l ON l.row_id = r.id
                WHERE r.kind = '{self.kind}' GROUP BY 1
            ) AS r ON r.subject_id = t.id
        """  # noqa: S608  (our own names only)


_OF_A_CASE: Final = {
    "contributor_id": as_text("t.contributor_id"),
    "user_id": as_text("t.user_id"),
    "reason": "t.reason",
    "created_at": as_time("t.created_at"),
    "status": "t.status",
    "answer": "t.answer",
    "decided_by": as_text("t.decided_by"),
    "decided_at": as_time("t.decided_at"),
    "version": as_text("t.version"),
}
_DISPUTES = _Logged(
    "line_disputes",
    LeafKind.DISPUTE,
    {"line_id": as_text("t.line_id")} | _OF_A_CASE,
    {"line_id": "line"},
)
_CLAIMS = _Logged(
    "share_claims",
    LeafKind.CLAIM,
    {
        "work_id": as_text("t.work_id"),
        "share_ppm": as_text("t.share_ppm"),
        "role": "t.role",
        "valid_from": as_text("t.valid_from"),
    }
    | _OF_A_CASE,
    {"work_id": "work", "share_ppm": "ppm", "role": "role", "valid_from": "from"},
)
_RATES = _Logged(
    "fx_rates",
    LeafKind.RATE,
    {
        "base": "t.base",
        "quote": "t.quote",
        "day": as_text("t.day"),
        "rate": "trim_scale(t.rate)::text",
        "source": "t.source",
        "created_at": as_time("t.created_at"),
    },
    {
        "base": "base",
        "quote": "quote",
        "day": "day",
        "rate": "rate",
        "source": "source",
        "created_at": "entered",
    },
)


def audit_facts(connection: Connection, parties: Parties, findings: Findings) -> None:
    """Every dispute, claim and exchange rate beside its leaves."""
    for row_id, found, told, _ in _rows(connection, _RATES, findings):
        _compare(_RATES, row_id, found, _plain(_RATES, told[0]), findings)
    for cases in (_DISPUTES, _CLAIMS):
        for row_id, found, told, was_put_back in _rows(connection, cases, findings):
            opened = next((one for one in told if one["change"] == OPENED), None)
            answers = [one for one in told if one["change"] != OPENED]
            if opened is None or len(answers) > 1:
                findings.add(cases.table, row_id, "status", f"the log has {len(told)} leaves that contradict")
                continue
            answer = answers[0] if answers else None
            salt = parties.salt_of(opened["party"])
            wanted = _plain(cases, opened) | _said(opened, answer, salt)
            _forgive(found, wanted, was_put_back=was_put_back)
            _mark(found, wanted, salt)
            _compare(cases, row_id, found, wanted, findings)
            if not parties.may_be(found["contributor_id"], opened["party"]):
                findings.add(cases.table, row_id, "contributor_id", "is not the party of its leaf")


def _rows(
    connection: Connection, logged: _Logged, findings: Findings
) -> Iterator[tuple[str, Columns, list[Facts], bool]]:
    """Rows with what their leaves say; those without the other are noted."""
    for row_id, subject_id, leaves, hashes, was_put_back, *values in stream(connection, logged.statement):
        if subject_id is None:
            problem = "the row has no leaf in the log: it was written past it"
            findings.add(logged.table, row_id, "id", problem)
        elif row_id is None:
            if not was_put_back:  # whom it was about may be unknown since a restore
                findings.add(logged.table, subject_id, "id", "its leaf is in the log, and its row is gone")
        elif told := _facts(leaves, hashes):
            yield row_id, dict(zip(logged.columns, values, strict=True)), told, was_put_back


def _facts(leaves: list[Any], hashes: list[Any]) -> list[Facts]:
    """What leaves say; nothing where one is not what was logged, which is noted elsewhere."""
    raw = [bytes(leaf) for leaf in leaves]
    if any(leaf_hash(leaf) != bytes(own) for leaf, own in zip(raw, hashes, strict=True)):
        return []
    return [json.loads(leaf)["facts"] for leaf in raw]


def _plain(logged: _Logged, facts: Facts) -> Columns:
    return {column: facts[name] for column, name in logged.plain.items()}


def _said(opened: Facts, answer: Facts | None, salt: bytes | None) -> Columns:
    """The columns of a case as its leaves say them; what is salted only while there is a salt."""
    plain = {
        "created_at": opened["opened"],
        "status": answer["change"] if answer else "open",
        "decided_at": answer["decided"] if answer else None,
        "version": "2" if answer else "1",
    }
    salted = {
        "reason": opened["reason"],
        "user_id": opened["by"],
        "answer": answer["answer"] if answer else None,
        "decided_by": answer["by"] if answer else None,
    }
    return plain if salt is None else plain | salted


def _forgive(found: Columns, wanted: Columns, *, was_put_back: bool) -> None:
    """Leave out what is gone for a good reason: the id of a deleted account, words lost with a database."""
    for column in ("user_id", "decided_by"):
        if found[column] is None:
            wanted.pop(column, None)
    for column in ("reason", "answer"):
        if was_put_back and found[column] == LOST_WORDS:
            wanted.pop(column, None)


def _mark(found: Columns, wanted: Columns, salt: bytes | None) -> None:
    """Replace what the leaf has a salted hash of by that hash."""
    if salt is None:
        return
    for column in ("reason", "answer"):
        if column in wanted:
            found[column] = salted_text(salt, found[column])
    for column in ("user_id", "decided_by"):
        if column in wanted:
            found[column] = salted_account(salt, UUID(found[column]))


def _compare(logged: _Logged, row_id: str, found: Columns, wanted: Columns, findings: Findings) -> None:
    for column, was in wanted.items():
        if found[column] != was:
            findings.add(logged.table, row_id, column, f"is {found[column]}, the leaf says {was}")
