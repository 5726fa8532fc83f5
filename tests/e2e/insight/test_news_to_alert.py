"""From a feed to the alert about it, over REST and on the real processes.

Fetched, archived, tagged, counted, exported, corrected; watched by a rule, mailed and posted once.
"""

from __future__ import annotations

import csv
import email
import email.policy
import json
import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import ROOT, Stack
from tests.e2e.insight.news import evaluate_next_minute, make_analyst
from tests.e2e.insight.outlet import Outlet, open_outlet
from tests.e2e.people import PASSWORD
from tests.waiting import wait_until

PERSON = "desk@example.org"
INBOX = "alerts@example.net"
ARTIST = "Velda Korrin"
EARLIER = [
    "Velda Korrin announces her debut album, due in March",
    "Singer Velda Korrin plays three sold-out concerts in Oslo",
    "Council votes on a new bridge across the river",
]
LATER = [
    "Velda Korrin signs to a record label after her tour",
    "Review: on her new single, singer Velda Korrin finds a quieter voice",
    "Festival line-up grows: Velda Korrin and her band headline Saturday",
]
LONG_S = 150.0  # rules are evaluated each minute, and the machine may be busy
wait_for = partial(wait_until, deadline_s=LONG_S, pause_s=0.25)


class Desk:
    """A person at a news desk, who works by REST."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=stack.base_url, headers={"Origin": stack.base_url}, timeout=30)
        self.post("/api/auth/callback/credentials", 200, email=PERSON, password=PASSWORD)
        make_analyst(stack, PERSON)

    def get(self, path: str, **query: Any) -> Any:
        """JSON of a route."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, status: int, **body: Any) -> Any:
        """JSON of what was made."""
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def fetch(self, feed: dict[str, Any]) -> dict[str, Any]:
        """Have a feed fetched and its articles brought all the way; what the job says of it."""
        job_id = self.post("/ingest/rss", 202, **feed)["jobId"]
        job = wait_for(lambda: self._done(job_id))
        assert job["status"] == "completed", job
        wait_for(self._nothing_waits)
        (told,) = job["result"]["feeds"]
        assert told["outcome"] in {"new", "unchanged"}, told  # the schedule may check it as well
        return dict(told)

    def trend(self, stories: int) -> dict[str, Any] | None:
        """The artist among the trends of the day, once it has so many stories."""
        found = self.get("/api/trends", window="24h", entityType="artist", limit=100)["trends"]
        mine = {trend["name"]: dict(trend) for trend in found}.get(ARTIST)
        return mine if mine and mine["stories"] == stories else None

    def mails(self, subject: str) -> list[EmailMessage]:
        """What reached the inbox under a subject."""
        read = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(self.stack.mail_dir.glob("*.eml"))
        ]
        return [mail for mail in read if mail["To"] == INBOX and subject in mail["Subject"]]

    def _done(self, job_id: str) -> dict[str, Any] | None:
        job = self.get(f"/api/jobs/{job_id}")
        return job if job["status"] in {"completed", "failed"} else None

    def _nothing_waits(self) -> bool:
        status = self.get("/ingest/status")
        return status["waitingDeliveries"] + status["unstored"] + status["untagged"] == 0


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with open_outlet() as opened:
        yield opened


@pytest.fixture
def desk(stack: Stack) -> Iterator[Desk]:
    desk = Desk(stack)
    yield desk
    desk.http.close()


def watch(desk: Desk, outlet: Outlet, entity_id: str) -> tuple[str, str]:
    """A rule with a confirmed mail channel and a webhook; its id, and the webhook's secret."""
    mail = desk.post("/api/alerts/channels", 201, name="Desk", type="email", config={"address": INBOX})
    hook = desk.post("/api/alerts/channels", 201, name="Hook", type="webhook", config={"url": outlet.url})
    (asked,) = wait_for(lambda: desk.mails("May alerts be sent"))
    link = re.search(r"https?://\S+/confirm\?token=\S+", asked.get_content())
    assert link
    desk.http.post(link[0]).raise_for_status()
    rule = desk.post(
        "/api/alerts/rules",
        201,
        name="News of Velda",
        kind="threshold",
        scope={"entityIds": [entity_id]},
        minConfidence=0.5,
        threshold=2,
        windowMinutes=60,
        channelIds=[mail["channel"]["id"], hook["channel"]["id"]],
    )
    return rule["rule"]["id"], hook["secret"]


