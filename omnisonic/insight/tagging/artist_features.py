"""What speaks for and against a span being the artist it spells."""

from __future__ import annotations

from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.ambiguity import DOUBTFUL, SOLID, Ambiguity
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
_NAMING_WORDS = frozenset(("called", "named", "as", "namely", "are", "were", "of"))
_PRONOUNS = frozenset(("i", "it", "you", "we", "they", "he", "she", "this", "that"))
_COMPOUNDS = cues.OWNED - {"performance", "show", "set", "record", "video", "cover", "music"}
_HANDLE_MARKS = frozenset(("@", " @", " #", "#"))
_OPENING_QUOTES = frozenset("'\"“‘«")
_NO_NAMES = cues.ROLES | cues.STRONG | cues.TITLE_NOUNS | cues.MEMBERS


def observe_artist(reading: Reading, candidate: Candidate, taken: frozenset[int]) -> None:
    """Fill features and cues of one candidate. `taken`: words that belong to other candidates."""
    candidate.features.update(candidate.owners.looks)
    _observe_case(reading, candidate)
    _observe_neighbors(reading, candidate, taken)
    _observe_phrases(reading, candidate)
    _observe_topic(reading, candidate)


def _observe_case(reading: Reading, candidate: Candidate) -> None:
    features, case = candidate.features, candidate.case
    raw = reading.body[candidate.start : candidate.end]
    if is_stylized(raw) and _is_own_spelling(reading, candidate, raw):
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


def _is_own_spelling(reading: Reading, candidate: Candidate, raw: str) -> bool:
    """Whether an owner spells it like this, and nothing else in the text explains the spelling."""
    if not any(raw in (entry.name, *entry.aliases) for entry, _ in candidate.artists):
        return False
    if not raw.isascii() and not is_foreign(reading.body, candidate.start, candidate.end):
        return False
    return reading.style_at(candidate.start) is not Style.UPPER


def _observe_neighbors(reading: Reading, candidate: Candidate, taken: frozenset[int]) -> None:
    """A name that goes on to the left or right is another name: "Prince Harry", "Boston Celtics"."""
    features, first, last = candidate.features, candidate.first, candidate.last
    previous, following = reading.word(first - 1), reading.word(last + 1)
    before = reading.gap(first) if first <= last else " "
    after = reading.gap(last + 1)
    # What ends the name of an owner is no part of the mention.
    if previous != "s" and reading.gap(first) == " " and _extends(reading, first - 1, taken, is_before=True):
        features["name_before"] = 1.0
    if after == " ":
        if _extends(reading, last + 1, taken, is_before=False):
            features["name_after"] = 1.0
        if following in _PRONOUNS:
            features["asks"] = 1.0
    elif after == "-" and following in cues.ROLES:
        candidate.cues["role_after"] = 2
    if (before == "-" or after == "-") and "role_after" not in candidate.cues:
        features["hyphenated"] = 1.0
        if after == "-" and following in _LIKENESS:
            features["likened"] = 1.0
    if before in _HANDLE_MARKS or (after in (".com", "@", ".") and following in ("com", "org", "net")):
        features["hyphenated"] = 1.0
    profile = candidate.profile
    if profile.words[0] != "the" and previous in cues.DETERMINERS and reading.joins(first):
        features["determiner"] = 0.3 if previous == "the" and profile.ambiguity in SOLID else 1.0
    if profile.ambiguity is Ambiguity.PLACE and previous in cues.LOCATIVE and reading.joins(first):
        features["locative"] = 1.0


def _extends(reading: Reading, at: int, taken: frozenset[int], *, is_before: bool) -> bool:
    """Whether word `at`, glued to the candidate by one space, is a capitalized word of running text."""
    word = reading.word(at)
    if not reading.is_capital(at) or word in STOP_WORDS or reading.raw(at).isdigit():
        return False
    if at in taken and not (is_before and word in first_names()):
        return False
    if word in _NO_NAMES:
        return False
    style = reading.style_at(reading.starts[at])
    if style is Style.SENTENCE:
        return not (reading.starts_sentence(at) and is_ordinary(word) and word not in first_names())
    return style is Style.TITLE and not is_ordinary(word)


def _observe_phrases(reading: Reading, candidate: Candidate) -> None:
    first, after, found = candidate.first, candidate.last + 1, candidate.cues
    _observe_before(reading, candidate)
    gap, following = reading.gap(after), reading.word(after)
    possessive = following == "s" and gap in ("'", "’", "`", "´")
    if possessive or reading.body[candidate.end : candidate.end + 2] in ("' ", "’ "):
        _observe_possession(reading, candidate, after + possessive, possessive=possessive)
    elif "," not in gap and reading.joins(after):
        _observe_verb(reading, candidate, after)
    if reading.word(first - 1) in cues.CREDIT and reading.joins(first):
        _observe_credit(reading, candidate)
    _observe_trade(reading, candidate, is_apposition=gap[:1] == ",")
    for name in ("role", "role_after", "owns", "verb", "credit", "member"):
        if name in found:
            candidate.features[name] = found[name] / 2.0


