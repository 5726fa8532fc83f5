"""Everything that a contributor's page shows, fetched at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import contributors, listing, repository
from omnisonic.core.catalog.entry_view import EntryFrame, frame_of
from omnisonic.core.catalog.models import Contribution, Contributor, Recording, Work
from omnisonic.core.catalog.role_words import percent_words, right_words, role_words
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.work_view import RecordingLine, recording_line
from omnisonic.core.identifiers import format_isni
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.repository import find_user
from omnisonic.platform.pagination import Page
from omnisonic.platform.settings import get_settings
from omnisonic.platform.ui.people import avatar_color, initials

SHOWN = 50


@dataclass
class PartLine:
    """A work and what the contributor has in it."""

    href: str
    title: str
    parts: str


@dataclass
class ContributorSheet:
    """A contributor in the words of its page."""

    name: str = ""
    letters: str = ""
    color: str = ""
    roles: list[str] = field(default_factory=list)
    ipi: str = ""
    isni: str = ""
    account: str = ""
    is_me: bool = False
    can_mail: bool = False
    works: list[PartLine] = field(default_factory=list)
    work_count: int = 0
    recordings: list[RecordingLine] = field(default_factory=list)
    recording_count: int = 0


def view_contributor(
    session: Session, actor: Actor, *, contributor_id: UUID
) -> tuple[EntryFrame, ContributorSheet]:
    """The page of a contributor. Raises `NotFound`."""
    found = contributors.get_contributor(session, actor, contributor_id=contributor_id)
    where = CatalogFilter(contributor_id=found.id)
    works, _ = listing.list_works(session, actor, page=Page(limit=SHOWN), where=where)
    shares = repository.shares_at(session, [work.id for work in works])
    recordings, _ = listing.list_recordings(session, actor, page=Page(limit=SHOWN), where=where)
    account = find_user(session, found.user_id) if found.user_id else None
    sheet = ContributorSheet(
        name=found.name,
        letters=initials(found.name),
        color=avatar_color(found.id),
        roles=[role_words(role) for role in found.roles],
        ipi=found.ipi or "",
        isni=format_isni(found.isni) if found.isni else "",
        account=account.display_name if account else "",
        is_me=found.user_id == actor.user_id,
        can_mail=bool(get_settings().smtp_host),
        works=[_part(work, found, shares.get(work.id, [])) for work in works],
        work_count=listing.count_entries(session, actor, Work, where=where),
        recordings=[recording_line(one) for one in recordings],
        recording_count=listing.count_entries(session, actor, Recording, where=where),
    )
    return frame_of(session, actor, found), sheet


def _part(work: Work, person: Contributor, shares: list[Contribution]) -> PartLine:
    own = [share for share in shares if share.contributor_id == person.id]
    parts = [
        f"{role_words(share.role)} {percent_words(share.share_ppm)}"
        + (f" ({right_words(share.rights_type).lower()})" if share.rights_type else "")
        for share in own
    ]
    return PartLine(href=f"/catalog/works/{work.id}", title=work.title, parts=", ".join(parts))
