"""Planted bursts among news that vary by hour, weekday and chance are found, and hardly anything else."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from omnisonic.insight.alerts.command import replay
from omnisonic.insight.alerts.evaluation.conditions import Question
from omnisonic.insight.alerts.evaluation.kinds import RuleKind
from omnisonic.insight.alerts.evaluation.replaying import Replay
from omnisonic.insight.alerts.evaluation.standings import Change
from omnisonic.insight.alerts.evaluation.timelines import Seen, Timeline
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.tagging.json_lines import UnreadableLine

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HISTORY_WEEKS, WEEKS, ENTITIES = 9, 2, 100
TICK = timedelta(minutes=1)


def background(rng: np.random.Generator, per_day: float, *, dispersion: float) -> list[Seen]:
    """Stories over eleven weeks: busy at day and on weekdays, with days that are better than others."""
    hours = np.arange((HISTORY_WEEKS + WEEKS) * 168)
    season = 1 + 0.6 * np.sin(2 * np.pi * (hours % 24 - 8) / 24)
    season *= np.where(hours // 24 % 7 < 5, 1.15, 0.6)
    shape = per_day / (dispersion - 1)
    days = rng.gamma(shape, 1 / shape, size=len(hours) // 24)
    counts = rng.poisson(per_day / 24 * season * days[hours // 24])
    places = np.repeat(hours, counts) + rng.random(counts.sum())
    return [story(rng, START + timedelta(hours=float(place))) for place in places]


def story(rng: np.random.Generator, at: datetime) -> Seen:
    return Seen(at=at, story=int(rng.integers(2**60)), source=f"outlet {rng.integers(12)}")


@pytest.mark.parametrize(
    "window",
    [
        pytest.param(timedelta(hours=6), id="six-hours"),
        pytest.param(timedelta(hours=24), id="a-day", marks=pytest.mark.slow),
    ],
)
def test_planted_bursts_are_found_and_hardly_anything_else(window: timedelta) -> None:
    rng = np.random.default_rng(20261121)
    lines: dict[EntityRef, Timeline] = {}
    burst_ends: dict[EntityRef, tuple[datetime, datetime]] = {}
    for number in range(ENTITIES):
        ref = EntityRef(EntityType.ARTIST, UUID(int=number + 1))
        per_day = float(np.exp(rng.uniform(np.log(0.2), np.log(8))))
        seen = background(rng, per_day, dispersion=1.5)
        if number % 10 == 0:
            begin = START + WEEK * HISTORY_WEEKS + timedelta(hours=float(rng.uniform(24, WEEKS * 168 - 48)))
            size = ceil(15 + 10 * per_day * (window / timedelta(days=1)))
            seen += [story(rng, begin + timedelta(minutes=float(rng.uniform(0, 30)))) for _ in range(size)]
            burst_ends[ref] = (begin, begin + timedelta(minutes=30))
        lines[ref] = Timeline.of(seen)
    question = Question(kind=RuleKind.SPIKE, length=window, threshold=5, oldest=START)
    since = START + WEEK * HISTORY_WEEKS
    outcomes = Replay(question, lines).run(since, since + WEEK * WEEKS)
    fired = [
        (one.entity, one.standing.since) for one in outcomes if one.change is Change.FIRED and one.standing
    ]
    found = {
        ref
        for ref, at in fired
        if ref in burst_ends and burst_ends[ref][0] <= at <= burst_ends[ref][1] + 3 * TICK
    }
    assert found == set(burst_ends), "each within two ticks of its end, most before"
    false = [one for one in fired if one[0] not in burst_ends]
    assert len(false) <= WEEKS * ENTITIES / 100


def test_the_command_reads_mentions_from_a_file(tmp_path: Path) -> None:
    """A band in the news once a day, then ten times within an hour."""
    days = [(START + timedelta(days=n, hours=9), f"day {n}", n % 3) for n in range(70)]
    burst = [(START + timedelta(days=70, hours=9, minutes=5 * n), f"burst {n}", n % 4) for n in range(12)]
    mentions = tmp_path / "mentions.jsonl"
    mentions.write_text(
        "\n".join(
            json.dumps({"at": at.isoformat(), "entityId": "kites", "story": key, "source": f"o{source}"})
            for at, key, source in days + burst
        )
    )
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps({"kind": "spike", "windowMinutes": 360}))
    output = io.StringIO()
    until = START + timedelta(days=72)
    replay(
        since=(START + timedelta(days=65)).isoformat(),
        until=until.isoformat(),
        output=output,
        rule=str(rule),
        mentions=str(mentions),
    )
    fired, summary = map(json.loads, output.getvalue().splitlines())
    assert (fired["entityId"], fired["entityType"], fired["expected"]) == ("kites", "artist", 1)
    begin = START + timedelta(days=70, hours=9)
    assert begin < datetime.fromisoformat(fired["firedAt"]) <= begin + timedelta(hours=1)
    assert fired["resolvedAt"] is not None
    assert (summary["fired"], summary["isComplete"]) == (1, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"at": "yesterday", "entityId": "a", "source": "b"}', "is no time"),
        ('{"at": "2026-01-01", "entityId": "", "source": "b"}', '"entityId" must be'),
        ('{"at": "2026-01-01", "entityId": "a", "source": "b", "entityType": "label"}', '"entityType" must'),
        ('{"at": "2026-01-01", "entityId": "a", "source": "b", "confidence": 2}', '"confidence" must'),
    ],
)
def test_lines_that_are_no_mentions(tmp_path: Path, line: str, words: str) -> None:
    mentions = tmp_path / "mentions.jsonl"
    mentions.write_text(line)
    with pytest.raises(UnreadableLine, match=words):
        replay(
            since="2026-01-01", until="2026-02-01", output=io.StringIO(), rule=None, mentions=str(mentions)
        )
