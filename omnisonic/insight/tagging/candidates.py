"""Which forms in a text deserve to be judged: cheap refusals first, then the longest of what overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.aliases import AliasKind
from omnisonic.insight.tagging.ambiguity import DOUBTFUL, Profile
from omnisonic.insight.tagging.index import AliasIndex, Match
from omnisonic.insight.tagging.mentions import CatalogEntry, StopRule
from omnisonic.insight.tagging.normalize import normalize
from omnisonic.insight.tagging.reading import SENTENCE_ENDS, Case, Reading, Style


@dataclass(slots=True)
class Candidate:
    """One span with everybody it may mean."""

    first: int
    last: int
    start: int
    end: int
    profile: Profile
    artists: list[tuple[CatalogEntry, AliasKind]]
    titles: list[tuple[CatalogEntry, AliasKind]]
    case: Case
    quoted: bool
    similarity: float = 1.0  # below 1: found by likeness
    features: dict[str, float] = field(default_factory=dict)
    cues: dict[str, int] = field(default_factory=dict)


class Stoplist:
    """Names that people took out: of one entity or all, in one source or everywhere."""

    def __init__(self, rules: Sequence[StopRule]) -> None:
        self._rules: dict[str, list[StopRule]] = {}
        for rule in rules:
            self._rules.setdefault(normalize(rule.alias) or rule.alias, []).append(rule)

    def stops(self, key: str, entry: CatalogEntry, source: str) -> bool:
        """Whether this form must not lead to this entity here."""
        if not self._rules:
            return False
        return any(
            rule.entity_id in (None, entry.id) and rule.source in (None, source)
            for rule in self._rules.get(key, ())
        )


def find_candidates(reading: Reading, index: AliasIndex, stoplist: Stoplist) -> list[Candidate]:
    """Spans to be judged, in the order of the text; none overlaps another."""
    found: dict[tuple[int, int], Candidate] = {}
    for match in index.find(reading.body, reading.words):
        if _is_plain_word(reading, match):
            continue
        candidate = consider(reading, match, index.entries, stoplist)
        if candidate is not None and (match.start, match.end) not in found:
            found[match.start, match.end] = candidate
    return keep_longest(found.values())


def keep_longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The longest match wins wherever two overlap; of equal ones the first in the text."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (one.start - one.end, one.start)):
        if all(candidate.end <= other.start or candidate.start >= other.end for other in chosen):
            chosen.append(candidate)
    return sorted(chosen, key=lambda one: one.start)


def _is_plain_word(reading: Reading, match: Match) -> bool:
    """An ordinary word in lower case without quotes: the answer to most matches, so it comes first."""
    profile = match.form.profile
    if not match.form.plain or match.last < match.first:
        return False
    at = reading.words.starts[match.first + profile.content[0]]
    if not reading.body[at].islower():
        return False
    if reading.is_quoted(match.start, match.end):
        return False
    return profile.ambiguity in DOUBTFUL or reading.style_at(at) is not Style.LOWER


def consider(
    reading: Reading, match: Match, entries: Sequence[CatalogEntry], stoplist: Stoplist
) -> Candidate | None:
    """A match with its owners and its looks; None where it is no single name or was taken out."""
    if not _is_one_name(reading, match):
        return None
    artists: list[tuple[CatalogEntry, AliasKind]] = []
    titles: list[tuple[CatalogEntry, AliasKind]] = []
    for number, kind in match.form.owners:
        entry = entries[number]
        if stoplist.stops(match.form.key, entry, reading.item.source):
            continue
        (artists if entry.type is EntityType.ARTIST else titles).append((entry, kind))
    if not artists and not titles:
        return None
    profile = match.form.profile
    name = (artists or titles)[0][0].name
    case = reading.case_of(match.first, match.last, profile, match.start, name)
    start, end = _with_marks(reading.body, match) if match.form.edges else (match.start, match.end)
    quoted = reading.is_quoted(start, end)
    return Candidate(match.first, match.last, start, end, profile, artists, titles, case, quoted)


def _with_marks(body: str, match: Match) -> tuple[int, int]:
    """Marks at the edges of a name belong to the mention where the text has them too ("R.E.M.", "Help!")."""
    start, end = match.start, match.end
    for head, tail in match.form.edges:
        if tail and _follows(body, tail, start, end):
            end += len(tail)
        if head and body.endswith(head, 0, start):
            start -= len(head)
        if (start, end) != (match.start, match.end):
            break
    return start, end


def _follows(body: str, tail: str, start: int, end: int) -> bool:
    """Whether the marks stand behind the name; an apostrophe may also be the quote that closes."""
    if tail in ("'", "’"):
        return body[end : end + 1] in ("'", "’") and body[start - 1 : start] not in ("'", "‘")
    return body.startswith(tail, end)


def _is_one_name(reading: Reading, match: Match) -> bool:
    """Not across the end of a sentence, unless a mark inside is part of a name ("Dr. Dre", "Panic! at")."""
    for at in range(match.first + 1, match.last + 1):
        gap = reading.gap(at)
        if SENTENCE_ENDS.isdisjoint(gap) or not gap[-1].isspace():
            if '"' in gap or "“" in gap or "”" in gap:
                return False
            continue
        if "\n" in gap or not (reading.joins(at) or (gap[0] in "!?:" and len(gap) == 2)):
            return False
    return True


def by_entity(candidates: Sequence[Candidate]) -> Mapping[str, list[Candidate]]:
    """Candidates of each artist."""
    owners: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        for entry, _ in candidate.artists:
            owners.setdefault(entry.id, []).append(candidate)
    return owners
