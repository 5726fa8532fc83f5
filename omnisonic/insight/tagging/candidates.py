"""Which forms in a text deserve to be judged: cheap refusals first, then the longest of what overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from omnisonic.insight.tagging.ambiguity import Profile
from omnisonic.insight.tagging.index import AliasIndex, Form, Match
from omnisonic.insight.tagging.mentions import CatalogEntry, StopRule
from omnisonic.insight.tagging.normalize import normalize
from omnisonic.insight.tagging.owners import Owner, Owners
from omnisonic.insight.tagging.reading import SENTENCE_ENDS, Case, Reading, Style

_START = attrgetter("start")


class Span(NamedTuple):
    """A match that is one name of somebody; the marks that belong to the name are inside."""

    start: int
    end: int
    match: Match
    owners: Owners


@dataclass(slots=True)
class Candidate:
    """One span with everybody it may mean."""

    first: int
    last: int
    start: int
    end: int
    profile: Profile
    owners: Owners
    case: Case
    quoted: bool
    similarity: float = 1.0  # below 1: found by likeness
    features: dict[str, float] = field(default_factory=dict)
    cues: dict[str, int] = field(default_factory=dict)

    @property
    def artists(self) -> tuple[Owner, ...]:
        """The artists it may mean."""
        return self.owners.artists

    @property
    def titles(self) -> tuple[Owner, ...]:
        """The works and recordings it may mean."""
        return self.owners.titles


class Stoplist:
    """Names that people took out: of one entity or all, in one source or everywhere."""

    def __init__(self, rules: Sequence[StopRule]) -> None:
        self._rules: dict[str, list[StopRule]] = {}
        for rule in rules:
            self._rules.setdefault(normalize(rule.alias) or rule.alias, []).append(rule)

    def allow(self, form: Form, source: str, index: AliasIndex) -> Owners | None:
        """Who may be meant by this form here; None if nobody."""
        rules = self._rules.get(form.key) if self._rules else None
        if rules is None:
            return form.owners
        owners = (*form.owners.artists, *form.owners.titles)
        allowed = [one for one in owners if not _is_stopped(rules, one[0], source)]
        return index.choose_owners(form, allowed) if allowed else None


def _is_stopped(rules: Iterable[StopRule], entry: CatalogEntry, source: str) -> bool:
    return any(rule.entity_id in (None, entry.id) and rule.source in (None, source) for rule in rules)


def find_candidates(reading: Reading, index: AliasIndex, stoplist: Stoplist) -> list[Candidate]:
    """Spans to be judged, in the order of the text; none overlaps another."""
    found: dict[tuple[int, int], Span] = {}
    for match in index.find(reading.body, reading.words):
        if match.form.plain and _is_plain_word(reading, match):
            continue
        span = consider(reading, match, index, stoplist)
        if span is not None:
            found.setdefault((match.start, match.end), span)
    return [look_at(reading, span) for span in keep_longest(found.values())]


def keep_longest(spans: Iterable[Span]) -> list[Span]:
    """The longest span wins wherever two overlap; of equal ones the first in the text."""
    chosen: list[Span] = []
    cluster: list[Span] = []
    reach = -1
    for span in sorted(spans, key=_START):
        if cluster and span.start >= reach:
            chosen += cluster if len(cluster) == 1 else _settle(cluster)
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end)
    return chosen + (cluster if len(cluster) < 2 else _settle(cluster))


def _settle(cluster: list[Span]) -> list[Span]:
    """Those of overlapping spans that stay, in the order of the text."""
    chosen: list[Span] = []
    for span in sorted(cluster, key=lambda one: (one.start - one.end, one.start)):
        start, end = span.start, span.end
        for other in chosen:
            if end > other.start and start < other.end:
                break
        else:
            chosen.append(span)
    return sorted(chosen, key=_START)


def _is_plain_word(reading: Reading, match: Match) -> bool:
    """An ordinary word in lower case without quotes: the answer to most matches, so it comes first."""
    form, first, last, start, end = match
    if last < first:
        return False
    at = reading.starts[first + form.profile.content[0]]
    if not reading.body[at].islower() or reading.is_quoted(start, end):
        return False
    return form.profile.doubtful or reading.style_at(at) is not Style.LOWER


def consider(reading: Reading, match: Match, index: AliasIndex, stoplist: Stoplist) -> Span | None:
    """A match with its owners; None where it is no single name or was taken out."""
    form, first, last, start, end = match
    if last > first and not _is_one_name(reading, first, last):
        return None
    owners = stoplist.allow(form, reading.item.source, index)
    if owners is None:
        return None
    if form.edges:
        start, end = _with_marks(reading.body, match)
    return Span(start, end, match, owners)


def look_at(reading: Reading, span: Span) -> Candidate:
    """A span with its looks."""
    start, end, (form, first, last, bare_start, _), owners = span
    case = reading.case_of(first, last, form.profile, bare_start, owners.name)
    return Candidate(first, last, start, end, form.profile, owners, case, reading.is_quoted(start, end))


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


def _is_one_name(reading: Reading, first: int, last: int) -> bool:
    """Not across the end of a sentence, unless a mark inside is part of a name ("Dr. Dre", "Panic! at")."""
    for at in range(first + 1, last + 1):
        gap = reading.gap(at)
        if gap == " ":
            continue
        if SENTENCE_ENDS.isdisjoint(gap) or not gap[-1].isspace():
            if '"' in gap or "“" in gap or "”" in gap:
                return False
            continue
        if "\n" in gap or not (reading.joins(at) or (gap[0] in "!?:" and len(gap) == 2)):
            return False
    return True
