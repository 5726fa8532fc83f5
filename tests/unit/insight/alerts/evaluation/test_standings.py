"""From pending to resolved, whatever the news do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.alerts.evaluation.kinds import AlertState, RuleKind
from omnisonic.insight.alerts.evaluation.standings import KEEP_FIRING, Change, Reading, Standing, advance

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HIGH, RAISED, CALM = Reading.HIGH, Reading.RAISED, Reading.CALM
readings = st.lists(st.sampled_from(list(Reading)), max_size=100)
kinds = st.sampled_from([RuleKind.SPIKE, RuleKind.THRESHOLD])


def walk(
    given_readings: list[Reading], kind: RuleKind = RuleKind.SPIKE
) -> tuple[list[AlertState | None], list[Change]]:
    """The states after each minute, and what changed."""
    standing: Standing | None = None
    states: list[AlertState | None] = []
    changes: list[Change] = []
    for place, reading in enumerate(given_readings):
        standing, change = advance(standing, reading, at=NOW + MINUTE * place, kind=kind)
        states.append(standing.state if standing else None)
        changes += [change] if change else []
    return states, changes


def test_a_spike_needs_two_ticks_in_a_row() -> None:
    states, changes = walk([HIGH, RAISED, HIGH, HIGH])
    assert states == [AlertState.PENDING, None, AlertState.PENDING, AlertState.FIRING]
    assert changes == [Change.FIRED]
    assert walk([HIGH], RuleKind.THRESHOLD)[1] == [Change.FIRED]


def test_it_is_over_after_an_hour_of_calm_only() -> None:
    calm = int(KEEP_FIRING / MINUTE)
    states, changes = walk([HIGH, HIGH] + [CALM] * calm + [RAISED] + [CALM] * (calm + 1))
    assert states[1 + calm] is AlertState.RECOVERING
    assert states[2 + calm] is AlertState.FIRING
    assert (states[-1], changes) == (AlertState.RESOLVED, [Change.FIRED, Change.RESOLVED])


@given(readings, kinds)
def test_firing_and_resolving_take_turns(given_readings: list[Reading], kind: RuleKind) -> None:
    _, changes = walk(given_readings, kind)
    expected = [Change.FIRED, Change.RESOLVED] * len(changes)
    assert changes == expected[: len(changes)]


@given(readings, kinds)
def test_raised_alone_never_fires_and_keeps_what_fires(given_readings: list[Reading], kind: RuleKind) -> None:
    assert walk([one for one in given_readings if one is not HIGH], kind)[1] == []
    assert walk([HIGH, HIGH] + [one for one in given_readings if one is not CALM], kind)[1] == [Change.FIRED]


@given(readings, st.sampled_from(list(Reading)), kinds)
def test_the_same_data_time_again_changes_nothing(
    given_readings: list[Reading], again: Reading, kind: RuleKind
) -> None:
    standing: Standing | None = None
    for place, reading in enumerate(given_readings):
        at = NOW + MINUTE * place
        standing, _ = advance(standing, reading, at=at, kind=kind)
        if standing is not None:
            assert advance(standing, again, at=at, kind=kind) == (standing, None)
            assert advance(standing, again, at=at - MINUTE, kind=kind) == (standing, None)
