"""Members agree on their shares: one proposes, everyone answers, and once all have accepted it is locked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog.models import ContributionRole
from omnisonic.core.catalog.shares import ppm_of_percent
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidFields,
    NotFound,
    VersionConflict,
)
from omnisonic.platform.events import room_channel
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.repository import list_members
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.split_sheets import repository
from omnisonic.studio.split_sheets.agreement import AgreedShare, Agreement, check_shares, share_evenly
from omnisonic.studio.split_sheets.errors import NoSheetProposed, SheetProposed, SplitParty
from omnisonic.studio.split_sheets.locking import lock_if_agreed
from omnisonic.studio.split_sheets.models import (
    SplitApproval,
    SplitShare,
    SplitSheet,
    SplitSheetStatus,
    SplitVersion,
)
from omnisonic.studio.split_sheets.schemas import (
    ShareInput,
    SheetAnswerInput,
    SheetChange,
    SheetProposal,
    SheetVersions,
    SheetView,
    SplitSheetPage,
)
from omnisonic.studio.split_sheets.views import accepted_at, version_views, view_of, views_of

MAX_ANSWERS = 1000
MAX_VERSIONS = 200
SHEETS_SHOWN = 50


def get_sheets(session: Session, actor: Actor, *, session_id: UUID) -> SplitSheetPage:
    """The present sheet and the earlier ones, newest first; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    sheets = views_of(session, repository.list_sheets(session, session_id=session_id, limit=SHEETS_SHOWN))
    present = next((one for one in sheets if one.status is SplitSheetStatus.PROPOSED), None) or max(
        (one for one in sheets if one.locked_at),
        key=lambda one: one.locked_at or one.created_at,
        default=None,
    )
    return SplitSheetPage(sheet=present, earlier=[one for one in sheets if one is not present])


def get_sheet(session: Session, actor: Actor, *, session_id: UUID, sheet_id: UUID) -> SheetView:
    """One sheet of the session; raises `NotFound`."""
    get_session(session, actor, session_id=session_id)
    sheet = repository.find_sheet(session, session_id=session_id, sheet_id=sheet_id)
    if sheet is None:
        raise NotFound("There is no such split sheet in this session.")
    return view_of(session, sheet)


def list_versions(session: Session, actor: Actor, *, session_id: UUID, sheet_id: UUID) -> SheetVersions:
    """What a sheet has said, newest version first; raises `NotFound`."""
    sheet = get_sheet(session, actor, session_id=session_id, sheet_id=sheet_id)
    found = repository.versions_of(session, sheet_id=sheet.id, limit=MAX_VERSIONS)
    return SheetVersions(versions=version_views(session, found))


def propose_sheet(uow: UnitOfWork, actor: Actor, *, session_id: UUID, proposal: SheetProposal) -> SheetView:
    """Put a sheet on the table.

    Raises `SheetProposed`, `SplitTotal`, `SplitParty`, `Forbidden` to viewers, `NotFound` to strangers.
    """
    studio_session, _ = get_session(
        uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR, for_update=True
    )
    there = repository.find_proposed(uow.session, session_id=session_id)
    if there is not None:
        raise SheetProposed(current=view_of(uow.session, there).model_dump(mode="json"))
    sheet = SplitSheet(
        id=new_id(),
        session_id=session_id,
        title=proposal.title or studio_session.name,
        note=proposal.note or None,
        proposed_by=actor.user_id,
        sha256="",
    )
    shares = _shares(uow.session, session_id, proposal.shares)
    agreement = _agreement(sheet, shares)
    sheet.sha256 = agreement.sha256()
    uow.session.add(sheet)
    uow.session.flush()
    _write_shares(uow.session, sheet, agreement)
    return _announced(uow, actor, sheet)


def change_sheet(uow: UnitOfWork, actor: Actor, *, session_id: UUID, change: SheetChange) -> SheetView:
    """Make the next version of the proposed sheet; everyone accepts it again. Nothing new changes nothing.

    Raises `NoSheetProposed`, `VersionConflict` with the present one, `SplitTotal`, `SplitParty`.
    """
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR)
    sheet = _proposed(uow.session, session_id, version=change.version)
    shares = _shares(uow.session, session_id, change.shares)
    note = change.note or None
    present = (sheet.title, sheet.note, _agreed(repository.shares_of(uow.session, [sheet.id])[sheet.id]))
    if (change.title, note, shares) == present:
        return view_of(uow.session, sheet)
    if sheet.version >= MAX_VERSIONS:
        raise Conflict(f"This sheet has {MAX_VERSIONS} versions. Withdraw it and propose a new one.")
    sheet.title, sheet.note, sheet.proposed_by = change.title, note, actor.user_id
    sheet.version, sheet.updated_at = sheet.version + 1, utc_now()
    agreement = _agreement(sheet, shares)
    sheet.sha256 = agreement.sha256()
    repository.remove_shares(uow.session, sheet_id=sheet.id)
    _write_shares(uow.session, sheet, agreement)
    return _announced(uow, actor, sheet)


