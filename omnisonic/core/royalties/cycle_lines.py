"""A cycle, its entries and what can be checked of it, in the words of its page. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from omnisonic.core.ledger.models import AccountKind, SuspenseReason
from omnisonic.core.royalties.cycle_schemas import CycleDetail, CycleView
from omnisonic.core.royalties.entries import EntryRow
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.core.royalties.money_words import (
    CYCLE_WORDS,
    REASON_WORDS,
    currencies_words,
    exact_amount,
    period_words,
)
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statement_words import split_amount
from omnisonic.platform.ui.words import count, day, short_hash

ACCOUNT_WORDS = {
    AccountKind.ROUNDING: "Rests below a nano-unit",
    AccountKind.PAYOUT: "Paid out",
    AccountKind.PAYEE: "A party",
}


@dataclass
class CycleHead:
    """What stands above a cycle's money."""

    id: str = ""
    name: str = ""
    number: str = ""
    period: str = ""
    currencies: str = ""
    status: str = ""
    status_words: str = ""
    counts: str = ""
    last_day: str = ""
    is_early: bool = False
    can_close: bool = False
    close_words: str = ""


@dataclass
class CheckpointLine:
    """The signed head of the log that closed a cycle."""

    number: str = ""
    leaves: str = ""
    root: str = ""
    short_root: str = ""
    note: str = ""
    closed: str = ""
    href: str = ""
    tree_size: int = 0


@dataclass
class EntryLine:
    """One entry of the ledger; an amount stands on one of the two sides."""

    id: str
    place: str
    when: str
    what: str
    account: str
    work: str
    is_debit: bool
    amount: str
    rest: str
    exact: str


@dataclass
class Choice:
    """A checkpoint to compare with."""

    value: str
    words: str


def cycle_head(cycle: CycleDetail, *, now: datetime) -> CycleHead:
    """A cycle in words, and whether it may be closed."""
    is_early = now.date() < cycle.ends_on
    is_closing = cycle.status is CycleStatus.CLOSING
    period = period_words(cycle.starts_on, cycle.ends_on)
    last_day = cycle.ends_on - timedelta(days=1)
    return CycleHead(
        id=str(cycle.id),
        name=cycle.name,
        number=f"Cycle {cycle.number}",
        period="" if period == cycle.name else period,
        currencies=currencies_words(cycle.currencies),
        status=str(cycle.status),
        status_words=CYCLE_WORDS[cycle.status],
        counts=_counts(cycle),
        last_day=f"{last_day.day} {last_day:%b %Y}",
        is_early=is_early and not is_closing,
        can_close=cycle.status is not CycleStatus.CLOSED,
        close_words="Go on closing" if is_closing else "Close the cycle",
    )


def checkpoint_line(cycle: CycleView) -> CheckpointLine:
    """The checkpoint of a closed cycle; empty where there is none."""
    found = cycle.checkpoint
    if found is None:
        return CheckpointLine()
    return CheckpointLine(
        number=str(found.number),
        leaves=f"{int(found.tree_size):,}",
        root=found.merkle_root,
        short_root=short_hash(found.merkle_root),
        note=found.signed_note,
        closed=f"{day(found.closed_at)}, {found.closed_at:%H:%M} UTC",
        href=f"/log/checkpoint/{found.number}",
        tree_size=int(found.tree_size),
    )


def entry_line(row: EntryRow, names: Mapping[str, str], titles: Mapping[str, str]) -> EntryLine:
    """An entry in words; `names` of contributors and `titles` of works by id."""
    head, rest = split_amount(money_view(abs(row.amount_nano), row.currency))
    return EntryLine(
        id=row.id,
        place="–" if row.seq is None else f"{row.seq + 1:,}",
        when=f"{day(row.created_at)}, {row.created_at:%H:%M:%S}",
        what=row.description,
        account=account_words(row.account, names.get(row.contributor_id or "", "")),
        work=titles.get(row.work_id or "", ""),
        is_debit=row.amount_nano > 0,
        amount=head,
        rest=rest,
        exact=exact_amount(abs(row.amount_nano), row.currency),
    )


def account_words(account: str, name: str) -> str:
    """An account as people call it; `name` is that of its contributor."""
    kind, _, owner = account.partition(":")
    if kind == AccountKind.SUSPENSE:
        return f"Waits: {REASON_WORDS[SuspenseReason(owner)]}"
    if kind == AccountKind.SOURCE:
        return owner
    if kind == AccountKind.EXCHANGE:
        return f"Exchange {owner}"
    return name or ACCOUNT_WORDS[AccountKind(kind)]


def other_checkpoints(cycles: Sequence[CycleView], *, than: str) -> list[Choice]:
    """Checkpoints of other cycles, to compare with."""
    return [
        Choice(
            one.checkpoint.tree_size,
            f"No. {one.checkpoint.number} · {one.name} · {int(one.checkpoint.tree_size):,} leaves",
        )
        for one in cycles
        if one.checkpoint is not None and str(one.id) != than
    ]


def _counts(cycle: CycleDetail) -> str:
    entries = sum(one.entries for one in cycle.totals)
    parts = [f"{cycle.events:,} uses" if cycle.events != 1 else "1 use"]
    parts.append("1 ledger entry" if entries == 1 else f"{entries:,} ledger entries")
    if cycle.statements:
        parts.append(count(cycle.statements, "statement"))
    return " · ".join(parts)
