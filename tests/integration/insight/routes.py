"""Every route of Insight with who may ask it, something of each kind to ask for, and those who ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select

from omnisonic.api import ROUTERS
from omnisonic.insight.alerts import mutes
from omnisonic.insight.alerts.models import AlertDelivery, ChannelType
from omnisonic.insight.alerts.mute_schemas import MuteDraft
from omnisonic.insight.feeds import service as feeds
from omnisonic.insight.feeds.schemas import FeedDraft
from omnisonic.insight.follows import service as follows
from omnisonic.insight.follows.schemas import FollowDraft
from omnisonic.insight.ingest_jobs.models import IngestJob, IngestKind
from omnisonic.insight.news import EntityType
from omnisonic.insight.saved_views import service as views
from omnisonic.insight.saved_views.schemas import SavedViewDraft
from omnisonic.insight.store.writes import write_items
from omnisonic.insight.tagging import stoplist
from omnisonic.insight.tagging.schemas import StoplistDraft
from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import Settings
from tests.integration.core.conftest import make_contributor, make_recording
from tests.integration.insight.alerts.conftest import artist, fire_now, make_channel, make_rule
from tests.integration.insight.conftest import make_item

A_HOOK = "https://203.0.113.7.example.org/hook"


class May(StrEnum):
    """Who gets past the door of a route."""

    ALL = "all"  # no sign-in
    READ = "read"  # every account; a token with insight:read
    WRITE = "write"  # every account; a token with insight:write
    EDIT = "edit"  # analysts and admins; a token with insight:write
    INGEST = "ingest"  # every account; a token with ingest
    INGEST_EDIT = "ingest-edit"  # analysts and admins; a token with ingest


@dataclass(frozen=True)
class Expected:
    """`answer` is what whoever may gets; `owner_only`: everybody else, also an admin, gets 404."""

    may: May
    answer: int = 200
    json: dict[str, Any] | None = None
    owner_only: bool = False
    options: dict[str, Any] = field(default_factory=dict)


READ, WRITE, EDIT = Expected(May.READ), Expected(May.WRITE), Expected(May.EDIT)
OWN = Expected(May.READ, owner_only=True)


def own(answer: int = 200, json: dict[str, Any] | None = None, may: May = May.WRITE) -> Expected:
    """A change of something of the caller's."""
    return Expected(may, answer, json, owner_only=True)


