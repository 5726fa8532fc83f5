"""What the tagger reads and gives: catalog entries and items in, links and unlinked mentions out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from omnisonic.insight.news import EntityType, LinkMethod


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One entity that may be found. `artist_ids`: performers or writers of a title, members of a group."""

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    artist_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One text to be read; offsets count Unicode code points of `body`."""

    id: str
    title: str
    text: str = ""
    source: str = ""
    source_tier: int = 2  # 1: music outlet, 2: general news, 3: anybody

    @property
    def body(self) -> str:
        """The text that offsets count in."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class StopRule:
    """This name is no mention: of one entity or of any, in one source or everywhere."""

    alias: str
    entity_id: str | None = None
    source: str | None = None


class FoundLink(NamedTuple):
    """One accepted mention with everything that led to it."""

    entity_id: str
    entity_type: EntityType
    start: int
    end: int
    matched_text: str
    confidence: float
    method: LinkMethod
    evidence: Mapping[str, object]


class UnlinkedMention(NamedTuple):
    """A music-shaped name that no entity of the catalog explains."""

    start: int
    end: int
    text: str
    confidence: float
    reason: str


class Tagged(NamedTuple):
    """What was found in one item, in the order of the text."""

    links: tuple[FoundLink, ...] = ()
    unlinked: tuple[UnlinkedMention, ...] = ()
