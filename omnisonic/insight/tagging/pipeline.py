"""The whole tagger: texts in, links into the catalog out. Pure: no settings, no files of its own, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick

from omnisonic.insight.news import LinkMethod
from omnisonic.insight.tagging.mentions import (
    CatalogEntry,
    FoundLink,
    Item,
    StopRule,
    Tagged,
    UnlinkedMention,
)
from omnisonic.insight.tagging.normalize import normalize, split_words

__all__ = ["CatalogEntry", "FoundLink", "Item", "StopRule", "Tagged", "Tagger", "UnlinkedMention"]


class Tagger:
    """Finds the entities of one catalog in any number of items. Immutable once built; safe between threads."""

    def __init__(self, entries: Iterable[CatalogEntry], *, stoplist: Sequence[StopRule] = ()) -> None:
        self._entries = list(entries)
        self._stopped = {normalize(rule.alias) for rule in stoplist}
        owners: dict[str, CatalogEntry] = {}
        for entry in self._entries:
            for alias in (entry.name, *entry.aliases):
                if key := normalize(alias):
                    owners.setdefault(key, entry)
        self._owners = list(owners.items())
        self._automaton = AhoCorasick([f" {alias} " for alias, _ in self._owners])

    def tag(self, item: Item) -> Tagged:
        """Links of one item, in the order of the text."""
        body = item.body
        words = split_words(body)
        links: list[FoundLink] = []
        for number, start, end in self._automaton.find_matches_as_indexes(words.joined, overlapping=True):
            alias, entry = self._owners[number]
            first, last = words.word_at(start), words.word_at(end - 2)
            span = words.starts[first], words.ends[last]
            if alias not in self._stopped:
                links.append(
                    FoundLink(
                        entry.id,
                        entry.type,
                        *span,
                        body[slice(*span)],
                        0.5,
                        LinkMethod.HEURISTIC,
                        {"alias": alias},
                    )
                )
        return Tagged(tuple(links))
