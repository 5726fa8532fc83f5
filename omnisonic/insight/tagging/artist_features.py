"""What speaks for and against a span being the artist it spells."""

from __future__ import annotations

from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.aliases import AliasKind
from omnisonic.insight.tagging.ambiguity import DOUBTFUL, Ambiguity
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.lexicon import STOP_WORDS, first_names, is_ordinary
from omnisonic.insight.tagging.reading import Case, Reading, Style
from omnisonic.insight.tagging.spelling import is_foreign, is_stylized

NEAR_WORDS = 6
COMMON_NAME_SURPRISE = 5.4  # "John Williams" and "James Brown" stay below, "Taylor Swift" does not
_ANNOUNCING = frozenset(
    (
        "setlist",
        "review",
        "listen",
        "watch",
        "live",
        "premiere",
        "stream",
        "album",
        "concert",
        "interview",
        "tour",
    )
)
_LIKENESS = frozenset(("style", "esque", "like", "inspired", "era", "ish", "type"))
_YEARS = frozenset(("years", "ans", "anos", "anni", "jahre"))
_PRONOUNS = frozenset(("i", "it", "you", "we", "they", "he", "she", "this", "that"))
_COMPOUNDS = cues.OWNED - {"performance", "show", "set", "record", "video", "cover", "music"}
_SOLID = frozenset({Ambiguity.DISTINCT, Ambiguity.PERSONAL, Ambiguity.SINGLE})


def observe_artist(reading: Reading, candidate: Candidate, taken: frozenset[int]) -> None:
    """Fill features and cues of one candidate. `taken`: words that belong to other candidates."""
    features = candidate.features
    features[f"is_{candidate.profile.ambiguity.value}"] = 1.0
    features["surprise"] = min(candidate.profile.surprise, 12.0) / 12.0
    features["derived"] = float(min(kind for _, kind in candidate.artists) is AliasKind.DERIVED)
    features["namesakes"] = float(len(candidate.artists) > 1)
    _observe_case(reading, candidate)
    _observe_neighbors(reading, candidate, taken)
    _observe_phrases(reading, candidate)
    _observe_topic(reading, candidate)


def link_lists(reading: Reading, candidates: list[Candidate]) -> None:
    """Names in one enumeration vouch for each other: "Yes, Genesis and King Crimson"; places alone do not."""
    artists = [one for one in candidates if one.artists and one.case is not Case.LOWER]
    run: list[Candidate] = []
    for one in artists:
        if run and not _enumerates(reading, run[-1], one):
            _vouch_in_list(reading, run)
            run = []
        run.append(one)
    _vouch_in_list(reading, run)


def _vouch_in_list(reading: Reading, run: list[Candidate]) -> None:
    solid = [one for one in run if one.profile.ambiguity in _SOLID]
    worded = [one for one in run if one.profile.ambiguity not in (Ambiguity.PLACE, Ambiguity.FIRST_NAME)]
    strong, weak, _ = reading.music()
    for one in run:
        if any(other is not one for other in solid) or (len(run) > 2 and worded and (strong or weak)):
            one.features["listed"] = 1.0
            one.cues["listed"] = 2
        elif len(run) > 1 and worded:
            one.features["listed"] = 0.5
            one.cues["listed"] = 1


def _observe_case(reading: Reading, candidate: Candidate) -> None:
    features, case = candidate.features, candidate.case
    raw = reading.body[candidate.start : candidate.end]
    exact = is_stylized(raw) and any(raw in (entry.name, *entry.aliases) for entry, _ in candidate.artists)
    exact = exact and (raw.isascii() or is_foreign(reading.body, candidate.start, candidate.end))
    shouting = reading.style_at(candidate.start) is Style.UPPER
    if exact and not shouting:
        features["stylized"] = 1.0
        candidate.cues["stylized"] = 1
    elif case is Case.STRONG:
        features["capital"] = 1.0
        if candidate.profile.ambiguity not in (Ambiguity.PLACE, Ambiguity.FIRST_NAME):
            candidate.cues["capital"] = 1
    elif case is Case.LOWER:
        features["lower"] = 1.0
    if candidate.quoted:
        features["quoted_name"] = 1.0


