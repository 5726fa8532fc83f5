"""Statements, balances and payouts in the words of their pages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.core import money
from omnisonic.core.catalog.role_words import percent_words
from omnisonic.core.identifiers import format_isrc
from omnisonic.core.royalties.models import PayoutStatus
from omnisonic.core.royalties.money_words import (
    MINUS,
    USE_WORDS,
    amount_of,
    exact_amount,
    month_words,
    period_words,
)
from omnisonic.core.royalties.payouts_schemas import BalanceView, PayoutView
from omnisonic.core.royalties.rates_words import exchange_words
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.core.royalties.statements_schemas import LineView, StatementView
from omnisonic.platform.ui.words import count, day

PAYOUT_WORDS = {
    PayoutStatus.PROPOSED: "Proposed",
    PayoutStatus.PAID: "Paid",
    PayoutStatus.CANCELED: "Canceled",
}


@dataclass
class BalanceCard:
    """What a payee has in one currency, and when it is paid out."""

    key: str
    name: str
    balance: str
    exact: str
    next_words: str
    percent: int


@dataclass
class StatementRow:
    """One statement of a list."""

    id: str
    href: str
    cycle: str
    period: str
    name: str
    total: str
    total_exact: str
    change: str
    way: str
    carried: str
    balance: str


@dataclass
class StatementHead:
    """The top and the sums of a statement."""

    id: str = ""
    title: str = ""
    name: str = ""
    contributor_id: str = ""
    cycle: str = ""
    cycle_id: str = ""
    period: str = ""
    currency: str = ""
    total: str = ""
    total_exact: str = ""
    carried: str = ""
    balance: str = ""
    payable: str = ""
    residue: str = ""
    change: str = ""
    way: str = ""
    lines: str = ""
    checkpoint: str = ""
    closed: str = ""
    csv_href: str = ""
    pdf_href: str = ""


@dataclass
class InvoiceLine:
    """One line of a statement; the amount in two parts, so that cents can be read at a glance."""

    id: str
    title: str
    work_href: str
    work_id: str
    detail: str
    source: str
    use: str
    where: str
    month: str
    quantity: str
    rate: str
    share: str
    amount: str
    rest: str
    exact: str
    change: str
    way: str
    bookings: str
    disputed: str = ""  # what was said, or answered
    is_disputed: bool = False  # waits for an answer


@dataclass
class PayoutLine:
    """One payout of a list."""

    id: str
    version: int
    number: str
    name: str
    amount: str
    status: str
    status_words: str
    when: str
    detail: str
    residue: str


def balance_card(view: BalanceView, *, is_own: bool = True) -> BalanceCard:
    """A balance in words for its payee or, unless `is_own`, for a curator: what happens with it next."""
    balance, proposed, minimum = (int(one.amount) for one in (view.balance, view.proposed, view.minimum))
    words = amount_of(view.balance)
    if proposed:
        next_words = f"{amount_of(view.proposed).short} is on its way{' to you' if is_own else ''}"
    elif balance < 0:
        next_words = "Taken back by a source; it is settled with what is earned next"
    elif balance >= minimum:
        next_words = "Enough for a payout: it comes with the next one"
    else:
        next_words = f"Paid out from {amount_of(view.minimum).short} on; until then it is carried forward"
    percent = 100 if minimum <= 0 else max(0, min(100, 100 * balance // minimum))
    key = f"{view.contributor_id}:{view.balance.currency}"
    return BalanceCard(key, view.payee_name, words.short, words.exact, next_words, percent)


def statement_row(view: StatementView) -> StatementRow:
    """A statement in one row."""
    total = amount_of(view.total)
    change, way = change_words(view.total, view.previous_total)
    period = period_words(view.starts_on, view.ends_on)
    return StatementRow(
        id=str(view.id),
        href=f"/royalties/statements/{view.id}",
        cycle=view.cycle_name,
        period="" if period == view.cycle_name else period,
        name=view.contributor_name,
        total=total.short,
        total_exact=total.exact,
        change=change,
        way=way,
        carried=amount_of(view.carried).short if int(view.carried.amount) else "–",
        balance=amount_of(view.balance).short,
    )


def statement_head(view: StatementView) -> StatementHead:
    """A statement's top and sums, every amount to its last digit."""
    change, way = change_words(view.total, view.previous_total)
    total = amount_of(view.total)
    return StatementHead(
        id=str(view.id),
        title=f"Statement {view.cycle_number}-{view.currency}",
        name=view.contributor_name,
        contributor_id=str(view.contributor_id),
        cycle=view.cycle_name,
        cycle_id=str(view.cycle_id),
        period=period_words(view.starts_on, view.ends_on),
        currency=view.currency,
        total=total.short,
        total_exact=total.exact,
        carried=_exact(view.carried),
        balance=_exact(view.balance),
        payable=_exact(view.payable),
        residue=_exact(view.residue),
        change=change,
        way=way,
        lines=count(view.line_count, "line"),
        checkpoint=str(view.checkpoint_number or ""),
        closed=day(view.closed_at) if view.closed_at else "",
        csv_href=f"/api/statements/{view.id}.csv",
        pdf_href=f"/api/statements/{view.id}.pdf",
    )


