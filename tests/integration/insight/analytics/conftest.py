"""A small catalog with a month of news about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.catalog.schemas import CreditDraft
from omnisonic.insight.news import EntityType, NewsItem
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.platform.actor import Actor
from tests.integration.core.conftest import make_contributor, make_recording, make_work, set_shares, share
from tests.integration.insight.conftest import make_item
from tests.integration.insight.store.conftest import link

RANGE = "from=2026-11-01&to=2026-11-30"


@dataclass
class Scene:
    """Who and what the news is about, and the articles."""

    singer: EntityRef
    writer: EntityRef
    song: EntityRef
    recording: EntityRef
    items: dict[str, NewsItem]


@pytest.fixture
def scene(db: None, clickhouse_db: None, curator: Actor) -> Scene:
    """A singer with a recording of a song that a writer wrote; three stories, one of them in two copies."""
    singer = make_contributor(curator, "Zoë =Řeka", roles=["performer"])
    writer = make_contributor(curator, "Ola Berg", roles=["composer"])
    song = make_work(curator, "Aurora", genres=["pop"])
    set_shares(curator, song, share(writer, 1_000_000))
    recording = make_recording(
        curator,
        "Aurora (live)",
        singer.name,
        work_id=song.id,
        credits=[CreditDraft(contributor_id=singer.id, credited_as=singer.name)],
    )
    refs = Scene(
        singer=EntityRef(EntityType.ARTIST, singer.id),
        writer=EntityRef(EntityType.ARTIST, writer.id),
        song=EntityRef(EntityType.WORK, song.id),
        recording=EntityRef(EntityType.RECORDING, recording.id),
        items={
            "tour": make_item("Zoë on tour", "She sings.", name="tour", hours=2),
            "copy": make_item("Zoë on tour", name="tour", source="copy.example", tier=2, hours=5),
            "duet": make_item("Zoë meets Ola", name="duet", hours=24 * 9),
            "song": make_item("Aurora returns", name="song", hours=24 * 10),
        },
    )
    items = refs.items
    write_items(list(items.values()))
    write_links(
        [
            link(items["tour"], refs.singer, genre="pop"),
            link(items["copy"], refs.singer, genre="pop", confidence=0.7),
            link(items["duet"], refs.singer, genre="pop"),
            link(items["duet"], refs.writer, genre=""),
            link(items["song"], refs.song, genre="pop"),
        ]
    )
    return refs


@pytest.fixture
def browser(client_of: Callable[[Actor], TestClient], mara: Actor) -> TestClient:
    """A member who is signed in."""
    return client_of(mara)