def _observe_neighbors(reading: Reading, candidate: Candidate, taken: frozenset[int]) -> None:
    """A name that goes on to the left or right is another name: "Prince Harry", "Boston Celtics"."""
    features, first, last = candidate.features, candidate.first, candidate.last
    if _extends(reading, first - 1, first, taken) and not _ends_other_name(reading, first - 1):
        features["name_before"] = 1.0
    if _extends(reading, last + 1, last + 1, taken):
        features["name_after"] = 1.0
    before = reading.gap(first) if first <= last else " "
    after = reading.gap(last + 1)
    if after == "-" and reading.word(last + 1) in cues.ROLES:
        candidate.cues["role_after"] = 2
    elif before == "-" or after == "-":
        features["hyphenated"] = 1.0
        if after == "-" and reading.word(last + 1) in _LIKENESS:
            features["likened"] = 1.0
    if after == " " and reading.word(last + 1) in _PRONOUNS:
        features["asks"] = 1.0
    if before in ("@", " @", " #", "#") or (
        after in (".com", "@", ".") and reading.word(last + 1) in ("com", "org", "net")
    ):
        features["hyphenated"] = 1.0
    previous = reading.word(first - 1)
    if candidate.profile.words[0] != "the" and previous in cues.DETERMINERS and reading.joins(first):
        features["determiner"] = 0.3 if previous == "the" and candidate.profile.ambiguity in _SOLID else 1.0
    if candidate.profile.ambiguity is Ambiguity.PLACE and previous in cues.LOCATIVE and reading.joins(first):
        features["locative"] = 1.0


def _extends(reading: Reading, at: int, joint: int, taken: frozenset[int]) -> bool:
    """Whether word `at` is a capitalized word glued to the candidate by one space in running text."""
    word = reading.word(at)
    if not word or reading.gap(joint) != " " or word in STOP_WORDS:
        return False
    if at in taken and not (at < joint and word in first_names()):
        return False
    if not reading.is_capital(at) or reading.raw(at).isdigit():
        return False
    if word in cues.ROLES or word in cues.STRONG or word in cues.TITLE_NOUNS or word in cues.MEMBERS:
        return False
    style = reading.style_at(reading.words.starts[at])
    if style is Style.SENTENCE:
        return not (reading.starts_sentence(at) and is_ordinary(word) and word not in first_names())
    return style is Style.TITLE and not is_ordinary(word)


def _ends_other_name(reading: Reading, at: int) -> bool:
    """A capital word before the mention that opens a sentence, or belongs to a possessive."""
    return reading.word(at) == "s"


def _observe_phrases(reading: Reading, candidate: Candidate) -> None:
    first, last = candidate.first, candidate.last
    found = candidate.cues
    if reading.joins(first) and _role_before(reading, first):
        found["role"] = 2
    elif reading.word(first - 1) in _ANNOUNCING and reading.gap(first).strip() == ":":
        found["credit"] = 1
    elif _is_members_band(reading, first):
        found["member"] = 1
    after = last + 1
    possessive = reading.word(after) == "s" and reading.gap(after) in ("'", "’", "`", "´")
    if possessive or reading.body[candidate.end : candidate.end + 2] in ("' ", "’ "):
        after += int(possessive)
        owned = [at for at in range(after, after + 5) if reading.word(at) in cues.OWNED]
        if owned and _in_sentence(reading, after + 1, owned[0]):
            found["owns"] = 2 if owned[0] - after <= 2 else 1
        elif possessive and reading.gap(after).strip() and reading.gap(after).strip()[0] in "'\"“‘«":
            found["owns"] = 1
    elif reading.joins(after) and "," not in reading.gap(after):
        _observe_verb(reading, candidate, after)
    if reading.word(first - 1) in cues.CREDIT and reading.joins(first):
        _observe_credit(reading, candidate)
    words = reading.words.words
    others = {*words[max(0, first - 3) : first], *words[last + 1 : last + 4]}
    apposition = (
        {reading.word(at) for at in range(last + 1, last + 6)}
        if reading.gap(last + 1).startswith(",")
        else set()
    )
    if apposition & cues.ROLES:
        found["role_after"] = 2
    if _is_described_otherwise(reading, last) and not apposition & cues.ROLES:
        candidate.features["other_role"] = 1.0
    if reading.word(first - 1) in ("named", "called") and "role" not in found:
        candidate.features["other_role"] = 1.0
    if (others | apposition) & cues.OTHER_ROLES and not (others | apposition) & cues.ROLES:
        candidate.features["other_role"] = 1.0
    for name in ("role", "role_after", "owns", "verb", "credit", "member"):
        if name in found:
            candidate.features[name] = found[name] / 2.0


def _is_members_band(reading: Reading, first: int) -> bool:
    """ "Given Family of X", or "Family's X" where music is spoken of."""
    previous = reading.word(first - 1)
    if not reading.is_capital(first - 2):
        return False
    return (previous == "of" and reading.is_capital(first - 3)) or (
        previous == "s" and bool(reading.music()[0])
    )


