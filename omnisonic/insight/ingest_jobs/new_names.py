"""Tags the articles again that name what the catalog did not have when they came, and has now."""

from __future__ import annotations

from collections.abc import Callable, Collection

from omnisonic.insight.archive import cursors
from omnisonic.insight.archive.file import open_archive
from omnisonic.insight.archive.reading import read_items
from omnisonic.insight.ingest_jobs.retagging import ITEMS_PER_BATCH, tag_or_set_aside
from omnisonic.insight.tagging.newly_known import articles_naming, find_newly_known
from omnisonic.insight.tagging.service import Tagging
from omnisonic.platform.db import unit_of_work


def link_new_names(may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Follow the catalog, and link what it learned; returns how many articles were tagged.

    May run at any time: what was not finished is looked for again. Raises `ArchiveInUse`,
    `AnalyticsUnavailable`.
    """
    with unit_of_work() as uow:  # the primary: a replica may not know the newest entry yet
        position = cursors.catalog_position(uow.session)
        learned = find_newly_known(uow.session, after=position)
    tagged, is_done = _tag_articles(learned.keys, may_go_on)
    if is_done and learned.until != position:
        # Also backwards: a database that was restored elsewhere counts its transactions anew.
        cursors.move(cursors.CATALOG, learned.until)
    return tagged


def _tag_articles(keys: Collection[str], may_go_on: Callable[[], bool]) -> tuple[int, bool]:
    """How many articles were tagged, and whether those were all."""
    with unit_of_work() as uow:
        item_ids = articles_naming(uow.session, keys)
    if not item_ids:
        return 0, True
    with open_archive() as archive:
        tagging = Tagging.load()
        for start in range(0, len(item_ids), ITEMS_PER_BATCH):
            if not may_go_on():
                return start, False
            tag_or_set_aside(tagging, read_items(archive, item_ids[start : start + ITEMS_PER_BATCH]))
    return len(item_ids), True
