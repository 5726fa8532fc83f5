"""The entries behind a statement line in the words of its drawer. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.core.ledger.models import JournalKind
from omnisonic.core.royalties.entries import JOURNAL_WORDS
from omnisonic.core.royalties.money_words import amount_of, exact_amount
from omnisonic.core.royalties.statement_words import InvoiceLine, share_words, split_amount
from omnisonic.core.royalties.statements_schemas import LineEntryView
from omnisonic.platform.ui.words import day


@dataclass
class LineHead:
    """The line whose entries are shown."""

    id: str = ""
    title: str = ""
    about: str = ""
    sum: str = ""
    bookings: str = ""


@dataclass
class LineEntryRow:
    """One entry of a line; the amount in two parts, so that cents can be read at a glance."""

    id: str
    place: str
    day: str
    what: str
    detail: str
    event: str
    share: str
    amount: str
    rest: str
    exact: str
    proof_href: str
    proof_label: str


def line_head(line: InvoiceLine) -> LineHead:
    """What the entries add up to."""
    about = " · ".join(one for one in (line.use, line.source, line.where, line.month) if one != "–")
    return LineHead(line.id, line.title, about, line.exact, line.bookings)


def line_entry_row(view: LineEntryView, *, source: str) -> LineEntryRow:
    """An entry in words; `source` is that of its line."""
    amount, rest = split_amount(view.amount)
    exact = exact_amount(int(view.amount.amount), view.amount.currency)
    when = day(view.occurred_at or view.created_at)
    uses = "1 use" if view.quantity == "1" else f"{int(view.quantity):,} uses"
    reported = f"{amount_of(view.event_amount).exact} reported for {uses}" if view.event_amount else ""
    return LineEntryRow(
        id=str(view.id),
        place="–" if view.leaf_index is None else f"{view.leaf_index + 1:,}",
        day=when,
        what=JOURNAL_WORDS[JournalKind(view.kind)],
        detail=f"{source} · {reported}" if reported else "",  # without a use the source only repeats the kind
        event=str(view.event_id or ""),
        share=share_words(view.share_ppm),
        amount=amount,
        rest=rest,
        exact=exact,
        proof_href=f"{view.proof}.tlog-proof",
        proof_label=f"Proof file of the entry of {when}, {exact}",
    )
