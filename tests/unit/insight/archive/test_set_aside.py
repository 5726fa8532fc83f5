"""Who is refused when a step cannot take everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rq.timeouts import JobTimeoutException

from omnisonic.insight.archive import set_aside
from omnisonic.insight.news import NewsItem
from omnisonic.platform.clickhouse import AnalyticsUnavailable
from tests.integration.insight.conftest import make_item

ITEMS = [make_item(f"Headline {number}") for number in range(40)]
IDS = {item.item_id: number for number, item in enumerate(ITEMS)}


class Step:
    """Takes batches without poison; counts how often it was given each article alone."""

    def __init__(self, poison: set[int], fault: type[Exception] = ValueError) -> None:
        self.poison = {ITEMS[number].item_id for number in poison}
        self.fault = fault
        self.taken: set[UUID] = set()
        self.alone: Counter[UUID] = Counter()

    def __call__(self, items: Sequence[NewsItem]) -> None:
        if len(items) == 1:
            self.alone[items[0].item_id] += 1
        if self.poison & {item.item_id for item in items}:
            raise self.fault("It is too long")
        self.taken |= {item.item_id for item in items}


@given(st.sets(st.integers(0, 39), max_size=set_aside.AT_ONCE_MAX))
def test_those_and_only_those_are_refused_that_fail_alone_again_and_again(poison: set[int]) -> None:
    step = Step(poison)
    refused = set_aside.give(step, ITEMS)
    assert {IDS[one] for one in refused} == poison
    assert step.taken == IDS.keys() - refused.keys()
    assert all(step.alone[one] == set_aside.ATTEMPTS for one in refused)
    assert all(str(fault) == "It is too long" for fault in refused.values())


def test_a_step_that_takes_nothing_is_broken_itself() -> None:
    with pytest.raises(ValueError, match="too long"):
        set_aside.give(Step(set(range(40))), ITEMS)
    assert len(set_aside.give(Step(set(range(40))), ITEMS, most=40)) == 40


@pytest.mark.parametrize("fault", [AnalyticsUnavailable, JobTimeoutException])
def test_a_server_that_is_away_and_the_end_of_a_job_are_no_articles_fault(fault: type[Exception]) -> None:
    step = Step({0}, fault)
    with pytest.raises(fault):
        set_aside.give(step, ITEMS)
    assert not step.alone


def test_an_article_that_passes_at_another_try_is_taken() -> None:
    tries = iter((True, True, False))

    def flaky(_items: Sequence[NewsItem]) -> None:
        if next(tries):
            raise ValueError

    assert set_aside.give(flaky, ITEMS[:1]) == {}
