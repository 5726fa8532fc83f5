"""From candidates to links: the graph vouches, rules decide, the models say how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnisonic.insight.news import LinkMethod
from omnisonic.insight.tagging.artist_rules import (
    OTHER_TRADE,
    PART_OF_NAME,
    UNDECIDED,
    artist_rule,
    choose_artist,
)
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.confidence import FUZZY_CEILING, Model, band
from omnisonic.insight.tagging.meaning import Meaning
from omnisonic.insight.tagging.mentions import CatalogEntry, FoundLink
from omnisonic.insight.tagging.reading import Case, Reading
from omnisonic.insight.tagging.titles import Credit, choose_title, is_plausible, observe_title, title_rule

NOT_THE_ARTIST = frozenset({PART_OF_NAME, OTHER_TRADE})
NOBODY_BESIDE = "no performer or writer beside the title"
BYSTANDING = frozenset({"capital", "stylized", "near", "verb", "outlet"})  # cues that suit anybody


@dataclass(slots=True)
class Judgment:
    """What was decided for one candidate."""

    candidate: Candidate
    entry: CatalogEntry | None
    rule: str
    features: Mapping[str, float]
    confidence: float


def vouch(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Artists whose titles stand in the same item; their candidates get the strongest cue there is."""
    if len(candidates) < 2:
        return frozenset()
    supported = _bandmates(candidates)
    for title in candidates:
        credited = title.owners.credited
        if not credited or not is_plausible(title):
            continue
        for one in candidates:
            if one is not title and not credited.isdisjoint(one.owners.artist_ids):
                supported |= credited & one.owners.artist_ids
    if not supported:
        return frozenset()
    for candidate in candidates:
        if not supported.isdisjoint(candidate.owners.artist_ids):
            candidate.cues["neighbor"] = 2
            candidate.features["neighbor"] = 1.0
    return frozenset(supported)


def judge_artists(
    candidates: Sequence[Candidate],
    supported: frozenset[str],
    *,
    model: Model,
    accept: float,
) -> dict[int, Judgment]:
    """Decisions by candidate number. A name accepted once makes its doubtful repetitions credible."""
    decided = {
        number: _judge_artist(one, supported, model)
        for number, one in enumerate(candidates)
        if one.owners.artists
    }
    if len(decided) < 2:
        return decided
    _refuse_namesakes(decided)
    accepted = {
        judgment.entry.id
        for judgment in decided.values()
        if judgment.entry is not None and judgment.confidence >= accept
    }
    for number, judgment in decided.items():
        candidate = judgment.candidate
        waiting = judgment.entry is None or judgment.confidence < accept
        if waiting and not accepted.isdisjoint(candidate.owners.artist_ids):
            candidate.features["repeated"] = 1.0
            candidate.cues["repeated"] = 2
            decided[number] = _judge_artist(candidate, supported | accepted, model)
    return decided


def weigh_meaning(
    reading: Reading,
    decided: dict[int, Judgment],
    supported: frozenset[str],
    *,
    meaning: Meaning,
    model: Model,
) -> None:
    """Ask for likeness of meaning where one cue is missing; judge those again that have it."""
    waiting = {number: one for number, one in decided.items() if one.entry is None and one.rule in UNDECIDED}
    alike = meaning.weigh(reading, [one.candidate for one in waiting.values()])
    for number, one in waiting.items():
        if any(candidate is one.candidate for candidate in alike):
            decided[number] = _judge_artist(one.candidate, supported, model)


def judge_titles(
    reading: Reading,
    candidates: Sequence[Candidate],
    artists: Mapping[int, Judgment],
    *,
    model: Model,
    accept: float,
) -> dict[int, Judgment]:
    """Decisions on titles, given the artists that were accepted."""
    titled = [(number, one) for number, one in enumerate(candidates) if one.owners.titles]
    if not titled:
        return {}
    credits_found = [
        Credit(one.entry.id, one.candidate.first, one.candidate.last, one.candidate.start, one.candidate.end)
        for one in artists.values()
        if one.entry is not None and one.confidence >= accept
    ]
    credited = {one.entity_id for one in credits_found}
    return {
        number: _judge_title(reading, candidate, credits_found, model)
        if candidate.quoted or not candidate.owners.credited.isdisjoint(credited)
        else Judgment(candidate, None, NOBODY_BESIDE, candidate.features, 0.0)
        for number, candidate in titled
    }


def _refuse_namesakes(decided: dict[int, Judgment]) -> None:
    """Once a text has shown that the name is somebody else's, the bare name is that person's too."""
    others = {
        entry.id
        for one in decided.values()
        if one.rule in NOT_THE_ARTIST
        for entry, _ in one.candidate.artists
    }
    if not others:
        return
    for number, one in decided.items():
        if one.entry is not None and one.entry.id in others and not one.candidate.cues.keys() - BYSTANDING:
            decided[number] = replace(one, entry=None, rule="the name of somebody else in this text")


