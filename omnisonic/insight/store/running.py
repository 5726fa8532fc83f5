"""Runs the queries of the store: with their filter, and bounds on time, memory and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from string import Template
from time import monotonic
from typing import Any

from omnisonic.insight.store.filters import MentionFilter, condition_of
from omnisonic.platform.clickhouse import PING_TIMEOUT_S, RETRY_AFTER_S, clickhouse
from omnisonic.platform.errors import Busy

MAX_QUERY_S = 20
ANSWER_TIMEOUT_S = MAX_QUERY_S + 5  # the server ends the query first, unless it is silent
MAX_ROWS = 100_000
BOUNDS = {
    "max_execution_time": MAX_QUERY_S,
    "max_result_rows": MAX_ROWS,
    "result_overflow_mode": "throw",
    "max_memory_usage": 2_000_000_000,
    "max_bytes_before_external_group_by": 1_000_000_000,
}
# A set of 64-bit hashes costs a third of a set of strings. Among a million outlets two would share one with a
# chance of 3 in 100 million.
FIGURES = "uniqExact(story) AS stories, count() AS mentions, uniqExact(cityHash64(source)) AS sources"


@dataclass(frozen=True)
class _Patience:
    until_s: float  # of the monotonic clock
    each_s: int


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)


@contextmanager
def patience(*, total_s: float, each_s: int) -> Iterator[None]:
    """Let no query of the block go on after `total_s`, each at most `each_s` (2 and more).

    One that could not be sure to end in time, with a server that may be silent, does not begin: `Busy`.
    """
    token = _patience.set(_Patience(monotonic() + total_s, each_s))
    try:
        yield
    finally:
        _patience.reset(token)


def ask(
    question: str, chosen: MentionFilter, *, parts: Mapping[str, str] | None = None, **values: Any
) -> list[tuple[Any, ...]]:
    """Rows of a question on `mentions`: `${where}` is the filter, `${figures}` stories, mentions, sources.

    `parts` are pieces of SQL of our own; what came from outside belongs into `values`, which are bound.
    Raises as `fetch` does.
    """
    where = condition_of(chosen)
    sql = Template(question).substitute(where=where.sql, figures=FIGURES, **(parts or {}))
    return fetch(sql, {**where.parameters, **values})


def fetch(sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a query. Raises `AnalyticsUnavailable`, or `Busy` when it takes too long or too much."""
    bounds, answer_timeout_s = BOUNDS, ANSWER_TIMEOUT_S
    if (given := _patience.get()) is not None:
        if monotonic() + given.each_s + PING_TIMEOUT_S > given.until_s:
            raise Busy("There was no time left to look at all of it.", retry_after_s=RETRY_AFTER_S)
        bounds, answer_timeout_s = BOUNDS | {"max_execution_time": given.each_s - 1}, given.each_s
    with clickhouse(answer_timeout_s=answer_timeout_s) as client:
        answer = client.query(
            sql, parameters=dict(parameters or {}), settings=bounds, query_tz="UTC", tz_mode="aware"
        )
        return [tuple(row) for row in answer.result_rows]
