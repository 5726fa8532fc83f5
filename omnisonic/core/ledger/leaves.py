"""Canonical bytes of what the log proves. Pure.

A leaf is JSON in UTF-8 with sorted keys and without spaces (as RFC 8785 orders and spells these values:
text, whole numbers, null), amounts and counters as text. It holds ids, amounts and salted hashes, never a
name or an address: a person can be erased while every proof stays valid. The bytes are stored and hashed
as they are; nobody ever builds them again from columns, but every audited column can be read off them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from omnisonic.core.ledger.models import AccountKind, JournalKind, LeafKind

LEAF_VERSION = 1
SCALE = 9  # amounts are in 10^-9 of their currency
KEY_HASH = "sha256:"  # begins the key of an event that was rebuilt from its leaf, which has the hash only


class UsageFacts(Protocol):
    """What a usage journal says about its event: the columns of `royalty_events`."""

    @property
    def id(self) -> UUID: ...
    @property
    def source(self) -> str: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def fingerprint(self) -> bytes: ...
    @property
    def cycle_id(self) -> UUID: ...
    @property
    def recording_id(self) -> UUID | None: ...
    @property
    def work_id(self) -> UUID | None: ...
    @property
    def isrc(self) -> str | None: ...
    @property
    def usage_type(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def amount_nano(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def territory(self) -> str | None: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def statement_id(self) -> UUID | None: ...
    @property
    def row_number(self) -> int | None: ...
    @property
    def unmatched_id(self) -> UUID | None: ...
    @property
    def details(self) -> dict[str, Any] | None: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class EntryFacts:
    """One entry: `owner` is the party hash of a payee in hex, else the account's owner in words."""

    id: UUID
    journal_id: UUID
    journal_hash: bytes
    position: int
    account: AccountKind
    owner: str
    currency: str
    amount_nano: int
    cycle_id: UUID
    event_id: UUID | None
    work_id: UUID | None
    at: datetime


def party_hash(contributor_id: UUID, salt: bytes) -> str:
    """How leaves name a party: SHA-256(salt || the 16 bytes of the id), in hex."""
    return hashlib.sha256(salt + contributor_id.bytes).hexdigest()


def text_hash(written: str | None) -> str | None:
    """How leaves name what somebody wrote freely: its SHA-256 in hex."""
    return None if written is None else _digest(written.encode())


def canonical(value: Mapping[str, Any]) -> bytes:
    """A JSON object as the one sequence of bytes that stands for it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(at: datetime) -> str:
    """A time in UTC to the microsecond, 2026-03-01T12:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def usage_facts(event: UsageFacts) -> dict[str, Any]:
    """An event inside its journal's leaf. What callers wrote freely appears as a hash only."""
    return {
        "amount": format(event.amount.normalize() + 0, "f"),
        "at": instant(event.created_at),
        "currency": event.currency,
        "cycle": str(event.cycle_id),
        "details": hashlib.sha256(canonical(event.details)).hexdigest()
        if event.details is not None
        else None,
        "fingerprint": event.fingerprint.hex(),
        "id": str(event.id),
        "isrc": event.isrc,
        "key": _digest(event.idempotency_key.encode()),
        "nano": str(event.amount_nano),
        "occurred": instant(event.occurred_at),
        "quantity": str(event.quantity),
        "recording": _id(event.recording_id),
        "row": event.row_number,
        "source": event.source,
        "statement": _id(event.statement_id),
        "territory": event.territory,
        "unmatched": _id(event.unmatched_id),
        "usage": str(event.usage_type),
        "work": _id(event.work_id),
    }


def journal_leaf(
    *,
    journal_id: UUID,
    kind: JournalKind,
    cycle_id: UUID,
    event_id: UUID | None,
    reverses_id: UUID | None,
    policy_digest: str | None,
    idempotency_key: str | None,
    entry_count: int,
    facts: Mapping[str, Any],
    at: datetime,
) -> bytes:
    """A journal; `facts` holds the event as booked (`usage_facts`), the shares, rates or reasons."""
    return canonical(
        {
            "at": instant(at),
            "cycle": str(cycle_id),
            "entries": entry_count,
            "event": _id(event_id),
            "facts": dict(facts),
            "id": str(journal_id),
            "journal": str(kind),
            "key": idempotency_key,
            "kind": str(LeafKind.JOURNAL),
            "policy": policy_digest,
            "reverses": _id(reverses_id),
            "v": LEAF_VERSION,
        }
    )


def entry_leaf(entry: EntryFacts) -> bytes:
    """One entry. Written out by hand, because there are millions; equal to `canonical` of the same object."""
    event = f'"{entry.event_id}"' if entry.event_id else "null"
    work = f'"{entry.work_id}"' if entry.work_id else "null"
    return (
        f'{{"account":{{"kind":"{entry.account}","owner":{json.dumps(entry.owner, ensure_ascii=False)}}},'
        f'"amount":"{entry.amount_nano}","at":"{instant(entry.at)}","currency":"{entry.currency}",'
        f'"cycle":"{entry.cycle_id}","event":{event},"id":"{entry.id}","journal":"{entry.journal_id}",'
        f'"journalHash":"{entry.journal_hash.hex()}","kind":"entry","position":{entry.position},'
        f'"scale":{SCALE},"v":{LEAF_VERSION},"work":{work}}}'
    ).encode()


def record_leaf(
    *, record_id: UUID, kind: LeafKind, subject_id: UUID, facts: Mapping[str, Any], at: datetime
) -> bytes:
    """A fact that is no entry: a closed cycle, a release, an accepted split sheet."""
    return canonical(
        {
            "at": instant(at),
            "facts": dict(facts),
            "id": str(record_id),
            "kind": str(kind),
            "subject": str(subject_id),
            "v": LEAF_VERSION,
        }
    )


def _id(value: UUID | None) -> str | None:
    return str(value) if value is not None else None


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
