"""Sentences of the pages: history, and where an identifier goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.history_words import action_words, detail_words, named_ids, source_words
from omnisonic.core.catalog.identifier_words import why_not
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.catalog.schemas import ChangeView
from omnisonic.core.identifiers import Scheme, normalize

ANA = "00000000-0000-0000-0000-00000000000a"


def change(action: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> ChangeView:
    return ChangeView(
        seq=1,
        entity_type=EntityKind.WORK,
        entity_id=UUID(int=1),
        action=action,
        actor_id=None,
        source="web",
        before=before,
        after=after,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_a_change_says_what_was_and_what_is() -> None:
    told = change("changed", {"title": "A", "iswc": None}, {"title": "B", "iswc": "T0345246801"})
    assert action_words(told) == "changed this"
    assert detail_words(told, {}) == ["Title: “A” → “B”", "ISWC: nothing → T-034.524.680-1"]
    took = change(
        "changed", {"duration_ms": 215_000, "genres": ["Folk"]}, {"duration_ms": None, "genres": []}
    )
    assert detail_words(took, {}) == ["Genres: Folk → nothing", "Length: 3:35 → nothing"]


def test_shares_are_told_by_name() -> None:
    row = {"contributorId": ANA, "role": "composer", "rightsType": "MECHANICAL", "sharePpm": 500_000}
    told = change("shares-set", {"shares": []}, {"shares": [row], "adjusted": True})
    assert named_ids([told]) == {UUID(ANA)}
    assert detail_words(told, {ANA: "Ana"}) == [
        "Now: Ana 50 % (composer, mechanical)",
        "Rounded to exactly 100 %: the total was within 0.06 %.",
    ]


def test_sources_are_places() -> None:
    assert source_words("web") == "in the browser"
    assert source_words("import:1") == "by an import"
    assert source_words("label-sync") == "from label-sync"


@pytest.mark.parametrize(
    ("scheme", "text", "words"),
    [
        (Scheme.ISWC, "T-034.524.680-1", ""),
        (Scheme.ISWC, "", ""),
        (Scheme.ISWC, "T-034.524.680-2", "ends in 2, but the nine digits before call for 1"),
        (Scheme.ISWC, "ISWC T-034.524.680-2", "call for 1"),
        (Scheme.ISWC, "T-034.524.68-1", "1 character is missing"),
        (Scheme.ISWC, "T-O34.524.680-1", "Character 2 is “O”"),
        (Scheme.ISRC, "GB-AYC-17-0059", "1 character is missing"),
        (Scheme.ISRC, "GB-AYC-17-005981", "1 character is too much"),
        (Scheme.ISRC, "GB-AYC-1T-00598", "Character 7 is “T”"),
        (Scheme.ISRC, "G8-AYC-17-00598", "Character 2 is “8”, where an ISRC has a letter"),
    ],
)
def test_the_place_of_the_mistake_is_named(scheme: Scheme, text: str, words: str) -> None:
    said = why_not(scheme, text)
    assert words in said if words else said == ""


@given(st.sampled_from(Scheme), st.text(max_size=40))
def test_whatever_is_typed_gets_a_sentence_or_is_right(scheme: Scheme, text: str) -> None:
    found = normalize(scheme, text)
    assert bool(why_not(scheme, text)) == (found.problem not in (None, "empty"))
