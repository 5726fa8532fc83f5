"""The gold set keeps its promises, and so does the tagger on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.gold import HELDOUT, TUNED, load_catalog, load_items, score
from omnisonic.insight.tagging.pipeline import Tagger


def test_the_sets_are_large_and_hard_enough() -> None:
    items = [item for folder in (*TUNED, HELDOUT) for item in load_items(folder)]
    assert len(items) >= 400
    assert sum(item.hard for item in items) >= 0.4 * len(items)


@pytest.mark.parametrize("folder", [*TUNED, HELDOUT], ids=lambda folder: folder.name)
def test_labels_point_into_the_catalog_and_the_texts(folder: Path) -> None:
    known = {entry.id for entry in load_catalog(folder)}
    for item in load_items(folder):
        assert item.heldout is (folder == HELDOUT)
        for entity_id, start, end in item.labels:
            assert entity_id in known
            assert item.item.body[start:end].strip() == item.item.body[start:end] != ""


@pytest.mark.parametrize("folder", [*TUNED, HELDOUT], ids=lambda folder: folder.name)
def test_quality_does_not_fall(folder: Path) -> None:
    catalog = load_catalog(folder)
    scores = score(Tagger(catalog), load_items(folder), catalog)
    assert scores.artist.precision >= 0.95
    assert scores.artist.recall >= 0.9
    assert scores.title.precision >= 0.9
    assert scores.generic.precision >= 0.94
    assert scores.ece <= 0.05
