"""One text as the rules see it: words, capitals, quotes, sentence starts and cues."""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum

from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.ambiguity import Ambiguity, Profile
from omnisonic.insight.tagging.lexicon import STOP_WORDS
from omnisonic.insight.tagging.mentions import Item
from omnisonic.insight.tagging.normalize import Words, split_words

STYLE_WORDS = 60  # so many words show how a text uses capitals
OPENING = "\"'“‘«»„‟‹›「『《〈‚`*_”’"
CLOSING = "\"'”’»«“‘›‹」』》〉`*_"
SENTENCE_ENDS = frozenset(".!?:;\n•|…。！？")
ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "jr",
        "sr",
        "vs",
        "feat",
        "ft",
        "no",
        "vol",
        "pt",
        "prof",
        "gen",
        "sen",
        "rep",
        "gov",
        "b",
        "j",
        "k",
        "m",
        "d",
        "a",
        "c",
        "e",
    ]
)


class Style(StrEnum):
    """How a line uses capitals."""

    SENTENCE = "sentence"
    TITLE = "title"
    UPPER = "upper"
    LOWER = "lower"


class Case(StrEnum):
    """What the capitals of a mention say."""

    STRONG = "strong"  # capitals where an ordinary word has none
    NONE = "none"  # sentence start, headline: nothing follows from it
    LOWER = "lower"  # written as an ordinary word


