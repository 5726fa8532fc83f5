"""Why the tagger linked a name, in plain words. Pure; the features are those of its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnisonic.insight.news import LinkMethod
from omnisonic.insight.tagging.models import TagOrigin

FOR = {
    "performer": "Its performer or writer is named in the article",
    "adjacent": "It stands right beside its performer or writer",
    "same_sentence": "Its performer or writer is in the same sentence",
    "owned": "It is said to be theirs, as in “her single”",
    "quoted": "It stands in quotation marks",
    "noun": "It is called a song, an album or the like",
    "role": "A word such as “singer” or “band” stands before it",
    "role_after": "A word such as “singer” or “band” stands after it",
    "owns": "Something of theirs is named, such as an album",
    "verb": "It does what musicians do: releases, tours, sings",
    "credit": "It is credited, as in “by” or “feat.”",
    "listed": "It stands in a list of artists",
    "neighbor": "Someone the catalog ties to it is named as well",
    "repeated": "It is named more than once in the article",
    "stylized": "It is written in its own way",
    "is_distinct": "Nothing else is usually called this",
    "music": "The words around it are about music",
    "outlet": "The outlet writes about music",
}
AGAINST = {
    "is_common": "The name is also an ordinary word",
    "is_short": "The name is very short",
    "is_place": "The name is also a place",
    "is_first_name": "The name is also a first name",
    "is_phrase": "The name is also an ordinary phrase",
    "lower": "It is written in lower case",
    "derived": "It is a shorter form of the name",
    "namesakes": "Others in the catalog have the same name",
    "rivals": "Others in the catalog have the same title",
    "name_before": "It may be part of a longer name",
    "name_after": "It may be part of a longer name",
    "longer": "It may be part of a longer title",
    "other_role": "Somebody of another trade may be meant",
    "other_kind": "It may be a film, a book or the like",
    "elsewhere": "The words around it are about something else",
    "locative": "It reads like a place",
    "determiner": "An article stands before it, as before ordinary words",
    "hyphenated": "It is part of a compound word",
    "uncredited": "The performer beside it has no credit on it",
}
LEAST = 0.2  # a trace of a feature is no reason to name
MAX_REASONS = 5
METHODS = {
    LinkMethod.HEURISTIC: "by its name and the words around it",
    LinkMethod.FUZZY: "by a similar spelling",
    LinkMethod.EMBEDDING: "by meaning",
    LinkMethod.HYBRID: "by its name and by meaning",
}


def reasons_for(evidence: Mapping[str, Any], *, origin: TagOrigin) -> list[str]:
    """What speaks for a link, the strongest kinds first."""
    found: list[str] = []
    if origin is TagOrigin.PERSON or "opinion" in evidence:
        found.append("An analyst confirmed it")
    elif origin is TagOrigin.PARTNER:
        found.append("A partner recorded it")
    if likeness := evidence.get("likeness"):
        found.append(f"It is spelled almost like the name ({float(likeness):.0%} alike)")
    return (found + _named(FOR, evidence))[:MAX_REASONS]


def reasons_against(evidence: Mapping[str, Any]) -> list[str]:
    """What spoke against it, and was outweighed."""
    return _named(AGAINST, evidence)[:MAX_REASONS]


def _named(words: Mapping[str, str], evidence: Mapping[str, Any]) -> list[str]:
    features = evidence.get("features")
    if not isinstance(features, Mapping):
        return []
    found = [sentence for name, sentence in words.items() if _is_strong(features.get(name))]
    return list(dict.fromkeys(found))


def _is_strong(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) >= LEAST
