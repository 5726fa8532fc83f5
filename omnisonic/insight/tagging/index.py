"""All written forms of a catalog in automata: which forms stand where in a text (Aho and Corasick, 1975).

Every form is searched with a space on both sides in text that has a space on both sides of each word, so only
whole words match. Forms of scripts without spaces and forms of symbols are searched as they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.aliases import AliasKind, edge_marks, is_verbatim, verbatim_key, written_forms
from omnisonic.insight.tagging.ambiguity import Ambiguity, Profile, profile_of
from omnisonic.insight.tagging.mentions import CatalogEntry
from omnisonic.insight.tagging.normalize import Words, fold_with_origins, normalize
from omnisonic.insight.tagging.owners import Owner, Owners, gather

MAX_EDGE_OWNERS = 3
Numbered = tuple[int, AliasKind]  # an entry by its number


@dataclass(slots=True)
class Form:
    """One written form: who is meant by it, and what it looks like. Never changed."""

    key: str
    owners: Owners
    profile: Profile
    edges: tuple[tuple[str, str], ...]  # marks before and after the name as its owners write it
    plain: bool  # lower case makes it an ordinary word


class Match(NamedTuple):
    """A form in a text: words `first` to `last` (none for symbols), offsets `start` to `end`."""

    form: Form
    first: int
    last: int
    start: int
    end: int


class AliasIndex:
    """Finds forms. Immutable once built."""

    def __init__(self, entries: Iterable[CatalogEntry]) -> None:
        self.entries: list[CatalogEntry] = []
        spaced: dict[str, list[Numbered]] = {}
        verbatim: dict[str, list[Numbered]] = {}
        for number, entry in enumerate(entries):
            self.entries.append(entry)
            for form, kind in written_forms(entry):
                if is_verbatim(form):
                    _own(verbatim, verbatim_key(form), number, kind)
                else:
                    _own(spaced, normalize(form), number, kind)
        verbatim = {key: owners for key, owners in verbatim.items() if len(key) > 1}
        self._popularity = _count_titles(self.entries)
        self._keys, self._owners = list(spaced), list(spaced.values())
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._forms: dict[int, Form] = {}
        self._facts: dict[int, tuple[Form, int, int]] = {}
        self._automaton = AhoCorasick([f" {key} " for key in self._keys], store_patterns=False)
        self._verbatim = [self._make(key, owners) for key, owners in verbatim.items()]
        self._has_symbols = any(form.key.isascii() for form in self._verbatim)
        self._verbatim_automaton = AhoCorasick([form.key for form in self._verbatim]) if verbatim else None

    @property
    def size(self) -> int:
        """How many forms are searched."""
        return len(self._keys) + len(self._verbatim)

    def list_keys(self) -> list[str]:
        """The forms that part words, normalized."""
        return self._keys

    def form(self, number: int) -> Form:
        """One form by its number; its profile is made when first needed."""
        form = self._forms.get(number)
        if form is None:
            key, owners = self._keys[number], self._owners[number]
            form = self._forms[number] = self._make(key, owners, self._edges(key, owners))
        return form

    def choose_owners(self, form: Form, allowed: Iterable[Owner]) -> Owners:
        """The same form with some of its owners only."""
        return gather(tuple(allowed), form.profile, self._popularity)

    def _make(self, key: str, owners: list[Numbered], edges: tuple[tuple[str, str], ...] = ()) -> Form:
        profile = profile_of(key)
        named = [(self.entries[number], kind) for number, kind in owners]
        plain = profile.ordinary or profile.doubtful
        return Form(key, gather(named, profile, self._popularity), profile, edges, plain)

    def _edges(self, key: str, owners: list[Numbered]) -> tuple[tuple[str, str], ...]:
        found: dict[tuple[str, str], None] = {}
        for number, _ in owners[:MAX_EDGE_OWNERS]:
            entry = self.entries[number]
            for name in (entry.name, *entry.aliases):
                edges = edge_marks(name)
                if any(edges) and normalize(name) == key:
                    found[edges] = None
        return tuple(found)

    def _fact(self, number: int) -> tuple[Form, int, int]:
        """A form, how many words it has, and which of them must not be in lower case (-1: none)."""
        form = self.form(number)
        doubtful = form.plain and form.profile.ambiguity is not Ambiguity.PHRASE
        return form, len(form.profile.words), form.profile.content[0] if doubtful else -1

    def find_form(self, key: str) -> Form | None:
        """The form with exactly these normalized words."""
        number = self._numbers.get(key)
        return None if number is None else self.form(number)

    def find(self, body: str, words: Words) -> Iterator[Match]:
        """Forms in a text, overlapping ones too, in no particular order.

        Ordinary words in lower case without a mark before them are left out here: most matches are that.
        """
        joined, _, starts, ends = words
        facts = self._facts
        for number, start, _ in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            first = joined.count(" ", 0, start)
            fact = facts.get(number)
            if fact is None:
                fact = facts[number] = self._fact(number)
            form, length, lead = fact
            if lead >= 0 and body[starts[first + lead]].islower():
                at = starts[first]
                if at and body[at - 1].isspace():
                    continue
            last = first + length - 1
            yield Match(form, first, last, starts[first], ends[last])
        if self._verbatim_automaton is not None and (self._has_symbols or not body.isascii()):
            yield from self._find_verbatim(self._verbatim_automaton, body, words)

    def _find_verbatim(self, automaton: AhoCorasick, body: str, words: Words) -> Iterator[Match]:
        folded, origins = fold_with_origins(body)
        for number, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
            form = self._verbatim[number]
            if not _stands_alone(folded, start, end):
                continue
            span = (start, end) if origins is None else (origins[start][0], origins[end - 1][1])
            first, last = _words_within(words, *span)
            yield Match(form, first, last, *span)


def _own(forms: dict[str, list[Numbered]], key: str, number: int, kind: AliasKind) -> None:
    owners = forms.setdefault(key, [])
    if not owners or owners[-1][0] != number:
        owners.append((number, kind))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Symbols must not be the end of a word or of a longer row of symbols; Latin edges must not go on."""
    first, last = text[start], text[end - 1]
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if any(char.isalnum() for char in text[start:end]):
        return not (_is_spaced(first) and _is_spaced(before)) and not (_is_spaced(last) and _is_spaced(after))
    return not (before.isalnum() or after.isalnum() or before == first or after == last)


def _is_spaced(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x0E00


def _words_within(words: Words, start: int, end: int) -> tuple[int, int]:
    first = next((at for at, word_end in enumerate(words.ends) if word_end > start), len(words.ends))
    last = first
    while last < len(words.starts) and words.starts[last] < end:
        last += 1
    return first, last - 1


def _count_titles(entries: Iterable[CatalogEntry]) -> Mapping[str, int]:
    """How many titles each artist has."""
    return Counter(
        artist for entry in entries if entry.type is not EntityType.ARTIST for artist in entry.artist_ids
    )
