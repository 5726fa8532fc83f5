"""What happens when the last party accepts: contributors, the lock, and a leaf of the log."""

from __future__ import annotations

from collections.abc import Sequence

from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.leaves import instant
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.posting import record_fact
from omnisonic.core.releases.parties import Party, contributors_of_accounts
from omnisonic.core.releases.service import ReleaseShare, share_facts
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now
from omnisonic.studio.split_sheets.models import SplitApproval, SplitShare, SplitSheet, SplitSheetStatus
from omnisonic.studio.split_sheets.views import accepted_at, waiting_for


def lock_if_agreed(
    uow: UnitOfWork,
    actor: Actor,
    sheet: SplitSheet,
    shares: Sequence[SplitShare],
    answers: Sequence[SplitApproval],
) -> bool:
    """Make the sheet final once every party has accepted its present version; whether it is.

    Each party becomes a contributor of the catalog, the one linked to their account if there is one.
    """
    accepted = accepted_at(sheet, answers)
    if waiting_for(shares, accepted):
        return False
    _name_contributors(uow, actor, sheet, shares)
    sheet.status, sheet.locked_at = SplitSheetStatus.LOCKED, utc_now()
    sheet.updated_at = sheet.locked_at
    uow.session.flush()
    parties = {one.user_id: one.contributor_id for one in shares}
    hashes = party_hashes(uow.session, [one for one in parties.values() if one is not None])
    facts = {
        "accepted": sorted(
            (
                {"at": instant(at), "party": hashes[contributor_id]}
                for user_id, at in accepted.items()
                if (contributor_id := parties.get(user_id)) is not None
            ),
            key=lambda one: (one["at"], one["party"]),
        ),
        "session": str(sheet.session_id),
        "sheet": sheet.sha256,
        "shares": share_facts(uow.session, release_shares(shares)),
        "version": str(sheet.version),
    }
    record_fact(uow, LeafKind.SPLIT, sheet.id, facts)
    return True


def release_shares(shares: Sequence[SplitShare]) -> list[ReleaseShare]:
    """The parts of a locked sheet as the catalog takes them."""
    return [
        ReleaseShare(one.contributor_id, one.name, one.role, one.share_ppm)
        for one in shares
        if one.contributor_id is not None
    ]


def _name_contributors(
    uow: UnitOfWork, actor: Actor, sheet: SplitSheet, shares: Sequence[SplitShare]
) -> None:
    parties: dict[object, Party] = {}
    for one in shares:
        if one.user_id is not None:
            former = parties.get(one.user_id)
            roles = (*former.roles, one.role) if former else (one.role,)
            parties[one.user_id] = Party(one.user_id, former.name if former else one.name, roles)
    people = contributors_of_accounts(
        uow, actor, parties=list(parties.values()), source=f"split-sheet:{sheet.id}"
    )
    for one in shares:
        if one.user_id is not None:
            one.contributor_id = people[one.user_id].id
            uow.session.add(one)
