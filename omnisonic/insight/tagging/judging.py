"""From candidates to links: the graph vouches, rules decide, the models say how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnisonic.insight.news import LinkMethod
from omnisonic.insight.tagging.ambiguity import DOUBTFUL
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
    supported: set[str] = set()
    for title in candidates:
        if not title.titles or not is_plausible(title):
            continue
        for entry, _ in title.titles:
            supported.update(
                artist.id
                for one in candidates
                if one is not title
                for artist, _ in one.artists
                if artist.id in entry.artist_ids
            )
    supported.update(_bandmates(candidates))
    for candidate in candidates:
        if any(entry.id in supported for entry, _ in candidate.artists):
            candidate.cues["neighbor"] = 2
            candidate.features["neighbor"] = 1.0
    return frozenset(supported)


def judge_artists(
    candidates: Sequence[Candidate],
    supported: frozenset[str],
    *,
    popularity: Mapping[str, int],
    model: Model,
    accept: float,
) -> dict[int, Judgment]:
    """Decisions by candidate number. A name accepted once makes its doubtful repetitions credible."""
    decided = {
        number: _judge_artist(one, supported, popularity, model)
        for number, one in enumerate(candidates)
        if one.artists
    }
    _refuse_namesakes(decided)
    accepted = {
        judgment.entry.id
        for judgment in decided.values()
        if judgment.entry is not None and judgment.confidence >= accept
    }
    for number, judgment in decided.items():
        candidate = judgment.candidate
        waiting = judgment.entry is None or judgment.confidence < accept
        if waiting and any(entry.id in accepted for entry, _ in candidate.artists):
            candidate.features["repeated"] = 1.0
            candidate.cues["repeated"] = 2
            decided[number] = _judge_artist(candidate, supported | accepted, popularity, model)
    return decided


def weigh_meaning(
    reading: Reading,
    decided: dict[int, Judgment],
    supported: frozenset[str],
    *,
    meaning: Meaning,
    popularity: Mapping[str, int],
    model: Model,
) -> None:
    """Ask for likeness of meaning where one cue is missing; judge those again that have it."""
    waiting = {number: one for number, one in decided.items() if one.entry is None and one.rule in UNDECIDED}
    alike = meaning.weigh(reading, [one.candidate for one in waiting.values()])
    for number, one in waiting.items():
        if any(candidate is one.candidate for candidate in alike):
            decided[number] = _judge_artist(one.candidate, supported, popularity, model)


def judge_titles(
    reading: Reading,
    candidates: Sequence[Candidate],
    artists: Mapping[int, Judgment],
    *,
    model: Model,
    accept: float,
) -> dict[int, Judgment]:
    """Decisions on titles, given the artists that were accepted."""
    credits_found = [
        Credit(one.entry.id, one.candidate.first, one.candidate.last, one.candidate.start, one.candidate.end)
        for one in artists.values()
        if one.entry is not None and one.confidence >= accept
    ]
    return {
        number: _judge_title(reading, candidate, credits_found, model)
        for number, candidate in enumerate(candidates)
        if candidate.titles
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
    candidate = judgment.candidate
    owners = [*candidate.artists, *candidate.titles]
    fuzzy = candidate.similarity < 1
    method = LinkMethod.FUZZY if fuzzy else LinkMethod.HEURISTIC
    if judgment.features.get("embedding"):
        method = LinkMethod.HYBRID
    evidence: dict[str, object] = {
        "alias": " ".join(candidate.profile.words),
        "ambiguity": candidate.profile.ambiguity.value,
        "candidates": [
            {"id": one.id, "type": one.type.value, "name": one.name, "form": kind.name.lower()}
            for one, kind in owners[:10]
        ],
        "features": {name: round(value, 3) for name, value in judgment.features.items() if value},
        "cues": sorted(candidate.cues),
        "rule": judgment.rule,
        "band": band(judgment.confidence),
    }
    if fuzzy:
        evidence["likeness"] = round(candidate.similarity, 3)
    start, end = candidate.start, candidate.end
    return FoundLink(
        entry.id, entry.type, start, end, reading.body[start:end], judgment.confidence, method, evidence
    )


def _bandmates(candidates: Sequence[Candidate]) -> set[str]:
    """Artists that the catalog ties to another artist of the item, where the other is not doubtful."""
    if not any(entry.artist_ids for one in candidates for entry, _ in one.artists):
        return set()
    present = {
        entry.id: one
        for one in candidates
        for entry, _ in one.artists
        if one.profile.ambiguity not in DOUBTFUL and one.case is not Case.LOWER
    }
    tied: set[str] = set()
    for one in candidates:
        for entry, _ in one.artists:
            for other in entry.artist_ids:
                if other != entry.id and other in present and present[other] is not one:
                    tied |= {entry.id, other}
    for one in candidates:
        for entry, _ in one.artists:
            if entry.id not in tied and any(
                entry.id in other.artist_ids for other, _ in _artists_of(candidates, one)
            ):
                tied.add(entry.id)
    return tied


def _artists_of(candidates: Sequence[Candidate], but: Candidate) -> list[tuple[CatalogEntry, int]]:
    return [
        (entry, kind)
        for one in candidates
        if one is not but and one.profile.ambiguity not in DOUBTFUL and one.case is not Case.LOWER
        for entry, kind in one.artists
    ]


def _judge_artist(
    candidate: Candidate, supported: frozenset[str], popularity: Mapping[str, int], model: Model
) -> Judgment:
    features = candidate.features
    if candidate.similarity < 1:
        return _judge_fuzzy(candidate, supported, popularity, model)
    passed, rule = artist_rule(candidate)
    entry = None
    if passed:
        entry, choice = choose_artist(candidate, supported, popularity)
        if len(candidate.artists) > 1:
            rule = f"{rule}; {choice}"
            features["popularity_tie"] = float(choice.startswith("popularity"))
            features["namesakes"] = float(choice != "graph neighbor")
    return Judgment(candidate, entry, rule, features, model.probability(features))


def _judge_fuzzy(
    candidate: Candidate, supported: frozenset[str], popularity: Mapping[str, int], model: Model
) -> Judgment:
    """A misspelled name needs music beside it; its likeness lowers what the model says."""
    features, cues = candidate.features, candidate.cues
    passed, rule = artist_rule(candidate)
    entry, _ = (
        choose_artist(candidate, supported, popularity)
        if passed and (features["music"] >= 0.2 or cues.keys() - {"capital"})
        else (None, "")
    )
    confidence = min(FUZZY_CEILING, model.probability(features) * (0.5 + candidate.similarity / 2))
    return Judgment(candidate, entry, f"misspelled; {rule}", features, confidence)


def _judge_title(
    reading: Reading, candidate: Candidate, credits_found: list[Credit], model: Model
) -> Judgment:
    if not credits_found and not candidate.quoted:
        return Judgment(candidate, None, "no performer or writer beside the title", candidate.features, 0.0)
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