def _is_described_otherwise(reading: Reading, last: int) -> bool:
    """ ", 54," or ", a plumber": a person whom the writer must introduce, with no word of music."""
    if not reading.gap(last + 1).startswith(","):
        return False
    word = reading.word(last + 1)
    aged = word.isdigit() and (
        (len(word) == 2 and reading.gap(last + 2).startswith(",")) or reading.word(last + 2) in _YEARS
    )
    words = set(reading.after(last, 6))
    return (aged or word in ("a", "an")) and words.isdisjoint(cues.ANY_MUSIC)


def _role_before(reading: Reading, first: int) -> bool:
    previous, earlier = reading.word(first - 1), reading.before(first - 1, 1)
    if previous in cues.ROLES:
        return True
    named = previous in ("called", "named", "as", "namely", "are", "were", "of")
    return named and bool(earlier) and earlier[0] in cues.PLAYERS


def _observe_verb(reading: Reading, candidate: Candidate, after: int) -> None:
    at = after
    while reading.word(at) in cues.AUXILIARIES and at < after + 3:
        at += 1
    at = _skip_partners(reading, at)
    while reading.word(at) in cues.AUXILIARIES and at < after + 9:
        at += 1
    word = reading.word(at)
    doubtful = candidate.profile.ambiguity in DOUBTFUL
    if reading.word(after) in cues.MEMBERS and reading.gap(after) == " ":
        candidate.cues["role_after"] = 2
    elif "determiner" in candidate.features and word in _COMPOUNDS and reading.gap(at) == " ":
        candidate.cues["owns"] = 1
    elif word in cues.PERFORM and reading.joins(at):
        ahead = {reading.word(place) for place in range(at + 1, at + 9)}
        candidate.cues["verb"] = 1 if ahead.isdisjoint(cues.STAGE) else 2
    elif word in _COMPOUNDS and reading.gap(at) == " " and (candidate.case is Case.STRONG or not doubtful):
        candidate.cues["owns"] = 1


def _skip_partners(reading: Reading, at: int) -> int:
    """Past "and Somebody Else", so that the verb of two subjects is found."""
    if reading.word(at) not in cues.LINKERS:
        return at
    further = at + 1
    while reading.is_capital(further) and further < at + 5 and reading.joins(further):
        further += 1
    return further if further > at + 1 else at


def _observe_credit(reading: Reading, candidate: Candidate) -> None:
    first = candidate.first
    if reading.word(first - 1) != "by":
        candidate.cues["credit"] = 2
        return
    behind = {reading.word(at) for at in range(max(0, first - 8), first - 1)}
    if behind & cues.SONGS or behind & cues.COMPOSED:
        candidate.cues["credit"] = 2
    elif reading.gap(first - 1).strip()[:1] in set("'\"”’»,"):
        candidate.cues["credit"] = 1


def _observe_topic(reading: Reading, candidate: Candidate) -> None:
    strong, weak, elsewhere = reading.music()
    own = set(candidate.profile.words)
    strong, weak = strong - own, weak - own
    words, first, after = reading.words.words, candidate.first, candidate.last + 1
    around = {*words[max(0, first - NEAR_WORDS) : first], *words[after : after + NEAR_WORDS]} - own
    features = candidate.features
    if around & cues.MUSIC:
        candidate.cues["near"] = 1
        features["near"] = 1.0
    elif len(around & cues.WEAK) > 1:
        features["near"] = 0.5
    features["music"] = min(len(strong) + 0.4 * len(weak), 5.0) / 5.0
    if len(strong) + 0.5 * len(weak) >= 3:
        candidate.cues["topic"] = 1
    features["elsewhere"] = min(len(elsewhere - own), 3) / 3.0
    if (
        candidate.profile.ambiguity is Ambiguity.PERSONAL
        and candidate.profile.surprise < COMMON_NAME_SURPRISE
    ):
        features["common_person"] = 1.0
    if reading.item.source_tier == 1 or reading.item.source in cues.MUSIC_OUTLETS:
        candidate.cues["outlet"] = 1
        features["outlet"] = 1.0
    if candidate.profile.ambiguity in DOUBTFUL:
        features["doubtful_topic"] = features["music"]


def _in_sentence(reading: Reading, start: int, end: int) -> bool:
    return all(reading.joins(at) for at in range(start, end + 1))


def _enumerates(reading: Reading, left: Candidate, right: Candidate) -> bool:
    between = reading.body[left.end : right.start]
    if len(between) > 14 or "\n" in between or not set(between).isdisjoint(".!?:;"):
        return False
    words = [reading.word(at) for at in range(left.last + 1, right.first)]
    if not words:
        return bool(set(between) & set(",&/+×"))
    return len(words) <= 2 and all(word in cues.LINKERS or word in ("the", "his", "her") for word in words)
