"""What the pages of works, recordings and contributors have in common: history, identifiers, likenesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import duplicates, entries, history_words, provenance, repository
from omnisonic.core.catalog.access import Entity, is_curator, may_edit
from omnisonic.core.catalog.duplicates import Sign
from omnisonic.core.catalog.models import Contributor, IdentifierStatus, Recording, Work
from omnisonic.core.catalog.repository import EntityT
from omnisonic.core.catalog.schemas import ChangeView
from omnisonic.core.identifiers import format_identifier
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.repository import names_of_users
from omnisonic.platform.ids import utc_now
from omnisonic.platform.ui.people import avatar_color, initials
from omnisonic.platform.ui.words import ago

MAX_HISTORY_LINES = 50
NOBODY: Mapping[UUID, str] = {}
MAX_ALIKE = 3
PATHS: dict[type, str] = {Work: "works", Recording: "recordings", Contributor: "contributors"}
SIGN_WORDS = {
    Sign.SAME_IDENTIFIER: "the same identifier",
    Sign.SAME_TITLE: "the same name",
    Sign.NEAR_TITLE: "nearly the same name",
    Sign.SHARED_CONTRIBUTOR: "a person in common",
    Sign.NEAR_ARTIST: "a similar artist",
    Sign.NEAR_DURATION: "about the same length",
    Sign.SAME_WORK: "the same work",
}


@dataclass
class HistoryLine:
    """One change in words."""

    id: str
    who: str
    letters: str
    color: str
    what: str
    when: str
    exact: str
    source: str
    details: list[str] = field(default_factory=list)


@dataclass
class IdentifierLine:
    """One identifier as people write it."""

    scheme: str
    shown: str
    value: str
    is_preferred: bool


@dataclass
class AlikeLine:
    """Another entry that may be this one."""

    id: str
    href: str
    title: str
    why: str
    may_merge: bool


@dataclass
class EntryFrame:
    """What stands around the fields of any entry."""

    id: str = ""
    version: int = 0
    may_edit: bool = False
    is_curator: bool = False
    changed: str = ""
    last_by: str = ""
    history: list[HistoryLine] = field(default_factory=list)
    identifiers: list[IdentifierLine] = field(default_factory=list)


def frame_of(session: Session, actor: Actor, entity: Entity) -> EntryFrame:
    """The frame of one entry, in a handful of statements."""
    now = utc_now()
    licensees = repository.licensees_of(session, entity.id) if isinstance(entity, Work) else {}
    history = history_of(session, entity.id, now=now, licensees=licensees)
    return EntryFrame(
        id=str(entity.id),
        version=entity.version,
        may_edit=may_edit(session, actor, entity),
        is_curator=is_curator(actor),
        changed=ago(entity.updated_at, now=now),
        last_by=history[0].who if history else "",
        history=history,
        identifiers=_identifiers(session, entity),
    )


def history_of(
    session: Session, entity_id: UUID, *, now: datetime, licensees: Mapping[UUID, str] = NOBODY
) -> list[HistoryLine]:
    """The latest changes of an entry and of its licenses (`licensees` by their ids), newest first."""
    changes = provenance.list_history(session, entity_id=entity_id, also=licensees)[:MAX_HISTORY_LINES]
    people = names_of_users(session, {change.actor_id for change in changes if change.actor_id})
    names = _names(session, changes) | {str(one): name for one, name in licensees.items()}
    return [_line(change, people, names, now) for change in changes]


def _line(change: ChangeView, people: dict[UUID, str], names: dict[str, str], now: datetime) -> HistoryLine:
    who = people.get(change.actor_id, "Someone who left") if change.actor_id else "Omnisonic"
    return HistoryLine(
        id=str(change.seq),
        who=who,
        letters=initials(who),
        color=avatar_color(change.actor_id or UUID(int=0)),
        what=history_words.action_words(change),
        when=ago(change.at, now=now),
        exact=f"{change.at:%Y-%m-%d %H:%M} UTC",
        source=history_words.source_words(change.source),
        details=history_words.detail_words(change, names),
    )


def _names(session: Session, changes: Sequence[ChangeView]) -> dict[str, str]:
    ids = history_words.named_ids(changes)
    if not ids:
        return {}
    people = repository.contributors_by_ids(session, ids)
    works = repository.works_by_ids(session, ids - people.keys())
    named = {str(asked): one.name for asked, one in people.items()}
    return named | {str(asked): one.title for asked, one in works.items()}


def _identifiers(session: Session, entity: Entity) -> list[IdentifierLine]:
    alone: list[Any] = [entity]
    views = repository.identifiers_of(session, alone)[entity.id]
    return [
        IdentifierLine(
            scheme=view.scheme.upper(),
            shown=format_identifier(view.scheme, view.value),
            value=view.value,
            is_preferred=view.status is IdentifierStatus.PREFERRED,
        )
        for view in views
    ]


def alike_of(session: Session, actor: Actor, *, table: type[EntityT], entity_id: UUID) -> list[AlikeLine]:
    """Entries that may be this one, the likeliest first. Raises `NotFound`."""
    entity = entries.get_entity(session, table, entity_id)
    found = duplicates.suggest_duplicates(session, actor, table=table, entity_id=entity.id)[:MAX_ALIKE]
    is_mine = may_edit(session, actor, entity)
    return [
        AlikeLine(
            id=str(one.id),
            href=f"/catalog/{PATHS[table]}/{one.id}",
            title=one.title,
            why=", ".join(SIGN_WORDS[sign] for sign in one.signs),
            may_merge=is_mine and may_edit(session, actor, entries.get_entity(session, table, one.id)),
        )
        for one in found
    ]
