"""What a payout books: off the payee's account, through the liquidity accounts where it is exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from omnisonic.core.ledger.accounts import Account, party_salts, payee
from omnisonic.core.ledger.leaves import instant, party_hash
from omnisonic.core.ledger.models import AccountKind, JournalKind
from omnisonic.core.ledger.posting import MAX_NANO, JournalDraft, Posting, post
from omnisonic.core.ledger.salted import salted_text
from omnisonic.core.royalties.cycles import cycle_for
from omnisonic.core.royalties.models import Payout
from omnisonic.core.royalties.payouts_lists import minor_nano
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now

PAYOUT_OWNER = "-"


def book_payout(uow: UnitOfWork, row: Payout, debits: Sequence[tuple[UUID, int]]) -> UUID:
    """Write the journals of a payout into the open cycle of today; the id of the one that pays.

    `debits` are the payee's accounts that it is taken from, in the currency before an exchange. The row
    says already when and under which reference it is paid: the leaf pins both.
    """
    cycle_id = cycle_for(uow, utc_now().date(), row.currency).cycle.id
    drafts = []
    if row.exchange is not None:
        drafts.append(_exchange_journal(row, row.exchange, cycle_id, debits))
        debits = [(row.contributor_id, minor_nano(row))]
    salt = party_salts(uow.session, [row.contributor_id])[row.contributor_id]
    drafts.append(_payout_journal(row, cycle_id, debits, salt))
    return post(uow, drafts)[-1].journal_id


def _off(currency: str, debits: Sequence[tuple[UUID, int]]) -> list[Posting]:
    return [one for party, nano in debits for one in _entries(payee(party, currency), nano)]


def _entries(account: Account, amount_nano: int) -> list[Posting]:
    """An amount on an account, in as many entries as it takes: many balances are larger than one may be."""
    sign, rest, entries = -1 if amount_nano < 0 else 1, abs(amount_nano), []
    while rest:
        part = min(rest, MAX_NANO)
        entries.append(Posting(account, sign * part))
        rest -= part
    return entries


def _exchange_journal(
    row: Payout, told: Mapping[str, str], cycle_id: UUID, debits: Sequence[tuple[UUID, int]]
) -> JournalDraft:
    """Through the pair's liquidity accounts, so that each currency is zero by itself."""
    given, got = told["fromCurrency"], told["toCurrency"]
    pair = f"{told['base']}/{told['quote']}"
    from_nano, to_nano = int(told["fromNano"]), int(told["toNano"])
    return JournalDraft(
        kind=JournalKind.EXCHANGE,
        cycle_id=cycle_id,
        postings=[
            *_off(given, debits),
            *_entries(Account(AccountKind.EXCHANGE, pair, given), -from_nano),
            *_entries(Account(AccountKind.EXCHANGE, pair, got), to_nano),
            *_entries(payee(row.contributor_id, got), -to_nano),
        ],
        idempotency_key=f"exchange:{row.id}",
        facts={"payout": str(row.id), "exchange": dict(told)},
    )


def _payout_journal(
    row: Payout, cycle_id: UUID, debits: Sequence[tuple[UUID, int]], salt: bytes
) -> JournalDraft:
    return JournalDraft(
        kind=JournalKind.PAYOUT,
        cycle_id=cycle_id,
        postings=[
            *_off(row.currency, debits),
            *_entries(Account(AccountKind.PAYOUT, PAYOUT_OWNER, row.currency), -minor_nano(row)),
        ],
        idempotency_key=f"payout:{row.id}",
        facts={
            "payout": str(row.id),
            "number": str(row.number),
            "minor": str(row.amount_minor),
            "residue": str(row.residue_nano),
            "currency": row.currency,
            "party": party_hash(row.contributor_id, salt),
            "of": str(row.cycle_id) if row.cycle_id else None,  # the closed cycle it was proposed for
            "paid": instant(row.paid_at) if row.paid_at else None,
            "saltedReference": salted_text(salt, row.reference),  # short ones could be guessed
        },
    )