def to_link(reading: Reading, judgment: Judgment, entry: CatalogEntry) -> FoundLink:
    """The link with its evidence."""
    candidate, confidence = judgment.candidate, judgment.confidence
    fuzzy = candidate.similarity < 1
    method = LinkMethod.FUZZY if fuzzy else LinkMethod.HEURISTIC
    if "embedding" in judgment.features:
        method = LinkMethod.HYBRID
    evidence: dict[str, object] = {
        **candidate.owners.described,
        "features": {
            name: value if value == 1.0 else round(value, 3)
            for name, value in judgment.features.items()
            if value
        },
        "cues": sorted(candidate.cues),
        "rule": judgment.rule,
        "band": band(confidence),
    }
    if fuzzy:
        evidence["likeness"] = round(candidate.similarity, 3)
    start, end = candidate.start, candidate.end
    matched = reading.body[start:end]
    return FoundLink(entry.id, entry.type, start, end, matched, confidence, method, evidence)


def _bandmates(candidates: Sequence[Candidate]) -> set[str]:
    """Artists that the catalog ties to another artist of the item, where the other is not doubtful."""
    if not any(one.owners.ties for one in candidates):
        return set()
    clear = [one for one in candidates if not one.profile.doubtful and one.case is not Case.LOWER]
    present = {entry.id: one for one in clear for entry, _ in one.artists}
    tied: set[str] = set()
    for one in candidates:
        for entry, _ in one.artists:
            for other in entry.artist_ids:
                if other != entry.id and other in present and present[other] is not one:
                    tied |= {entry.id, other}
    for one in candidates:
        others = [other.owners.ties for other in clear if other is not one]
        tied.update(entry.id for entry, _ in one.artists if any(entry.id in ties for ties in others))
    return tied


def _judge_artist(candidate: Candidate, supported: frozenset[str], model: Model) -> Judgment:
    features = candidate.features
    if candidate.similarity < 1:
        return _judge_fuzzy(candidate, supported, model)
    passed, rule = artist_rule(candidate)
    entry = None
    if passed:
        entry, choice = choose_artist(candidate, supported)
        if len(candidate.owners.artists) > 1:
            rule = f"{rule}; {choice}"
            features["popularity_tie"] = float(choice.startswith("popularity"))
            features["namesakes"] = float(choice != "graph neighbor")
    confidence = 0.0 if entry is None else model.probability(features)
    return Judgment(candidate, entry, rule, features, confidence)


def _judge_fuzzy(candidate: Candidate, supported: frozenset[str], model: Model) -> Judgment:
    """A misspelled name needs music beside it; its likeness lowers what the model says."""
    features, cues = candidate.features, candidate.cues
    passed, rule = artist_rule(candidate)
    entry, _ = (
        choose_artist(candidate, supported)
        if passed and (features["music"] >= 0.2 or cues.keys() - {"capital"})
        else (None, "")
    )
    confidence = min(FUZZY_CEILING, model.probability(features) * (0.5 + candidate.similarity / 2))
    return Judgment(candidate, entry, f"misspelled; {rule}", features, confidence)


def _judge_title(
    reading: Reading, candidate: Candidate, credits_found: list[Credit], model: Model
) -> Judgment:
    observe_title(reading, candidate, credits_found)
    base = dict(candidate.features)
    passed: list[tuple[CatalogEntry, dict[str, float], str]] = []
    refusal, refused_pair = "", {}
    for entry, _ in candidate.titles:
        allowed, rule, pair = title_rule(reading, candidate, entry, credits_found)
        if allowed:
            passed.append((entry, pair, rule))
        else:
            refusal, refused_pair = rule, pair
    chosen = choose_title(reading, candidate, passed)
    if chosen is None:
        return Judgment(candidate, None, refusal or "several titles of that name", base | refused_pair, 0.0)
    entry, pair, rule = chosen
    rivals = sum(1 for one, _, _ in passed if one.type is entry.type) - 1
    features = base | pair | {"rivals": float(rivals > 0)}
    confidence = model.probability(features)
    if candidate.similarity < 1:
        confidence = min(FUZZY_CEILING, confidence * (0.5 + candidate.similarity / 2))
    return Judgment(candidate, entry, rule, features, confidence)


def prefers_title(candidate: Candidate, title: Judgment, artist: Judgment, accept: float) -> bool:
    """Where one span is both: a quoted or announced title of somebody else beside it is the title."""
    if title.entry is None or title.confidence < accept:
        return False
    if artist.entry is None or artist.confidence < accept:
        return True
    return bool(title.features.get("performer")) and (candidate.quoted or title.features.get("noun") == 1.0)
