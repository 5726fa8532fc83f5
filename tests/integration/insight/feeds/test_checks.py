"""What each habit of a server leaves in the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from omnisonic.insight.feeds import checking, lifecycle, repository
from omnisonic.insight.feeds.checking import Result
from omnisonic.insight.feeds.models import Feed, FeedDomain, FeedStatus
from omnisonic.platform import http_client
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import OutboxMessage
from tests.feed_server import Answer, FeedServer, item, rss
from tests.integration.insight.feeds.conftest import change, check, deliveries, feed_of
from workers.ingest import fetch_feed, poll_feeds

Follow = Callable[[str], UUID]


def test_a_first_check_is_backfill_and_the_next_is_news(feed_server: FeedServer, follow: Follow) -> None:
    feed_id = follow("/good")
    result, feed = check(feed_id)
    assert (result, feed.status, feed.title, feed.source) == (
        Result.NEW, FeedStatus.ACTIVE, "Loud News", "loud.example"
    )  # fmt: skip
    assert (feed.last_entries, feed.etag, feed.failure_count, feed.claimed_until) == (3, '"v1"', 0, None)
    assert feed.items_per_week == 21
    assert feed.last_error is None
    (first,) = deliveries(feed_id)
    assert first.is_backfill
    assert first.feed["source"] == "loud.example"
    assert [entry["guid"] for entry in first.items] == ["g1", "g2", "g3"]
    assert first.items[0] | {"publishedAt": "", "raw": {}} == {
        "position": 0, "guid": "g1", "url": "https://loud.example/1", "title": "Headline 1", "text": "Text",
        "publishedAt": "", "dateQuality": "stated", "language": "", "raw": {},
    }  # fmt: skip
    feed_server.answers["/good"] = Answer(rss(item(0), item(1)))
    assert check(feed_id)[0] is Result.NEW
    assert [delivery.is_backfill for delivery in deliveries(feed_id)] == [True, False]
    assert jobs("workers.archive.archive_deliveries") == 2


def test_an_unchanged_feed_is_asked_with_conditions_and_delivers_nothing(
    feed_server: FeedServer, follow: Follow
) -> None:
    feed_id = follow("/conditional")
    assert [check(feed_id)[0], check(feed_id)[0]] == [Result.NEW, Result.UNCHANGED]
    feed = feed_of(feed_id)
    assert feed.last_modified == "Sun, 02 Jan 2000 00:00:00 GMT"  # what the 304 said
    sent = feed_server.asked("/conditional")[1]
    assert sent["if-none-match"] == 'W/"odd, one"'
    assert sent["if-modified-since"] == "Sat, 01 Jan 2000 00:00:00 GMT"
    assert "+http" in sent["user-agent"]
    assert sent["accept-encoding"] == "gzip, deflate"
    other = follow("/same-body")  # without validators the bytes are compared
    assert [check(other)[0], check(other)[0]] == [Result.NEW, Result.UNCHANGED]
    assert len(deliveries(feed_id)) == len(deliveries(other)) == 1


REFUSALS = [
    ("/to-private", "fetch-refused", "10.0.0.1"),
    ("/to-metadata", "fetch-refused", "169.254"),
    ("/to-file", "fetch-refused", "http and https"),
    ("/loop", "fetch-failed", "redirects"),
    ("/gzip-bomb", "fetch-failed", "100 times"),
    ("/endless", "fetch-failed", "larger"),
    ("/html", "not-a-feed", "web page"),
    ("/empty", "not-a-feed", "empty"),
    ("/billion-laughs", "feed-unsafe", "grows"),
    ("/500", "feed-answered", "500"),
    ("/403", "feed-answered", "403"),
    ("/missing", "feed-answered", "404"),
]


def test_what_brings_nothing_says_why(follow: Follow) -> None:
    for path, slug, words in REFUSALS:
        feed_id = follow(path)
        result, feed = check(feed_id)
        outcome = (result, feed.status, feed.failure_count, feed.last_error_slug)
        assert outcome == (Result.FAILED, FeedStatus.FAILING, 1, slug), path
        assert words in (feed.last_error or ""), path
        assert not deliveries(feed_id), path
        assert feed.last_success_at is None, path
        assert minutes_until(feed) == pytest.approx(15, abs=2), path


@pytest.mark.parametrize("path", ["/stall", "/drip"])
def test_a_server_that_never_ends_is_left(follow: Follow, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(checking, "TOTAL_S", 0.3)
    result, feed = check(follow(path))
    assert (result, feed.last_error_slug) == (Result.FAILED, "fetch-failed")


def test_a_name_that_changes_its_mind_reaches_only_what_was_checked(
    feed_server: FeedServer, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_id = follow("/good")
    change(feed_id, url=feed_server.url("/good", host="rebind.example"))
    lookups = iter([["203.0.113.7"], ["127.0.0.1"], ["127.0.0.1"]])
    monkeypatch.setattr(http_client, "resolve", lambda *_: [http_client.ip_address(a) for a in next(lookups)])
    assert check(feed_id)[1].last_error_slug == "fetch-refused"  # documentation addresses are not public
    assert check(feed_id)[1].last_error_slug == "fetch-refused"
    assert feed_server.requests == []


ODD = {
    "/gzip": ["Headline 1", "Headline 2", "Headline 3"],
    "/latin1-lie": ["Björk spielt größer"],
    "/utf8-lie": ["Björk – größer"],
    "/no-charset": ["Sigur Rós"],
    "/same-guids": [f"Headline {number}" for number in range(10)],
    "/no-guids": ["Headline 0", "Headline 1", "Headline 2"],
    "/no-dates": ["Headline 1", "Headline 2"],
    "/cut-off": ["Headline 1", "Headline 2", "Headline 3"],
}


def test_odd_feeds_are_read(follow: Follow) -> None:
    for path, titles in ODD.items():
        feed_id = follow(path)
        assert check(feed_id)[0] is Result.NEW, path
        (delivery,) = deliveries(feed_id)
        assert [entry["title"] for entry in delivery.items] == titles, path
        assert [entry["position"] for entry in delivery.items] == list(range(len(titles))), path


def test_a_changed_title_is_the_same_guid(feed_server: FeedServer, follow: Follow) -> None:
    feed_id = follow("/changed-title")
    check(feed_id)
    feed_server.answers["/changed-title"] = Answer(rss(item(1, title="After")))
    check(feed_id)
    entries = [delivery.items[0] for delivery in deliveries(feed_id)]
    assert [(entry["guid"], entry["title"]) for entry in entries] == [("g1", "Before"), ("g1", "After")]


def test_a_feed_of_thousands_is_read_to_its_limit_and_says_so(follow: Follow) -> None:
    feed_id = follow("/many")
    _, feed = check(feed_id)
    assert len(deliveries(feed_id)[0].items) == 2000
    assert feed.last_entries == 2500
    assert "first 2,000" in (feed.last_warning or "")


def test_dates_that_cannot_be_true_are_left_to_first_sight(follow: Follow) -> None:
    feed_id = follow("/from-the-future")
    check(feed_id)
    dates = [(entry["publishedAt"] is None, entry["dateQuality"]) for entry in deliveries(feed_id)[0].items]
    assert dates == [(True, "clamped"), (False, "stated")]


@pytest.mark.parametrize(
    ("path", "minutes"), [("/429-seconds", 120), ("/429-date", 120), ("/503", 10), ("/429", 15)]
)
def test_a_server_that_asks_for_patience_gets_it_for_its_whole_domain(
    feed_server: FeedServer, follow: Follow, path: str, minutes: float
) -> None:
    throttled, sibling = follow(path), follow("/good")
    result, feed = check(throttled)
    assert (result, feed.status, feed.last_error_slug) == (
        Result.THROTTLED,
        FeedStatus.ACTIVE,
        "feed-throttled",
    )
    with read_session() as session:
        block = session.exec(select(FeedDomain)).one()
    assert block.domain == feed.fetch_domain
    assert (block.blocked_until - utc_now()) / timedelta(minutes=1) == pytest.approx(minutes, abs=3)
    assert check(sibling)[0] is None
    assert feed_server.asked("/good") == []
    assert feed_of(sibling).next_check_at == block.blocked_until


def test_no_header_parks_a_feed_for_a_year(follow: Follow) -> None:
    _, feed = check(follow("/429-forever"))
    assert minutes_until(feed) <= 24 * 60 + 2


def test_a_feed_that_was_good_and_is_forbidden_now_was_asked_too_often(
    feed_server: FeedServer, follow: Follow
) -> None:
    feed_id = follow("/good")
    check(feed_id)
    feed_server.answers["/good"] = feed_server.answers["/403"]
    result, feed = check(feed_id)
    assert (result, feed.status) == (Result.THROTTLED, FeedStatus.ACTIVE)


def test_an_ended_feed_is_not_asked_again_until_somebody_wants_it(
    feed_server: FeedServer, follow: Follow
) -> None:
    feed_id = follow("/410")
    result, feed = check(feed_id)
    assert (result, feed.status, feed.last_error_slug) == (Result.GONE, FeedStatus.GONE, "feed-gone")
    assert check(feed_id)[0] is None
    assert len(feed_server.asked("/410")) == 1


def test_three_failures_in_a_row_are_failing_and_one_success_heals(
    feed_server: FeedServer, follow: Follow
) -> None:
    feed_id = follow("/good")
    check(feed_id)
    good, feed_server.answers["/good"] = feed_server.answers["/good"], feed_server.answers["/500"]
    states = [check(feed_id)[1] for _ in range(3)]
    assert [feed.status for feed in states] == [FeedStatus.ACTIVE, FeedStatus.ACTIVE, FeedStatus.FAILING]
    assert [round(minutes_until(feed) / 15) for feed in states] == [1, 2, 3]  # linear
    feed_server.answers["/good"] = good
    _, feed = check(feed_id)
    assert (feed.status, feed.failure_count, feed.last_error_slug) == (FeedStatus.ACTIVE, 0, "feed-answered")


def test_a_new_address_is_taken_over_after_the_third_permanent_redirect(
    feed_server: FeedServer, follow: Follow
) -> None:
    feed_id, temporary = follow("/moved"), follow("/for-now")
    for expected in ("/moved", "/moved", "/new-home"):
        assert check(feed_id)[1].url == feed_server.url(expected)
        check(temporary)
    assert feed_of(temporary).url == feed_server.url("/for-now")
    assert feed_of(feed_id).redirect_count == 0


def test_a_new_address_that_another_feed_has_is_not_taken(feed_server: FeedServer, follow: Follow) -> None:
    follow("/good")
    feed_id = follow("/moved-to-good")
    for _ in range(3):
        check(feed_id)
    feed = feed_of(feed_id)
    assert feed.url == feed_server.url("/moved-to-good")
    assert "followed already" in (feed.last_warning or "")


def test_only_due_feeds_are_queued_and_each_once(follow: Follow) -> None:
    due, later, paused = follow("/good"), follow("/gzip"), follow("/no-dates")
    past = utc_now() - timedelta(minutes=1)
    change(due, next_check_at=past)
    change(paused, next_check_at=past, status=FeedStatus.PAUSED)
    before = jobs("workers.ingest.fetch_feed")
    poll_feeds()
    poll_feeds()
    assert jobs("workers.ingest.fetch_feed") == before + 1
    assert feed_of(due).next_check_at > utc_now()
    assert feed_of(later).claim_no == 0
    assert check(paused)[0] is None


def test_no_more_feeds_of_a_domain_are_queued_than_it_can_be_asked(follow: Follow) -> None:
    past = utc_now() - timedelta(minutes=1)
    for number in range(14):
        change(follow(f"/some/{number}"), next_check_at=past)
    with unit_of_work() as uow:
        assert lifecycle.queue_due(uow, now=utc_now()) == repository.PER_DOMAIN_MAX


def test_a_fetch_that_died_is_found_again_and_counts(follow: Follow) -> None:
    feed_id = follow("/good")
    lost = lifecycle.claim_feed(feed_id)
    assert lost is not None
    assert lifecycle.claim_feed(feed_id) is None  # in good hands as far as anybody knows
    change(feed_id, claimed_until=utc_now() - timedelta(seconds=1), next_check_at=utc_now())
    poll_feeds()
    fetch_feed(str(feed_id))
    feed = feed_of(feed_id)
    assert (feed.last_error_slug, feed.status, feed.last_entries) == ("feed-stopped", FeedStatus.ACTIVE, 3)
    late = checking.Outcome(result=Result.UNCHANGED)
    assert lifecycle.settle_check(lost, late) is None  # the dead one comes back: too late
    assert len(deliveries(feed_id)) == 1


def test_a_document_that_kills_its_reader_is_not_tried_at_once(
    follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TimeOut(BaseException):
        pass

    def stuck(*_: object, **__: object) -> None:
        raise TimeOut

    monkeypatch.setattr(lifecycle, "check", stuck)
    feed_id = follow("/good")
    with pytest.raises(TimeOut):
        lifecycle.check_feed(feed_id)
    feed = feed_of(feed_id)
    assert (feed.last_error_slug, feed.claimed_until) == ("feed-stopped", None)
    assert minutes_until(feed) > 10


def minutes_until(feed: Feed) -> float:
    return (feed.next_check_at - utc_now()) / timedelta(minutes=1)


def jobs(function: str) -> int:
    with read_session() as session:
        return len(session.exec(select(OutboxMessage).where(col(OutboxMessage.topic) == function)).all())
