"""What the Splits panel reads and writes, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog.share_view import choose_colors
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.repository import list_members
from omnisonic.studio.sessions.service import view_session
from omnisonic.studio.split_sheets import service
from omnisonic.studio.split_sheets.agreement import FIRST_ROLE, share_evenly
from omnisonic.studio.split_sheets.cards import EarlierCard, SheetCard, earlier_card, seen_mark, sheet_card
from omnisonic.studio.split_sheets.models import SplitSheetStatus
from omnisonic.studio.split_sheets.schemas import (
    SheetAnswerInput,
    SheetChange,
    SheetProposal,
    SheetView,
)

EARLIER_SHOWN = 20


@dataclass
class Panel:
    """The sheet, those before it, and whether the viewer may propose."""

    sheet: SheetCard
    earlier: list[EarlierCard]
    may_propose: bool
    mark: str


@dataclass
class Editor:
    """What the editor starts with; `people` are all members. `version` 0 stands for a new sheet."""

    rows: list[dict[str, Any]]
    people: list[dict[str, Any]]
    version: int
    title: str
    note: str


def fetch_panel(actor: Actor, session_id: UUID) -> Panel:
    """The panel as this member sees it; raises `NotFound`."""
    with read_session() as session:
        room = view_session(session, actor, session_id=session_id)
        page = service.get_sheets(session, actor, session_id=session_id)
        card = SheetCard()
        if page.sheet is not None:
            versions = service.list_versions(
                session, actor, session_id=session_id, sheet_id=page.sheet.id
            ).versions
            card = sheet_card(page.sheet, versions, _members(session, session_id), me=actor.user_id)
    earlier = [earlier_card(one) for one in page.earlier[:EARLIER_SHOWN]]
    return Panel(card, earlier, room.role is not MemberRole.VIEWER, seen_mark(page.sheet))


def start_editor(actor: Actor, session_id: UUID, is_equal: bool) -> Editor:
    """The proposed shares, else those locked last, else (or if `is_equal`) the same part for every member."""
    with read_session() as session:
        room = view_session(session, actor, session_id=session_id)
        sheet = service.get_sheets(session, actor, session_id=session_id).sheet
        members = _members(session, session_id)
    is_open = sheet is not None and sheet.status is SplitSheetStatus.PROPOSED
    shares = _shares_of(sheet) if sheet and not is_equal else _equal(members)
    ids = [UUID(one["userId"]) for one in shares if one["userId"]]
    colors = choose_colors([*members, *ids])
    for one in shares:
        one["color"] = colors[UUID(one["userId"])]
        one["isMember"] = UUID(one["userId"]) in members
    people = [
        {"userId": str(one), "name": name, "role": str(FIRST_ROLE), "color": colors[one], "isMember": True}
        for one, name in members.items()
    ]
    return Editor(
        rows=shares,
        people=people,
        version=sheet.version if sheet and is_open else 0,
        title=sheet.title if sheet and is_open else room.name,
        note=(sheet.note or "") if sheet and is_open else "",
    )


def propose(
    actor: Actor, session_id: UUID, rows: list[dict[str, Any]], title: str, note: str, version: int
) -> None:
    """Propose rows of the editor: a new sheet, or the version after `version`.

    Raises what the service raises, and `ValidationError` for rows that are none.
    """
    shares = [{key: row.get(key) for key in ("userId", "name", "role", "sharePpm")} for row in rows]
    given = {"title": title.strip(), "note": note.strip() or None, "shares": shares}
    with unit_of_work() as uow:
        if version:
            change = SheetChange.model_validate({**given, "version": version})
            service.change_sheet(uow, actor, session_id=session_id, change=change)
        else:
            proposal = SheetProposal.model_validate(given)
            service.propose_sheet(uow, actor, session_id=session_id, proposal=proposal)


def answer(actor: Actor, session_id: UUID, given: Mapping[str, Any]) -> None:
    """Accept, or ask for a change; raises what the service raises, and `ValidationError`."""
    with unit_of_work() as uow:
        service.answer_sheet(uow, actor, session_id=session_id, given=SheetAnswerInput.model_validate(given))


def withdraw(actor: Actor, session_id: UUID, version: int) -> None:
    """Take the sheet back."""
    with unit_of_work() as uow:
        service.withdraw_sheet(uow, actor, session_id=session_id, version=version)


def _members(session: Session, session_id: UUID) -> dict[UUID, str]:
    return {one.user_id: one.display_name for one in list_members(session, session_id=session_id)}


def _shares_of(sheet: SheetView) -> list[dict[str, Any]]:
    return [
        {"userId": str(one.user_id), "name": one.name, "role": str(one.role), "sharePpm": one.share_ppm}
        for one in sheet.shares
        if one.user_id is not None
    ]


def _equal(members: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {"userId": str(one.user_id), "name": one.name, "role": str(one.role), "sharePpm": one.share_ppm}
        for one in share_evenly(list(members.items()))
    ]
