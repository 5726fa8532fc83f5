"""Accounts and party hashes, found or made for a whole batch in a constant number of statements."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from omnisonic.core.ledger.leaves import party_hash
from omnisonic.core.ledger.models import SALT_BYTES, AccountKind, LedgerAccount, PartySalt

IN_ONE_STATEMENT = 5_000


@dataclass(frozen=True, order=True)
class Account:
    """An account by what it stands for. `owner` of a payee is the contributor's id as text."""

    kind: AccountKind
    owner: str
    currency: str

    @property
    def contributor_id(self) -> UUID | None:
        """Whose account it is, for payees."""
        return UUID(self.owner) if self.kind is AccountKind.PAYEE else None


def payee(contributor_id: UUID, currency: str) -> Account:
    """The account of a contributor."""
    return Account(AccountKind.PAYEE, str(contributor_id), currency)


def account_ids(session: Session, accounts: Iterable[Account]) -> dict[Account, UUID]:
    """Ids of accounts; those that are not there yet are opened. In sorted order, so nobody deadlocks."""
    wanted = sorted(set(accounts))
    found: dict[Account, UUID] = {}
    for start in range(0, len(wanted), IN_ONE_STATEMENT):
        part = wanted[start : start + IN_ONE_STATEMENT]
        found |= _read_accounts(session, part)
        missing = [account for account in part if account not in found]
        if missing:
            rows = [
                LedgerAccount(kind=one.kind, owner=one.owner, currency=one.currency).model_dump()
                for one in missing
            ]
            session.execute(insert(LedgerAccount).values(rows).on_conflict_do_nothing())
            found |= _read_accounts(session, missing)
    return found


def party_hashes(session: Session, contributor_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How leaves name these contributors; who has no salt yet gets one."""
    return {one: party_hash(one, salt) for one, salt in party_salts(session, contributor_ids).items()}


def party_salts(session: Session, contributor_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Salts of these contributors; who has none yet gets one."""
    wanted = sorted(set(contributor_ids))
    found: dict[UUID, bytes] = {}
    for start in range(0, len(wanted), IN_ONE_STATEMENT):
        part = wanted[start : start + IN_ONE_STATEMENT]
        found |= _read_salts(session, part)
        missing = [one for one in part if one not in found]
        if missing:
            rows = [{"contributor_id": one, "salt": os.urandom(SALT_BYTES)} for one in missing]
            session.execute(insert(PartySalt).values(rows).on_conflict_do_nothing())
            found |= _read_salts(session, missing)
    return found


def _read_accounts(session: Session, accounts: list[Account]) -> dict[Account, UUID]:
    key = tuple_(col(LedgerAccount.kind), col(LedgerAccount.owner), col(LedgerAccount.currency))
    rows = session.exec(
        select(LedgerAccount).where(key.in_([(one.kind, one.owner, one.currency) for one in accounts]))
    )
    return {Account(row.kind, row.owner, row.currency): row.id for row in rows}


def _read_salts(session: Session, contributor_ids: list[UUID]) -> dict[UUID, bytes]:
    rows = session.exec(select(PartySalt).where(col(PartySalt.contributor_id).in_(contributor_ids)))
    return {row.contributor_id: row.salt for row in rows}
