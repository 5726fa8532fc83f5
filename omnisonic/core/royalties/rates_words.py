"""Exchange rates in the words of their pages. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from omnisonic.core.royalties.exchange import format_rate
from omnisonic.core.royalties.exchange_rates_schemas import RateView
from omnisonic.core.royalties.money_words import amount_of
from omnisonic.core.royalties.payouts_schemas import ExchangeView
from omnisonic.platform.ui.words import count, day


@dataclass
class RateLine:
    """One stated rate of a list."""

    id: str
    pair: str
    href: str
    words: str
    day: str
    source: str
    added: str


def rate_line(view: RateView) -> RateLine:
    """A rate in words: what one unit was worth, when, and who says so."""
    pair = pair_words(view.base, view.quote)
    return RateLine(
        id=str(view.id),
        pair=pair,
        href=f"/royalties?tab=rates&pair={view.base}-{view.quote}",
        words=f"1 {view.base} = {format_rate(view.rate)} {view.quote}",
        day=date_words(view.day),
        source=view.source,
        added=day(view.created_at),
    )


def exchange_words(told: ExchangeView) -> str:
    """An exchange on record: what was given, the rate as stated, its source and its day."""
    pair = pair_words(told.base, told.quote)
    return f"{amount_of(told.given).short} at {told.rate} {pair}, {told.source}, {date_words(told.day)}"


def pair_words(base: str, quote: str) -> str:
    """A pair as it is written everywhere: `EUR/USD`."""
    return f"{base}/{quote}"


def parse_pair(text: str) -> tuple[str, str] | None:
    """The two codes of a pair in an address, `EUR-USD`; None for anything else."""
    base, _, quote = text.upper().partition("-")
    is_pair = len(base) == len(quote) == 3 and (base + quote).isascii() and (base + quote).isalpha()
    return (base, quote) if is_pair else None


def currencies_of(views: Iterable[RateView]) -> list[str]:
    """Every currency that some rate leads to or from, by code."""
    return sorted({code for one in views for code in (one.base, one.quote)})


def date_words(when: date) -> str:
    """A day such as `31 Mar 2026`."""
    return f"{when.day} {when:%b %Y}"


def file_words(added: int, unchanged: int) -> tuple[str, str]:
    """What became of a file of rates: a title, and what was there before."""
    there = f"{count(unchanged, 'rate')} {'was' if unchanged == 1 else 'were'} there already."
    if not added:
        return "Nothing new in the file", there
    return f"{count(added, 'rate')} saved", there if unchanged else ""
