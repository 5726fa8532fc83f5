"""What the catalog calls the entities that the news is about, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.catalog.repository import contributors_by_ids, recordings_by_ids, works_by_ids
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef

UNKNOWN = "No longer in the catalog"
READERS: dict[EntityType, Callable[[Session, Iterable[UUID]], Mapping[UUID, Any]]] = {
    EntityType.ARTIST: contributors_by_ids,
    EntityType.WORK: works_by_ids,
    EntityType.RECORDING: recordings_by_ids,
}


@dataclass(frozen=True, kw_only=True)
class NamedEntity:
    """An entity and its name; `detail` is who performs a recording. Merged ones have the survivor's name."""

    ref: EntityRef
    name: str
    detail: str = ""

    @property
    def path(self) -> str:
        """Its page."""
        return f"/entities/{self.ref.entity_type}/{self.ref.entity_id}"


def name_entities(session: Session, refs: Iterable[EntityRef]) -> dict[EntityRef, NamedEntity]:
    """Every entity asked for with its name, one statement per type; unknown ones say so."""
    wanted = sorted(set(refs))
    found: dict[EntityRef, NamedEntity] = {}
    for kind, read in READERS.items():
        ids = [one.entity_id for one in wanted if one.entity_type is kind]
        rows = read(session, ids) if ids else {}
        for entity_id in ids:
            found[EntityRef(kind, entity_id)] = _named(kind, entity_id, rows.get(entity_id))
    return found


def _named(kind: EntityType, entity_id: UUID, row: Contributor | Work | Recording | None) -> NamedEntity:
    ref = EntityRef(kind, entity_id)
    if row is None:
        return NamedEntity(ref=ref, name=UNKNOWN)
    if isinstance(row, Contributor):
        return NamedEntity(ref=ref, name=row.name)
    detail = row.primary_artist if isinstance(row, Recording) else ""
    return NamedEntity(ref=ref, name=row.title, detail=detail)
