"""Everybody that one written form may mean, with all that follows from the catalog and from no text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.aliases import AliasKind
from omnisonic.insight.tagging.ambiguity import Profile
from omnisonic.insight.tagging.mentions import CatalogEntry

Owner = tuple[CatalogEntry, AliasKind]
NAMESAKE_RATIO = 3.0
MAX_LISTED = 10


@dataclass(slots=True)
class Owners:
    """Artists and titles of one form. Made once, asked in every text that has the form; never changed."""

    artists: tuple[Owner, ...]
    titles: tuple[Owner, ...]
    artist_ids: frozenset[str]
    credited: frozenset[str]  # performers and writers of the titles
    ties: frozenset[str]  # artists that the artists are tied to, as members of a group are
    nearest: tuple[CatalogEntry, ...]  # artists whose closest form this is
    favorite: CatalogEntry | None  # of these the one that has clearly more titles than the next
    looks: Mapping[str, float]  # features of the artists that no text changes
    described: Mapping[str, object]  # for the evidence

    @property
    def name(self) -> str:
        """How the first owner is spelled."""
        return (self.artists or self.titles)[0][0].name


def gather(owners: Sequence[Owner], profile: Profile, popularity: Mapping[str, int]) -> Owners:
    """What is known of these owners of a form; `popularity`: titles of each artist."""
    artists = tuple(one for one in owners if one[0].type is EntityType.ARTIST)
    titles = tuple(one for one in owners if one[0].type is not EntityType.ARTIST)
    closest = min((kind for _, kind in artists), default=AliasKind.NAME)
    nearest = tuple(entry for entry, kind in artists if kind == closest)
    return Owners(
        artists,
        titles,
        frozenset(entry.id for entry, _ in artists),
        frozenset(artist for entry, _ in titles for artist in entry.artist_ids),
        frozenset(other for entry, _ in artists for other in entry.artist_ids),
        nearest,
        _favorite(nearest, popularity),
        _looks(profile, closest, len(artists)) if artists else {},
        _describe(profile, (*artists, *titles)),
    )


def _describe(profile: Profile, owners: Sequence[Owner]) -> dict[str, object]:
    return {
        "alias": " ".join(profile.words),
        "ambiguity": profile.ambiguity.value,
        "candidates": [
            {"id": one.id, "type": one.type.value, "name": one.name, "form": kind.name.lower()}
            for one, kind in owners[:MAX_LISTED]
        ],
    }


def _looks(profile: Profile, closest: AliasKind, count: int) -> dict[str, float]:
    return {
        f"is_{profile.ambiguity.value}": 1.0,
        "surprise": min(profile.surprise, 12.0) / 12.0,
        "derived": float(closest is AliasKind.DERIVED),
        "namesakes": float(count > 1),
    }


def _favorite(entries: Sequence[CatalogEntry], popularity: Mapping[str, int]) -> CatalogEntry | None:
    if len(entries) < 2:
        return entries[0] if entries else None
    first, second = sorted(entries, key=lambda one: (-popularity.get(one.id, 0), one.id))[:2]
    ahead = popularity.get(first.id, 0) >= NAMESAKE_RATIO * max(1, popularity.get(second.id, 0))
    return first if ahead else None
