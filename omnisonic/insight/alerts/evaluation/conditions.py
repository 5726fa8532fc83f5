"""What each kind of rule asks of the window that ends at a data time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from omnisonic.insight.alerts.evaluation.baseline import (
    DISPERSION,
    HOUR_DISPERSION,
    Span,
    dispersion_of,
    earlier_windows,
    usual_count,
)
from omnisonic.insight.alerts.evaluation.kinds import RuleKind
from omnisonic.insight.alerts.evaluation.standings import Reading
from omnisonic.insight.alerts.evaluation.tails import upper_tail
from omnisonic.insight.alerts.evaluation.timelines import Timeline, Window

LEAST_STORIES = 5
LEAST_SOURCES = 2
FIRE_RATIO = 3.0
CALM_RATIO = 1.5
CALM_SHARE = 0.8  # of a threshold
COLD = timedelta(days=7)
FIRST_DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
LEAST_IN_HOUR = 3


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a rule asks. `oldest` is when the news of this installation begin."""

    kind: RuleKind
    length: timedelta
    threshold: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What was seen, and what was expected. `probability` of so many or more is None where not tested."""

    window: Window
    expected: float | None = None
    probability: float | None = None
    gate: bool = False  # whether everything but the probability is as it must be

    @property
    def ratio(self) -> float | None:
        """How many times the usual."""
        return self.window.stories / self.expected if self.expected else None


def least_stories(question: Question) -> int:
    """With fewer than this nothing begins to fire."""
    if question.kind is RuleKind.SPIKE:
        return max(LEAST_STORIES, question.threshold)
    return question.threshold if question.kind is RuleKind.THRESHOLD else 1


def measure(
    timeline: Timeline,
    question: Question,
    *,
    at: datetime,
    flagged: Sequence[Span] = (),
    always: bool = False,
) -> Measure:
    """What the window that ends `at` holds; `always`: with its baseline even where nothing can begin.

    A cold entity (less than seven days in the news) has no usual count and no spike.
    """
    window = timeline.window(at - question.length, at)
    if question.kind is not RuleKind.SPIKE:
        return Measure(window=window, gate=_is_met(timeline, question, window, at=at))
    enough = window.stories >= least_stories(question) and window.sources >= LEAST_SOURCES
    if timeline.first_at is None or timeline.first_at > at - COLD or not (enough or always):
        return Measure(window=window)
    # Its own history only: that it was never in the news before its first mention says nothing about now.
    oldest = max(question.oldest, timeline.first_at)
    usual = _usual(timeline, question.length, at=at, oldest=oldest, flagged=flagged)
    if usual is None:
        return Measure(window=window)
    expected = usual_count(usual.same_hours)
    if not enough or window.stories < FIRE_RATIO * expected:
        return Measure(window=window, expected=expected)
    is_long = question.length > HOUR
    tail = usual.tail(window.stories, mean=expected, prior=DISPERSION if is_long else HOUR_DISPERSION)
    if is_long:
        share = HOUR / question.length
        sudden = _tail_of_hour(timeline, at=at, oldest=oldest, flagged=flagged, least_mean=expected * share)
        tail = min(1.0, 2 * min(tail, sudden))  # the better of two tests is no surer than either: Bonferroni
    return Measure(window=window, expected=expected, probability=tail, gate=True)


@dataclass(frozen=True, kw_only=True)
class _Usual:
    """Counts of earlier windows of one length."""

    same_hours: Sequence[int]
    daily: Sequence[int]

    def tail(self, count: int, *, mean: float, prior: float) -> float:
        """How likely so many are, or more."""
        spread = dispersion_of(self.same_hours, self.daily, prior=prior)
        # The mean of a few windows is itself uncertain, by its variance over their number.
        return upper_tail(count, mean=mean, dispersion=spread * (1 + 1 / len(self.same_hours)))


def _usual(
    timeline: Timeline, length: timedelta, *, at: datetime, oldest: datetime, flagged: Sequence[Span]
) -> _Usual | None:
    earlier = earlier_windows(at, length, oldest=oldest, flagged=flagged)
    if earlier is None:
        return None
    return _Usual(
        same_hours=[timeline.count(*span) for span in earlier.same_hours],
        daily=[timeline.count(*span) for span in earlier.daily],
    )


def _tail_of_hour(
    timeline: Timeline, *, at: datetime, oldest: datetime, flagged: Sequence[Span], least_mean: float
) -> float:
    """The same for the last hour alone.

    News that break come at once; a good day comes spread over the day. Seen by the day the two look alike.
    """
    count = timeline.count(at - HOUR, at)
    usual = _usual(timeline, HOUR, at=at, oldest=oldest, flagged=flagged)
    if usual is None or count < LEAST_IN_HOUR:
        return 1.0
    mean = max(least_mean, fmean(usual.same_hours), fmean(usual.daily))
    return usual.tail(count, mean=mean, prior=HOUR_DISPERSION)


def read(found: Measure, question: Question, *, is_discovery: bool) -> Reading:
    """What a measure means for the rule; `is_discovery`: its probability passed among those of the tick."""
    if found.gate and (is_discovery or question.kind is not RuleKind.SPIKE):
        return Reading.HIGH
    if question.kind is RuleKind.SPIKE:
        return Reading.RAISED if (found.ratio or 0) >= CALM_RATIO else Reading.CALM
    if question.kind is RuleKind.THRESHOLD:
        return Reading.RAISED if found.window.stories >= CALM_SHARE * question.threshold else Reading.CALM
    return Reading.CALM


def _is_met(timeline: Timeline, question: Question, window: Window, *, at: datetime) -> bool:
    if question.kind is RuleKind.THRESHOLD:
        return window.stories >= question.threshold
    first = timeline.first_at
    if first is None or not timeline.mentions or first < at - question.length:
        return False
    # A first mention that came with the first fetch of a feed is not among the mentions.
    return first >= question.oldest + FIRST_DAY and timeline.times[0] == first
