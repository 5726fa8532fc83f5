"""Journals, entries and records out of their leaves, for a replay.

A journal comes back whole or stays a leaf: its entries must all be there, their parties known by a salt, and
nothing written since the restore may have taken its idempotency key or its reversal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from omnisonic.core.ledger.accounts import Account, account_ids
from omnisonic.core.ledger.copying import ENTRY_COLUMNS, JOURNAL_COLUMNS, copy_rows
from omnisonic.core.ledger.leaves import party_hash
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import AccountKind, LeafKind, PartySalt

MAX_UNRESOLVED = 100
RECORD_COLUMNS = ("id", "created_at", "kind", "subject_id", "leaf", "leaf_hash")
_RECORDS = set(LeafKind) - {LeafKind.JOURNAL, LeafKind.ENTRY, LeafKind.LINE}
_THERE = text("""
    SELECT id::text FROM journals WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT id::text FROM log_records WHERE id = ANY(CAST(:ids AS uuid[]))
""")
_TAKEN = text("""
    SELECT idempotency_key, reverses_id::text FROM journals
    WHERE idempotency_key = ANY(CAST(:keys AS text[])) OR reverses_id = ANY(CAST(:reversed AS uuid[]))
""")

RawLeaf = tuple[bytes, dict[str, Any]]


@dataclass
class _Waiting:
    """A journal whose entries are being collected: they may lie far apart in the log."""

    raw: bytes
    leaf: dict[str, Any]
    entries: list[RawLeaf] = field(default_factory=list)


class RowBuilder:
    """Writes rows as soon as everything that belongs to them has come by."""

    def __init__(self, session: Session) -> None:
        self._session = session
        salts = session.exec(select(PartySalt)).all()
        self._parties = {party_hash(one.contributor_id, one.salt): one.contributor_id for one in salts}
        self._waiting: dict[str, _Waiting] = {}
        self.journals = self.entries = self.records = 0
        self.unresolved: list[str] = []

    def add(self, leaves: Sequence[RawLeaf]) -> None:
        """Take the next leaves in the log's order."""
        found = self._session.execute(_THERE, {"ids": [leaf["id"] for _, leaf in leaves]})
        there = {row[0] for row in found}
        for raw, leaf in leaves:
            if leaf["kind"] == LeafKind.JOURNAL and leaf["id"] not in there:
                self._waiting[leaf["id"]] = _Waiting(raw, leaf)
            elif leaf["kind"] == LeafKind.ENTRY and leaf["journal"] in self._waiting:
                self._waiting[leaf["journal"]].entries.append((raw, leaf))
        self._write_records([(raw, leaf) for raw, leaf in leaves if leaf["id"] not in there])
        whole = [one for one in self._waiting.values() if len(one.entries) == one.leaf["entries"]]
        for one in whole:
            del self._waiting[one.leaf["id"]]
        self._write_journals(whole)

    def finish(self) -> None:
        """Note the journals whose entries never came: they were not published before the loss."""
        for journal_id in self._waiting:
            self._note(journal_id, "some of its entries were not published")

    def _write_records(self, leaves: Sequence[RawLeaf]) -> None:
        rows = [
            (leaf["id"], _time(leaf["at"]), leaf["kind"], leaf["subject"], raw, leaf_hash(raw))
            for raw, leaf in leaves
            if leaf["kind"] in _RECORDS
        ]
        if rows:
            copy_rows(self._session, "log_records", RECORD_COLUMNS, rows)
        self.records += len(rows)

    def _write_journals(self, journals: Sequence[_Waiting]) -> None:
        known = [one for one in journals if self._are_parties_known(one)]
        free = self._free_of_conflicts(known)
        if not free:
            return
        owners = {id(leaf): self._account(leaf) for one in free for _, leaf in one.entries}
        accounts = account_ids(self._session, owners.values())
        copy_rows(self._session, "journals", JOURNAL_COLUMNS, [_journal_row(one) for one in free])
        rows = [
            _entry_row(raw, leaf, owners[id(leaf)], accounts[owners[id(leaf)]])
            for one in free
            for raw, leaf in one.entries
        ]
        copy_rows(self._session, "ledger_entries", ENTRY_COLUMNS, rows)
        self.journals += len(free)
        self.entries += len(rows)

    def _are_parties_known(self, journal: _Waiting) -> bool:
        for _, leaf in journal.entries:
            account = leaf["account"]
            if account["kind"] == AccountKind.PAYEE and account["owner"] not in self._parties:
                self._note(journal.leaf["id"], "the salt of a payee is not known")
                return False
        return True

    def _free_of_conflicts(self, journals: Sequence[_Waiting]) -> list[_Waiting]:
        keys = [one.leaf["key"] for one in journals if one.leaf["key"] is not None]
        reverses = [one.leaf["reverses"] for one in journals if one.leaf["reverses"] is not None]
        taken: dict[str, set[str]] = defaultdict(set)
        for key, reversed_id in self._session.execute(_TAKEN, {"keys": keys, "reversed": reverses}):
            taken["key"].add(key)
            taken["reverses"].add(reversed_id)
        free = []
        for one in journals:
            if any(
                one.leaf[name] is not None and one.leaf[name] in taken[name] for name in ("key", "reverses")
            ):
                self._note(one.leaf["id"], f"booked again since the restore ({one.leaf['key']})")
            else:
                free.append(one)
        return free

    def _account(self, leaf: dict[str, Any]) -> Account:
        kind, owner = AccountKind(leaf["account"]["kind"]), leaf["account"]["owner"]
        if kind is AccountKind.PAYEE:
            owner = str(self._parties[owner])
        return Account(kind, owner, leaf["currency"])

    def _note(self, journal_id: str, reason: str) -> None:
        if len(self.unresolved) < MAX_UNRESOLVED:
            self.unresolved.append(f"journal {journal_id}: {reason}")


def _journal_row(journal: _Waiting) -> tuple[Any, ...]:
    leaf, raw = journal.leaf, journal.raw
    return (
        *(leaf["id"], _time(leaf["at"]), leaf["journal"], leaf["cycle"], leaf["event"], leaf["reverses"]),
        *(leaf["policy"], leaf["key"], raw, leaf_hash(raw)),
    )


def _entry_row(raw: bytes, leaf: dict[str, Any], account: Account, account_id: UUID) -> tuple[Any, ...]:
    return (
        *(leaf["id"], _time(leaf["at"]), leaf["journal"], leaf["position"], account_id),
        *(account.contributor_id, leaf["work"], leaf["event"], leaf["cycle"], leaf["currency"]),
        *(int(leaf["amount"]), raw, leaf_hash(raw)),
    )


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written)
