"""Runs the queries of the store: with their filter, and bounds on time, memory and rows."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any

from omnisonic.insight.store.filters import MentionFilter, condition_of
from omnisonic.platform.clickhouse import clickhouse

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
    with clickhouse(answer_timeout_s=ANSWER_TIMEOUT_S) as client:
        answer = client.query(
            sql, parameters=dict(parameters or {}), settings=BOUNDS, query_tz="UTC", tz_mode="aware"
        )
        return [tuple(row) for row in answer.result_rows]