def answer_sheet(uow: UnitOfWork, actor: Actor, *, session_id: UUID, given: SheetAnswerInput) -> SheetView:
    """Accept the version that was seen, or ask for a change; the last one to accept locks the sheet.

    Raises `NoSheetProposed`, `VersionConflict` with the present version, `Forbidden` to who has no share.
    """
    get_session(uow.session, actor, session_id=session_id)
    done = _locked_as_seen(uow.session, actor, session_id, given)
    if done is not None:
        return view_of(uow.session, done)
    sheet = _proposed(uow.session, session_id, version=given.version, sha256=given.sha256)
    shares = repository.shares_of(uow.session, [sheet.id])[sheet.id]
    if actor.user_id not in {one.user_id for one in shares}:
        raise Forbidden("You have no share in this sheet. Ask for one, then you can answer.")
    word, is_accepted = given.word or None, given.answer == "accept"
    if not is_accepted and word is None:
        message = "Say what should be different."
        raise InvalidFields(message, errors=[FieldError("word", "required", message)])
    answers = [answer for answer, _ in repository.answers_of(uow.session, [sheet.id]).get(sheet.id, [])]
    if is_accepted and word is None and actor.user_id in accepted_at(sheet, answers):
        return view_of(uow.session, sheet)
    if len(answers) >= MAX_ANSWERS:
        raise Conflict(f"This sheet has {MAX_ANSWERS} answers. Withdraw it and propose a new one.")
    answer = SplitApproval(
        sheet_id=sheet.id,
        user_id=actor.user_id,
        sheet_version=sheet.version,
        sheet_sha256=sheet.sha256,
        is_accepted=is_accepted,
        word=word,
    )
    uow.session.add(answer)
    uow.session.flush()
    lock_if_agreed(uow, actor, sheet, shares, [*answers, answer])
    return _announced(uow, actor, sheet)


def withdraw_sheet(uow: UnitOfWork, actor: Actor, *, session_id: UUID, version: int) -> SheetView:
    """Take the proposed sheet back. Raises `NoSheetProposed`, `VersionConflict`, `Forbidden` to viewers."""
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR)
    sheet = _proposed(uow.session, session_id, version=version)
    sheet.status, sheet.updated_at = SplitSheetStatus.WITHDRAWN, utc_now()
    return _announced(uow, actor, sheet)


def _proposed(session: Session, session_id: UUID, *, version: int, sha256: str | None = None) -> SplitSheet:
    sheet = repository.find_proposed(session, session_id=session_id, for_update=True)
    if sheet is None:
        raise NoSheetProposed
    if sheet.version != version or sha256 not in (None, sheet.sha256):
        current = view_of(session, sheet).model_dump(mode="json")
        message = f"The sheet is at version {sheet.version}, you saw version {version}. Look at it again."
        raise VersionConflict(message, current=current)
    return sheet


def _locked_as_seen(
    session: Session, actor: Actor, session_id: UUID, given: SheetAnswerInput
) -> SplitSheet | None:
    """The locked sheet, for whoever accepts the same version a second time."""
    locked = repository.find_locked(session, session_id=session_id)
    if locked is None or given.answer != "accept":
        return None
    if (locked.version, locked.sha256) != (given.version, given.sha256):
        return None
    answers = [answer for answer, _ in repository.answers_of(session, [locked.id]).get(locked.id, [])]
    return locked if actor.user_id in accepted_at(locked, answers) else None


def _shares(session: Session, session_id: UUID, given: Sequence[ShareInput] | None) -> list[AgreedShare]:
    members = list_members(session, session_id=session_id)
    names = {one.user_id: one.display_name for one in members}
    if given is None:
        return share_evenly([(one.user_id, one.display_name) for one in members])
    for place, one in enumerate(given):
        if one.user_id not in names:
            message = "This account is not a member of the session."
            raise SplitParty(errors=[FieldError(f"shares.{place}.userId", "member", message)])
    shares = [
        AgreedShare(one.user_id, one.name or names[one.user_id], one.role, _ppm(place, one))
        for place, one in enumerate(given)
    ]
    check_shares(shares)
    return shares


def _ppm(place: int, share: ShareInput) -> int:
    written = None if share.percent is None else ppm_of_percent(share.percent)
    chosen = share.share_ppm if written is None else written
    if chosen is None or share.share_ppm not in (None, chosen):
        message = "Give sharePpm or percent; if both, the same share."
        raise InvalidFields(message, errors=[FieldError(f"shares.{place}.sharePpm", "share", message)])
    return chosen


def _agreement(sheet: SplitSheet, shares: Sequence[AgreedShare]) -> Agreement:
    return Agreement(sheet.id, sheet.session_id, sheet.version, sheet.title, sheet.note, shares)


def _agreed(rows: Sequence[SplitShare]) -> list[AgreedShare]:
    return [
        AgreedShare(row.user_id, row.name, ContributionRole(row.role), row.share_ppm)
        for row in rows
        if row.user_id is not None
    ]


def _write_shares(session: Session, sheet: SplitSheet, agreement: Agreement) -> None:
    session.add_all(
        SplitShare(
            sheet_id=sheet.id,
            position=position,
            user_id=one.user_id,
            name=one.name,
            role=one.role,
            share_ppm=one.share_ppm,
        )
        for position, one in enumerate(agreement.shares)
    )
    session.add(
        SplitVersion(
            sheet_id=sheet.id,
            version=sheet.version,
            title=sheet.title,
            note=sheet.note,
            sha256=sheet.sha256,
            shares=agreement.shares_json(),
            proposed_by=sheet.proposed_by,
        )
    )
    session.flush()


def _announced(uow: UnitOfWork, actor: Actor, sheet: SplitSheet) -> SheetView:
    uow.session.flush()
    data = {"sheetId": str(sheet.id), "version": sheet.version, "status": str(sheet.status)}
    uow.publish(room_channel(sheet.session_id), "split-sheet.changed", data, actor=str(actor.user_id))
    return view_of(uow.session, sheet)