class Reading:
    """The parts of a text that evidence is taken from; each is computed when first asked for."""

    __slots__ = (
        *("item", "body", "words", "tokens", "starts", "ends", "count"),
        *("_title_style", "_text_style", "_music"),
    )

    def __init__(self, item: Item) -> None:
        self.item = item
        self.body = body = item.body
        self.words: Words = split_words(body)
        _, self.tokens, self.starts, self.ends = self.words
        self.count = len(self.tokens)
        self._title_style: Style | None = None
        self._text_style: Style | None = None
        self._music: tuple[frozenset[str], frozenset[str], frozenset[str]] | None = None

    def word(self, at: int) -> str:
        """A folded word, or nothing outside of the text."""
        return self.tokens[at] if 0 <= at < self.count else ""

    def raw(self, at: int) -> str:
        """A word as it is written."""
        return self.body[self.starts[at] : self.ends[at]] if 0 <= at < self.count else ""

    def gap(self, at: int) -> str:
        """What stands between word `at - 1` and word `at`."""
        return self.body[self.ends[at - 1] : self.starts[at]] if 0 < at < self.count else "\n"

    def joins(self, at: int) -> bool:
        """Whether word `at` goes on with the sentence of the word before it."""
        if not 0 < at < self.count:
            return False
        gap = self.body[self.ends[at - 1] : self.starts[at]]
        if gap == " " or SENTENCE_ENDS.isdisjoint(gap):
            return True
        return gap[0] == "." and "\n" not in gap and self.tokens[at - 1] in ABBREVIATIONS

    def starts_sentence(self, at: int) -> bool:
        """Whether an ordinary word would have a capital here."""
        if at <= 0:
            return True
        gap = self.gap(at)
        return gap != " " and (not self.joins(at) or gap.strip() in {"“", '"', "- “"})

    def is_capital(self, at: int) -> bool:
        """Whether word `at` starts with a capital letter."""
        return 0 <= at < self.count and self.body[self.starts[at]].isupper()

    def style_at(self, offset: int) -> Style:
        """How the line around this offset uses capitals."""
        if offset <= len(self.item.title):
            style = self._title_style
            if style is None:
                style = self._title_style = self._find_style(in_title=True)
            return style
        style = self._text_style
        if style is None:
            style = self._text_style = self._find_style(in_title=False)
        return style

    def case_of(self, first: int, last: int, profile: Profile, start: int, name: str) -> Case:
        """What the capitals of words `first` to `last` say, given the words of the form."""
        if last < first:
            return Case.NONE
        style = self.style_at(start)
        if style is Style.UPPER or style is Style.LOWER:
            return Case.NONE
        body, starts = self.body, self.starts
        lettered = [
            at for place in profile.content if (at := first + place) <= last and body[starts[at]].isalpha()
        ]
        if not lettered:
            return self._case_of_article(first, last)
        letter = body[starts[lettered[0]]]
        if not letter.isupper():
            return Case.NONE if letter.lower() == letter.upper() else Case.LOWER
        for at in lettered[1:]:
            if not body[starts[at]].isupper() and not self._need_no_capital(name, at):
                return Case.LOWER
        if style is Style.TITLE:
            return Case.NONE
        if self.starts_sentence(first):
            return Case.STRONG if lettered[-1] != first else Case.NONE
        if len(lettered) == 1 and self._is_shouted(lettered[0], profile):
            return Case.NONE
        return Case.STRONG

    def _need_no_capital(self, name: str, at: int) -> bool:
        """Names of many languages have capitals only on their first word: the catalog's spelling decides."""
        return self.raw(at) in name

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether quotes stand around a span, with nothing but punctuation between."""
        body = self.body
        before = body[start - 1 : start]
        if not before or before not in OPENING:
            return False
        if before in "'’‘" and body[start - 2 : start - 1].isalnum():
            return False
        tail = body[end : end + 2]
        if tail[:1] and tail[0] in ",.!?…":
            tail = tail[1:]
        return bool(tail) and tail[0] in CLOSING

    def music(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Different strong and weak words of music, and words of other fields, in the whole item."""
        if self._music is None:
            found = frozenset(self.tokens)
            self._music = (found & cues.MUSIC, found & cues.WEAK, found & cues.ELSEWHERE)
        return self._music

    def _case_of_article(self, first: int, last: int) -> Case:
        """Numbers have no capitals; their article may ("The 1975")."""
        if first == last or self.word(first) not in STOP_WORDS or self.starts_sentence(first):
            return Case.NONE
        if self.style_at(self.starts[first]) is Style.SENTENCE and self.is_capital(first):
            return Case.STRONG
        return Case.NONE

    def _is_shouted(self, at: int, profile: Profile) -> bool:
        raw = self.raw(at)
        return len(raw) > 1 and raw.isupper() and profile.ambiguity is Ambiguity.COMMON

    def before(self, at: int, count: int) -> list[str]:
        """Up to so many words before word `at` that belong to its sentence, in their order."""
        found: list[str] = []
        while at > 0 and len(found) < count and self.joins(at):
            at -= 1
            found.insert(0, self.word(at))
        return found

    def after(self, at: int, count: int) -> list[str]:
        """Up to so many words behind word `at` that belong to its sentence."""
        found: list[str] = []
        while len(found) < count and self.word(at + 1) and self.joins(at + 1):
            at += 1
            found.append(self.word(at))
        return found

    def _line(self, in_title: bool) -> str:
        return self.item.title if in_title else self.item.text

    def _find_style(self, *, in_title: bool) -> Style:
        body, starts, ends = self.body, self.starts, self.ends
        border = bisect_left(starts, len(self.item.title))
        low, high = (0, border) if in_title else (border, border + STYLE_WORDS)
        shown = [
            at
            for at, word in enumerate(self.tokens[low:high], low)
            if len(word) > 2 and word not in STOP_WORDS and word.isalpha()
        ]
        if not shown:
            return Style.SENTENCE
        first_letters = [at for at in shown if body[starts[at]].isupper()]
        capitals, count = len(first_letters), len(shown)
        if count > 1 and capitals >= 0.7 * count:
            upper = sum([body[starts[at] : ends[at]].isupper() for at in first_letters])
            if upper >= 0.7 * count:
                return Style.UPPER
        if capitals == 0 and not any(map(str.isupper, self._line(in_title).replace("I", ""))):
            return Style.LOWER
        return Style.TITLE if capitals >= 0.75 * count and in_title else Style.SENTENCE
