"""Exports that become releases: what they need, what the file says, and how they enter the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.errors import IdentifierTaken
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.releases.isrcs import free_isrc, reserve_isrc, reserved_isrc
from omnisonic.core.releases.models import IsrcReservation, Release
from omnisonic.core.releases.proofs import proofs_of
from omnisonic.core.releases.service import ReleaseDraft, register_release, releases_of
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now
from omnisonic.studio.audio.canonical_json import canonical_bytes, sha256_hex
from omnisonic.studio.exports.errors import ReleaseRefused, SplitSheetNeeded
from omnisonic.studio.exports.models import Export, ExportKind
from omnisonic.studio.exports.schemas import ReleaseView
from omnisonic.studio.sessions.models import StudioSession
from omnisonic.studio.split_sheets.locking import release_shares
from omnisonic.studio.split_sheets.models import SplitSheet
from omnisonic.studio.split_sheets.repository import find_locked, find_proposed, shares_of


def prepare_release(uow: UnitOfWork, export: Export, *, isrc: str | None) -> None:
    """Bind a requested export to the locked sheet and keep an ISRC for it.

    Raises `SplitSheetNeeded`, and what `reserve_isrc` raises.
    """
    proposed = find_proposed(uow.session, session_id=export.session_id)
    locked = find_locked(uow.session, session_id=export.session_id)
    if proposed is not None:
        waiting = "a newer one is being agreed on" if locked else "the one proposed is not accepted by all"
        raise SplitSheetNeeded(
            f"A release needs a split sheet that everyone has accepted, and {waiting}. Open Splits: each"
            " party accepts there, or an editor withdraws it."
        )
    if locked is None:
        raise SplitSheetNeeded
    export.sheet_id = locked.id
    uow.session.flush()
    reserve_isrc(uow, holder_id=export.id, year=utc_now().year, given=isrc)


def let_go(uow: UnitOfWork, export: Export) -> None:
    """Give the ISRC of an export that ended without a file to the next release."""
    if export.kind is ExportKind.RELEASE:
        free_isrc(uow, holder_id=export.id)


def describe_release(session: Session, export: Export) -> tuple[list[str], dict[str, Any]]:
    """The credited names, and what the certificate says about the release: the file carries both."""
    sheet = _sheet(session, export)
    names = list(dict.fromkeys(one.name for one in shares_of(session, [sheet.id])[sheet.id]))
    return names, {
        "isrc": reserved_isrc(session, holder_id=export.id),
        "sheetId": str(sheet.id),
        "sheetSha256": sheet.sha256,
        "title": sheet.title,
    }


def register(uow: UnitOfWork, export: Export) -> None:
    """Enter a rendered release into the catalog and the log, in the transaction that completes it.

    Raises `ReleaseRefused` when the kept ISRC was registered for something else meanwhile.
    """
    session, certificate = uow.session, export.certificate or {}
    sheet, owner = _sheet(session, export), session.get_one(User, export.user_id)
    actor = Actor(owner.id, owner.display_name, owner.email, role=owner.role)
    # Mixes of one song are registered one after the other: the second finds the work of the first.
    session.get_one(StudioSession, export.session_id, with_for_update={"key_share": True})
    draft = ReleaseDraft(
        export_id=export.id,
        title=sheet.title,
        duration_ms=round(certificate["frames"] * 1000 / certificate["sampleRate"]),
        released_on=utc_now().date(),
        sheet_id=sheet.id,
        sheet_sha256=sheet.sha256,
        agreed_at=sheet.locked_at or sheet.updated_at,
        shares=release_shares(shares_of(session, [sheet.id])[sheet.id]),
        certificate_sha256=sha256_hex(canonical_bytes(certificate)),
        pcm_sha256=export.pcm_sha256 or "",
        work_id=_former_work(session, export),
    )
    try:
        register_release(uow, actor, draft=draft)
    except IdentifierTaken as error:
        raise ReleaseRefused(f"{error.detail} Someone registered it while the mix was rendered.") from error


def release_views(session: Session, exports: Sequence[Export]) -> dict[UUID, ReleaseView]:
    """What the releases among these exports were registered as, in a constant number of statements."""
    wanted = [one.id for one in exports if one.kind is ExportKind.RELEASE]
    if not wanted:
        return {}
    found = releases_of(session, wanted)
    proofs = proofs_of(session, LeafKind.RELEASE, list(found))
    kept = dict(
        session.exec(
            select(IsrcReservation.holder_id, IsrcReservation.isrc).where(
                col(IsrcReservation.holder_id).in_(wanted)
            )
        ).all()
    )
    views = {holder: ReleaseView(isrc=isrc) for holder, isrc in kept.items() if holder is not None}
    for export_id, release in found.items():
        proof = proofs[export_id]
        views[export_id] = ReleaseView(
            isrc=release.isrc,
            work_id=release.work_id,
            recording_id=release.recording_id,
            certificate_sha256=release.certificate_sha256,
            leaf_hash=proof.leaf_hash,
            proof_url=proof.url,
            is_provable=proof.is_provable,
        )
    return views


def _sheet(session: Session, export: Export) -> SplitSheet:
    if export.sheet_id is None:
        raise LookupError(f"The release {export.id} has no split sheet.")
    return session.get_one(SplitSheet, export.sheet_id)


def _former_work(session: Session, export: Export) -> UUID | None:
    """The work of this session's release before: another mix of the same song."""
    return session.exec(
        select(Release.work_id)
        .join(Export, col(Export.id) == col(Release.export_id))
        .where(Export.session_id == export.session_id)
        .order_by(col(Release.created_at).desc())
        .limit(1)
    ).first()
