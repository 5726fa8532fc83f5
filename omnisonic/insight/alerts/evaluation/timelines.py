"""The mentions of one entity in their order, and what a window of time holds of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One article that names the entity. `story` is the same for syndicated copies."""

    at: datetime
    story: int
    source: str
    confidence: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Window:
    """Distinct stories of a window, and how many outlets were the first with one of them there."""

    stories: int
    sources: int


NOTHING = Window(stories=0, sources=0)


@dataclass(frozen=True)
class Timeline:
    """Mentions by time; `first_at` is the first one ever, also before those that are held here."""

    mentions: tuple[Seen, ...]
    first_at: datetime | None
    times: list[datetime] = field(repr=False)
    _before: NDArray[np.int64] = field(repr=False)  # where the same story was last, -1 where nowhere

    @classmethod
    def of(cls, mentions: Iterable[Seen], *, first_at: datetime | None = None) -> Timeline:
        """Mentions in any order."""
        ordered = tuple(sorted(mentions, key=lambda one: (one.at, one.source, one.story)))
        first = first_at or (ordered[0].at if ordered else None)
        last: dict[int, int] = {}
        before = np.full(len(ordered), -1, dtype=np.int64)
        for place, one in enumerate(ordered):
            before[place] = last.get(one.story, -1)
            last[one.story] = place
        return cls(ordered, first, [one.at for one in ordered], before)

    def between(self, since: datetime, until: datetime) -> Sequence[Seen]:
        """Mentions from `since` until before `until`."""
        return self.mentions[bisect_left(self.times, since) : bisect_left(self.times, until)]

    def window(self, since: datetime, until: datetime) -> Window:
        """What the range holds. A copy of another outlet's story makes nobody an independent source."""
        first_source: dict[int, str] = {}
        for one in self.between(since, until):
            first_source.setdefault(one.story, one.source)
        return Window(stories=len(first_source), sources=len(set(first_source.values())))

    def count(self, since: datetime, until: datetime) -> int:
        """Distinct stories alone: those that were not in the range before."""
        begin, end = bisect_left(self.times, since), bisect_left(self.times, until)
        return int(np.count_nonzero(self._before[begin:end] < begin))
