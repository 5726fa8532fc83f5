"""Money, periods and states of the royalties in the words of their pages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from omnisonic.core import money
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.models import CycleStatus, UsageStatementStatus, UsageType
from omnisonic.core.royalties.shapes import MoneyView

MINUS = "\u2212"
NO_BREAK = "\u00a0"
ALL_CURRENCIES = "Every currency"
CYCLE_WORDS = {
    CycleStatus.OPEN: "Open",
    CycleStatus.CLOSING: "Closing",
    CycleStatus.CLOSED: "Closed",
}
USAGE_STATUS_WORDS = {
    UsageStatementStatus.PENDING: "Waiting",
    UsageStatementStatus.PROCESSING: "Booking",
    UsageStatementStatus.COMPLETED: "Booked",
    UsageStatementStatus.FAILED: "Failed",
    UsageStatementStatus.REVERSED: "Taken back",
}
USE_WORDS = {
    UsageType.STREAM: "Streams",
    UsageType.DOWNLOAD: "Downloads",
    UsageType.PHYSICAL: "Physical",
    UsageType.SALE: "Sales",
    UsageType.BROADCAST: "Broadcast",
    UsageType.PERFORMANCE: "Performance",
    UsageType.MECHANICAL: "Mechanical",
    UsageType.SYNC: "Sync",
    UsageType.OTHER: "Other use",
}
REASON_WORDS = {
    SuspenseReason.UNMATCHED: "Unknown recording",
    SuspenseReason.UNCLAIMED: "Nobody's share",
    SuspenseReason.CONFLICT: "Shares above 100 %",
    SuspenseReason.DISPUTED: "In dispute",
}
REASON_WAYS = {
    SuspenseReason.UNMATCHED: "Confirm in Matching which recording is meant.",
    SuspenseReason.UNCLAIMED: "Link the recording to a work and give the missing shares to someone.",
    SuspenseReason.CONFLICT: "Bring the shares of the work down to 100 %.",
    SuspenseReason.DISPUTED: "Answer the dispute.",
}


@dataclass(frozen=True)
class Amount:
    """Money twice: cut to the currency's own decimals for the eye, and to the last nano-unit."""

    short: str
    exact: str


def amount(nano: int, currency: str) -> Amount:
    """An amount for people; `short` cuts toward zero and says `≈` where it left something out."""
    rounded = money.round_to_minor(nano, currency)
    sign = MINUS if nano < 0 else ""
    whole, point, decimals = money.format_minor(abs(rounded.minor_units), currency).partition(".")
    cut = "≈" + NO_BREAK if rounded.residue_nano and not rounded.minor_units else ""
    return Amount(
        f"{cut}{sign}{int(whole):,}{point}{decimals}{NO_BREAK}{currency}", exact_amount(nano, currency)
    )


def exact_amount(nano: int, currency: str) -> str:
    """Every digit that the ledger holds, with a true minus sign."""
    words = money.format_money(abs(nano), currency).replace(" ", NO_BREAK)
    return f"{MINUS}{words}" if nano < 0 else words


def amount_of(view: MoneyView) -> Amount:
    """An amount from its wire form."""
    return amount(int(view.amount), view.currency)


def amounts_words(views: Iterable[MoneyView], *, none: str = "–") -> str:
    """Several currencies in one line, the largest codes last as they come."""
    return " · ".join(amount_of(view).short for view in views) or none


def period_words(starts_on: date, ends_on: date) -> str:
    """[starts_on, ends_on) with its last day: `March 2026`, `1 Mar – 14 Apr 2026`."""
    last = ends_on - timedelta(days=1)
    is_month = (
        starts_on.day == 1
        and ends_on.day == 1
        and (last.year, last.month) == (starts_on.year, starts_on.month)
    )
    if is_month:
        return f"{starts_on:%B %Y}"
    if last == starts_on:
        return f"{starts_on.day} {starts_on:%b %Y}"
    first = f"{starts_on.day} {starts_on:%b}" + ("" if starts_on.year == last.year else f" {starts_on.year}")
    return f"{first} – {last.day} {last:%b %Y}"


def month_words(period: str) -> str:
    """`2026-03` as `Mar 2026`; anything else as it stands."""
    year, _, month = period.partition("-")
    if len(year) == 4 and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12:
        return f"{date(int(year), int(month), 1):%b %Y}"
    return period


def currencies_words(currencies: Sequence[str]) -> str:
    """The currencies of a cycle."""
    return ", ".join(currencies) if currencies else ALL_CURRENCIES


def percent_words(part: int, whole: int) -> str:
    """A share in whole percent; what is there is never called nothing, and a part never the whole."""
    if whole == 0 or part == 0:
        return "0 %"
    share = 100 * abs(part) / abs(whole)
    if share < 1:
        return "< 1 %"
    return "> 99 %" if 99 < share < 100 else f"{round(share)} %"
