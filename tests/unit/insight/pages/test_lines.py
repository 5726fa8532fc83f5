"""Words of the pages: changes, delays, freshness, evidence, articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from omnisonic.insight.analytics.board import delay_words, fresh_line
from omnisonic.insight.analytics.schemas import ArticleView, Freshness
from omnisonic.insight.drawer.evidence import AGAINST, FOR, reasons_against, reasons_for
from omnisonic.insight.drawer.lines import article_sheet, safe_href, sure_words
from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.insight.tagging.confidence import models
from omnisonic.insight.tagging.models import CorrectionScope, TagOrigin, TagStatus, Verdict
from omnisonic.insight.tagging.page_lines import correction_sentence, name_lines
from omnisonic.insight.tagging.schemas import CorrectionView, Explanation, TagView, UnlinkedName
from omnisonic.insight.trends.lines import change_words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARTICLE, ARTIST, WORK = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("figure", "baseline", "words", "way"),
    [
        (8, 2.0, "4× its usual", "up"),
        (5, 2.0, "2.5× its usual", "up"),
        (240, 10.0, "24× its usual", "up"),
        (11, 10.0, "As usual", "steady"),
        (5, 10.0, "Half its usual", "down"),
        (2, 10.0, "20% of its usual", "down"),
        (3, 0.0, "New: usually none", "up"),
        (3, None, "Nothing to compare with yet", "steady"),
    ],
)
def test_change_in_words(figure: int, baseline: float | None, words: str, way: str) -> None:
    assert change_words(figure, baseline) == (words, way)


@pytest.mark.parametrize(
    ("delay_s", "words"),
    [(None, "–"), (0, "first"), (720, "12 min"), (14_760, "4.1 h"), (172_800, "2.0 d")],
)
def test_delays_in_words(delay_s: int | None, words: str) -> None:
    assert delay_words(delay_s) == words


def freshness(age: timedelta, **changes: Any) -> Freshness:
    values = {"waiting": 0, "unstored": 0, "untagged": 0, "failing_since": None, "reason": None}
    return Freshness(
        newest_at=NOW - age, age_s=int(age.total_seconds()), generated_at=NOW, **(values | changes)
    )


def test_freshness_in_words() -> None:
    fresh = fresh_line(freshness(timedelta(minutes=3)))
    assert (fresh.words, fresh.is_stale) == ("Newest article 3 min ago", False)
    assert fresh_line(freshness(timedelta(hours=5))).is_stale
    behind = fresh_line(
        freshness(timedelta(minutes=3), failing_since=NOW - timedelta(minutes=10), reason="no ClickHouse")
    )
    assert behind.is_stale
    assert behind.detail == "Behind since 10 min ago: no ClickHouse"


def test_every_reason_is_a_feature_that_the_tagger_has() -> None:
    known = {name for model in models().values() for name in model.weights}
    assert (FOR.keys() | AGAINST.keys()) - known == set()


def test_reasons_are_those_that_count() -> None:
    evidence = {
        "features": {"role": 1.0, "music": 0.05, "is_common": 1.0, "unheard_of": 3.0},
        "likeness": 0.93,
    }
    assert reasons_for(evidence, origin=TagOrigin.TAGGER) == [
        "It is spelled almost like the name (93% alike)",
        FOR["role"],
    ]
    assert reasons_against(evidence) == [AGAINST["is_common"]]
    assert reasons_for({}, origin=TagOrigin.PARTNER) == ["A partner recorded it"]
    assert reasons_for({"opinion": {}}, origin=TagOrigin.PERSON) == ["An analyst confirmed it"]


def tag(entity_id: UUID, confidence: float, start: int, **changes: Any) -> TagView:
    values: dict[str, Any] = {
        "id": UUID(int=100 + start),
        "news_item_id": ARTICLE,
        "entity_type": EntityType.ARTIST,
        "entity_id": entity_id,
        "entity_name": f"Name {entity_id.int}",
        "start": start,
        "end": start + 4,
        "matched_text": "Juno",
        "snippet": "…says Juno Vale, whose…",
        "confidence": confidence,
        "band": "high" if confidence >= 0.9 else "low",
        "method": LinkMethod.HEURISTIC,
        "origin": TagOrigin.TAGGER,
        "status": TagStatus.LINKED,
        "correction_id": None,
        "evidence": {},
        "created_at": NOW,
        "updated_at": NOW,
    }
    return TagView(**(values | changes))


def test_a_sheet_has_a_line_per_entity_and_rejected_ones_last() -> None:
    article = ArticleView(
        id=ARTICLE,
        source="pitch.example",
        source_tier=1,
        language="en",
        title="Juno Vale tours",
        url="javascript:alert(1)",
        text="x" * 1000,
        story_id=ARTICLE,
        published_at=NOW - timedelta(hours=2),
        first_seen_at=NOW,
        links=[],
    )
    explained = Explanation(
        news_item_id=ARTICLE,
        title=article.title,
        url=article.url,
        source=article.source,
        links=[
            tag(WORK, 0.99, 50, status=TagStatus.REJECTED),
            tag(ARTIST, 0.6, 0),
            tag(ARTIST, 0.95, 20),
        ],
        unlinked=[],
    )
    sheet = article_sheet(article, explained, now=NOW)
    assert sheet.href == ""
    assert len(sheet.text) < 500
    assert [(line.name, line.is_rejected) for line in sheet.links] == [("Name 2", False), ("Name 3", True)]
    first = sheet.links[0]
    assert (first.sure, first.band, first.places) == ("95%", "high", "2 mentions")
    assert (first.before, first.match, first.after) == ("…says ", "Juno", " Vale, whose…")


def test_nothing_is_wholly_certain() -> None:
    assert [sure_words(one) for one in (0.5, 0.94, 0.999, 1.0)] == ["50%", "94%", "over 99%", "over 99%"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", ""])
def test_only_pages_of_the_web_become_links(url: str) -> None:
    assert safe_href(url) == ""


@pytest.mark.parametrize(
    ("verdict", "scope", "words"),
    [
        (Verdict.CONFIRM, CorrectionScope.ITEM, "is meant by “Yes” in one article"),
        (Verdict.REJECT, CorrectionScope.ITEM, "is not meant by “Yes” in one article"),
        (Verdict.REJECT, CorrectionScope.ALIAS, "is not meant by “Yes” in every article"),
        (Verdict.REJECT, CorrectionScope.SOURCE, "is not meant by “Yes” in articles of pitch.example"),
    ],
)
def test_corrections_as_sentences(verdict: Verdict, scope: CorrectionScope, words: str) -> None:
    row = CorrectionView(
        id=ARTICLE,
        verdict=verdict,
        scope=scope,
        entity_type=EntityType.ARTIST,
        entity_id=ARTIST,
        entity_name="Yes",
        news_item_id=ARTICLE,
        matched_text="Yes",
        source="pitch.example",
        reason="",
        author="Ana",
        version=1,
        created_at=NOW,
    )
    assert correction_sentence(row) == words


@pytest.mark.parametrize(
    ("reason", "href", "words"),
    [
        ("named as singer", "/catalog?kind=people&new=Ruin%20%26%20Co", "Register the artist"),
        ("quoted title", "/catalog?kind=works&new=Ruin%20%26%20Co", "Register the work"),
    ],
)
def test_a_name_is_registered_as_what_it_was_found_to_be(reason: str, href: str, words: str) -> None:
    name = UnlinkedName(
        key="ruin co",
        phrase="Ruin & Co",
        articles=2,
        stories=2,
        sources=["a.example"],
        first_seen_at=NOW,
        last_seen_at=NOW,
        reason=reason,
        snippet="…",
        news_item_id=ARTICLE,
    )
    (line,) = name_lines([name], now=NOW)
    assert (line.register_href, line.register_words) == (href, words)
