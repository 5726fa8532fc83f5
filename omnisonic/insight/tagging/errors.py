"""Refusals that only tagging knows."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, NotFound


class NewsItemUnknown(NotFound):
    """No such article, or it has not been archived yet."""

    slug, title = "news-item-unknown", "This article is not known"
    advice = "Use the id of an article of /api/news; a new one appears there within a minute."


class EntityUnknown(NotFound):
    """The entity is not in the catalog, or was merged into another."""

    slug, title = "entity-unknown", "This entity is not in the catalog"
    advice = "Search the catalog for it; after a merge use the id of the entry that stayed."


class AlreadyOnStoplist(Conflict):
    """The words are on the stoplist for this outlet, or for all, already."""

    slug, title = "already-on-stoplist", "These words are on the stoplist already"
    advice = "Nothing to do; remove the entry first if its reason should change."
