"""Names in one enumeration vouch for each other."""

from __future__ import annotations

from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.ambiguity import SOLID, Ambiguity
from omnisonic.insight.tagging.candidates import Candidate
from omnisonic.insight.tagging.reading import Case, Reading

MAX_JOINT_CHARS = 14


def link_lists(reading: Reading, candidates: list[Candidate]) -> None:
    """Names in one enumeration vouch for each other: "Yes, Genesis and King Crimson"; places alone do not."""
    artists = [one for one in candidates if one.owners.artists and one.case is not Case.LOWER]
    if len(artists) < 2:
        return
    run: list[Candidate] = []
    for one in artists:
        if run and not _enumerates(reading, run[-1], one):
            _vouch_in_list(reading, run)
            run = []
        run.append(one)
    _vouch_in_list(reading, run)


def _vouch_in_list(reading: Reading, run: list[Candidate]) -> None:
    if len(run) < 2:
        return
    solid = [one for one in run if one.profile.ambiguity in SOLID]
    worded = [one for one in run if one.profile.ambiguity not in (Ambiguity.PLACE, Ambiguity.FIRST_NAME)]
    strong, weak, _ = reading.music()
    for one in run:
        if any(other is not one for other in solid) or (len(run) > 2 and worded and (strong or weak)):
            one.features["listed"] = 1.0
            one.cues["listed"] = 2
        elif len(run) > 1 and worded:
            one.features["listed"] = 0.5
            one.cues["listed"] = 1


def _enumerates(reading: Reading, left: Candidate, right: Candidate) -> bool:
    between = reading.body[left.end : right.start]
    if len(between) > MAX_JOINT_CHARS or "\n" in between or not set(between).isdisjoint(".!?:;"):
        return False
    words = [reading.word(at) for at in range(left.last + 1, right.first)]
    if not words:
        return bool(set(between) & set(",&/+×"))
    return len(words) <= 2 and all(word in cues.LINKERS or word in ("the", "his", "her") for word in words)
