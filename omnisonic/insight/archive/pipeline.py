"""The way of news behind a fetch: into the archive, then into the analytics store, then tagged.

Each step may be repeated: a delivery is known by its id, the store replaces items by id, tags are replaced
by item. What a step has done is noted after it was done. So a process may be killed between any two lines
here: the next run does that step again, and nothing is lost or there twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from omnisonic.insight.archive import cursors, set_aside
from omnisonic.insight.archive.cursors import Step
from omnisonic.insight.archive.entries import Delivery
from omnisonic.insight.archive.file import last_seq, open_archive
from omnisonic.insight.archive.reading import read_items, read_slice
from omnisonic.insight.archive.writing import take_delivery
from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.writes import write_items
from omnisonic.insight.tagging.service import Tagging
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger

DELIVERIES_PER_ROUND = 20  # then the charts get what is there, however much waits
ITEMS_PER_INSERT = 5000
ITEMS_PER_TAGGING = 500
FOLLOWING = (Step.NEWS_ITEMS, Step.TAGS)
PATIENCE_S = 240.0  # less than the job may take; the next run goes on

log = get_logger(__name__)


@dataclass
class Ran:
    """What a run did."""

    deliveries: int = 0
    new: int = 0
    edited: int = 0
    stored: int = 0
    tagged: int = 0


def run_pipeline(may_go_on: Callable[[], bool] = lambda: True) -> Ran:
    """Take every waiting delivery its whole way, or as far as the servers are there.

    Without anything to do the archive is not even opened. Raises `ArchiveInUse`, `ArchiveUnavailable`.
    """
    ran, started_s = Ran(), time.monotonic()
    if not _is_behind():
        return ran
    with open_archive() as archive:
        _check_file(archive)
        tag = _LateTagger()
        while True:
            more = _take_deliveries(archive, ran)
            _follow_all(archive, ran, tag)
            if not more or not may_go_on() or time.monotonic() - started_s > PATIENCE_S:
                return ran


def _is_behind() -> bool:
    at = cursors.positions()
    if cursors.has_delivery() or min(at[Step.NEWS_ITEMS], at[Step.TAGS]) < at[Step.ARCHIVE]:
        return True
    return any(set_aside.waiting(step) for step in FOLLOWING)


def _check_file(archive: DuckDBPyConnection) -> None:
    seq, at = last_seq(archive), cursors.positions()
    if max(at.values()) > seq:
        log.warning("archive_replaced", seq=seq, expected=max(at.values()))
        cursors.begin_anew(seq)


def _take_deliveries(archive: DuckDBPyConnection, ran: Ran) -> bool:
    """Archive some deliveries in order; whether more wait."""
    for _ in range(DELIVERIES_PER_ROUND):
        row = cursors.next_delivery()
        if row is None:
            return False
        taken = take_delivery(archive, Delivery.of(row))
        cursors.settle_delivery(row.id, seq=taken.seq)
        ran.deliveries += 1
        ran.new += taken.new
        ran.edited += taken.edited
    return True


def _follow_all(archive: DuckDBPyConnection, ran: Ran, tag: _LateTagger) -> None:
    try:
        ran.stored += _follow(archive, Step.NEWS_ITEMS, store_items, ITEMS_PER_INSERT)
        ran.tagged += _follow(archive, Step.TAGS, tag, ITEMS_PER_TAGGING)
    except ServiceUnavailable as error:  # noted on the cursor; the run of the next minute tries again
        log.warning("news_wait", reason=error.slug)


def _follow(archive: DuckDBPyConnection, step: Step, work: set_aside.Work, rows_max: int) -> int:
    """Give `work` what came since the step's position; how many items it took."""
    count = _try_again(archive, step, work)
    position = cursors.positions()[step]
    while (part := read_slice(archive, after=position, rows_max=rows_max)).end > position:
        count += _take(step, work, part.items)
        position = part.end
        cursors.move(step, position)
    return count


def _try_again(archive: DuckDBPyConnection, step: Step, work: set_aside.Work) -> int:
    """Give `work` what people want to be tried again."""
    wanted = set_aside.waiting(step)
    if not wanted:
        return 0
    items = read_items(archive, wanted)
    set_aside.forget(step, set(wanted) - {item.item_id for item in items})
    return _take(step, work, items, most=len(items))


def _take(
    step: Step, work: set_aside.Work, items: Sequence[NewsItem], *, most: int = set_aside.AT_ONCE_MAX
) -> int:
    """How many of the items `work` took; the others are set aside."""
    try:
        refused = set_aside.give(work, items, most=most)
        set_aside.settle(step, items, refused)
    except Exception as error:
        reason = error.title if isinstance(error, ServiceUnavailable) else type(error).__name__
        cursors.note_failure(step, reason)
        raise
    return len(items) - len(refused)


def store_items(items: Sequence[NewsItem]) -> None:
    """Hand items to the analytics store."""
    write_items(items)


class _LateTagger:
    """Tags items; the catalog is read when there is something to tag, once per run."""

    def __init__(self) -> None:
        self._tagging: Tagging | None = None

    def __call__(self, items: Sequence[NewsItem]) -> None:
        self._tagging = self._tagging or Tagging.load()
        tag_items(self._tagging, items)


def tag_items(tagging: Tagging, items: Sequence[NewsItem]) -> None:
    """Link items to the catalog, in Postgres and in the analytics store."""
    tagging.tag(items)
