"""Rules that no score overrides, for artists: what must be there, and what must not."""

from __future__ import annotations

from omnisonic.insight.tagging.ambiguity import DOUBTFUL, Ambiguity
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.mentions import CatalogEntry

CUES_FOR_DOUBTFUL = 2
QUIET = 0.15  # of the feature "music": one weak word at the most
_ALWAYS_CAPITAL = frozenset({Ambiguity.PLACE, Ambiguity.FIRST_NAME})
_DIRECT = frozenset(
    {"role", "role_after", "owns", "verb", "credit", "listed", "neighbor", "repeated", "member"}
)
FEW_CUES = "fewer than two cues for a doubtful name"
NO_MUSIC = "one word without music"
KNOWN_WORD = "a known word without music"
PART_OF_NAME = "part of a longer name"
OTHER_TRADE = "somebody of another trade"
UNDECIDED = frozenset({FEW_CUES, NO_MUSIC, KNOWN_WORD})  # one weak cue more may tip these
_LOOKS = frozenset({"capital", "stylized"})
_NAMING = frozenset({"role", "role_after", "owns", "listed", "neighbor", "repeated"})


def artist_rule(candidate: Candidate) -> tuple[bool, str]:
    """Whether the span may be an artist at all, and the rule that decided."""
    features, kind = candidate.features, candidate.profile.ambiguity
    if "stopped_name" in features:
        return False, PART_OF_NAME
    if refusal := _refusal(candidate):
        return False, refusal
    if kind in DOUBTFUL:
        return _judge_doubtful(candidate)
    if kind is Ambiguity.PHRASE:
        return _judge_phrase(candidate)
    latin = candidate.profile.words[0].isascii()  # there are no lists of cues for other scripts
    if kind is Ambiguity.SINGLE and latin and not features["music"] and not candidate.cues.keys() - _LOOKS:
        return False, NO_MUSIC
    known = candidate.profile.known and kind is not Ambiguity.PERSONAL
    if known and features["music"] < QUIET and not candidate.cues.keys() - {"capital"}:
        return False, KNOWN_WORD
    if "lower" in features and not (_total(candidate) >= 1):
        return False, "lower case without a cue"
    if "derived" in features and features["derived"] and kind is Ambiguity.SINGLE and _total(candidate) < 1:
        return False, "derived form without a cue"
    return True, "distinct name"


def choose_artist(candidate: Candidate, supported: frozenset[str]) -> tuple[CatalogEntry | None, str]:
    """Who is meant among namesakes: the one the graph supports, the closest form, then clear popularity."""
    owners = candidate.owners
    if len(owners.artists) == 1:
        return owners.artists[0][0], "only owner"
    if not supported.isdisjoint(owners.artist_ids):
        vouched = [entry for entry, _ in owners.artists if entry.id in supported]
        if len(vouched) == 1:
            return vouched[0], "graph neighbor"
    if len(owners.nearest) == 1:
        return owners.nearest[0], "closest form"
    if owners.favorite is not None:
        return owners.favorite, "popularity among namesakes"
    return None, "namesakes"


def _refusal(candidate: Candidate) -> str:
    features, kind, cues = candidate.features, candidate.profile.ambiguity, candidate.cues
    single = len(candidate.profile.words) == 1 or candidate.profile.doubtful
    if single and ("name_before" in features or "name_after" in features) and not _outweighs_name(candidate):
        return PART_OF_NAME
    if "locative" in features and not cues.keys() & {"role", "listed"}:
        return "a place is named"
    if candidate.profile.doubtful and "asks" in features:
        return "ordinary words"
    if "likened" in features:
        return "a likeness"
    if "common_person" in features and features["elsewhere"] and features["music"] < 0.2:
        return "" if cues.keys() & (_DIRECT - {"verb"}) else OTHER_TRADE
    if candidate.profile.doubtful and "hyphenated" in features:
        return "part of a compound"
    if "lower" in features and kind in DOUBTFUL | {Ambiguity.PHRASE}:
        return "ordinary words"
    if features.get("determiner") == 1.0 and candidate.profile.doubtful and not cues.keys() & _NAMING:
        return "ordinary word with an article"
    if "quoted_name" in features and candidate.profile.doubtful and not cues.keys() & {"role", "listed"}:
        return "quoted words"
    if "other_role" in features and kind in DOUBTFUL | {Ambiguity.PERSONAL, Ambiguity.SINGLE}:
        return OTHER_TRADE if not cues.keys() & _NAMING and features["music"] < 0.4 else ""
    return ""


def _outweighs_name(candidate: Candidate) -> bool:
    """A capital word beside the name is less than two strong reasons for it."""
    direct = sum(value for cue, value in candidate.cues.items() if cue in _NAMING or cue == "verb")
    if "name_before" in candidate.features:
        return bool(candidate.cues.keys() & {"neighbor", "repeated"}) and direct >= 4
    return (
        direct - candidate.cues.get("repeated", 0) >= 2 and candidate.profile.ambiguity not in _ALWAYS_CAPITAL
    )


def _judge_doubtful(candidate: Candidate) -> tuple[bool, str]:
    kind, cues = candidate.profile.ambiguity, candidate.cues
    direct = cues.keys() & _DIRECT
    capital = cues.keys() & {"capital", "stylized"}
    if _total(candidate) < CUES_FOR_DOUBTFUL:
        return False, FEW_CUES
    if kind in _ALWAYS_CAPITAL and not direct:
        return False, "a place or person unless music is beside it"
    if not direct and not capital:
        return False, "no cue beside a doubtful name"
    return True, "two cues for a doubtful name"


def _judge_phrase(candidate: Candidate) -> tuple[bool, str]:
    strong_case = candidate.cues.keys() & {"capital", "stylized"}
    others = _total(candidate) - (1 if strong_case else 0)
    if strong_case and (others >= 1 or candidate.profile.surprise >= 5.5):
        return True, "capitals on ordinary words"
    if others >= 1:
        return True, "a cue for ordinary words"
    return False, "ordinary words without a cue"


def _total(candidate: Candidate) -> int:
    return sum(candidate.cues.values())
