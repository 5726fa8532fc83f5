"""Cycles, usage statements, reported recordings and waiting money as `/royalties` shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from omnisonic.core.identifiers import format_isrc
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.cycle_schemas import CycleView
from omnisonic.core.royalties.matching_schemas import ReportedView, Suggestion
from omnisonic.core.royalties.models import CycleStatus, MatchStatus, UsageStatementStatus
from omnisonic.core.royalties.money_words import (
    CYCLE_WORDS,
    REASON_WAYS,
    REASON_WORDS,
    USAGE_STATUS_WORDS,
    amount,
    amounts_words,
    currencies_words,
    percent_words,
    period_words,
)
from omnisonic.core.royalties.overview import Waiting
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.core.royalties.usage_schemas import UsageStatementView
from omnisonic.platform.ui.words import ago, count, day, size

ERRORS_SHOWN = 5
SURE_SCORE = 90
NUMBER_COLORS = {
    SuspenseReason.UNMATCHED: "--om-track-1",
    SuspenseReason.UNCLAIMED: "--om-track-2",
    SuspenseReason.CONFLICT: "--om-track-5",
    SuspenseReason.DISPUTED: "--om-track-4",
}


@dataclass
class CycleLine:
    """One cycle of the list."""

    id: str
    href: str
    title: str
    period: str
    currencies: str
    status: str
    status_words: str
    since: str
    reported: list[str]
    checkpoint: str


@dataclass
class WaitingBar:
    """One reason's part of what waits in a currency; `width` is CSS."""

    reason: str
    words: str
    way: str
    href: str
    color: str
    width: str
    short: str
    exact: str
    share: str


@dataclass
class WaitingPicture:
    """What waits in one currency."""

    currency: str
    total: str
    exact: str
    bars: list[WaitingBar]


_ENDED = (UsageStatementStatus.COMPLETED, UsageStatementStatus.FAILED)  # a failed one is booked in part


@dataclass
class UsageRow:
    """A usage statement of the list."""

    id: str
    source: str
    file_name: str
    size: str
    when: str
    status: str
    status_words: str
    is_active: bool
    progress: int
    progress_words: str
    accepted: str
    rejected: str
    unmatched: str
    totals: str
    note: str
    errors_href: str
    can_reverse: bool
    reverse_words: str
    errors: list[str] = field(default_factory=list)


@dataclass
class SuggestionLine:
    """A recording that may be meant."""

    recording_id: str
    href: str
    title: str
    detail: str
    reason: str
    score: str
    is_sure: bool


@dataclass
class ReportedLine:
    """A reported recording that the catalog does not know."""

    id: str
    version: int
    title: str
    detail: str
    source: str
    waiting: str
    events: str
    since: str
    phase: str = "looking"
    suggestions: list[SuggestionLine] = field(default_factory=list)


def cycle_line(cycle: CycleView, reported: Sequence[MoneyView], *, now: datetime) -> CycleLine:
    """A cycle in words."""
    period = period_words(cycle.starts_on, cycle.ends_on)
    if cycle.status is CycleStatus.CLOSED and cycle.closed_at is not None:
        since = f"Closed {ago(cycle.closed_at, now=now)}"
    elif cycle.ends_on <= now.date():
        since = "Its period is over: it can be closed"
    else:
        last_day = cycle.ends_on - timedelta(days=1)
        since = f"Runs until {last_day.day} {last_day:%b %Y}"
    return CycleLine(
        id=str(cycle.id),
        href=f"/royalties/cycles/{cycle.id}",
        title=cycle.name,
        period=f"Cycle {cycle.number}" + (f" · {period}" if period != cycle.name else ""),
        currencies=currencies_words(cycle.currencies),
        status=str(cycle.status),
        status_words=CYCLE_WORDS[cycle.status],
        since=since,
        reported=[amounts_words([one]) for one in reported],
        checkpoint=f"No. {cycle.checkpoint.number}" if cycle.checkpoint else "",
    )


def waiting_pictures(waiting: Sequence[Waiting]) -> list[WaitingPicture]:
    """One picture per currency; the bars are the reasons, the largest first.

    Money that sources took back from suspense can make a reason negative: it is told, but draws no bar.
    """
    by_currency: dict[str, list[Waiting]] = {}
    for one in waiting:
        by_currency.setdefault(one.amount.currency, []).append(one)
    return [_picture(currency, rows) for currency, rows in sorted(by_currency.items())]