def check_figures(desk: Desk, outlet: Outlet, entity_id: str, stories: int) -> None:
    """Filter, series and file agree on how many stories there are."""
    chosen = {"entityType": "artist", "entityId": entity_id, "days": "2"}
    series = desk.get("/api/analytics/mentions", **chosen)
    assert (series["totals"]["stories"], sum(series["all"])) == (stories, stories)
    exported = desk.http.get("/api/analytics/mentions.csv", params=chosen)
    rows = list(csv.DictReader(exported.text.lstrip("\ufeff").splitlines()))
    assert sum(int(row["value"]) for row in rows if row["name"] == ARTIST) == stories
    (row,) = desk.get("/api/analytics/sources", **chosen)["sources"]
    assert (row["source"], row["stories"]) == (outlet.url.removeprefix("http://"), stories)


def reject_one(desk: Desk, entity_id: str) -> None:
    """Say of one earlier article that it is not about the artist."""
    news = desk.get("/api/news", entityType="artist", entityId=entity_id)["news"]
    article = next(one for one in news if one["title"] == EARLIER[0])
    (link,) = desk.get(f"/api/news/{article['id']}/explain")["links"]
    assert (link["entityId"], link["matchedText"], link["status"]) == (entity_id, ARTIST, "linked")
    assert link["evidence"]
    answer = desk.post("/api/corrections", 201, verdict="reject", tagId=link["id"], reason="A namesake")
    assert answer["changed"] == 1


def check_webhook(outlet: Outlet, secret: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The one message, if the example for receivers finds it genuine."""
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    spec = spec_from_file_location("receive_webhook", ROOT / "docs" / "examples" / "receive_webhook.py")
    assert spec is not None
    assert spec.loader is not None
    example = module_from_spec(spec)
    spec.loader.exec_module(example)
    ((headers, body),) = outlet.posts
    assert example.is_genuine(headers, body, secret, now_s=time.time())
    assert not example.is_genuine(headers, body + b" ", secret, now_s=time.time())
    return dict(json.loads(body))


def test_from_a_feed_to_its_alert(desk: Desk, outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"isrc": "NOAAA2600001", "title": "Harbor Light", "artist": ARTIST, "genre": "Folk"}
    desk.post("/ingest/isrc", 200, records=[record])
    outlet.titles = EARLIER
    fed = desk.fetch({"urls": [f"{outlet.url}/feed.xml"]})
    trend = wait_for(lambda: desk.trend(2))
    rule_id, secret = watch(desk, outlet, trend["entityId"])

    outlet.titles = EARLIER + LATER
    desk.fetch({"feedId": fed["feedId"]})
    trend = wait_for(lambda: desk.trend(5))
    assert {article["title"] for article in trend["articles"]} <= {*EARLIER[:2], *LATER}
    check_figures(desk, outlet, trend["entityId"], 5)
    reject_one(desk, trend["entityId"])
    wait_for(lambda: desk.trend(4))
    check_figures(desk, outlet, trend["entityId"], 4)

    wait_for(lambda: outlet.posts)
    message = check_webhook(outlet, secret, monkeypatch)
    assert message["type"] == "alert.fired"
    (entity,) = message["data"]["entities"]
    assert (entity["id"], entity["name"]) == (trend["entityId"], ARTIST)
    assert {article["title"] for article in entity["articles"]} <= {*LATER}
    (mail,) = wait_for(lambda: desk.mails(ARTIST))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    event = wait_for(lambda: _delivered(desk, rule_id))
    assert (event["state"], event["entityId"]) == ("firing", trend["entityId"])
    assert [one["attempts"] for one in event["deliveries"]] == [1, 1]
    rule = desk.get(f"/api/alerts/rules/{rule_id}")["rule"]
    assert rule["error"] is None
    evaluate_next_minute(desk.stack)
    wait_for(lambda: _looked_after(desk, rule))  # and the next evaluation sends neither again
    assert (len(outlet.posts), len(desk.mails(ARTIST))) == (1, 1)
    (event,) = desk.get("/api/alerts/events", ruleId=rule_id)["events"]
    assert [(one["status"], one["attempts"]) for one in event["deliveries"]] == [("delivered", 1)] * 2


def _delivered(desk: Desk, rule_id: str) -> dict[str, Any] | None:
    """The one event of the rule, once both of its messages were taken."""
    (event,) = desk.get("/api/alerts/events", ruleId=rule_id)["events"]
    arrived = [one["status"] for one in event["deliveries"]] == ["delivered", "delivered"]
    return event if arrived else None


def _looked_after(desk: Desk, rule: dict[str, Any]) -> bool:
    """Whether the rule was evaluated again since."""
    now = desk.get(f"/api/alerts/rules/{rule['id']}")["rule"]
    return bool(now["evaluatedUntil"] > rule["evaluatedUntil"])
