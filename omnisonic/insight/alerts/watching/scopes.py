"""Which entities a rule looks at, from the catalog and the account's follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contribution, Contributor, Recording, RecordingCredit, RightsType
from omnisonic.core.catalog.repository import contributors_by_ids, shares_at, works_by_ids
from omnisonic.core.catalog.shares import applicable_shares, percent_of_ppm
from omnisonic.insight.alerts.schemas import RightHolder, RuleScope
from omnisonic.insight.follows.repository import followed_entities
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.ids import utc_now

MAX_HELD = 5000  # works of a right-holder
FOLLOWS_NOTHING = "You follow nothing that this rule looks at. Follow something on its page."
NO_HOLDER = "The right-holder of this rule is no longer in the catalog. Choose another one."
HOLDS_NOTHING = "The right-holder holds no share that is large enough in any work."
TOO_MANY_HELD = f"The right-holder has shares in too many works: the newest {MAX_HELD:,} are watched."


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Entities a rule looks at (None: every one), and how each came in.

    `problem` is why the scope holds nothing, `notice` what it had to leave out.
    """

    entity_type: EntityType | None = None
    entities: frozenset[EntityRef] | None = None
    paths: dict[EntityRef, str] = field(default_factory=dict)
    problem: str | None = None
    notice: str | None = None

    def holds(self, entity: EntityRef) -> bool:
        """Whether the rule looks at it."""
        if self.entity_type is not None and entity.entity_type is not self.entity_type:
            return False
        return self.entities is None or entity in self.entities


def watched_by(session: Session, scope: RuleScope, *, user_id: UUID | None) -> Watched:
    """What a scope means now; `user_id` is whose follows count."""
    kind = scope.entity_type
    if scope.entity_ids:  # an id belongs to one entity, whatever its type
        refs = {EntityRef(one, entity_id) for one in EntityType for entity_id in scope.entity_ids}
        return Watched(entity_type=kind, entities=frozenset(refs))
    if scope.followed:
        found = followed_entities(session, user_id=user_id, entity_type=kind) if user_id else []
        problem = None if found else FOLLOWS_NOTHING
        return Watched(entity_type=kind, entities=frozenset(found), problem=problem)
    if scope.right_holder is not None:
        return _held(session, scope.right_holder, kind)
    return Watched(entity_type=kind)


def _held(session: Session, wanted: RightHolder, kind: EntityType | None) -> Watched:
    holder = contributors_by_ids(session, [wanted.contributor_id]).get(wanted.contributor_id)
    if holder is None:
        return Watched(entity_type=kind, entities=frozenset(), problem=NO_HOLDER)
    shares, is_cut = _shares_of(session, holder, wanted.min_share_ppm)
    paths = _paths(session, holder, shares)
    return Watched(
        entity_type=kind,
        entities=frozenset(paths),
        paths=paths,
        problem=None if paths else HOLDS_NOTHING,
        notice=TOO_MANY_HELD if is_cut else None,
    )


def _shares_of(session: Session, holder: Contributor, least_ppm: int) -> tuple[dict[UUID, int], bool]:
    """The holder's largest share of each work over all rights, where it is large enough."""
    statement = (
        select(Contribution.work_id)
        .where(Contribution.contributor_id == holder.id)
        .where(col(Contribution.valid_to).is_(None) | (col(Contribution.valid_to) > utc_now()))
        .distinct()
        .order_by(col(Contribution.work_id).desc())
        .limit(MAX_HELD + 1)
    )
    work_ids = list(session.exec(statement))
    found = {}
    for work_id, shares in shares_at(session, work_ids[:MAX_HELD]).items():
        held = max(_share(shares, holder.id, right) for right in RightsType)
        if held >= least_ppm:
            found[work_id] = held
    return found, len(work_ids) > MAX_HELD


def _share(shares: Iterable[Contribution], holder_id: UUID, right: RightsType) -> int:
    return sum(one.share_ppm for one in applicable_shares(shares, right) if one.contributor_id == holder_id)


def _paths(session: Session, holder: Contributor, shares: dict[UUID, int]) -> dict[EntityRef, str]:
    """The works themselves, their recordings, and who performs these, each with the way there."""
    works = works_by_ids(session, shares)
    told = {
        work_id: f"{holder.name} holds {percent_of_ppm(ppm):g} % of “{works[work_id].title}”"
        for work_id, ppm in shares.items()
        if work_id in works
    }
    found = {EntityRef(EntityType.WORK, work_id): f"{words}." for work_id, words in told.items()}
    recordings = session.exec(
        select(Recording.id, Recording.title, Recording.work_id)
        .where(col(Recording.work_id).in_(told), col(Recording.merged_into).is_(None))
        .order_by(col(Recording.id))
    ).all()
    recorded = {}
    for recording_id, title, work_id in recordings:
        if work_id is not None:
            recorded[recording_id] = f"{told[work_id]}, recorded as “{title}”"
            found[EntityRef(EntityType.RECORDING, recording_id)] = f"{recorded[recording_id]}."
    performers = session.exec(
        select(RecordingCredit.contributor_id, RecordingCredit.recording_id)
        .where(col(RecordingCredit.recording_id).in_(recorded))
        .order_by(col(RecordingCredit.recording_id), col(RecordingCredit.position))
    )
    for contributor_id, recording_id in performers:
        ref = EntityRef(EntityType.ARTIST, contributor_id)
        found.setdefault(ref, f"{recorded[recording_id]}, which this artist performs.")
    return found
