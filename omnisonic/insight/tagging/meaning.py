"""Likeness of meaning between a text and what the catalog says of an entity: one weak cue, asked for last.

Only names that the rules left undecided are asked about, so a text without them costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.mentions import CatalogEntry
from omnisonic.insight.tagging.reading import Case, Reading

DEFAULT_EMBEDDING_THRESHOLD = 0.7
MAX_OWNERS = 5
MAX_TITLES = 6
MAX_TEXT_CHARS = 2000
Similarity = Callable[[str, Sequence[str]], Sequence[float]]
Describe = Callable[[CatalogEntry], str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """`similarity(text, entity_texts)` gives a likeness from 0 to 1 each; it counts from `threshold`."""

    similarity: Similarity
    describe: Describe
    threshold: float = DEFAULT_EMBEDDING_THRESHOLD

    def weigh(self, reading: Reading, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Give the cue to those of the candidates that the text resembles; returns them."""
        asked = [
            (one, self.describe(entry))
            for one in candidates
            if one.case is not Case.LOWER
            for entry, _ in one.artists[:MAX_OWNERS]
        ]
        if not asked:
            return []
        likenesses = self.similarity(reading.body[:MAX_TEXT_CHARS], [text for _, text in asked])
        best: dict[int, float] = {}
        for (one, _), likeness in zip(asked, likenesses, strict=True):
            best[one.first] = max(likeness, best.get(one.first, 0.0))
        alike = [one for one in candidates if best.get(one.first, -1.0) >= self.threshold]
        for one in alike:
            one.features["embedding"] = best[one.first]
            one.cues["embedding"] = 1
        return alike


class Descriptions:
    """One sentence for each entity: name, kind, genre, best known titles."""

    def __init__(self, entries: Iterable[CatalogEntry], genres: Mapping[str, str]) -> None:
        self._genres = genres
        self._titles: defaultdict[str, list[str]] = defaultdict(list)
        for entry in entries:
            if entry.type is not EntityType.ARTIST:
                for artist in entry.artist_ids:
                    if len(self._titles[artist]) < MAX_TITLES:
                        self._titles[artist].append(entry.name)

    def __call__(self, entry: CatalogEntry) -> str:
        """The description; the same entry always has the same."""
        genre, titles = self._genres.get(entry.id, ""), self._titles.get(entry.id, [])
        kind = "music artist" if entry.type is EntityType.ARTIST else "song"
        return f"{entry.name}, {f'{genre} ' if genre else ''}{kind}" + (
            f": {', '.join(titles)}" if titles else ""
        )
