"""Names not known yet, corrections and the stoplist as `/tagging` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from omnisonic.insight.tagging.models import CorrectionScope, Verdict
from omnisonic.insight.tagging.schemas import CorrectionView, StoplistView, UnlinkedName
from omnisonic.insight.tagging.unlinked import TITLE_REASON
from omnisonic.platform.ui.words import ago, count

SOURCES_SHOWN = 3
GONE = "something no longer in the catalog"


@dataclass
class NameLine:
    """A name that the catalog lacks."""

    key: str = ""
    phrase: str = ""
    words: str = ""
    sources: str = ""
    reason: str = ""
    snippet: str = ""
    article_id: str = ""
    register_href: str = ""
    register_words: str = ""
    registered_href: str = ""  # it is in the catalog by now


@dataclass
class CorrectionLine:
    """What a person knows better, as a sentence."""

    id: str = ""
    is_reject: bool = False
    sentence: str = ""
    reason: str = ""
    by: str = ""
    article_id: str = ""
    href: str = ""
    name: str = ""


@dataclass
class StopLine:
    """Words that are nobody's name."""

    id: str = ""
    phrase: str = ""
    where: str = ""
    reason: str = ""
    by: str = ""


def name_lines(names: Sequence[UnlinkedName], *, now: datetime) -> list[NameLine]:
    """The queue, those of most outlets first."""
    return [
        NameLine(
            key=one.key,
            phrase=one.phrase,
            words=f"{count(one.articles, 'article')}, last {ago(one.last_seen_at, now=now)}",
            sources=_sources(one.sources),
            reason=one.reason,
            snippet=one.snippet,
            article_id=str(one.news_item_id),
            registered_href=f"/entities/{one.registered_type}/{one.registered_id}"
            if one.registered_id
            else "",
            **_registering(one),
        )
        for one in names
    ]


def _registering(name: UnlinkedName) -> dict[str, str]:
    """The catalog's form filled with the name, as what the tagger took it for: a title or who made it."""
    is_title = name.reason == TITLE_REASON
    asked = {"kind": "works" if is_title else "people", "new": name.phrase}
    return {
        "register_href": "/catalog?" + urlencode(asked, quote_via=quote),
        "register_words": "Register the work" if is_title else "Register the artist",
    }


def correction_lines(rows: Sequence[CorrectionView], *, now: datetime) -> list[CorrectionLine]:
    """Corrections, newest first."""
    return [
        CorrectionLine(
            id=str(row.id),
            is_reject=row.verdict is Verdict.REJECT,
            sentence=correction_sentence(row),
            reason=row.reason,
            by=_by(row.author, row.created_at, now),
            article_id=str(row.news_item_id or ""),
            href=f"/entities/{row.entity_type}/{row.entity_id}",
            name=row.entity_name or GONE,
        )
        for row in rows
    ]


def correction_sentence(row: CorrectionView) -> str:
    """How far the correction reaches, without the name of its entity in front."""
    words = f"“{row.matched_text}”" if row.matched_text else "it"
    if row.verdict is Verdict.CONFIRM:
        return f"is meant by {words} in one article"
    reach = {
        CorrectionScope.ITEM: "in one article",
        CorrectionScope.ALIAS: "in every article",
        CorrectionScope.SOURCE: f"in articles of {row.source}",
    }
    return f"is not meant by {words} {reach[row.scope]}"


def stop_lines(rows: Sequence[StoplistView], *, now: datetime) -> list[StopLine]:
    """The stoplist, newest first."""
    return [
        StopLine(
            id=str(row.id),
            phrase=row.phrase,
            where=f"in articles of {row.source}" if row.source else "everywhere",
            reason=row.reason,
            by=_by(row.author, row.created_at, now),
        )
        for row in rows
    ]


def _by(author: str | None, at: datetime, now: datetime) -> str:
    return f"{author or 'Somebody who left'}, {ago(at, now=now)}"


def _sources(sources: Sequence[str]) -> str:
    shown = ", ".join(sources[:SOURCES_SHOWN])
    return f"{shown} and {len(sources) - SOURCES_SHOWN} more" if len(sources) > SOURCES_SHOWN else shown
