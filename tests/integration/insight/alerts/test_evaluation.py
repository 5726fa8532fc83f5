"""From articles to mail: every kind of rule, once per data time, through pauses and edits."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

import workers.alerts
from omnisonic.core.catalog.schemas import CreditDraft
from omnisonic.insight.alerts import rules
from omnisonic.insight.alerts.command import replay
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertEntityState,
    AlertEvent,
    AlertRule,
    AlertState,
    ChannelType,
    EventState,
)
from omnisonic.insight.alerts.schemas import RulePatch
from omnisonic.insight.alerts.watching.service import AWAY, evaluate_rules
from omnisonic.insight.follows.models import Follow
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import Settings
from tests.integration.core.conftest import make_contributor, make_recording, make_work, set_shares, share
from tests.integration.insight.conftest import DAY, make_item
from tests.integration.insight.store.conftest import link

from .conftest import make_channel, make_rule, run_jobs

MINUTE = timedelta(minutes=1)
OUTLETS = ("pitch.example", "echo.example", "dial.example")


@pytest.fixture(autouse=True)
def _empty_store(clickhouse_db: None) -> None:
    """Every test begins without news."""


def write(entity: EntityRef, *minutes: float, name: str = "news", is_backfill: bool = False) -> None:
    """One story about an entity at each of these minutes from `DAY`, in three outlets by turns."""
    items = [
        make_item(
            f"{name} {minute}",
            source=OUTLETS[place % len(OUTLETS)],
            hours=minute / 60,
            is_backfill=is_backfill,
        )
        for place, minute in enumerate(minutes)
    ]
    write_items(items)
    write_links([link(one, entity) for one in items])


def at_minute(minute: float) -> datetime:
    """A time of these tests."""
    return DAY + MINUTE * minute


def rule_of(actor: Actor, *told: AlertChannel, made_at: float = 0, **fields: Any) -> AlertRule:
    """A rule that was made at a minute of these tests."""
    made = make_rule(actor, *told, **fields)
    with unit_of_work() as uow:
        row = uow.session.get_one(AlertRule, made.id)
        row.updated_at = at_minute(made_at)
    return row


def events() -> Sequence[AlertEvent]:
    with read_session() as session:
        return session.exec(
            select(AlertEvent).order_by(col(AlertEvent.kind), col(AlertEvent.created_at))
        ).all()


def states() -> dict[UUID, AlertState]:
    with read_session() as session:
        return {row.entity_id: row.state for row in session.exec(select(AlertEntityState))}


def reread(rule: AlertRule) -> AlertRule:
    with read_session() as session:
        return session.get_one(AlertRule, rule.id)


def artist_ref(actor: Actor, name: str) -> EntityRef:
    return EntityRef(EntityType.ARTIST, make_contributor(actor, name).id)


def weeks_of(entity: EntityRef, *, weeks: int = 9) -> None:
    """A story each other day, at about the same time."""
    write(entity, *(-1440 * 2 * n + 30 for n in range(1, weeks * 7 // 2)), name=f"usual {entity.entity_id}")


def test_each_kind_goes_from_articles_to_a_mail_once(
    mara: Actor, inbox: Callable[[], list[EmailMessage]]
) -> None:
    with unit_of_work() as uow:
        user = uow.session.get_one(User, mara.user_id)
        user.email_verified_at = DAY
        address = user.email
    band, newcomer = artist_ref(mara, "The Kites"), artist_ref(mara, "Nina Oro")
    song = EntityRef(EntityType.WORK, make_work(mara, "Aurora").id)
    weeks_of(band)
    write(song, -120, name="before")
    with unit_of_work() as uow:
        for one in (band, song):
            uow.session.add(
                Follow(user_id=mara.user_id, entity_type=one.entity_type, entity_id=one.entity_id)
            )
    mail = make_channel(mara, ChannelType.EMAIL, address=address, rate_limit_per_hour=10)
    rule_of(mara, mail, kind="spike", name="Bursts", scope={"followed": True})
    rule_of(mara, mail, kind="threshold", name="Counts", threshold=3, scope={"entity_type": "work"})
    rule_of(mara, mail, kind="new_entity", name="Newcomers", scope={"entity_type": "artist"})

    assert evaluate_rules(now=at_minute(1.5)) == 3
    assert (list(events()), states()) == ([], {})
    write(band, *(2 + n / 4 for n in range(9)), name="burst")
    write(song, 3, 4, name="song")
    write(newcomer, 3.5, name="debut")
    evaluate_rules(now=at_minute(6))
    found = {str(one.kind): one for one in events()}
    assert {kind: one.entity_name for kind, one in found.items()} == {
        "new_entity": "Nina Oro",
        "spike": "The Kites",
        "threshold": "Aurora",
    }
    assert {one.data_time for one in found.values()} == {at_minute(6)}
    facts = found["spike"].facts
    assert facts["value"] >= 5
    assert facts["ratio"] >= 3
    assert facts["probability"] < 1e-4
    assert (facts["sources"], len(facts["articles"]), facts["confidence"]) == (3, 5, pytest.approx(0.9))
    assert found["threshold"].facts["value"] == 3
    run_jobs()
    assert sorted(str(one["subject"]) for one in inbox()) == [
        "Aurora: Counts",
        "Nina Oro: Newcomers",
        "The Kites: Bursts",
    ]

    evaluate_rules(now=at_minute(6))
    evaluate_rules(now=at_minute(6.9))
    workers.alerts.evaluate_rules()  # months later, as the clock is: one window late at most
    firing = [one for one in events() if one.state is EventState.FIRING]
    assert len(firing) == 3
    run_jobs()
    assert len(inbox()) == 3, "nobody asked to hear that it is over"


def test_what_was_so_before_is_no_news(mara: Actor) -> None:
    band = artist_ref(mara, "The Kites")
    write(band, -60, -50, -40, name="before")
    rule_of(mara, kind="threshold", threshold=3, window_minutes=1440)
    write(artist_ref(mara, "Archive"), 1, 1.2, 1.4, is_backfill=True, name="old")
    evaluate_rules(now=at_minute(2))
    write(band, 3)
    evaluate_rules(now=at_minute(5))
    assert (list(events()), states()) == ([], {band.entity_id: AlertState.FIRING})


def test_nothing_is_new_on_the_first_day_or_twice(mara: Actor) -> None:
    rule_of(mara, kind="new_entity", window_minutes=60)
    first, second, old = (artist_ref(mara, name) for name in ("First", "Second", "Old"))
    write(first, 10)
    write(old, 20, is_backfill=True)
    evaluate_rules(now=at_minute(30))
    write(second, 2000)
    write(old, 2001)
    write(first, 2002)
    for minute in (2002, 2003, 2004, 2020):
        evaluate_rules(now=at_minute(minute))
    assert [one.entity_id for one in events()] == [second.entity_id]


def test_clickhouse_away_is_said_and_what_was_missed_is_told_once(
    mara: Actor, configure: Callable[..., Settings], clickhouse_server: dict[str, str]
) -> None:
    band, other = artist_ref(mara, "The Kites"), artist_ref(mara, "Others")
    write(other, -3000)
    rule = rule_of(mara, kind="threshold", threshold=3, window_minutes=120)
    evaluate_rules(now=at_minute(1))
    configure(CLICKHOUSE_PORT=1)
    assert evaluate_rules(now=at_minute(5)) == 0
    waiting = reread(rule)
    assert (waiting.error, waiting.evaluated_until, waiting.version) == (AWAY, at_minute(1), rule.version)
    configure(CLICKHOUSE_PORT=clickhouse_server["CLICKHOUSE_PORT"])
    write(other, 20, 21, 22, name="too old by now")
    write(band, 2890, 2891, 2892, name="one")
    write(other, 2950, 2951, 2952, 2953, name="two")
    evaluate_rules(now=at_minute(3000))
    back = reread(rule)
    assert (back.error, back.evaluated_until) == (None, at_minute(3000))
    assert {one.entity_id for one in events()} == {band.entity_id, other.entity_id}
    assert [one.data_time for one in events()] == [at_minute(3000)] * 2, "one message for both"


def test_an_edit_begins_anew_and_calm_resolves(mara: Actor) -> None:
    band = artist_ref(mara, "The Kites")
    write(band, -5000)
    rule = rule_of(mara, kind="threshold", threshold=2, window_minutes=30, notify_resolved=True)
    evaluate_rules(now=at_minute(1))
    write(band, 2, 3)
    evaluate_rules(now=at_minute(4))
    assert states() == {band.entity_id: AlertState.FIRING}
    evaluate_rules(now=at_minute(40))
    assert states() == {band.entity_id: AlertState.RECOVERING}
    evaluate_rules(now=at_minute(110))
    assert states() == {band.entity_id: AlertState.RESOLVED}
    assert [one.state for one in events()] == [EventState.FIRING, EventState.RESOLVED]

    with unit_of_work() as uow:
        patch = RulePatch(version=reread(rule).version, threshold=1)
        rules.update_rule(uow, mara, rule_id=rule.id, patch=patch)
    assert (states(), reread(rule).evaluated_until) == ({}, None)


def test_a_right_holder_hears_of_works_recordings_and_performers(mara: Actor) -> None:
    holder, small = make_contributor(mara, "Kato Lind"), make_contributor(mara, "Somebody")
    performer = make_contributor(mara, "The Kites")
    work, other = make_work(mara, "Aurora"), make_work(mara, "Other")
    set_shares(mara, work, share(holder, 250_000), share(small, 750_000))
    set_shares(mara, other, share(holder, 100_000), share(small, 900_000))
    performers = [CreditDraft(contributor_id=performer.id)]
    recording = make_recording(mara, "Aurora (live)", work_id=work.id, credits=performers)
    scope = {"right_holder": {"contributor_id": holder.id, "min_share_ppm": 200_000}}
    rule = rule_of(mara, kind="threshold", threshold=1, scope=scope)
    evaluate_rules(now=at_minute(1))
    for ref in (
        EntityRef(EntityType.WORK, work.id),
        EntityRef(EntityType.WORK, other.id),
        EntityRef(EntityType.RECORDING, recording.id),
        EntityRef(EntityType.ARTIST, performer.id),
    ):
        write(ref, 2, name=str(ref.entity_id))
    evaluate_rules(now=at_minute(4))
    assert {one.entity_id: one.facts["reason"] for one in events()} == {
        work.id: "Kato Lind holds 25 % of “Aurora”.",
        recording.id: "Kato Lind holds 25 % of “Aurora”, recorded as “Aurora (live)”.",
        performer.id: (
            "Kato Lind holds 25 % of “Aurora”, recorded as “Aurora (live)”, which this artist performs."
        ),
    }
    assert reread(rule).error is None
    nobody = rule_of(mara, kind="threshold", scope={"followed": True})
    evaluate_rules(now=at_minute(5))
    assert "You follow nothing" in str(reread(nobody).error)


def test_a_preview_shows_when_it_would_have_fired(
    client_of: Callable[[Actor], TestClient], mara: Actor
) -> None:
    """The same rule over the last 30 days: through the API, through the command, and nothing is stored."""
    now = utc_now()
    today = (now - DAY) / MINUTE
    band = artist_ref(mara, "The Kites")
    write(band, *(today - 1440 * n for n in range(3, 70, 2)), name="usual")
    write(band, *(today - 2880 + n for n in range(12)), name="burst")
    draft = {"name": "Bursts", "kind": "spike", "windowMinutes": 360}
    answer = client_of(mara).post("/api/alerts/rules/preview", json=draft)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["total"], shown["isComplete"], shown["entities"], shown["problem"]) == (1, True, 1, None)
    (firing,) = shown["firings"]
    assert (firing["name"], firing["path"]) == ("The Kites", f"/entities/artist/{band.entity_id}")
    assert firing["stories"] >= 5
    assert firing["sources"] == 3
    assert [one["title"].split()[0] for one in firing["articles"]] == ["burst"] * 5
    assert firing["resolvedAt"] > firing["firedAt"]
    counted = client_of(mara).post("/api/alerts/rules/preview", json={**draft, "kind": "threshold"}).json()
    assert (counted["total"], counted["firings"][0]["expected"]) == (1, None)
    nobody = client_of(mara).post("/api/alerts/rules/preview", json={**draft, "scope": {"followed": True}})
    assert "You follow nothing" in nobody.json()["problem"]
    assert (list(events()), states()) == ([], {})

    rule_of(mara, kind="spike", name="Bursts", window_minutes=360)
    output = io.StringIO()
    replay(
        since=(now - timedelta(days=30)).isoformat(),
        until=now.isoformat(),
        output=output,
        rule=None,
        mentions=None,
    )
    line = json.loads(output.getvalue().splitlines()[0])
    assert (line["rule"], line["name"], line["sources"]) == ("Bursts", "The Kites", 3)
    assert datetime.fromisoformat(line["firedAt"]) == datetime.fromisoformat(firing["firedAt"])
