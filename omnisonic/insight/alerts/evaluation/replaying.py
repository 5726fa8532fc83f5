"""A rule over a stretch of the past, through the same evaluation as now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from omnisonic.insight.alerts.evaluation.baseline import Span
from omnisonic.insight.alerts.evaluation.conditions import Question
from omnisonic.insight.alerts.evaluation.engine import Outcome, evaluate
from omnisonic.insight.alerts.evaluation.kinds import AlertState
from omnisonic.insight.alerts.evaluation.standings import ACTIVE, Change, Standing
from omnisonic.insight.alerts.evaluation.ticks import TICK, floor_to_tick
from omnisonic.insight.alerts.evaluation.timelines import Timeline
from omnisonic.insight.store.filters import EntityRef

WATCH_EVERY = timedelta(minutes=15)  # whether what fires is over: every minute would change little


@dataclass
class Replay:
    """Evaluates each minute in which something can change: after a story, and while a state is open."""

    question: Question
    timelines: Mapping[EntityRef, Timeline]
    standings: dict[EntityRef, Standing] = field(default_factory=dict)
    _flagged: dict[EntityRef, list[Span]] = field(default_factory=dict)
    _due: list[tuple[datetime, EntityRef]] = field(default_factory=list)
    _fired_at: dict[EntityRef, datetime] = field(default_factory=dict)

    def run(
        self, since: datetime, until: datetime, *, goes_on: Callable[[datetime], bool] = lambda _: True
    ) -> Iterator[Outcome]:
        """Every outcome that changed something, by time; what was so at `since` already is no change.

        Stops early when `goes_on`, which is asked before each evaluation, says no.
        """
        begin, end = floor_to_tick(since), floor_to_tick(until)
        held = self._evaluate(begin, set(self.timelines), tested=len(self.timelines))
        self._settle_beginning(held, begin)
        stories = self._story_ticks(begin, end)
        for at in self._ticks(stories):
            if at > end or not goes_on(at):
                return
            fresh = stories.pop(at, set())
            due = {*fresh, *self._take_due(at)}
            for one in self._evaluate(at, due, tested=len(fresh)):
                self._keep(one, at)
                if one.change is not None:
                    yield one

    def _story_ticks(self, begin: datetime, end: datetime) -> dict[datetime, set[EntityRef]]:
        found: dict[datetime, set[EntityRef]] = {}
        for entity, timeline in self.timelines.items():
            for one in timeline.between(begin, end):
                found.setdefault(floor_to_tick(one.at) + TICK, set()).add(entity)
        return found

    def _ticks(self, stories: Mapping[datetime, set[EntityRef]]) -> Iterator[datetime]:
        ordered, place = sorted(stories), 0
        while place < len(ordered) or self._due:
            if self._due and (place == len(ordered) or self._due[0][0] < ordered[place]):
                yield self._due[0][0]
            else:
                place += 1
                yield ordered[place - 1]

    def _take_due(self, at: datetime) -> set[EntityRef]:
        taken = set()
        while self._due and self._due[0][0] <= at:
            taken.add(heappop(self._due)[1])
        return taken

    def _evaluate(self, at: datetime, entities: set[EntityRef], *, tested: int) -> Sequence[Outcome]:
        chosen = {one: self.timelines[one] for one in entities}
        return evaluate(self.question, chosen, self.standings, at=at, tested=tested, flagged=self._flagged_of)

    def _flagged_of(self, entity: EntityRef) -> Sequence[Span]:
        return self._flagged.get(entity, ())

    def _settle_beginning(self, held: Sequence[Outcome], at: datetime) -> None:
        for one in held:
            self._keep(one, at)

    def _keep(self, one: Outcome, at: datetime) -> None:
        if one.change is Change.FIRED:
            self._fired_at[one.entity] = at
        if one.change is Change.RESOLVED and one.entity in self._fired_at:
            span = (self._fired_at.pop(one.entity) - self.question.length, at)
            self._flagged.setdefault(one.entity, []).append(span)
        if one.standing is None:
            self.standings.pop(one.entity, None)
            return
        self.standings[one.entity] = one.standing
        if one.standing.state in ACTIVE:
            is_pending = one.standing.state is AlertState.PENDING
            heappush(self._due, (at + (TICK if is_pending else WATCH_EVERY), one.entity))
