"""The filter of a page of figures as its controls show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from omnisonic.insight.addresses import range_choice
from omnisonic.insight.parameters import AnalyticsParameters

ALL = "all"
UNKNOWN = "unknown"


@dataclass
class FilterLine:
    """The filter as its controls show it."""

    span: str = "30"
    first_day: str = ""
    last_day: str = ""
    entity_type: str = ALL
    genre: str = ALL
    source: str = ALL
    count: str = "stories"
    depth: str = "1"
    is_set: bool = False
    left_out: str = ""


def filter_line(asked: AnalyticsParameters, kept: Mapping[str, str], given: Mapping[str, str]) -> FilterLine:
    """What was asked, of which `kept` are the filters that mean something among those `given`."""
    where = asked.filter()
    last = where.until - timedelta(microseconds=1)
    genre = kept.get("genre", ALL)
    return FilterLine(
        span=range_choice(dict(kept)),
        first_day=where.since.date().isoformat(),
        last_day=last.date().isoformat(),
        entity_type=kept.get("entityType", ALL),
        genre=UNKNOWN if genre == "" else genre,
        source=kept.get("source") or ALL,
        count=asked.count.value,
        depth=str(asked.depth),
        is_set=bool(kept.keys() - {"count", "depth"}),
        left_out=", ".join(sorted(given.keys() - kept.keys())),
    )