def _picture(currency: str, rows: Sequence[Waiting]) -> WaitingPicture:
    nano = {one.reason: int(one.amount.amount) for one in rows}
    drawn = sum(one for one in nano.values() if one > 0)
    total = amount(sum(nano.values()), currency)
    bars = []
    for reason, part in sorted(nano.items(), key=lambda item: (-item[1], item[0])):
        words = amount(part, currency)
        bars.append(
            WaitingBar(
                reason=str(reason),
                words=REASON_WORDS[reason],
                way=REASON_WAYS[reason],
                href="/royalties?tab=matching" if reason is SuspenseReason.UNMATCHED else "",
                color=NUMBER_COLORS[reason],
                width=f"{100 * part / drawn:.2f}%" if part > 0 else "0%",
                short=words.short,
                exact=words.exact,
                share=percent_words(part, drawn) if part > 0 else "",
            )
        )
    return WaitingPicture(currency, total.short, total.exact, bars)


def usage_row(view: UsageStatementView, *, now: datetime) -> UsageRow:
    """A usage statement in words; progress counts rows, whose number is known only at the end."""
    is_active = view.status in (UsageStatementStatus.PENDING, UsageStatementStatus.PROCESSING)
    totals = amounts_words(view.totals, none="")
    return UsageRow(
        id=str(view.id),
        source=view.source,
        file_name=view.file_name,
        size=size(view.file_size),
        when=ago(view.created_at, now=now),
        status=str(view.status),
        status_words=USAGE_STATUS_WORDS[view.status],
        is_active=is_active,
        progress=_progress(view),
        progress_words=f"{count(view.rows_done, 'row')} read" if view.rows_done else "Waiting for its turn",
        accepted=f"{view.rows_accepted:,}",
        rejected=f"{view.rows_rejected:,}",
        unmatched=f"{view.rows_unmatched:,} unknown" if view.rows_unmatched else "",
        totals=totals,
        note=_note(view),
        errors_href=f"/api/usage/{view.id}/errors.csv" if view.rows_rejected else "",
        can_reverse=view.status in _ENDED and view.rows_accepted > 0,
        reverse_words=f"{count(view.rows_accepted, 'booked row')}" + (f", {totals}" if totals else ""),
        errors=[f"Row {one.row}, {one.column}: {one.message}" for one in view.errors[:ERRORS_SHOWN]],
    )


def reported_line(view: ReportedView) -> ReportedLine:
    """A row of the matching queue in words."""
    isrc = format_isrc(view.isrc) if view.isrc else ""
    parts = [view.artist or "", isrc if view.title else ""]
    return ReportedLine(
        id=str(view.id),
        version=view.version,
        title=view.title or isrc or "Without a title",
        detail=" · ".join(part for part in parts if part),
        source=view.source,
        waiting=amounts_words(view.waiting, none="Nothing"),
        events=count(view.events, "use") if view.status is MatchStatus.OPEN else "",
        since=day(view.created_at),
    )


def suggestion_line(one: Suggestion) -> SuggestionLine:
    """A suggestion in words."""
    parts = [one.artist, format_isrc(one.isrc) if one.isrc else ""]
    return SuggestionLine(
        recording_id=str(one.recording_id),
        href=f"/catalog/recordings/{one.recording_id}",
        title=one.title,
        detail=" · ".join(part for part in parts if part),
        reason=one.reason,
        score=f"{one.score} %",
        is_sure=one.score >= SURE_SCORE,
    )


def cycle_lines(
    cycles: Sequence[CycleView], reported: Mapping[UUID, Sequence[MoneyView]], *, now: datetime
) -> list[CycleLine]:
    """Cycles in words, in the order given."""
    return [cycle_line(one, reported.get(one.id, ()), now=now) for one in cycles]


def _progress(view: UsageStatementView) -> int:
    if view.status not in (UsageStatementStatus.PENDING, UsageStatementStatus.PROCESSING):
        return 100
    return min(99, 100 * view.rows_done // view.rows_total) if view.rows_total else 0


def _note(view: UsageStatementView) -> str:
    if view.status is UsageStatementStatus.FAILED:
        return view.error_message or "It could not be read to its end. Send the same file again."
    if view.status is UsageStatementStatus.REVERSED:
        return "Every booking of it was reversed."
    if view.rows_moved:
        return f"{count(view.rows_moved, 'row')} in a later cycle: that of the day is closed."
    return ""
