"""The follow buttons of a page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.charts.figures import entity_key
from omnisonic.insight.follows import repository, service
from omnisonic.insight.follows.schemas import FollowDraft
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.ids import parse_id


class FollowsState(rx.State):
    """What the viewer follows, as `artist:…` (at most 1,000)."""

    keys: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def look(self) -> None:
        """Read them."""
        self.keys = await in_thread(_keys, current_actor())

    @rx.event
    @guarded
    async def toggle(self, key: str) -> Any:
        """Follow, or stop following."""
        kind, _, given = key.partition(":")
        entity_id = parse_id(given)
        if kind not in set(EntityType) or entity_id is None:
            return
        ref = EntityRef(EntityType(kind), entity_id)
        self.keys = await in_thread(_toggle, current_actor(), ref)


def _keys(actor: Actor) -> list[str]:
    with read_session() as session:
        found = repository.followed_entities(session, user_id=actor.user_id)
    return [entity_key(one.entity_type, one.entity_id) for one in found]


@repeatable
def _toggle(actor: Actor, ref: EntityRef) -> list[str]:
    with unit_of_work() as uow:
        followed = service.find_follow(uow.session, actor, ref=ref)
        if followed is None:
            draft = FollowDraft(entity_type=ref.entity_type, entity_id=ref.entity_id)
            service.follow(uow, actor, draft=draft)
        else:
            service.unfollow(uow, actor, follow_id=followed.id)
        uow.session.flush()
        found = repository.followed_entities(uow.session, user_id=actor.user_id)
    return [entity_key(one.entity_type, one.entity_id) for one in found]
