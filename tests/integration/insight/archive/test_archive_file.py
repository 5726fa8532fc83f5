"""The archive's file: what is new, what was edited, what another process may not do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from duckdb import DuckDBPyConnection

from omnisonic.insight.archive.entries import Delivery
from omnisonic.insight.archive.errors import ArchiveInUse, ArchiveUnavailable
from omnisonic.insight.archive.file import archive_id, last_seq, open_archive
from omnisonic.insight.archive.reading import Wanted, count_newest, read_newest, read_slice
from omnisonic.insight.archive.writing import Taken, take_delivery
from omnisonic.insight.feeds.models import FeedDelivery
from omnisonic.insight.news import NewsItem
from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import Settings

FEED, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LONG = "Mira Solheim announces a tour of the north"


@pytest.fixture
def path(configure: Callable[..., Settings], tmp_path: Path) -> Path:
    path = tmp_path / "news" / "archive.duckdb"
    configure(INGEST_DUCKDB_PATH=path)
    return path


@pytest.fixture
def archive(path: Path) -> Iterator[DuckDBPyConnection]:
    with open_archive() as connection:
        yield connection


def entry(number: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "guid": f"urn:pitch:{number}",
        "url": f"https://pitch.example/{number}",
        "title": f"Article {number}",
        "text": "Words.",
        "publishedAt": "2026-05-01T10:00:00Z",
        "dateQuality": "stated",
        **changed,
    }


def delivery(*items: dict[str, Any], feed: UUID = FEED, minutes: int = 0, **facts: Any) -> Delivery:
    row = FeedDelivery(
        id=new_id(),
        feed_id=feed,
        fetched_at=NOW + timedelta(minutes=minutes),
        is_backfill=bool(facts.pop("is_backfill", False)),
        feed={"source": "pitch.example", "sourceTier": 1, "language": "en", **facts},
        items=list(items),
    )
    return Delivery.of(row)


def items_of(archive: DuckDBPyConnection) -> list[NewsItem]:
    return list(read_newest(archive, Wanted(), after=0, rows_max=1000).items)


def test_an_article_is_one_whatever_its_feed_changes(archive: DuckDBPyConnection) -> None:
    assert take_delivery(archive, delivery(entry(1), entry(2))) == Taken(2, 0, 2)
    first = items_of(archive)[0]
    assert (first.published_at, first.first_seen_at) == (NOW - timedelta(hours=2), NOW)
    assert (first.source, first.source_tier, first.language) == ("pitch.example", 1, "en")

    again = delivery(entry(1), entry(2), minutes=5)
    assert take_delivery(archive, again) == Taken(0, 0, 2)
    edits = (
        {"title": "Corrected"},
        {"title": "Corrected", "text": "More words."},
        {"publishedAt": "2026-05-01T11:00:00Z"},
    )
    for number, edit in enumerate(edits, start=2):
        taken = take_delivery(archive, delivery(entry(1, **edit), entry(2), minutes=10 * number))
        assert taken == Taken(0, 1, 1 + number)
        newest = items_of(archive)[-1]
        assert (newest.item_id, newest.version) == (first.item_id, number)
        assert newest.first_seen_at == first.first_seen_at
    assert newest.published_at == NOW - timedelta(hours=1)

    headline_in_guid = entry(1, guid="urn:pitch:corrected-headline", title="Corrected headline")
    assert take_delivery(archive, delivery(headline_in_guid, minutes=90)) == Taken(0, 1, 6)
    moved = entry(1, guid="urn:pitch:corrected-headline", url="https://pitch.example/moved")
    assert take_delivery(archive, delivery(moved, minutes=95)) == Taken(0, 1, 7)
    assert len(items_of(archive)) == 2
    assert archive.execute(
        "SELECT count(*), count(DISTINCT version) FROM entries WHERE item_id = ?", [first.item_id]
    ).fetchone() == (6, 6)


def test_the_same_delivery_twice_changes_nothing(archive: DuckDBPyConnection) -> None:
    old, new = delivery(entry(1)), delivery(entry(1, title="Edited"), minutes=1)
    for one in (old, new, old, new):
        take_delivery(archive, one)
    assert [(item.title, item.version) for item in items_of(archive)] == [("Edited", 2)]
    assert last_seq(archive) == 2


def test_feeds_that_misuse_their_guids(archive: DuckDBPyConnection) -> None:
    same = [entry(n, guid="same") for n in range(10)]
    assert take_delivery(archive, delivery(*same)).new == 10
    shifted = [entry(11, guid="same"), *same[:-1]]
    assert take_delivery(archive, delivery(*shifted, minutes=1)).new == 1
    # Alone in its document, but known as shared: not an edit of another article.
    assert take_delivery(archive, delivery(entry(12, guid="same"), minutes=2)) == Taken(1, 0, 12)

    home = [entry(n, guid=f"urn:home:{n}", url="https://pitch.example/") for n in range(3)]
    assert take_delivery(archive, delivery(*home, minutes=3)).new == 3
    landing = [entry(n, guid=f"urn:landing:{n}", url="https://pitch.example/podcast") for n in range(3)]
    assert take_delivery(archive, delivery(*landing, minutes=4)).new == 3
    assert take_delivery(archive, delivery(*landing, *landing, minutes=5)) == Taken(0, 0, 18)
    nameless = [entry(n, guid="", url="") for n in range(3)]
    assert take_delivery(archive, delivery(*nameless, minutes=6)).new == 3
    assert take_delivery(archive, delivery(*nameless[1:], minutes=7)).new == 0


def test_a_second_feed_of_an_outlet_does_not_pull_an_article_to_and_fro(archive: DuckDBPyConnection) -> None:
    take_delivery(archive, delivery(entry(1)))
    for minutes in range(1, 7):
        feed, text = ((FEED, "Words."), (OTHER, "All of the words."))[minutes % 2]
        assert take_delivery(archive, delivery(entry(1, text=text), feed=feed, minutes=minutes)).edited == 0
    assert [(item.text, item.version, item.feed_id) for item in items_of(archive)] == [("Words.", 1, FEED)]
    assert archive.execute("SELECT count(*) FROM entries").fetchone() == (2,)
    edited = delivery(entry(1, text="All of the better words."), feed=OTHER, minutes=9)
    assert take_delivery(archive, edited).edited == 1


def test_an_undated_article_keeps_the_time_of_first_sight(archive: DuckDBPyConnection) -> None:
    for minutes in (0, 30):
        item = entry(1, publishedAt=None, dateQuality="missing")
        take_delivery(archive, delivery(item, minutes=minutes))
    assert [(item.published_at, item.version) for item in items_of(archive)] == [(NOW, 1)]


def test_only_what_is_backdated_goes_into_the_past(archive: DuckDBPyConnection) -> None:
    future = entry(3, publishedAt="2026-05-02T00:00:00Z")
    take_delivery(
        archive, delivery(entry(1), entry(2, publishedAt=None), future, isBackdated=True, is_backfill=True)
    )
    seen = [item.first_seen_at for item in items_of(archive)]
    assert seen == [NOW - timedelta(hours=2), NOW, NOW]
    assert all(item.is_backfill for item in items_of(archive))


def test_copies_share_the_story_of_the_first(archive: DuckDBPyConnection) -> None:
    take_delivery(
        archive, delivery(entry(1, title=LONG), entry(2, title="Quite another matter of great weight"))
    )
    copy = entry(7, guid="urn:copy:7", url="https://copy.example/7", title=f"{LONG} – The Copy")
    late = entry(
        8, guid="urn:copy:8", url="https://copy.example/8", title=LONG, publishedAt="2026-05-05T10:00:00Z"
    )
    take_delivery(archive, delivery(copy, late, feed=OTHER, minutes=5, source="copy.example"))
    first, unlike, copied, later = items_of(archive)
    assert first.story_id == copied.story_id == first.item_id
    assert unlike.story_id == unlike.item_id
    assert later.story_id == later.item_id
    take_delivery(archive, delivery(entry(1, title="Tour is off"), minutes=9))
    assert items_of(archive)[-1].story_id == first.story_id


def test_slices_follow_the_log(archive: DuckDBPyConnection) -> None:
    take_delivery(archive, delivery(*(entry(n) for n in range(5))))
    take_delivery(archive, delivery(entry(0, title="Edited"), feed=OTHER, minutes=1))
    take_delivery(archive, delivery(entry(1, title="Edited"), minutes=2))
    part = read_slice(archive, after=0, rows_max=3)
    assert (len(part.items), part.end) == (3, 3)
    rest = read_slice(archive, after=3, rows_max=100)
    assert ([item.title for item in rest.items], rest.end) == (["Article 3", "Article 4", "Edited"], 7)
    assert read_slice(archive, after=7, rows_max=100).end == 7
    newest = read_newest(archive, Wanted(since=NOW, feed_ids=[FEED]), after=0, rows_max=3)
    assert [item.title for item in newest.items] == ["Article 0", "Article 2", "Article 3"]
    assert count_newest(archive, Wanted(since=NOW, feed_ids=[FEED])) == 5
    assert count_newest(archive, Wanted(since=NOW + timedelta(seconds=1))) == 0
    assert count_newest(archive, Wanted(feed_ids=[OTHER])) == 0


def test_one_process_at_a_time(path: Path) -> None:
    program = (
        "import sys; from omnisonic.insight.archive.file import open_archive\n"
        "with open_archive():\n  print('open', flush=True); sys.stdin.read()"
    )
    environment = {"INGEST_DUCKDB_PATH": str(path), "OMNISONIC_ENV": "test"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(ArchiveInUse), open_archive():
            pass
        other.communicate("")
    with open_archive() as archive:
        first = archive_id(archive)
    with open_archive() as archive:
        assert archive_id(archive) == first


def test_a_file_that_is_none_is_said_so(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is no archive. " * 500)
    with pytest.raises(ArchiveUnavailable), open_archive():
        pass
    assert path.read_text().startswith("This is no archive.")
