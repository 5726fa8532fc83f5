"""A feed in the words of its page: how it is, why, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from omnisonic.insight.archive.cursors import Step
from omnisonic.insight.archive.set_aside import Aside
from omnisonic.insight.feeds.models import FeedStatus
from omnisonic.insight.feeds.schemas import FeedView
from omnisonic.platform.ui.words import ago, count

TIER_WORDS = {1: "Music outlet", 2: "General news", 3: "Other"}
STATUS_WORDS = {
    FeedStatus.ACTIVE: "Fine",
    FeedStatus.FAILING: "Failing",
    FeedStatus.PAUSED: "Paused",
    FeedStatus.GONE: "Ended",
}
WAITING, RESTING = "Waiting for its first check", "Resting"


@dataclass
class FeedLine:
    """One row of the page."""

    id: str
    title: str
    url: str
    site: str
    source: str
    tier: str
    status: str  # active | failing | paused | gone | resting | waiting
    status_words: str
    reason: str
    last_check: str
    last_success: str
    next_check: str
    per_week: str
    checked_at: str
    is_paused: bool
    is_checking: bool = False


@dataclass
class AsideLine:
    """An article that was left out."""

    id: str
    title: str
    words: str
    is_waiting: bool


def aside_line_of(one: Aside, *, now: datetime) -> AsideLine:
    """What could not be done with an article, since when, and why."""
    what = "tagged" if one.step is Step.TAGS else "stored for the charts"
    words = f"Could not be {what}, {ago(one.since, now=now)}: {one.reason}"
    return AsideLine(
        id=f"{one.step}:{one.item_id}",
        title=one.title or "An article without a title",
        words="Being tried again …" if one.is_waiting else words,
        is_waiting=one.is_waiting,
    )


def line_of(view: FeedView, *, now: datetime) -> FeedLine:
    """The row of a feed."""
    status, words = _status(view)
    return FeedLine(
        id=str(view.id),
        title=view.title,
        url=view.url,
        site=view.site_url or view.url,
        source=view.source,
        tier=TIER_WORDS[view.source_tier],
        status=status,
        status_words=words,
        reason=_reason(view, now=now),
        last_check=ago(view.last_checked_at, now=now) if view.last_checked_at else "never",
        last_success=ago(view.last_success_at, now=now) if view.last_success_at else "never",
        next_check=_next_words(view, now=now),
        per_week=_rate(view.items_per_week),
        checked_at=view.last_checked_at.isoformat() if view.last_checked_at else "",
        is_paused=view.status in (FeedStatus.PAUSED, FeedStatus.GONE),
        is_checking=status == "waiting",
    )


def _status(view: FeedView) -> tuple[str, str]:
    is_checked = view.status in (FeedStatus.ACTIVE, FeedStatus.FAILING)
    if is_checked and view.rests_until is not None:
        return "resting", RESTING
    if is_checked and view.last_checked_at is None and view.last_error is None:
        return "waiting", WAITING
    return str(view.status), STATUS_WORDS[view.status]


def _reason(view: FeedView, *, now: datetime) -> str:
    """Why it is not simply fine; nothing when it is."""
    failure = view.last_error
    is_failing_now = failure is not None and view.failure_count > 0
    if failure is not None and is_failing_now and view.status is not FeedStatus.PAUSED:
        times = f"{count(view.failure_count, 'failed check')} in a row: " if view.failure_count > 1 else ""
        return f"{times}{failure.message}"
    if view.warning:
        return view.warning
    if failure is not None and now - failure.at < timedelta(days=1):
        return f"Last trouble {ago(failure.at, now=now)}: {failure.message}"
    return ""


def _next_words(view: FeedView, *, now: datetime) -> str:
    if view.next_check_at is None:
        return "not planned"
    left = view.next_check_at - now
    if left <= timedelta(minutes=1):
        return "now"
    if left < timedelta(hours=1):
        return f"in {left // timedelta(minutes=1)} min"
    return f"in {round(left / timedelta(hours=1))} h"


def _rate(per_week: float | None) -> str:
    if per_week is None:
        return "–"
    if per_week < 1:
        return "less than 1"
    return f"{per_week:,.0f}"
