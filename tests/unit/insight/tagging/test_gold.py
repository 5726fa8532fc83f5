"""The gold set keeps its promises, and so does the tagger on it."""

from __future__ import annotations

from bench.gold import load_catalog, load_items, score
from omnisonic.insight.tagging.pipeline import Tagger


def test_labels_point_into_the_catalog_and_the_texts() -> None:
    known = {entry.id for entry in load_catalog()}
    items = load_items()
    assert len(items) >= 400
    assert sum(item.hard for item in items) >= 0.4 * len(items)
    for item in items:
        for entity_id, start, end in item.labels:
            assert entity_id in known
            assert item.item.body[start:end].strip() == item.item.body[start:end] != ""


def test_quality_does_not_fall() -> None:
    catalog = load_catalog()
    scores = score(Tagger(catalog), load_items(), catalog)
    assert scores.artist.precision >= 0.95
    assert scores.artist.recall >= 0.9
    assert scores.title.precision >= 0.95
    assert scores.generic.precision >= 0.95
    assert scores.ece <= 0.05