ALERTS, NEWS = "/api/alerts", "/api/news"
ENTITY = {"entityType": "artist", "entityId": "{artist}"}
EXPECTED: dict[str, Expected] = {
    f"GET {ALERTS}/channels": READ,
    f"POST {ALERTS}/channels": Expected(
        May.WRITE, 201, {"name": "Hook", "type": "webhook", "config": {"url": A_HOOK}}
    ),
    f"GET {ALERTS}/channels/{{channel_id}}": OWN,
    f"PATCH {ALERTS}/channels/{{channel_id}}": own(json={"version": 1, "name": "Renamed"}),
    f"POST {ALERTS}/channels/{{channel_id}}/test": own(202),
    f"POST {ALERTS}/channels/{{channel_id}}/rotate-secret": own(),
    f"POST {ALERTS}/channels/{{channel_id}}/confirmation": own(409),
    f"DELETE {ALERTS}/channels/{{channel_id}}": own(),
    f"GET {ALERTS}/channels/{{channel_id}}/confirm": Expected(May.ALL),
    f"POST {ALERTS}/channels/{{channel_id}}/confirm": Expected(May.ALL, 410, {"token": "none"}),
    f"GET {ALERTS}/unsubscribe/{{of_id}}": Expected(May.ALL),
    f"POST {ALERTS}/unsubscribe/{{of_id}}": Expected(May.ALL, 410, options={"params": {"token": "none"}}),
    f"GET {ALERTS}/rules": READ,
    f"POST {ALERTS}/rules": Expected(May.WRITE, 201, {"name": "Mine", "kind": "spike"}),
    f"POST {ALERTS}/rules/preview": Expected(May.READ, json={"name": "Mine", "kind": "spike"}),
    f"GET {ALERTS}/rules/{{rule_id}}": OWN,
    f"PATCH {ALERTS}/rules/{{rule_id}}": own(json={"version": 1, "name": "Renamed"}),
    f"POST {ALERTS}/rules/{{rule_id}}/snooze": own(json={"until": None}),
    f"DELETE {ALERTS}/rules/{{rule_id}}": own(),
    f"GET {ALERTS}/mutes": READ,
    f"POST {ALERTS}/mutes": Expected(May.WRITE, 201, ENTITY),
    f"DELETE {ALERTS}/mutes/{{mute_id}}": own(),
    f"POST {ALERTS}/templates/preview": Expected(May.READ, json={}),
    f"GET {ALERTS}/events": READ,
    f"GET {ALERTS}/events/{{event_id}}": OWN,
    f"GET {ALERTS}/deliveries": READ,
    f"GET {ALERTS}/deliveries/{{delivery_id}}": OWN,
    f"POST {ALERTS}/deliveries/{{delivery_id}}/resend": own(409),
    f"GET {ALERTS}/settings": READ,
    f"PUT {ALERTS}/settings": Expected(May.WRITE, json={"timeZone": "UTC", "version": 0}),
    **{
        f"GET /api/analytics/{name}{ending}": READ
        for name in ("mentions", "genres", "sources")
        for ending in ("", ".json", ".csv")
    },
    **{
        f"GET /api/analytics/network{ending}": Expected(May.READ, options={"params": ENTITY})
        for ending in ("", ".json", ".csv")
    },
    "POST /api/analytics/report.pdf": Expected(May.READ, 422, {"from": "2026-11-02", "to": "2026-11-01"}),
    f"GET {NEWS}": READ,
    f"GET {NEWS}/{{item_id}}": READ,
    f"GET {NEWS}/{{item_id}}/explain": READ,
    f"POST {NEWS}/{{item_id}}/opens": Expected(May.READ, 201),
    "GET /api/trends": READ,
    "GET /api/follows": READ,
    "POST /api/follows": Expected(May.WRITE, 201, ENTITY),
    "DELETE /api/follows/{follow_id}": own(),
    "GET /api/views": READ,
    "POST /api/views": Expected(May.WRITE, 201, {"page": "trends", "name": "Week", "query": "window=7d"}),
    "DELETE /api/views/{view_id}": own(),
    "GET /api/feeds": READ,
    "POST /api/feeds": Expected(May.EDIT, 409, {"url": "https://feeds.example.org/rss"}),
    "GET /api/feeds/opml": READ,
    "POST /api/feeds/opml": Expected(May.EDIT, options={"files": {"file": ("f.opml", b"<opml/>")}}),
    "POST /api/feeds/discover": Expected(May.EDIT, 422, {"url": "http://127.0.0.1:1/"}),
    "GET /api/feeds/{feed_id}": READ,
    "PATCH /api/feeds/{feed_id}": Expected(May.EDIT, json={"genre": "Pop"}),
    "POST /api/feeds/{feed_id}/check": Expected(May.EDIT, 202),
    "DELETE /api/feeds/{feed_id}": EDIT,
    "GET /api/corrections": READ,
    "POST /api/corrections": Expected(May.EDIT, 404, {"verdict": "reject", "tagId": "{stranger}"}),
    "PATCH /api/corrections/{correction_id}": Expected(May.EDIT, 404, {"reason": "Another"}),
    "DELETE /api/corrections/{correction_id}": Expected(May.EDIT, 404),
    "GET /api/stoplist": READ,
    "POST /api/stoplist": Expected(May.EDIT, 409, {"phrase": "Yesterday", "reason": "A day"}),
    "PATCH /api/stoplist/{entry_id}": Expected(May.EDIT, json={"reason": "Another one"}),
    "DELETE /api/stoplist/{entry_id}": EDIT,
    "GET /api/unlinked": READ,
    "POST /api/unlinked/decisions": Expected(May.EDIT, 404, {"key": "nobody", "status": "ignored"}),
    "POST /ingest/rss": Expected(May.INGEST_EDIT, 202, {"urls": ["https://feeds.example.org/rss"]}),
    "POST /ingest/tagging/improve": Expected(May.INGEST_EDIT, 202, {}),
    "GET /ingest/set-aside": READ,
    "POST /ingest/set-aside/retry": Expected(May.INGEST_EDIT, 202),
    "GET /ingest/status": READ,
    "GET /api/jobs/{job_id}": own(may=May.INGEST),
    "POST /api/jobs/{job_id}/cancel": own(may=May.INGEST),
    "GET /demo/feeds/{slug}.xml": Expected(May.ALL, 404),
}
SCOPE = {
    May.READ: Scope.INSIGHT_READ,
    May.WRITE: Scope.INSIGHT_WRITE,
    May.EDIT: Scope.INSIGHT_WRITE,
    May.INGEST: Scope.INGEST,
    May.INGEST_EDIT: Scope.INGEST,
}
FOR_ANALYSTS = {May.EDIT, May.INGEST_EDIT}


