"""`/entities/[type]/[id]`: the figures of one artist, work or recording, and its newest articles."""

from __future__ import annotations

from typing import Any

import reflex as rx
from sqlmodel import Session

from omnisonic.insight.addresses import with_query, write_query
from omnisonic.insight.analytics.board import Lead
from omnisonic.insight.analytics.figures_state import FiguresState, Part
from omnisonic.insight.analytics.news import list_articles
from omnisonic.insight.drawer.lines import ArticleLine, article_line
from omnisonic.insight.news import EntityType
from omnisonic.insight.parameters import AnalyticsParameters
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page

NEWEST = 4
NOBODY = "00000000-0000-0000-0000-000000000000"  # a path that names no entity: the page says so
CATALOG_PATHS = {
    EntityType.ARTIST: "/catalog/contributors",
    EntityType.WORK: "/catalog/works",
    EntityType.RECORDING: "/catalog/recordings",
}


class EntityState(FiguresState, rx.State):
    """What the page of an entity shows; the entity is part of its path, the other filters of its query."""

    key: str = ""
    kind: str = ""
    catalog_href: str = ""
    analytics_href: str = ""
    newest: rx.Field[list[ArticleLine]] = rx.field(default_factory=list)

    def _read_address(self) -> dict[str, str]:
        kind, _, entity_id = self.router.url.path.strip("/").removeprefix("entities/").partition("/")
        values = super()._read_address()
        if kind not in set(EntityType) or parse_id(entity_id) is None:
            return {**values, "entityType": EntityType.ARTIST.value, "entityId": NOBODY}
        key = f"{kind}:{entity_id}"
        if key != self.key:
            self.phase, self.stage, self.newest = "loading", 0, []
        self.key, self.kind = key, kind
        self.catalog_href = f"{CATALOG_PATHS[EntityType(kind)]}/{entity_id}"
        return {**values, "entityType": kind, "entityId": entity_id}

    def _go(self, **changes: str | None) -> Any:
        """The entity stays in the path; another one has a page of its own."""
        entity_id, kind = changes.get("entityId"), changes.get("entityType")
        path = f"/entities/{kind}/{entity_id}" if kind and entity_id else self._path()
        alone = {**changes, "entityType": None, "entityId": None}
        return rx.redirect(with_query(path, write_query(self.filters, **alone)))

    def _parts(self) -> tuple[Part, ...]:
        lead, *others = super()._parts()
        return (lead, ("newest", _newest), *others)

    def _after(self) -> None:
        super()._after()
        self.analytics_href = with_query("/analytics", write_query(self.filters))
        self.chosen.is_set = bool(self.filters.keys() - {"entityType", "entityId", "count", "depth"})


def _newest(session: Session, asked: AnalyticsParameters, _lead: Lead) -> list[ArticleLine]:
    now = utc_now()
    found = list_articles(session, chosen=asked.filter(), page=Page(limit=NEWEST), linked_only=True)
    return [article_line(one, now=now) for one in found.news]
