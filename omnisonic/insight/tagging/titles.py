"""When a span is the title it spells: with its performer or writer, or in quotes with a cue of music."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.ambiguity import DOUBTFUL, Ambiguity
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.lexicon import STOP_WORDS
from omnisonic.insight.tagging.mentions import CatalogEntry
from omnisonic.insight.tagging.reading import Case, Reading, Style

CLEAR_SURPRISE = 5.0
QUIET = 0.15  # of the feature "music": one weak word at the most
_DESCRIBING = frozenset(
    (
        "new",
        "latest",
        "classic",
        "own",
        "original",
        "famous",
        "debut",
        "first",
        "second",
        "biggest",
        "big",
        "old",
        "early",
    )
)
_PLAIN_NOUNS = frozenset(("song", "single", "track", "hit", "ballad", "anthem", "tune"))
_NOT_BEHIND = frozenset(("number", "lead", "classic", "cover", "covers", "standard", "version", "versions"))
_NOUNS_BEHIND = cues.TITLE_NOUNS - _NOT_BEHIND
_OTHER_BEHIND = cues.NOT_SONGS - {"show", "musical", "banner", "headline", "sign", "said", "series"}


@dataclass(frozen=True, slots=True)
class Credit:
    """An artist that was found in the item: where, and who."""

    entity_id: str
    first: int
    last: int
    start: int
    end: int


def is_plausible(candidate: Candidate) -> bool:
    """Whether a span looks enough like a title to vouch for its performer."""
    if candidate.quoted:
        return True
    if candidate.case is Case.LOWER:
        return False
    if candidate.case is Case.STRONG:
        return candidate.profile.surprise >= 2.0
    return candidate.profile.surprise >= CLEAR_SURPRISE or candidate.profile.ambiguity not in DOUBTFUL | {
        Ambiguity.PHRASE
    }


def observe_title(reading: Reading, candidate: Candidate, credits_found: Iterable[Credit]) -> None:
    """Fill what does not depend on which of several owners is meant."""
    features = candidate.features = {}
    nouns = _title_noun(reading, candidate)
    strong, weak, _ = reading.music()
    own = set(candidate.profile.words)
    features["quoted"] = float(candidate.quoted)
    features["capital"] = float(candidate.case is Case.STRONG)
    features["lower"] = float(candidate.case is Case.LOWER)
    features["headline"] = float(candidate.case is Case.NONE)
    features["surprise"] = min(candidate.profile.surprise, 12.0) / 12.0
    features["noun"] = float(nouns)
    if set(reading.before(candidate.first, 2)) & _PLAIN_NOUNS:
        features["plain_noun"] = 1.0
    features["music"] = min(len(strong - own) + 0.4 * len(weak - own), 5.0) / 5.0
    features["other_kind"] = float(_is_other_kind(reading, candidate))
    features["longer"] = float(
        _goes_on(reading, candidate, {at for one in credits_found for at in (one.first, one.last)})
    )


def title_rule(
    reading: Reading, candidate: Candidate, entry: CatalogEntry, credits_found: list[Credit]
) -> tuple[bool, str, dict[str, float]]:
    """Whether this owner is meant, the rule that decided, and features of the pair."""
    pair = _pair_features(reading, candidate, entry, credits_found)
    features = candidate.features
    if features["other_kind"] and not features["noun"]:
        return False, "a film, book or saying", pair
    if _is_someone_elses(reading, candidate, entry, credits_found):
        return False, "credited to somebody else", pair
    if pair["performer"]:
        return *_judge_with_performer(candidate, pair), pair
    if not entry.artist_ids or not credits_found or features["noun"]:
        doubtful = candidate.profile.ambiguity in DOUBTFUL
        if candidate.quoted and features["noun"] and not (doubtful and "plain_noun" not in features):
            return True, "quotes and a word for a song", pair
        return False, "no performer or writer beside the title", pair
    return False, "no performer or writer beside the title", pair


def choose_title(
    reading: Reading, candidate: Candidate, passed: list[tuple[CatalogEntry, dict[str, float], str]]
) -> tuple[CatalogEntry, dict[str, float], str] | None:
    """Which owner is meant where several pass: the best credited one, then work or recording by the words."""
    if len(passed) <= 1:
        return passed[0] if passed else None
    best = max(_closeness(pair) for _, pair, _ in passed)
    nearest = [one for one in passed if _closeness(one[1]) == best]
    if len(nearest) == 1:
        return nearest[0]
    wanted = _wanted_type(reading, candidate)
    typed = [one for one in nearest if one[0].type is wanted] or nearest
    if len(typed) == 1 or best > 0:
        return min(typed, key=lambda one: one[0].id)
    return None


def _closeness(pair: Mapping[str, float]) -> float:
    return pair["performer"] + 2 * pair["adjacent"] + pair["same_sentence"] / 2


def _judge_with_performer(candidate: Candidate, pair: Mapping[str, float]) -> tuple[bool, str]:
    features, kind = candidate.features, candidate.profile.ambiguity
    weak_words = kind in DOUBTFUL or candidate.profile.surprise < CLEAR_SURPRISE
    if candidate.quoted:
        return True, "quotes and its performer"
    if candidate.case is Case.LOWER and not (pair["adjacent"] and (features["noun"] or not weak_words)):
        return False, "written as ordinary words"
    if pair["adjacent"] and (
        not weak_words or candidate.case is Case.STRONG or features["noun"] or pair["owned"]
    ):
        return (True, "beside its performer") if not features["longer"] else (False, "part of a longer name")
    if features["longer"]:
        return False, "part of a longer name"
    if features["noun"] and candidate.case is not Case.LOWER:
        return True, "a word for a song and its performer"
    if candidate.case is Case.STRONG and (not weak_words or len(candidate.profile.content) > 1):
        return True, "capitals and its performer"
    named = kind not in (Ambiguity.PLACE, Ambiguity.FIRST_NAME, Ambiguity.SHORT)
    if candidate.case is Case.STRONG and named and (pair["same_sentence"] or features["music"] >= 0.2):
        return True, "a capital within the sentence and its performer"
    if not weak_words and not candidate.profile.ordinary:
        return True, "distinct title and its performer"
    if candidate.case is Case.NONE and candidate.profile.surprise >= CLEAR_SURPRISE + 2:
        return True, "long title and its performer"
    return False, "ordinary words in spite of the performer"


def _pair_features(
    reading: Reading, candidate: Candidate, entry: CatalogEntry, credits_found: list[Credit]
) -> dict[str, float]:
    wanted = set(entry.artist_ids)
    mine = [one for one in credits_found if one.entity_id in wanted and one.start != candidate.start]
    adjacent = any(_is_beside(reading, candidate, one) for one in mine)
    owned = (
        any(_possessive_before(reading, candidate) and one.last < candidate.first for one in mine)
        and adjacent
    )
    sentence = any(_same_sentence(reading, candidate, one) for one in mine)
    return {
        "performer": float(bool(mine)),
        "adjacent": float(adjacent),
        "owned": float(owned),
        "same_sentence": float(sentence),
        "uncredited": float(not wanted),
    }


def _is_beside(reading: Reading, candidate: Candidate, credit: Credit) -> bool:
    """ "X's Title", "X – Title", "Title by X", with a few describing words between."""
    if credit.last < candidate.first:
        between = range(credit.last + 1, candidate.first)
        if len(between) > 6 or not all(
            reading.joins(at) or reading.gap(at).strip() in (":", "|") for at in (*between, candidate.first)
        ):
            return False
        words = [reading.word(at) for at in between]
        gap = reading.gap(candidate.first).strip(" '\"‘’“”«»")
        if not words:
            return gap in ("-", "–", "—", ":", ",", "|", "") and (gap != "" or candidate.quoted)
        if words[0] == "s":
            return True
        return words[-1] in cues.TITLE_NOUNS or (len(words) <= 3 and bool(set(words) & cues.PERFORM))
    between = range(candidate.last + 1, credit.first)
    if len(between) > 6 or not all(reading.joins(at) for at in (*between, credit.first)):
        return False
    words = [reading.word(at) for at in between]
    return (
        bool(words) and words[-1] in ("by", "from", "duo", "band", "singer", "rapper") and "by" in words
    ) or words in (["feat"], ["ft"], ["featuring"])


def _possessive_before(reading: Reading, candidate: Candidate) -> bool:
    return any(
        reading.word(at) == "s" and reading.gap(at) in ("'", "’")
        for at in range(candidate.first - 5, candidate.first)
    )


def _same_sentence(reading: Reading, candidate: Candidate, credit: Credit) -> bool:
    low, high = sorted((candidate.first, credit.first))
    return high - low <= 40 and all(reading.joins(at) for at in range(low + 1, high + 1))


def _is_someone_elses(
    reading: Reading, candidate: Candidate, entry: CatalogEntry, credits_found: list[Credit]
) -> bool:
    """ "Y's 'Title'" or "'Title' by Y" with a Y who is neither performer nor writer in the catalog."""
    owner = _owner_before(reading, candidate)
    author = _author_after(reading, candidate)
    for at in (owner, author):
        if at is None:
            continue
        who = [one.entity_id for one in credits_found if one.first <= at <= one.last]
        if who and who[0] in entry.artist_ids:
            return False
    if owner is None and author is None:
        return False
    written = entry.type is EntityType.WORK
    return not (written and any(one.entity_id in entry.artist_ids for one in credits_found))


def _owner_before(reading: Reading, candidate: Candidate) -> int | None:
    for at in range(candidate.first - 1, max(-1, candidate.first - 6), -1):
        if not reading.joins(at + 1):
            return None
        if reading.word(at) == "s" and reading.gap(at) in ("'", "’"):
            return at - 1 if reading.is_capital(at - 1) else None
        if reading.word(at) not in _DESCRIBING and reading.word(at) not in cues.TITLE_NOUNS:
            return None
    return None


def _author_after(reading: Reading, candidate: Candidate) -> int | None:
    after = candidate.last + 1
    if reading.word(after) != "by" or not reading.joins(after):
        return None
    for at in range(after + 1, after + 5):
        if not reading.joins(at):
            return None
        if reading.is_capital(at):
            return at
    return None


def _title_noun(reading: Reading, candidate: Candidate) -> bool:
    """A word for a song right before the title, or right behind it ("the 'Title' single")."""
    before = reading.before(candidate.first, 3)
    if any(word in cues.TITLE_NOUNS for word in before[-2:]):
        return True
    if len(before) == 3 and before[0] in cues.TITLE_NOUNS and before[1] in STOP_WORDS:
        return True
    return any(word in _NOUNS_BEHIND for word in reading.after(candidate.last, 1))


def _is_other_kind(reading: Reading, candidate: Candidate) -> bool:
    near = reading.before(candidate.first, 2)
    after = reading.after(candidate.last, 1)
    silent = candidate.features["music"] < QUIET
    if silent and candidate.profile.ambiguity in DOUBTFUL and any(word in cues.SAYING for word in near[-1:]):
        return True
    named = near[-1:] if near[-1:] not in (["called"], ["titled"]) else near[:1]
    return any(word in cues.NOT_SONGS for word in named) or any(word in _OTHER_BEHIND for word in after)


def _goes_on(reading: Reading, candidate: Candidate, taken: set[int]) -> bool:
    """A capital word glued to the title in running text makes a longer name."""
    if candidate.quoted or reading.style_at(candidate.start) is not Style.SENTENCE:
        return False
    for at, joint in ((candidate.first - 1, candidate.first), (candidate.last + 1, candidate.last + 1)):
        if reading.gap(joint) != " " or at in taken or not reading.is_capital(at):
            continue
        word = reading.word(at)
        if word not in STOP_WORDS and word not in cues.TITLE_NOUNS and not reading.starts_sentence(at):
            return True
    return False


def _wanted_type(reading: Reading, candidate: Candidate) -> EntityType:
    near = {reading.word(at) for at in range(candidate.first - 9, candidate.last + 10)}
    composed, recorded = len(near & cues.COMPOSED), len(near & cues.RECORDED)
    return EntityType.WORK if composed > recorded else EntityType.RECORDING