def routes() -> set[str]:
    """Every route of Insight, described or not."""
    return {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in iter_route_contexts(router.routes)
        if route.endpoint is not None and route.endpoint.__module__.startswith("omnisonic.insight.")
        for method in route.methods or ()
    }


@dataclass
class Scene:
    """Something of each kind, all of it one member's; asks as anybody."""

    ids: dict[str, str]
    clients: dict[str, TestClient]

    def ask(self, who: str, route: str, expected: Expected) -> Response:
        """One request with the ids filled in."""
        method, path = route.split(" ")
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        options = dict(expected.options)
        if expected.json is not None:
            options["json"] = self._filled(expected.json)
        if "params" in options:
            options["params"] = self._filled(options["params"])
        return self.clients[who].request(method, path, **options)

    def _filled(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self.ids[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
            for name, value in values.items()
        }


@pytest.fixture
def token_of(client_of: Callable[[Actor], TestClient]) -> Callable[..., TestClient]:
    """A program with a token of someone's."""

    def make(actor: Actor, scope: Scope) -> TestClient:
        with unit_of_work() as uow:
            _, secret = create_token(uow, actor, name=scope, scopes={scope})
        client = client_of(actor)
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {secret}"
        return client

    return make


@pytest.fixture
def scene(
    clickhouse_db: None,
    redis_client: Any,
    configure: Callable[..., Settings],
    client_of: Callable[[Actor], TestClient],
    token_of: Callable[..., TestClient],
    make_actor: Callable[..., Actor],
    mara: Actor,
    teo: Actor,
    analyst: Actor,
    curator: Actor,
) -> Scene:
    admin = make_actor("Ada", Role.ADMIN)
    visitor = client_of(teo)
    visitor.cookies.clear()
    clients = {
        "visitor": visitor,
        "owner": client_of(mara),
        "member": client_of(teo),
        "analyst": client_of(analyst),
        "curator": client_of(curator),
        "admin": client_of(admin),
        # an admin's, so that nothing but the scope stands in the way
        **{f"token {scope}": token_of(admin, scope) for scope in (Scope.STUDIO, *set(SCOPE.values()))},
    }
    return Scene(make_things(mara, analyst), clients)


def make_things(mara: Actor, analyst: Actor) -> dict[str, str]:
    """Ids by their name in the paths."""
    singer = make_contributor(mara, "Mara Lind")
    take = make_recording(mara, "First Light")
    item = make_item("Mara Lind sings")
    write_items([item])
    channel = make_channel(mara, ChannelType.WEBHOOK, url=A_HOOK)
    rule = make_rule(mara, channel)
    event = fire_now(rule, artist())
    with unit_of_work() as uow:
        feed = feeds.add_feed(uow, analyst, draft=FeedDraft(url="https://feeds.example.org/rss"))
        stopped, _ = stoplist.add_entry(uow, analyst, draft=StoplistDraft(phrase="Yesterday", reason="A day"))
        draft = FollowDraft(entity_type=EntityType.ARTIST, entity_id=singer.id)
        followed = follows.follow(uow, mara, draft=draft)
        muted = mutes.mute(
            uow, mara, draft=MuteDraft(entity_type=EntityType.RECORDING, entity_id=take.id, reason="Enough")
        )
        view = views.save_view(uow, mara, draft=SavedViewDraft(page="trends", name="Mine", query=""))
        job = IngestJob(user_id=mara.user_id, kind=IngestKind.RSS, params={})
        uow.session.add(job)
        delivery = uow.session.exec(select(AlertDelivery.id)).one()
        ids: dict[str, UUID] = {
            "channel_id": channel.id,
            "rule_id": rule.id,
            "event_id": event.id,
            "mute_id": muted.id,
            "delivery_id": delivery,
            "follow_id": followed.id,
            "view_id": view.id,
            "job_id": job.id,
            "feed_id": feed.id,
            "entry_id": stopped.id,
            "item_id": item.item_id,
            "artist": singer.id,
            "stranger": new_id(),
            "correction_id": new_id(),
            "of_id": new_id(),
        }
    return {name: str(value) for name, value in ids.items()} | {"slug": "none"}