def _observe_before(reading: Reading, candidate: Candidate) -> None:
    first, found = candidate.first, candidate.cues
    if reading.joins(first) and _role_before(reading, first):
        found["role"] = 2
    elif reading.word(first - 1) in _ANNOUNCING and reading.gap(first).strip() == ":":
        found["credit"] = 1
    elif _is_members_band(reading, first):
        found["member"] = 1


def _observe_possession(reading: Reading, candidate: Candidate, after: int, *, possessive: bool) -> None:
    owned = [at for at in range(after, after + 5) if reading.word(at) in cues.OWNED]
    if owned and _in_sentence(reading, after + 1, owned[0]):
        candidate.cues["owns"] = 2 if owned[0] - after <= 2 else 1
    elif possessive and reading.gap(after).strip()[:1] in _OPENING_QUOTES:
        candidate.cues["owns"] = 1


def _observe_trade(reading: Reading, candidate: Candidate, *, is_apposition: bool) -> None:
    """Words beside the name that say what the person does, of music or of something else."""
    tokens, first, after = reading.tokens, candidate.first, candidate.last + 1
    features, found = candidate.features, candidate.cues
    apposition = tokens[after : after + 5] if is_apposition else ()
    plays = bool(apposition) and not cues.ROLES.isdisjoint(apposition)
    if plays:
        found["role_after"] = 2
    elif is_apposition and _is_described_otherwise(reading, candidate.last):
        features["other_role"] = 1.0
    if reading.word(first - 1) in ("named", "called") and "role" not in found:
        features["other_role"] = 1.0
    others = (*tokens[max(0, first - 3) : first], *tokens[after : after + 3], *apposition)
    if not cues.OTHER_ROLES.isdisjoint(others) and cues.ROLES.isdisjoint(others):
        features["other_role"] = 1.0


def _is_members_band(reading: Reading, first: int) -> bool:
    """ "Given Family of X", or "Family's X" where music is spoken of."""
    previous = reading.word(first - 1)
    if not reading.is_capital(first - 2):
        return False
    return (previous == "of" and reading.is_capital(first - 3)) or (
        previous == "s" and bool(reading.music()[0])
    )


def _is_described_otherwise(reading: Reading, last: int) -> bool:
    """A person whom the writer must introduce (", 54," or ", a plumber"), with no word of music."""
    word = reading.word(last + 1)
    aged = word.isdigit() and (
        (len(word) == 2 and reading.gap(last + 2).startswith(",")) or reading.word(last + 2) in _YEARS
    )
    words = set(reading.after(last, 6))
    return (aged or word in ("a", "an")) and words.isdisjoint(cues.ANY_MUSIC)


def _role_before(reading: Reading, first: int) -> bool:
    previous = reading.word(first - 1)
    if previous in cues.ROLES:
        return True
    if previous not in _NAMING_WORDS or not reading.joins(first - 1):
        return False
    return reading.word(first - 2) in cues.PLAYERS


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
    profile, features, first, after = (
        candidate.profile,
        candidate.features,
        candidate.first,
        candidate.last + 1,
    )
    if profile.topical:  # its own words say nothing of the text
        own = profile.own
        strong, weak, elsewhere = strong - own, weak - own, elsewhere - own
    if strong or len(weak) > 1:
        tokens = reading.tokens
        around = (*tokens[max(0, first - NEAR_WORDS) : first], *tokens[after : after + NEAR_WORDS])
        if not strong.isdisjoint(around):
            candidate.cues["near"] = 1
            features["near"] = 1.0
        elif len(weak.intersection(around)) > 1:
            features["near"] = 0.5
    features["music"] = min(len(strong) + 0.4 * len(weak), 5.0) / 5.0
    if len(strong) + 0.5 * len(weak) >= 3:
        candidate.cues["topic"] = 1
    features["elsewhere"] = min(len(elsewhere), 3) / 3.0
    if profile.ambiguity is Ambiguity.PERSONAL and profile.surprise < COMMON_NAME_SURPRISE:
        features["common_person"] = 1.0
    if reading.item.source_tier == 1 or reading.item.source in cues.MUSIC_OUTLETS:
        candidate.cues["outlet"] = 1
        features["outlet"] = 1.0
    if profile.doubtful:
        features["doubtful_topic"] = features["music"]


def _in_sentence(reading: Reading, start: int, end: int) -> bool:
    return all(reading.joins(at) for at in range(start, end + 1))
