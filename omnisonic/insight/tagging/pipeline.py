"""The whole tagger: texts in, links into the catalog out. Pure: no settings, database, network or clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from omnisonic.insight.tagging.artist_features import observe_artist
from omnisonic.insight.tagging.candidates import (
    Candidate,
    Span,
    Stoplist,
    consider,
    find_candidates,
    keep_longest,
    look_at,
)
from omnisonic.insight.tagging.confidence import ACCEPT, Model, models
from omnisonic.insight.tagging.enumerations import link_lists
from omnisonic.insight.tagging.fuzzy import Repairer
from omnisonic.insight.tagging.index import AliasIndex
from omnisonic.insight.tagging.judging import (
    Judgment,
    judge_artists,
    judge_titles,
    prefers_title,
    to_link,
    vouch,
    weigh_meaning,
)
from omnisonic.insight.tagging.meaning import Meaning
from omnisonic.insight.tagging.mentions import (
    CatalogEntry,
    FoundLink,
    Item,
    StopRule,
    Tagged,
    UnlinkedMention,
)
from omnisonic.insight.tagging.reading import Case, Reading
from omnisonic.insight.tagging.unlinked import find_unlinked

__all__ = ["CatalogEntry", "FoundLink", "Item", "StopRule", "Tagged", "Tagger", "UnlinkedMention"]

DEFAULT_FUZZY_THRESHOLD = 70


class Tagger:
    """Finds the entities of one catalog in any number of items; each item is judged by itself."""

    def __init__(
        self,
        entries: Iterable[CatalogEntry],
        *,
        stoplist: Sequence[StopRule] = (),
        accept: float = ACCEPT,
        fuzzy_threshold: int = DEFAULT_FUZZY_THRESHOLD,
        fitted: dict[str, Model] | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self._index = AliasIndex(entries)
        self._stoplist = Stoplist(stoplist)
        self._accept = accept
        self._repairer = Repairer(self._index, threshold=fuzzy_threshold)
        self._meaning = meaning
        self._models = fitted or models()

    @property
    def alias_count(self) -> int:
        """How many written forms are searched."""
        return self._index.size

    def tag(self, item: Item) -> Tagged:
        """Links of one item, in the order of the text; the same item always gives the same links."""
        reading, judged = self._judge(item)
        accept = self._accept
        links = [
            to_link(reading, one, one.entry)
            for one in judged
            if one.entry is not None and one.confidence >= accept
        ]
        return Tagged(tuple(links), find_unlinked(reading, links, self._index))

    def judgments(self, item: Item) -> list[Judgment]:
        """Every candidate with what was decided, the refused ones too: for explaining and for fitting."""
        return self._judge(item)[1]

    def _judge(self, item: Item) -> tuple[Reading, list[Judgment]]:
        reading = Reading(item)
        candidates = self._candidates(reading)
        if not candidates:
            return reading, []
        taken = frozenset(at for one in candidates for at in range(one.first, one.last + 1))
        artists = [one for one in candidates if one.owners.artists]
        for candidate in artists:
            observe_artist(reading, candidate, taken)
        link_lists(reading, artists)
        supported = vouch(candidates)
        decided = judge_artists(
            candidates,
            supported,
            model=self._models["artist"],
            accept=self._accept,
        )
        if self._meaning is not None:
            weigh_meaning(
                reading,
                decided,
                supported,
                meaning=self._meaning,
                model=self._models["artist"],
            )
        titles = judge_titles(reading, candidates, decided, model=self._models["title"], accept=self._accept)
        judged: list[Judgment] = []
        for number, candidate in enumerate(candidates):
            artist, title = decided.get(number), titles.get(number)
            if artist is None or (
                title is not None and prefers_title(candidate, title, artist, self._accept)
            ):
                judged += [title] if title is not None else []
            else:
                judged.append(artist)
        return reading, judged

    def _candidates(self, reading: Reading) -> list[Candidate]:
        candidates = find_candidates(reading, self._index, self._stoplist)
        if not reading.music()[0]:
            return candidates
        taken = frozenset(at for one in candidates for at in range(one.first, one.last + 1))
        likenesses: dict[tuple[int, int], float] = {}
        spans: list[Span] = []
        for match, likeness in self._repairer.repair(reading, taken):
            span = consider(reading, match, self._index, self._stoplist)
            if span is not None:
                likenesses.setdefault((span.start, span.end), likeness)
                spans.append(span)
        if not spans:
            return candidates
        repaired = [
            _misspelled(look_at(reading, span), likenesses[span.start, span.end])
            for span in keep_longest(spans)
        ]
        return sorted((*candidates, *repaired), key=lambda one: one.start)


def _misspelled(candidate: Candidate, likeness: float) -> Candidate:
    candidate.similarity = likeness
    candidate.case = candidate.case if candidate.case is not Case.LOWER else Case.NONE
    return candidate
