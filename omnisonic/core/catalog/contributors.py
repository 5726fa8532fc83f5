"""Making and changing contributors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from omnisonic.core.catalog import entries, provenance, repository
from omnisonic.core.catalog.access import may_edit
from omnisonic.core.catalog.errors import IdentifierTaken
from omnisonic.core.catalog.fields import clean_identifier, clean_labels, clean_line
from omnisonic.core.catalog.identifiers import set_preferred, taken_by
from omnisonic.core.catalog.models import MAX_NAME_CHARS, Contributor, EntityKind, IdentifierScheme
from omnisonic.core.catalog.names import find_own_by_key, fold_names, lock_name, note_created, set_name
from omnisonic.core.catalog.schemas import ContributorDraft, Unset
from omnisonic.core.catalog.search import index_entities
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

ATTEMPTS = 3
MAX_REINDEXED_WORKS = 1000


def get_contributor(session: Session, _actor: Actor, *, contributor_id: UUID) -> Contributor:
    """The contributor, or the survivor of its merge; every account may read. Raises `NotFound`."""
    return entries.get_entity(session, Contributor, contributor_id)


def upsert_contributor(
    uow: UnitOfWork, actor: Actor, *, draft: ContributorDraft, source: str | None = None
) -> Contributor:
    """Make or change a contributor, found by id, IPI, ISNI, or by bare name among the caller's own.

    Raises `InvalidFields`, `InvalidIdentifier`, `NotFound`, `Forbidden`, `VersionConflict`, and
    `IdentifierTaken` when IPI or ISNI belong to a contributor that the caller may not change.
    """
    values = _cleaned(draft)
    for _ in range(ATTEMPTS):
        found = _find(uow, actor, draft, values)
        if found is not None:
            return _change(uow, actor, found, draft, values, source)
        made = _make(uow, actor, values, source)
        if made is not None:
            return made
    raise IdentifierTaken("Someone registered this identifier at the same moment. Try again.")


def _cleaned(draft: ContributorDraft) -> dict[str, Any]:
    values: dict[str, Any] = {"name": clean_line(draft.name, field="name", max_chars=MAX_NAME_CHARS)}
    if not isinstance(draft.roles, Unset):
        values["roles"] = clean_labels(draft.roles, field="roles")
    if not isinstance(draft.ipi, Unset):
        values["ipi"] = clean_identifier(Scheme.IPI, draft.ipi)
    if not isinstance(draft.isni, Unset):
        values["isni"] = clean_identifier(Scheme.ISNI, draft.isni)
    return values


def _find(
    uow: UnitOfWork, actor: Actor, draft: ContributorDraft, values: dict[str, Any]
) -> Contributor | None:
    if draft.contributor_id is not None:
        return entries.lock_for_edit(uow, actor, Contributor, draft.contributor_id, version=draft.version)
    given = [scheme for scheme in (IdentifierScheme.IPI, IdentifierScheme.ISNI) if values.get(scheme.value)]
    for scheme in given:
        value = values[scheme.value]
        found = repository.find_by_identifier(uow.session, scheme, value, for_update=True)
        if found is not None:
            if not may_edit(uow.session, actor, found):
                raise taken_by(found, scheme, value)
            entries.check_version(found, draft.version)
            contributor: Contributor = found
            return contributor
    if given:
        return None
    key = fold_names(uow.session, [values["name"]])[0]
    lock_name(uow, actor, key)
    own = find_own_by_key(uow.session, actor, [key]).get(key)
    return (
        None if own is None else entries.lock_for_edit(uow, actor, Contributor, own.id, version=draft.version)
    )


def _make(uow: UnitOfWork, actor: Actor, values: dict[str, Any], source: str | None) -> Contributor | None:
    made = Contributor(
        name=values["name"],
        name_key=fold_names(uow.session, [values["name"]])[0],
        roles=values.get("roles", []),
        ipi=values.get("ipi"),
        isni=values.get("isni"),
        created_by=actor.user_id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError:  # another request made it first: find that one
        return None
    note_created(uow, actor, made, source)
    return made


def _change(
    uow: UnitOfWork,
    actor: Actor,
    contributor: Contributor,
    draft: ContributorDraft,
    values: dict[str, Any],
    source: str | None,
) -> Contributor:
    before = provenance.snapshot(contributor)
    if values["name"] != contributor.name:
        set_name(uow.session, contributor, values["name"])
    if "roles" in values:
        contributor.roles = values["roles"]
    for scheme in (IdentifierScheme.IPI, IdentifierScheme.ISNI):
        if scheme.value in values and _is_another(uow, contributor, scheme, values[scheme.value], draft):
            set_preferred(uow, contributor, scheme, values[scheme.value])
    if entries.save_change(uow, actor, contributor, action="changed", before=before, source=source):
        index_entities(uow.session, EntityKind.CONTRIBUTOR, [contributor.id])
        if before["name"] != contributor.name:
            _reindex_works(uow, contributor)
    return contributor


def _is_another(
    uow: UnitOfWork,
    contributor: Contributor,
    scheme: IdentifierScheme,
    value: str | None,
    draft: ContributorDraft,
) -> bool:
    # Found by an archived number: that number is known already and the preferred one stays.
    if draft.contributor_id is not None or value is None:
        return True
    held = repository.identifiers_of(uow.session, [contributor])[contributor.id]
    return all((one.scheme, one.value) != (scheme.value, value) for one in held)


def _reindex_works(uow: UnitOfWork, contributor: Contributor) -> None:
    ids = uow.session.scalars(_WORKS_OF, {"id": contributor.id, "limit": MAX_REINDEXED_WORKS}).all()
    index_entities(uow.session, EntityKind.WORK, list(ids))


_WORKS_OF = text(
    "SELECT DISTINCT work_id FROM contributions WHERE contributor_id = :id AND valid_to IS NULL LIMIT :limit"
)