def invoice_line(view: LineView) -> InvoiceLine:
    """A line in words."""
    whole, rest = split_amount(view.amount)
    change, way = change_words(view.amount, view.previous_amount)
    isrc = format_isrc(view.isrc) if view.isrc else ""
    title = view.recording_title or view.work_title or "Not known any more"
    work = view.work_title if view.work_title and view.work_title != title else ""
    return InvoiceLine(
        id=str(view.id),
        title=title,
        work_href=f"/catalog/works/{view.work_id}" if view.work_id else "",
        work_id=str(view.work_id or ""),
        detail=" · ".join(one for one in (work, isrc) if one),
        source=view.source,
        use=USE_WORDS[view.usage_type] if view.usage_type else "Correction",
        where=view.territory or "–",
        month=month_words(view.period),
        quantity=f"{int(view.quantity):,}",
        rate=view.rate or "–",
        share=share_words(view.share_ppm),
        amount=whole,
        rest=rest,
        exact=_exact(view.amount),
        change=change,
        way=way,
        bookings=count(int(view.entry_count), "booking"),
    )


def payout_line(view: PayoutView) -> PayoutLine:
    """A payout in words."""
    when = f"Paid {day(view.paid_at)}" if view.paid_at else f"Proposed {day(view.created_at)}"
    exchange = view.exchange
    parts = [f"Reference {view.reference}" if view.reference else ""]
    if exchange is not None:
        parts.append(exchange_words(exchange))
    return PayoutLine(
        id=str(view.id),
        version=view.version,
        number=f"No. {view.number}",
        name=view.payee_name,
        amount=amount_of(view.amount).short,
        status=str(view.status),
        status_words=PAYOUT_WORDS[view.status],
        when=when,
        detail=" · ".join(part for part in parts if part),
        residue=_exact(view.residue) if int(view.residue.amount) else "",
    )


def split_amount(view: MoneyView) -> tuple[str, str]:
    """An amount up to its currency's decimals, and the digits after them: (`1,234.56`, `7891`)."""
    nano = int(view.amount)
    text = money.format_nano(abs(nano), view.currency)
    whole, _, decimals = text.partition(".")
    kept = money.EXPONENTS[view.currency]
    head = f"{int(whole):,}" + (f".{decimals[:kept]}" if kept else "")
    rest = decimals[kept:]
    if rest and not kept:
        rest = f".{rest}"
    return (f"{MINUS}{head}" if nano < 0 else head), rest


def change_words(now: MoneyView, before: MoneyView | None) -> tuple[str, str]:
    """How an amount compares with the one before: words, and `up`, `down`, `same` or nothing."""
    if before is None:
        return "", ""
    after, earlier = int(now.amount), int(before.amount)
    if after == earlier:
        return "as before", "same"
    if earlier <= 0:
        return f"before {amount_of(before).short}", ""
    percent = round(100 * (after - earlier) / earlier)
    if percent == 0:
        return "about as before", "same"
    if percent > 999:
        return f"before {amount_of(before).short}", "up"
    sign, way = ("+", "up") if percent > 0 else (MINUS, "down")
    return f"{sign}{abs(percent)} %", way


def share_words(share_ppm: int | None) -> str:
    """A share in percent with the digits it needs; a dash when unknown."""
    return "–" if share_ppm is None else percent_words(share_ppm)


def _exact(view: MoneyView) -> str:
    return exact_amount(int(view.amount), view.currency)
