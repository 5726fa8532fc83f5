"""Feeds over REST: who may, what is answered, OPML and discovery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from omnisonic.insight.feeds.models import FeedStatus
from omnisonic.insight.feeds.repository import block_domain
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.middleware import wrap
from tests.feed_server import FeedServer
from tests.integration.insight.feeds.conftest import change, check, feed_of

Open = Callable[..., TestClient]
ORIGIN = "http://localhost:3000"
OPML = """<?xml version="1.0" encoding="utf-8"?><opml version="1.0"><body><outline text="Music">
<outline text="Good &amp; loud" type="rss" xmlUrl="{here}/good" htmlUrl="https://loud.example/"/>
<outline text="Same" xmlUrl="{here}/good/"/><outline text="Bad" xmlUrl="file:///etc/passwd"/></outline>
<outline title="Other" xmlurl="{here}/other"/></body></opml>"""


def test_from_following_to_removing(feed_server: FeedServer, analyst: Actor, client_of: Open) -> None:
    client = client_of(analyst)
    body = {"url": feed_server.url("/good"), "sourceTier": 1, "genre": "Pop"}
    once = {"Idempotency-Key": "one"}
    answer = client.post("/api/feeds", json=body, headers=once)
    assert answer.status_code == 201, answer.text
    feed = answer.json()["feed"]
    assert (feed["status"], feed["sourceTier"], feed["lastCheckedAt"]) == ("active", 1, None)
    assert client.post("/api/feeds", json=body, headers=once).json() == answer.json()
    again = client.post("/api/feeds", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/feed-taken")
    assert again.json()["current"]["id"] == feed["id"]
    check(feed_of(feed["id"]).id)
    path = f"/api/feeds/{feed['id']}"
    seen = client.get(path).json()["feed"]
    assert (seen["title"], seen["lastEntries"], seen["itemsPerWeek"]) == ("Loud News", 3, 21.0)
    paused = client.patch(path, json={"status": "paused", "title": "Ours", "version": 1}).json()["feed"]
    assert (paused["status"], paused["nextCheckAt"], paused["version"]) == ("paused", None, 2)
    assert client.patch(path, json={"genre": "Jazz", "version": 1}).status_code == 409
    assert client.patch(path, json={"status": "active"}).json()["feed"]["status"] == "active"
    check(feed_of(feed["id"]).id)
    assert client.get(path).json()["feed"]["title"] == "Ours"  # people's choice stays
    assert client.post(f"{path}/check").status_code == 202
    assert client.get("/api/feeds?q=OURS&status=active").json()["feeds"][0]["id"] == feed["id"]
    assert client.get("/api/feeds?q=%00").status_code == 422  # a character that no text has
    assert client.get("/api/feeds?status=gone").json() == {"feeds": [], "nextCursor": None}
    assert client.delete(path).json() == {"ok": True}
    assert client.get(path).status_code == 404


def test_members_read_and_do_not_edit(
    feed_server: FeedServer, mara: Actor, follow: Any, client_of: Open
) -> None:
    feed_id = follow("/good")
    client = client_of(mara)
    assert client.get(f"/api/feeds/{feed_id}").status_code == client.get("/api/feeds/opml").status_code == 200
    address = {"url": feed_server.url("/site/")}
    refused = [
        client.post("/api/feeds", json=address),
        client.post("/api/feeds/discover", json=address),
        client.post("/api/feeds/opml", files={"file": ("f.opml", b"<opml/>")}),
        client.patch(f"/api/feeds/{feed_id}", json={"genre": "Pop"}),
        client.post(f"/api/feeds/{feed_id}/check"),
        client.delete(f"/api/feeds/{feed_id}"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 6


def test_a_list_of_feeds_may_be_larger_than_other_requests(client_of: Open, analyst: Actor) -> None:
    client = client_of(analyst)
    with TestClient(wrap(client.app), base_url=ORIGIN, headers={"Origin": ORIGIN}) as whole:
        whole.cookies = client.cookies
        large = OPML.format(here="https://a.example").replace("<body>", f"<body><!--{'x' * 4 * 1024**2}-->")
        answer = whole.post("/api/feeds/opml", files={"file": ("f.opml", large)})
        assert (answer.status_code, answer.json()["added"]) == (200, 2), answer.text
        bomb = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><opml>&b;</opml>'
        file = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>'
        many = "".join(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(10_000))
        for bad in (bomb, file, f"<opml><body>{many}</body></opml>", "<opml>" * 200_000):
            refused = whole.post("/api/feeds/opml", files={"file": ("f.opml", bad)})
            assert (refused.status_code, refused.json()["type"]) == (422, "/problems/opml-unreadable")
        assert whole.post("/api/feeds/opml", files={"file": ("f.opml", "x" * 7 * 1024**2)}).status_code == 413


def test_bad_fields_are_named(analyst: Actor, client_of: Open) -> None:
    client = client_of(analyst)
    bodies: list[dict[str, Any]] = [
        {"url": "file:///etc/passwd"},
        {"url": ""},
        {"url": "x" * 3000},
        {"url": "a.example", "sourceTier": 4},
        {},
    ]
    for body in bodies:
        answer = client.post("/api/feeds", json=body)
        assert answer.status_code == 422, body
        assert answer.json()["errors"], body


def test_a_list_of_feeds_comes_in_and_goes_out(
    feed_server: FeedServer, analyst: Actor, client_of: Open
) -> None:
    client = client_of(analyst)
    content = OPML.format(here=feed_server.url("")).encode()
    first = client.post("/api/feeds/opml", files={"file": ("feeds.opml", content)}).json()
    assert (first["added"], first["alreadyFollowed"], len(first["refused"])) == (2, 1, 1)
    assert client.post("/api/feeds/opml", files={"file": ("feeds.opml", content)}).json()["added"] == 0
    out = client.get("/api/feeds/opml")
    assert out.headers["content-disposition"].endswith('"feeds.opml"')
    assert b'title="Good &amp; loud"' in out.content
    for feed in client.get("/api/feeds").json()["feeds"]:
        client.delete(f"/api/feeds/{feed['id']}")
    assert client.post("/api/feeds/opml", files={"file": ("f", out.content)}).json()["added"] == 2
    bomb = b'<!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "&a;">]><opml/>'
    for bad in (b"", b"<rss/>", b"<opml", bomb):
        answer = client.post("/api/feeds/opml", files={"file": ("f", bad)})
        assert answer.json()["type"] == "/problems/opml-unreadable"


def test_a_site_shows_its_feeds(
    feed_server: FeedServer, follow: Any, analyst: Actor, client_of: Open
) -> None:
    followed = follow("/good")
    client = client_of(analyst)

    def discover(path: str) -> Any:
        return client.post("/api/feeds/discover", json={"url": feed_server.url(path)})

    found = discover("/site/").json()["candidates"]
    assert [(one["title"], one["format"], one["feedId"]) for one in found] == [
        ("All news", "RSS", str(followed)), ("Loud", "Atom", None)
    ]  # fmt: skip
    assert found[1]["url"] == feed_server.url("/site/atom")
    itself = discover("/new-home").json()["candidates"]
    assert [(one["url"], one["entries"]) for one in itself] == [(feed_server.url("/new-home"), 3)]
    feed_server.answers["/feed"] = feed_server.answers["/new-home"]
    assert discover("/nowhere").json()["candidates"][0]["url"] == feed_server.url("/feed")
    del feed_server.answers["/feed"]
    assert discover("/nowhere").json()["type"] == "/problems/not-a-feed"
    assert discover("/to-private").json()["type"] == "/problems/fetch-refused"


def test_a_domain_that_rests_is_left_alone_even_by_people(
    follow: Any, analyst: Actor, client_of: Open
) -> None:
    feed_id = follow("/good")
    until = utc_now() + timedelta(hours=1)
    with unit_of_work() as uow:
        block_domain(uow.session, feed_of(feed_id).fetch_domain, until=until, reason="429")
    change(feed_id, status=FeedStatus.GONE)
    client = client_of(analyst)
    assert client.post(f"/api/feeds/{feed_id}/check").status_code == 409
    assert client.get(f"/api/feeds/{feed_id}").json()["feed"]["restsUntil"] is not None
