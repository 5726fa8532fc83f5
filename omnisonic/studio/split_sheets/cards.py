"""Split sheets in the words of the panel. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from omnisonic.core.catalog.models import WHOLE_PPM
from omnisonic.core.catalog.role_words import percent_words, role_words
from omnisonic.core.catalog.share_view import NARROW_PERCENT, Slice, choose_colors
from omnisonic.platform.ui.people import initials
from omnisonic.platform.ui.words import day, short_hash
from omnisonic.studio.split_sheets.changes import changes_between
from omnisonic.studio.split_sheets.models import SplitSheetStatus
from omnisonic.studio.split_sheets.schemas import ShareView, SheetAnswerView, SheetVersionView, SheetView

MAX_HAPPENINGS = 60


@dataclass
class ShareCard:
    """One part. `standing`: accepted, asked, waiting, left or, on a sheet that is over, none."""

    key: str
    name: str
    letters: str
    color: int
    role: str
    percent: str
    is_me: bool
    standing: str
    standing_words: str


@dataclass
class Happening:
    """Something that was said or done about a sheet. `kind`: proposed, changed, accepted, asked, locked."""

    key: str
    kind: str
    who: str
    did: str
    when: str
    word: str
    changes: list[str] = field(default_factory=list)


@dataclass
class SheetCard:
    """A sheet as one member sees it; without a sheet all is empty."""

    id: str = ""
    title: str = ""
    note: str = ""
    status: str = ""
    version: int = 0
    sha256: str = ""
    by: str = ""
    when: str = ""
    waiting: str = ""
    left: str = ""
    without: str = ""
    my_percent: str = ""
    my_standing: str = ""
    is_last: bool = False
    pdf: str = ""
    leaf: str = ""
    leaf_short: str = ""
    proof: str = ""
    is_provable: bool = False
    whole_at: float = -1.0  # the bar is never more than the whole
    slices: list[Slice] = field(default_factory=list)
    shares: list[ShareCard] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)


@dataclass
class EarlierCard:
    """A sheet that is over."""

    id: str
    title: str
    words: str
    pdf: str


def sheet_card(
    view: SheetView, versions: Sequence[SheetVersionView], members: Mapping[UUID, str], *, me: UUID
) -> SheetCard:
    """A sheet for whoever `me` is; `members` are the names of all members of the session."""
    asked = _who_asked(view)
    colors = choose_colors(one.user_id or UUID(int=0) for one in view.shares)
    lines = [_share(view, one, asked, colors, me) for one in view.shares]
    mine = [one for one in view.shares if one.user_id == me]
    is_open = view.status is SplitSheetStatus.PROPOSED
    waiting = [one for one in view.waiting_for if one in members] if is_open else []
    return SheetCard(
        id=str(view.id),
        title=view.title,
        note=view.note or "",
        status=view.status,
        version=view.version,
        sha256=view.sha256,
        by=_name(view.proposed_by, view.proposed_by_name, me),
        when=moment(view.locked_at or view.updated_at),
        waiting=_names([_name(one, members[one], me) for one in waiting]),
        left=_names(sorted({one.name for one in view.shares if not one.is_member})) if is_open else "",
        without=_names([name for one, name in members.items() if one not in _parties(view)]),
        my_percent=percent_words(sum(one.share_ppm for one in mine)) if mine else "",
        my_standing=next((line.standing for line in lines if line.is_me), ""),
        is_last=view.waiting_for == [me] and all(one.is_member for one in view.shares),
        pdf=_pdf(view),
        leaf=view.leaf_hash or "",
        leaf_short=short_hash(view.leaf_hash),
        proof=view.proof_url or "",
        is_provable=view.is_provable,
        slices=_slices(lines, view.shares),
        shares=lines,
        happenings=_happenings(view, versions, me),
    )


def earlier_card(view: SheetView) -> EarlierCard:
    """A sheet that is over, in a line."""
    words = f"Locked {day(view.locked_at)}" if view.locked_at else f"Withdrawn {day(view.updated_at)}"
    return EarlierCard(str(view.id), view.title, words, _pdf(view))


def seen_mark(view: SheetView | None) -> str:
    """Changes whenever the sheet on screen is out of date; `sheet_watch.jsx` builds the same."""
    if view is None:
        return ""
    members = sum(one.is_member for one in view.shares)
    return f"{view.id}:{view.version}:{view.status}:{len(view.answers)}:{members}:{int(view.is_provable)}"


def moment(at: datetime) -> str:
    """`21 Nov 2026, 16:03 UTC`"""
    return f"{day(at)}, {at:%H:%M} UTC"


def _pdf(view: SheetView) -> str:
    return f"/api/sessions/{view.session_id}/split-sheet/{view.id}/pdf"


def _parties(view: SheetView) -> set[UUID | None]:
    return {one.user_id for one in view.shares}


def _name(user_id: UUID | None, name: str | None, me: UUID) -> str:
    return "you" if user_id == me else name or "someone who has left"


def _names(names: Sequence[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Cleo`."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _who_asked(view: SheetView) -> set[UUID]:
    latest = {one.user_id: one for one in view.answers if one.version == view.version}
    return {user_id for user_id, answer in latest.items() if not answer.is_accepted}


def _share(
    view: SheetView, share: ShareView, asked: set[UUID], colors: Mapping[UUID, int], me: UUID
) -> ShareCard:
    standing, words = _standing(view, share, asked)
    return ShareCard(
        key=f"{share.user_id}:{share.role}",
        name=share.name,
        letters=initials(share.name),
        color=colors[share.user_id or UUID(int=0)],
        role=role_words(share.role),
        percent=percent_words(share.share_ppm),
        is_me=share.user_id == me,
        standing=standing,
        standing_words=words,
    )


def _standing(view: SheetView, share: ShareView, asked: set[UUID]) -> tuple[str, str]:
    if share.accepted_at:
        return "accepted", f"accepted {moment(share.accepted_at)}"
    if view.status is not SplitSheetStatus.PROPOSED:
        return "none", ""
    if not share.is_member:
        return "left", "has left the session"
    return ("asked", "asked for a change") if share.user_id in asked else ("waiting", "has not answered yet")


def _slices(lines: Sequence[ShareCard], shares: Sequence[ShareView]) -> list[Slice]:
    slices, at = [], 0.0
    for line, share in zip(lines, shares, strict=True):
        width = share.share_ppm / WHOLE_PPM * 100
        letters = line.letters if width >= NARROW_PERCENT else ""
        words = f"{line.name}, {line.role.lower()}, {line.percent}"
        slices.append(Slice(line.color, round(at, 4), round(width, 4), letters, words))
        at += width
    return slices


def _happenings(view: SheetView, versions: Sequence[SheetVersionView], me: UUID) -> list[Happening]:
    told = [
        (version.at, 0, _proposed(version, before, me))
        for version, before in zip_longest(versions, versions[1:])
    ]
    told += [(answer.at, 1, _answered(answer, at, me)) for at, answer in enumerate(view.answers)]
    if view.locked_at:
        told.append((view.locked_at, 2, _ended("locked", "Locked", view.locked_at)))
    if view.status is SplitSheetStatus.WITHDRAWN:
        told.append((view.updated_at, 2, _ended("withdrawn", "Withdrawn", view.updated_at)))
    told.sort(key=lambda one: one[:2], reverse=True)
    return [one for _, _, one in told[:MAX_HAPPENINGS]]


def _ended(kind: str, did: str, at: datetime) -> Happening:
    return Happening(kind, kind, "", did, moment(at), "")


def _proposed(version: SheetVersionView, before: SheetVersionView | None, me: UUID) -> Happening:
    return Happening(
        key=f"v{version.version}",
        kind="changed" if before else "proposed",
        who=_begin(_name(version.proposed_by, version.proposed_by_name, me)),
        did=f"made version {version.version}" if before else "proposed the sheet",
        when=moment(version.at),
        word=version.note or "" if before is None else "",
        changes=[_unbroken(one) for one in changes_between(before, version)] if before else [],
    )


def _unbroken(words: str) -> str:
    return words.replace(" %", "\N{NO-BREAK SPACE}%")


def _answered(answer: SheetAnswerView, at: int, me: UUID) -> Happening:
    did = f"accepted version {answer.version}" if answer.is_accepted else "asked for a change"
    return Happening(
        key=f"a{at}",
        kind="accepted" if answer.is_accepted else "asked",
        who=_begin(_name(answer.user_id, answer.display_name, me)),
        did=did,
        when=moment(answer.at),
        word=answer.word or "",
    )


def _begin(name: str) -> str:
    return name[:1].upper() + name[1:] if name == "you" or name.startswith("someone ") else name
